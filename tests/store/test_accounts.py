"""Accounts and sessions: what is kept of a secret, when it ends, and several who write at once."""

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from hotspots.errors import InputRefused, NotFound, WorkspaceRefused
from hotspots.register import Role
from hotspots.store.accounts import FILE_NAME, Accounts, AccountsFile, Identity
from hotspots.store.sessions import Sessions, SignIns
from hotspots.store.workspace import Workspace, init_workspace

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
IDLE, LONGEST = timedelta(minutes=60), timedelta(hours=10)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return init_workspace(tmp_path / "w", name="W", crs="EPSG:28992")


@pytest.fixture
def file(workspace: Workspace) -> Iterator[AccountsFile]:
    file = AccountsFile(workspace)
    yield file
    file.close()


@pytest.fixture
def accounts(file: AccountsFile) -> Accounts:
    return Accounts(file)


@pytest.fixture
def sessions(file: AccountsFile) -> Sessions:
    return Sessions(file, idle=IDLE, longest=LONGEST)


def add(accounts: Accounts, name: str = "A. de Vries", role: Role = "analyst") -> str:
    stadsdeel = "Noord" if role == "vlo" else None
    return accounts.add(name, role, stadsdeel=stadsdeel, until=NOW + YEAR, at=NOW)


def on_disk(workspace: Workspace) -> bytes:
    return b"".join(each.read_bytes() for each in sorted(workspace.path.glob(f"{FILE_NAME}*")))


@pytest.mark.parametrize("role", [role for role in get_args(Role) if role != "public"])
def test_a_token_tells_whose_it_is(accounts: Accounts, role: Role) -> None:
    token = add(accounts, role=role)
    found = accounts.of_token(token, at=NOW)
    assert found is not None
    assert (found.name, found.role) == ("A. de Vries", role)
    assert found.stadsdeel == ("Noord" if role == "vlo" else None)


def test_a_token_differs_by_one_character_and_opens_nothing(accounts: Accounts) -> None:
    token = add(accounts)
    for other in (
        token[:-1],
        token + "A",
        token.swapcase(),
        token[:-1] + chr(ord(token[-1]) ^ 1),
        "",
    ):
        assert accounts.of_token(other, at=NOW) is None


def test_tokens_are_long_and_never_the_same(accounts: Accounts) -> None:
    tokens = {add(accounts, f"N{i}") for i in range(50)}
    assert len(tokens) == 50
    assert min(map(len, tokens)) >= len("hotspots_") + 43  # 256 bits in base64


