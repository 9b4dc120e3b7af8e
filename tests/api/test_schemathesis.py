"""What the description of ``/v1`` says holds: Schemathesis asks everything, rightly and wrongly."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, get_args

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks

from api.access import ACCESS
from api.description import route_of
from hotspots.register import Role
from tests.api.furnished import names_of
from tests.api.signing import signed_in, token_of

Operation = APIOperation[Any, Any, Any, Any]
Described = Mapping[str, list[Operation]]

EXAMPLES_EACH = 3
"""Requests per operation that keep to the description, and as many that do not."""

_OF_ITSELF = {"GET /v1/docs", "GET /v1/openapi.json"}
ROUTES = [key for key in ACCESS if " /v1" in key and key not in _OF_ITSELF]
_CONFORMING = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
_ROLES: tuple[Role, ...] = get_args(Role)
_CONFIG = {
    "checks": {
        # What a schema cannot say, such as that a run must be there, is answered 400.
        "positive_data_acceptance": {"enabled": False},
        "negative_data_rejection": {
            "expected-statuses": [400, 401, 403, 404, 405, 409, 412, 413, 415, 428]
        },
        "missing_required_header": {"expected-statuses": [400, 401, 403, 428]},
    },
}


@pytest.fixture(scope="module")
def described(furnished_app: FastAPI) -> Described:
    """What the description holds, by route: each collection has operations of its own."""
    config = SchemathesisConfig.from_dict(_CONFIG)
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", furnished_app, config=config)
    by_route = defaultdict(list)
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        each = found.ok()
        by_route[f"{each.method.upper()} {route_of(each.path)}"].append(each)
    return by_route


def bearing(app: FastAPI, role: Role) -> dict[str, str]:
    """Return the headers of somebody in a role."""
    return {} if role == "public" else {"Authorization": f"Bearer {token_of(app, role)}"}


def may(route: str) -> list[Role]:
    """Return the roles that a route is for, those who write first."""
    return sorted(ACCESS[route], key=lambda role: (role == "public", role != "planner", role))


@pytest.mark.parametrize("route", ROUTES)
def test_whatever_is_asked_is_answered_as_described(
    furnished_app: FastAPI, described: Described, route: str
) -> None:
    found = described[route]
    assert found, "a route that is not described"
    for operation in found:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if mode.is_positive or takes_something(operation):
                _ask(furnished_app, operation, mode, bearing(furnished_app, may(route)[0]))


def takes_something(operation: Operation) -> bool:
    """Tell whether there is anything to get wrong."""
    parts = (operation.path_parameters, operation.query, operation.headers, operation.body)
    return any(len(list(part)) for part in parts) and not operation.path.endswith("{collection_id}")


def _ask(
    app: FastAPI, operation: Operation, mode: GenerationMode, headers: Mapping[str, str]
) -> None:
    client = signed_in(app, "planner")
    names = names_of(client, operation.path)

    @settings(
        max_examples=EXAMPLES_EACH,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def asked(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        if data.draw(st.integers(0, 3)):  # mostly of something that is there
            _found(case, names, data)
        given_headers = dict(headers)
        if mode.is_positive and case.headers and "If-Match" in case.headers:
            looked_at = client.get(case.formatted_path.rpartition("/")[0])
            case.headers["If-Match"] = looked_at.headers.get("ETag", '"1"')
        answer = case.call(headers=given_headers)
        case.validate_response(answer, headers=given_headers)

    asked()


def _found(case: Case[Any], names: Mapping[str, tuple[str, ...]], data: st.DataObject) -> None:
    """Put names of things that are there into an address, unless it is to be wrong."""
    meta = case.meta.components.get(ParameterLocation.PATH) if case.meta else None
    if meta is not None and not meta.mode.is_positive:
        return
    for name in case.path_parameters or {}:
        if name in names:
            case.path_parameters[name] = data.draw(st.sampled_from(names[name]))


@pytest.mark.parametrize("route", [route for route in ROUTES if len(ACCESS[route]) < len(_ROLES)])
def test_a_refusal_is_as_described_too(
    furnished_app: FastAPI, described: Described, route: str
) -> None:
    for operation in described[route]:
        names = names_of(signed_in(furnished_app, "planner"), operation.path)
        case = operation.Case(path_parameters={name: names[name][0] for name in _within(operation)})
        for role in _ROLES:
            if role not in ACCESS[route]:
                answer = case.call(headers=bearing(furnished_app, role))
                assert answer.status_code == (401 if role == "public" else 403)
                case.validate_response(answer, checks=_CONFORMING)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.startswith("GET ")])
def test_everything_that_can_be_read_is_there_and_is_as_described(
    furnished_app: FastAPI, described: Described, route: str
) -> None:
    """Else an answer that is never given would pass for one that is right."""
    role = may(route)[0]
    for operation in described[route]:
        names = names_of(signed_in(furnished_app, "planner"), operation.path)
        case = operation.Case(path_parameters={name: names[name][0] for name in _within(operation)})
        answer = case.call(headers=bearing(furnished_app, role))
        assert answer.status_code == 200, (operation.label, answer.text)
        case.validate_response(answer, checks=_CONFORMING)


def _within(operation: Operation) -> list[str]:
    return [each.name for each in operation.path_parameters]
