"""``hotspots audit``, ``backup``, ``restore`` and ``migrate`` as a person types them."""

import json
from pathlib import Path

import pytest

from hotspots.store.register.register import Register
from hotspots.store.workspace import Workspace, init_workspace
from tests.store.register.records import D, changing, designation, url_of
from tests.test_cli import hotspots


@pytest.fixture
def held(register: Register, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Register:
    """A register with two entries; the commands find it by the workspace or the environment."""
    with changing(register) as change:
        change.put(change.put(designation()))
    monkeypatch.setenv("HOTSPOTS_DATABASE_URL", url_of(register) or "")
    return register


def test_the_trail_is_verified_and_exported(held: Register, workspace: Workspace) -> None:
    head = held.head()[1]
    done = hotspots("audit", "verify", "--workspace", workspace.path)
    assert (done.returncode, done.stdout) == (0, f"2 entries, unchanged. Head {head}.\n")
    done = hotspots("audit", "verify", "--workspace", workspace.path, "--anchor", head)
    assert (done.returncode, done.stdout) == (
        0, f"2 entries, unchanged since the anchor. Head {head}.\n",
    )  # fmt: skip
    done = hotspots("audit", "verify", "--workspace", workspace.path, "--anchor", "0" * 63 + "1")
    assert done.returncode == 2
    assert "cut off or made anew" in done.stderr
    printed = hotspots("audit", "export", "--workspace", workspace.path)
    file = workspace.path.parent / "trail.jsonl"
    done = hotspots("audit", "export", "--workspace", workspace.path, "--to", file)
    assert done.stdout == f"2 entries in {file}. Head {head}.\n"
    assert file.read_text(encoding="utf-8") == printed.stdout
    lines = [json.loads(line) for line in printed.stdout.splitlines()]
    assert [line["actor"] for line in lines] == ["j.jansen", "j.jansen"]
    assert lines[-1]["hash"] == head


def test_a_backup_is_restored_into_a_new_workspace(
    held: Register, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = held.head()[1]
    file = tmp_path / "register.jsonl"
    done = hotspots("backup", "--workspace", workspace.path, "--to", file)
    assert done.stdout == f"2 entries of the register in {file}, head {head}.\n"
    done = hotspots("restore", file, "--workspace", workspace.path)
    assert done.returncode == 2
    assert "already holds decisions" in done.stderr
    monkeypatch.delenv("HOTSPOTS_DATABASE_URL")
    other = init_workspace(tmp_path / "other", name="Proefstad", crs="EPSG:28992")
    done = hotspots("restore", file, "--workspace", other.path)
    assert done.stdout == f"2 entries restored from {file}, head {head}.\n"
    done = hotspots("audit", "verify", "--workspace", other.path, "--anchor", head)
    assert done.returncode == 0


def test_the_schema_is_brought_down_and_up(held: Register, workspace: Workspace) -> None:
    here = ("--workspace", workspace.path)
    assert hotspots("migrate", *here).stdout == "The register has schema 0002, already.\n"
    done = hotspots("migrate", *here, "--schema", "0001")
    assert done.stdout == "The register has schema 0001, after 0002.\n"
    refused = hotspots("audit", "verify", *here)
    assert refused.returncode == 2
    assert "hotspots migrate" in refused.stderr
    refused = hotspots("migrate", *here, "--schema", "base")
    assert refused.returncode == 2
    assert "0001, 0002" in refused.stderr
    assert hotspots("migrate", *here).stdout == "The register has schema 0002, after 0001.\n"
    assert held.designation(D).version == 2