def test_the_file_holds_no_secret_and_is_its_owners_alone(
    workspace: Workspace, accounts: Accounts, sessions: Sessions, file: AccountsFile
) -> None:
    token = add(accounts)
    secret = sessions.begin(Identity("A. de Vries", "analyst"), at=NOW)
    SignIns(file, longest=LONGEST).begin("the-state", "{}", at=NOW)
    kept = on_disk(workspace)
    for each in (token, token.removeprefix("hotspots_"), secret, "the-state"):
        assert each.encode() not in kept
    assert b"A. de Vries" in kept
    for path in workspace.path.glob(f"{FILE_NAME}*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_account_ends_by_itself_and_when_it_is_ended(accounts: Accounts) -> None:
    token = add(accounts)
    assert accounts.of_token(token, at=NOW + YEAR - timedelta(seconds=1)) is not None
    assert accounts.of_token(token, at=NOW + YEAR) is None
    assert accounts.end("A. de Vries", at=NOW + timedelta(days=1)) == 1
    assert accounts.of_token(token, at=NOW + timedelta(days=1)) is None
    with pytest.raises(NotFound, match="user list"):
        accounts.end("A. de Vries", at=NOW)
    (listed,) = accounts.all()
    assert (listed.until, listed.ended) == (NOW + YEAR, NOW + timedelta(days=1))
    assert add(accounts) != token  # the same person may come back, with another token


def test_ending_one_role_leaves_the_other(accounts: Accounts) -> None:
    as_analyst, as_planner = add(accounts), add(accounts, role="planner")
    assert accounts.end("A. de Vries", role="analyst", at=NOW) == 1
    assert accounts.of_token(as_analyst, at=NOW) is None
    assert accounts.of_token(as_planner, at=NOW) is not None
    assert accounts.end("A. de Vries", at=NOW) == 1


def test_everything_wrong_with_an_account_is_said_at_once(accounts: Accounts) -> None:
    with pytest.raises(InputRefused) as refusal:
        accounts.add("a@b.nl", "public", stadsdeel="Noord", until=NOW, at=NOW)
    assert {each.column for each in refusal.value.problems} == {
        "name", "role", "stadsdeel", "until",
    }  # fmt: skip
    assert accounts.all() == []


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb", "a\x00b", "a@b.nl", "\u202ea"])
def test_a_name_is_one_that_can_be_shown(accounts: Accounts, name: str) -> None:
    with pytest.raises(InputRefused, match="1 to 100 characters"):
        add(accounts, name)


@pytest.mark.parametrize("stadsdeel", [None, "", " "])
def test_a_vlo_has_a_stadsdeel(accounts: Accounts, stadsdeel: str | None) -> None:
    with pytest.raises(InputRefused, match="stadsdeel"):
        accounts.add("V", "vlo", stadsdeel=stadsdeel, until=NOW + YEAR, at=NOW)


@pytest.mark.parametrize("name", ["'; DROP TABLE accounts; --", "x' OR '1'='1", 'a"b', "é 😀"])
def test_whatever_a_name_holds_is_only_a_name(accounts: Accounts, name: str) -> None:
    add(accounts)
    token = add(accounts, name)
    assert sorted(each.name for each in accounts.all()) == sorted(["A. de Vries", name])
    found = accounts.of_token(token, at=NOW)
    assert found is not None
    assert found.name == name
    assert accounts.end(name, at=NOW) == 1


# ---------------------------------------------------------------- sessions
def minutes(number: float) -> datetime:
    return NOW + timedelta(minutes=number)


def test_a_session_ends_when_nothing_is_asked(sessions: Sessions) -> None:
    secret = sessions.begin(Identity("A", "planner"), at=NOW)
    assert sessions.find(secret, at=minutes(59.9)) == Identity("A", "planner")
    assert sessions.find(secret, at=minutes(119)) is not None  # the last time counts
    assert sessions.find(secret, at=minutes(179.1)) is None


def test_a_session_ends_however_often_it_is_used(sessions: Sessions) -> None:
    secret = sessions.begin(Identity("A", "planner"), at=NOW)
    used = [sessions.find(secret, at=minutes(30 * half)) is not None for half in range(22)]
    assert used == [True] * 20 + [False] * 2


def test_a_session_ends_at_sign_out_and_when_another_takes_its_place(sessions: Sessions) -> None:
    one = sessions.begin(Identity("A", "planner"), at=NOW)
    two = sessions.begin(Identity("A", "board"), at=NOW, instead_of=one)
    assert sessions.find(one, at=NOW) is None
    assert sessions.find(two, at=NOW) == Identity("A", "board")
    sessions.end(two)
    sessions.end(two)
    assert sessions.find(two, at=NOW) is None


def test_the_sessions_of_an_account_end_with_it(accounts: Accounts, sessions: Sessions) -> None:
    identity = accounts.of_token(add(accounts), at=NOW)
    assert identity is not None
    secret = sessions.begin(identity, at=NOW)
    other = sessions.begin(Identity("B", "board"), at=NOW)
    assert sessions.find(secret, at=NOW) == identity
    accounts.end("A. de Vries", at=NOW)
    assert sessions.find(secret, at=NOW) is None
    assert sessions.find(other, at=NOW) is not None


def test_a_session_does_not_outlive_its_account(accounts: Accounts, sessions: Sessions) -> None:
    soon = minutes(10)
    token = accounts.add("A", "board", stadsdeel=None, until=soon, at=NOW)
    identity = accounts.of_token(token, at=NOW)
    assert identity is not None
    secret = sessions.begin(identity, at=NOW)
    assert sessions.find(secret, at=minutes(9)) is not None
    assert sessions.find(secret, at=soon) is None


def test_sessions_that_have_ended_are_cleared_away(sessions: Sessions, file: AccountsFile) -> None:
    for _ in range(20):
        sessions.begin(Identity("A", "board"), at=NOW)
    sessions.begin(Identity("A", "board"), at=minutes(61))
    with file.asking() as connection:
        assert connection.execute("SELECT count(*) FROM sessions").fetchone()[0] == 1


def test_a_sign_in_under_way_is_taken_once_and_not_too_late(file: AccountsFile) -> None:
    under_way = SignIns(file, longest=timedelta(minutes=10))
    under_way.begin("one", "content", at=NOW)
    under_way.begin("late", "content", at=NOW)
    assert under_way.take("one", at=minutes(9)) == "content"
    assert under_way.take("one", at=minutes(9)) is None
    assert under_way.take("late", at=minutes(10)) is None
    assert under_way.take("unknown", at=NOW) is None


# ---------------------------------------------------------------- several at once
_ADDING = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from hotspots.store.accounts import Accounts, AccountsFile
from hotspots.store.workspace import open_workspace

accounts = Accounts(AccountsFile(open_workspace(Path(sys.argv[1]))))
now = datetime(2026, 1, 5, tzinfo=UTC)
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 10):
    until = now + timedelta(days=365)
    print(accounts.add(f"N{number}", "board", stadsdeel=None, until=until, at=now))
