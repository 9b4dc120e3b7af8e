"""Heads that were kept elsewhere: what they prove, and that a daily job cannot spoil them."""

import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from hotspots.errors import RegisterRefused
from hotspots.store.register.anchors import Anchor, add_anchor, read_anchors
from hotspots.store.register.audit import entry_hash
from hotspots.store.register.register import Register
from hotspots.store.workspace import Workspace
from tests.store.register.records import D, changing, designation, url_of
from tests.store.register.test_audit import tampering
from tests.test_cli import hotspots

DAYS = (date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3))


@pytest.fixture
def anchored(register: Register, tmp_path: Path) -> tuple[Register, Path]:
    """A register with the heads of three days in a file, and two entries a day."""
    file = tmp_path / "anchors.txt"
    for number, day in enumerate(DAYS):
        with changing(register) as change:
            change.put(change.put(designation(id=f"camera_area-2026-00{number}")))
        seq, head = register.head()
        add_anchor(file, Anchor(day, seq, head), read_anchors(file) if number else [])
    return register, file


def test_a_file_of_anchors_has_a_line_a_day(anchored: tuple[Register, Path]) -> None:
    register, file = anchored
    lines = file.read_text("ascii").splitlines()
    assert [line.split(" ")[:2] for line in lines] == [
        ["2026-03-01", "2"], ["2026-03-02", "4"], ["2026-03-03", "6"],
    ]  # fmt: skip
    assert lines[-1].split(" ")[2] == register.head()[1]
    assert register.verify(anchors=read_anchors(file)) == []


def test_a_trail_that_was_made_anew_fails_every_anchor_after_the_change(
    anchored: tuple[Register, Path],
) -> None:
    register, file = anchored
    with tampering(register) as connection:
        rows = [dict(row) for row in
                connection.execute(register.tables.entries.select()).mappings()]  # fmt: skip
        connection.execute(register.tables.entries.delete())
        previous = "0" * 64
        for row in sorted(rows, key=lambda each: each["seq"]):
            reason = "Iets anders" if row["seq"] == 3 else row["reason"]
            made = row | {"previous": previous, "reason": reason}
            previous = made["hash"] = entry_hash(made)
            connection.execute(register.tables.entries.insert().values(made))
        connection.execute(text("UPDATE audit_head SET hash = :hash"), {"hash": previous})
    assert register.verify() == []  # by itself it is a perfect chain
    said = "\n".join(map(str, register.verify(anchors=read_anchors(file))))
    assert "newest on 2026-03-01" not in said
    assert "Entry 4, the newest on 2026-03-02, is another one" in said
    assert "Entry 6, the newest on 2026-03-03, is another one" in said


def test_a_tail_that_was_cut_off_fails_the_anchors_in_it(
    anchored: tuple[Register, Path],
) -> None:
    register, file = anchored
    with tampering(register) as connection:
        connection.execute(text("DELETE FROM audit_entries WHERE seq > 4"))
        connection.execute(text("DELETE FROM versions WHERE subject = 'camera_area-2026-002'"))
        connection.execute(text("DELETE FROM designations WHERE id = 'camera_area-2026-002'"))
        connection.execute(
            text("UPDATE audit_head SET seq = 4, "
                 "hash = (SELECT hash FROM audit_entries WHERE seq = 4)")
        )  # fmt: skip
    assert register.verify() == []
    (said,) = map(str, register.verify(anchors=read_anchors(file)))
    assert "Entry 6, the newest on 2026-03-03, is gone" in said


# ---------------------------------------------------------------- the file
LINE = f"2026-03-01 2 {'ab' * 32}\n"


