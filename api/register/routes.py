"""Every route of the register."""

from fastapi import APIRouter

from api.problems import PROBLEM_RESPONSES
from api.register import audit, choices, designations, dossiers, parts, steps
from api.register.opened import closing

router = APIRouter(prefix="/v1", responses=PROBLEM_RESPONSES, lifespan=closing)
for _room in (designations, steps, parts, choices, audit, dossiers):
    router.include_router(_room.router)
