"""What the description of ``/v1`` says holds: Schemathesis asks everything, rightly and wrongly."""

from collections.abc import Mapping

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.schemas import BaseSchema

from api.access import ACCESS
from api.description import route_of
from hotspots.register import Role
from tests.api.furnished import KNOWN
from tests.api.register.conftest import clock
from tests.api.signing import token_of

__all__ = ["clock"]

_CONFIG = {
    "seed": 7,
    "checks": {
        # Rules that the schema cannot say, such as a run that must be there, are answered 400.
        "positive_data_acceptance": {"enabled": False},
        "negative_data_rejection": {"expected-statuses": [400, 401, 403, 404, 405, 409, 412, 415, 428]},
        "missing_required_header": {"expected-statuses": [400, 401, 403, 428]},
    },
    "phases": {"examples": {"enabled": True}, "coverage": {"enabled": True}},
}


@pytest.fixture(scope="module")
def described(furnished_app: FastAPI) -> BaseSchema:
    """The description, and the app that it is of."""
    config = SchemathesisConfig.from_dict(_CONFIG)
    return schemathesis.openapi.from_asgi("/v1/openapi.json", furnished_app, config=config)



import time, collections, traceback, os
STAT=collections.Counter()
from schemathesis.core.failures import FailureGroup, Failure
N=int(os.environ.get("N","10"))
def test_x(described, furnished_app):
    from hypothesis import given, Phase
    found={}
    tot=time.process_time()
    for result in described.get_all_operations():
        op = result.ok()
        key=op.label
        may = ACCESS.get(f"{op.method.upper()} {route_of(op.path)}", frozenset())
        role = next((r for r in ("planner","mayor_office","triangle","vlo","analyst") if r in may), "public")
        headers = {} if role == "public" else {"Authorization": f"Bearer {token_of(furnished_app, role)}"}
        t0=time.process_time()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            @settings(max_examples=N, derandomize=True, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None)
            @given(st.data())
            def one(data):
                case = data.draw(op.as_strategy(generation_mode=mode))
                meta = case.meta.components.get(ParameterLocation.PATH)
                if (meta is None or meta.mode.is_positive) and case.path_parameters and data.draw(st.integers(0,3)):
                    for n in case.path_parameters:
                        if n in KNOWN: case.path_parameters[n]=data.draw(st.sampled_from(KNOWN[n]))
                t=time.process_time()
                r = case.call(headers=headers)
                STAT['call']+=time.process_time()-t
                STAT['n']+=1
                STAT[f"{key} {r.status_code}"]+=1
                try:
                    case.validate_response(r, headers=headers)
                except FailureGroup as g:
                    for e in g.exceptions:
                        found.setdefault((key, type(e).__name__, r.status_code), str(g)[:1500])
            try: one()
            except BaseException as e:
                found[(key,mode.value,type(e).__name__)]=traceback.format_exc()[-1500:]
        STAT[key+' t']=time.process_time()-t0
    STAT['total']=time.process_time()-tot
    import json
    from pathlib import Path
    Path('/tmp/S/stat.json').write_text(json.dumps(STAT,indent=1))
    Path('/tmp/S/found.txt').write_text("\n\n".join(f"#### {k}\n{v}" for k,v in found.items()))