@pytest.mark.parametrize(
    ("content", "row"),
    [
        (LINE + "2026-03-02 4 abc\n", 2),
        (LINE + LINE[:30], 2),
        (LINE.rstrip("\n"), 1),
        (LINE.replace("03-01", "02-30"), 1),
        (LINE.replace(" 2 ", " 02 "), 1),
        (LINE.upper(), 1),
        (LINE + "\n", 2),
        (LINE + LINE.replace("03-01", "02-28"), 2),
        (LINE + LINE.replace(" 2 ", " 1 "), 2),
        ("\u00e9" + LINE, None),
    ],
)
def test_a_line_that_is_no_whole_anchor_is_refused(
    tmp_path: Path, content: str, row: int | None
) -> None:
    file = tmp_path / "anchors.txt"
    file.write_bytes(content.encode())
    with pytest.raises(RegisterRefused) as refusal:
        read_anchors(file)
    assert [each.row for each in refusal.value.problems] == [row]


anchors = st.builds(
    Anchor,
    st.dates(),
    st.integers(0, 10**17),
    st.text(alphabet="0123456789abcdef", min_size=64, max_size=64),
)


@given(st.lists(anchors, max_size=8))
def test_what_is_added_is_read(found: list[Anchor]) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "anchors.txt"
        file.touch()
        wanted: list[Anchor] = []
        for anchor in sorted(found, key=lambda each: (each.day, each.seq)):
            if wanted and anchor.seq < wanted[-1].seq:
                continue
            if add_anchor(file, anchor, read_anchors(file)):
                wanted.append(anchor)
        assert read_anchors(file) == wanted


def test_a_clock_that_went_back_adds_nothing(tmp_path: Path) -> None:
    file = tmp_path / "anchors.txt"
    first = Anchor(DAYS[1], 2, "ab" * 32)
    assert add_anchor(file, first, [])
    with pytest.raises(RegisterRefused, match="The clock says 2026-03-01"):
        add_anchor(file, first._replace(day=DAYS[0], seq=3), [first])
    assert file.read_text("ascii") == first.line()


# ---------------------------------------------------------------- as a daily job types it
@pytest.fixture
def held(register: Register, monkeypatch: pytest.MonkeyPatch) -> Register:
    """A register that the commands find."""
    with changing(register) as change:
        change.put(change.put(designation()))
    monkeypatch.setenv("HOTSPOTS_DATABASE_URL", url_of(register) or "")
    return register


def test_a_daily_export_adds_a_line_and_refuses_a_changed_trail(
    held: Register, workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "anchors.txt"
    words = ("audit", "export", "--workspace", workspace.path, "--anchors", file)
    first = hotspots(*words)
    assert first.returncode == 0, first.stderr
    assert "Entry 2 added to" in first.stdout
    again = hotspots(*words)
    assert "Entry 2 stands in" in again.stdout
    assert len(read_anchors(file)) == 1
    with changing(held) as change:
        change.put(held.designation(D))
    assert "unchanged since 1 anchors" in hotspots(*words).stdout
    assert [each.seq for each in read_anchors(file)] == [2, 3]
    verify = ("audit", "verify", "--workspace", workspace.path, "--anchors", file)
    assert "3 entries, unchanged since each of 2 anchors." in hotspots(*verify).stdout
    with tampering(held) as connection:
        connection.execute(text("UPDATE audit_entries SET reason = 'Anders' WHERE seq = 1"))
    kept = file.read_bytes()
    refused = hotspots(*words)
    assert refused.returncode == 2
    assert "Its hash is not that of what stands in it" in refused.stderr
    assert file.read_bytes() == kept


def test_an_export_is_never_written_over(
    held: Register, workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "trail.jsonl"
    words = ("audit", "export", "--workspace", workspace.path, "--to", file)
    assert hotspots(*words).returncode == 0
    kept = file.read_bytes()
    assert json.loads(kept.splitlines()[-1])["hash"] == held.head()[1]
    refused = hotspots(*words)
    assert refused.returncode == 2
    assert "only proof" in refused.stderr
    assert file.read_bytes() == kept
    both = hotspots(*words, "--anchors", tmp_path / "anchors.txt")
    assert both.returncode == 2
    assert not (tmp_path / "anchors.txt").exists()