"""


def test_processes_and_threads_lose_nothing(workspace: Workspace) -> None:
    """Three processes and a thread make the file, and write in it, at the same time."""
    adding = [
        subprocess.Popen(
            [sys.executable, "-c", _ADDING, str(workspace.path), str(start)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for start in (0, 10, 20)
    ]
    accounts = Accounts(AccountsFile(workspace))
    tokens = [add(accounts, f"N{number}") for number in range(30, 40)]
    for each in adding:
        out, _ = each.communicate(timeout=120)
        assert each.returncode == 0
        tokens += out.split()
    names = {found.name for token in tokens if (found := accounts.of_token(token, at=NOW))}
    assert names == {f"N{number}" for number in range(40)}


def test_of_two_who_add_the_same_account_one_is_refused(workspace: Workspace) -> None:
    def attempt(_: int) -> bool:
        try:
            add(Accounts(AccountsFile(workspace)))
        except InputRefused:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(8))) == 1


def test_many_threads_share_one_file(accounts: Accounts, sessions: Sessions) -> None:
    token = add(accounts)

    def ask(number: int) -> bool:
        secret = sessions.begin(Identity(f"N{number}", "board"), at=NOW)
        found = sessions.find(secret, at=NOW)
        return found == Identity(f"N{number}", "board") and bool(accounts.of_token(token, at=NOW))

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(100)))


# ---------------------------------------------------------------- a file that does not fit
def test_a_file_of_a_newer_program_is_refused(workspace: Workspace, accounts: Accounts) -> None:
    add(accounts)
    connection = sqlite3.connect(workspace.path / FILE_NAME)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(WorkspaceRefused, match="format 99"):
        Accounts(AccountsFile(workspace)).all()


def test_a_damaged_file_is_a_problem_in_words(workspace: Workspace) -> None:
    (workspace.path / FILE_NAME).write_bytes(b"this is no database" * 100)
    with pytest.raises(WorkspaceRefused, match="accounts cannot be read"):
        Accounts(AccountsFile(workspace)).all()


def test_a_workspace_that_is_gone_is_a_problem_in_words(tmp_path: Path) -> None:
    gone = Workspace(tmp_path / "gone", "W", "EPSG:28992", False)
    with pytest.raises(WorkspaceRefused, match="no such file"):
        Accounts(AccountsFile(gone)).all()
