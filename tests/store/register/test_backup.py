"""A backup holds everything, goes from either database into either, and is refused when bent."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotspots.errors import InputRefused, RegisterRefused
from hotspots.register import KIND_OF, Designation
from hotspots.store.register.backup import backup, restore
from hotspots.store.register.register import Register, open_register
from hotspots.store.workspace import Workspace, init_workspace
from tests.store.register.conftest import DATABASES
from tests.store.register.records import (
    D,
    boundary,
    changing,
    designation,
    one_of_each,
    placement,
    url_of,
)


@pytest.fixture
def filled(register: Register) -> Register:
    """A register with history, a deletion, and characters that are hard to carry."""
    with changing(register) as change:
        for record in one_of_each():
            change.put(record)
    with changing(register, actor="Ĳsbrand «é» \N{WAVING WHITE FLAG}") as change:
        change.put(placement(x_m=121_000 + 1 / 3), 1)
        change.put(boundary(2, side_m=1e-3))
        change.delete(change.put(placement(2)))
    return register


@pytest.fixture(params=DATABASES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Register]:
    """Another register without anything in it, on each database."""
    url = None if request.param == "sqlite" else request.getfixturevalue("postgis_url")
    other = init_workspace(tmp_path / "other", name="Proefstad", crs="EPSG:28992")
    with open_register(other, url) as opened:
        yield opened


def everything(register: Register) -> list[object]:
    """Return every entry, every version and every newest record."""
    entries = register.trail()
    kinds = {kind: model for model, kind in KIND_OF.items()}
    seen = {(entry.kind, entry.subject) for entry in entries}
    versions = [register.history(kinds[kind], subject) for kind, subject in sorted(seen)]
    frame = (0.0, 0.0, 1e6, 1e6)
    return [entries, versions, register.boundaries(box=frame), register.placements(box=frame)]


def test_a_backup_of_either_database_is_restored_into_either(
    filled: Register, empty: Register, tmp_path: Path
) -> None:
    written = backup(filled, tmp_path / "a.jsonl")
    assert (written.seq, written.head) == filled.head()
    assert restore(tmp_path / "a.jsonl", empty) == written
    assert everything(empty) == everything(filled)
    assert empty.head() == filled.head()
    assert empty.verify(filled.head()[1]) == []
    backup(empty, tmp_path / "b.jsonl")
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
    with changing(empty) as change:  # and life goes on
        change.put(empty.designation(D))
    assert empty.designation(D).version == 2
    assert empty.verify(filled.head()[1]) == []


def test_a_backup_of_nothing_is_restored_too(
    register: Register, workspace: Workspace, tmp_path: Path
) -> None:
    written = backup(register, tmp_path / "a.jsonl")
    assert written.seq == 0
    assert restore(tmp_path / "a.jsonl", register) == written


def test_a_backup_is_a_file_of_lines_with_its_own_hash(filled: Register, tmp_path: Path) -> None:
    backup(filled, tmp_path / "a.jsonl")
    *lines, last = (tmp_path / "a.jsonl").read_bytes().splitlines(keepends=True)
    assert json.loads(last) == {"sha256": hashlib.sha256(b"".join(lines)).hexdigest()}
    first, *rows = map(json.loads, lines)
    assert first["crs"] == "EPSG:28992"
    assert sum("entry" in row for row in rows) == filled.head()[0]
    assert [path.name for path in tmp_path.glob("*.jsonl*")] == ["a.jsonl"]


def test_a_register_with_decisions_is_not_overwritten(filled: Register, tmp_path: Path) -> None:
    backup(filled, tmp_path / "a.jsonl")
    before = everything(filled)
    with pytest.raises(RegisterRefused, match="already holds decisions"):
        restore(tmp_path / "a.jsonl", filled)
    assert everything(filled) == before


def test_a_backup_into_another_crs_is_refused(filled: Register, tmp_path: Path) -> None:
    backup(filled, tmp_path / "a.jsonl")
    other = init_workspace(tmp_path / "utm", name="Elders", crs="EPSG:32631")
    with open_register(other) as empty, pytest.raises(InputRefused, match="--crs EPSG:28992"):
        restore(tmp_path / "a.jsonl", empty)


def _sealed(lines: list[bytes]) -> bytes:
    whole = b"".join(lines)
    return whole + json.dumps({"sha256": hashlib.sha256(whole).hexdigest()}).encode() + b"\n"


def test_a_backup_that_was_bent_is_refused_and_nothing_is_written(
    workspace: Workspace, tmp_path: Path
) -> None:
    with open_register(workspace) as register:
        with changing(register) as change:
            for record in one_of_each():
                change.put(record)
        backup(register, tmp_path / "a.jsonl")
    good = (tmp_path / "a.jsonl").read_bytes()
    *lines, _ = good.splitlines(keepends=True)
    text = good.decode()
    bent = {
        "no backup": b"Dit is geen reservekopie\n",
        "is no backup": b"",
        "not whole": good[:-1],
        "not whole, or": good[: len(good) // 2],
        "or it was altered": text.replace("Stationsplein", "Stationsplain").encode(),
        "is not known": _sealed([*lines, b'{"vraag": 1}\n']),
        "Entry 1 is missing": _sealed(lines[:1] + lines[2:]),  # sealed anew, by who knows how
        "holds version 1 of review review-2026-001": _sealed(
            [line.replace(b"keep", b"kept") for line in lines]
        ),
        "not the one that was written": _sealed(
            [line.replace(b"Stationsplein", b"Stationsplain") for line in lines]
        ),
    }
    other = init_workspace(tmp_path / "other", name="Proefstad", crs="EPSG:28992")
    with open_register(other) as empty:
        for said, content in bent.items():
            (tmp_path / "bent.jsonl").write_bytes(content)
            with pytest.raises(InputRefused, match=said):
                restore(tmp_path / "bent.jsonl", empty)
            assert empty.head()[0] == 0, said
            assert not empty.designations()
            assert not empty.trail()
        with pytest.raises(InputRefused, match="no such file"):
            restore(tmp_path / "absent.jsonl", empty)
        with pytest.raises(RegisterRefused, match="no such file"):
            backup(empty, tmp_path / "absent" / "a.jsonl")


def test_a_backup_of_a_large_register_is_read_in_batches(
    workspace: Workspace, tmp_path: Path
) -> None:
    with open_register(workspace) as register:
        with changing(register) as change:
            held = designation()
            for _ in range(1203):
                held = change.put(held)
        backup(register, tmp_path / "a.jsonl")
        other = init_workspace(tmp_path / "other", name="Proefstad", crs="EPSG:28992")
        with open_register(other) as empty:
            restore(tmp_path / "a.jsonl", empty)
            assert empty.history(Designation, D) == register.history(Designation, D)
            assert url_of(empty) is None
