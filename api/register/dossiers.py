"""Dossiers of decisions as files: to edit (Word) or to print (HTML), in Dutch."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from api.clock import Now
from api.register.opened import Housed, Registered, Ruled
from api.register.served import DayQuery, RecordId
from api.security import print_policy
from hotspots.errors import StepRefused, WorkspaceRefused
from hotspots.outputs.dossier.compose import page_of
from hotspots.outputs.dossier.html import html_of
from hotspots.outputs.dossier.public import public_of
from hotspots.outputs.dossier.templates import read_texts
from hotspots.outputs.dossier.word import word_of
from hotspots.pipeline.dossier import dossier_of
from hotspots.policy import Policy
from hotspots.store.register.register import Register
from hotspots.store.workspace import Workspace

_Suffix = Literal["docx", "html"]
_MEDIA_TYPES: Mapping[_Suffix, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
}
SuffixOfDossier = Annotated[_Suffix, Path(description="`docx` to edit, `html` to print.")]

router = APIRouter(tags=["dossiers"])


class DossierQuery(DayQuery):
    """For whom, and as on which day."""

    public: bool = Field(False, description="Without what may not be public.")


def _dossier(
    id_: str,
    suffix: _Suffix,
    register: Register,
    policy: Policy,
    workspace: Workspace,
    on: date,
    public: bool,
) -> Response:
    """Return a dossier: Word as a file to keep, HTML to open and print, in a sandbox of its own."""
    try:
        facts = dossier_of(workspace, register, id_, policy, on=on)
    except WorkspaceRefused as refusal:  # a run is not the one that was pinned
        raise StepRefused(refusal.problems) from None
    texts = read_texts(facts.subject, None)
    page = page_of(public_of(facts) if public else facts, texts)
    name = f'filename="{id_}{"-public" if public else ""}.{suffix}"'
    headers = {"Content-Disposition": f"attachment; {name}"}
    if suffix == "docx":
        numbered = texts.word("words", "page")
        content = word_of(page, on=facts.on, numbered=numbered, style=texts.style)
    else:
        content = (document := html_of(page, sheet=texts.sheet)).encode()
        headers = {
            "Content-Disposition": f"inline; {name}",
            "Content-Security-Policy": print_policy(document),
        }
    return Response(content, media_type=_MEDIA_TYPES[suffix], headers=headers)


def _of(kind: str, name: str) -> None:
    def dossier(
        record_id: RecordId,
        suffix: SuffixOfDossier,
        register: Registered,
        policy: Ruled,
        workspace: Housed,
        now: Now,
        query: Annotated[DossierQuery, Query()],
    ) -> Response:
        on = query.day(now)
        return _dossier(record_id, suffix, register, policy, workspace, on, query.public)

    router.add_api_route(
        f"/{kind}/{{record_id}}/dossier.{{suffix}}",
        dossier,
        methods=["GET"],
        name=f"dossier_of_{name}",
        summary=f"The dossier of a {name}",
        description="Every figure names its run; read a public one before it is published.",
        response_class=Response,
        responses={200: {"content": {media: {} for media in _MEDIA_TYPES.values()}}},
    )


for _kind, _name in (("designations", "designation"), ("reviews", "review"), ("choices", "choice")):
    _of(_kind, _name)
