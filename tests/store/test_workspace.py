import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from hotspots.errors import InputRefused, WorkspaceRefused
from hotspots.store.workspace import Workspace, init_workspace, open_workspace, writing


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return init_workspace(tmp_path / "ws", name="Proefstad", crs="EPSG:28992")


def test_a_workspace_opens_as_it_was_made(workspace: Workspace) -> None:
    assert open_workspace(workspace.path) == workspace


def test_making_it_again_with_the_same_settings_keeps_it(workspace: Workspace) -> None:
    (workspace.path / "deliveries" / "x").mkdir(parents=True)
    assert init_workspace(workspace.path, name="Proefstad", crs="EPSG:28992") == workspace
    assert (workspace.path / "deliveries" / "x").is_dir()


def test_other_settings_or_another_content_are_refused(workspace: Workspace) -> None:
    with pytest.raises(WorkspaceRefused, match="other settings"):
        init_workspace(workspace.path, name="Elders", crs="EPSG:28992")
    with pytest.raises(WorkspaceRefused, match="empty folder"):
        init_workspace(workspace.path.parent, name="Elders", crs="EPSG:28992")
    with pytest.raises(WorkspaceRefused, match="no workspace"):
        open_workspace(workspace.path.parent)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:2263", "onzin", "EPSG:1"])
def test_a_workspace_wants_metres(crs: str, tmp_path: Path) -> None:
    with pytest.raises(InputRefused):
        init_workspace(tmp_path / "ws", name="x", crs=crs)


def test_damaged_settings_are_named(workspace: Workspace) -> None:
    (workspace.path / "workspace.json").write_text("{")
    with pytest.raises(WorkspaceRefused, match="cannot be read"):
        open_workspace(workspace.path)


def test_two_writers_at_once_are_refused(workspace: Workspace) -> None:
    with (
        writing(workspace),
        pytest.raises(WorkspaceRefused, match="Another process"),
        writing(workspace, patience_s=0.2),
    ):
        pass
    with writing(workspace):
        pass


def test_a_writer_waits_for_one_that_is_nearly_done(workspace: Workspace) -> None:
    order = []
    begun = threading.Event()

    def first() -> None:
        with writing(workspace):
            begun.set()
            time.sleep(0.3)
            order.append("first")

    writer = threading.Thread(target=first)
    writer.start()
    begun.wait()
    with writing(workspace):
        order.append("second")
    writer.join()
    assert order == ["first", "second"]


def test_a_writer_killed_half_way_leaves_the_workspace_as_it_was(workspace: Workspace) -> None:
    script = textwrap.dedent("""
        import sys, time
        from pathlib import Path
        from hotspots.store.workspace import open_workspace, staged_folder, writing
        workspace = open_workspace(Path(sys.argv[1]))
        with writing(workspace), staged_folder(workspace.deliveries / "counts-1") as folder:
            (folder / "facts.parquet").write_bytes(b"half")
            print("half-way", flush=True)
            time.sleep(60)
    """)
    with subprocess.Popen(
        [sys.executable, "-c", script, str(workspace.path)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"half-way\n"
        writer.send_signal(signal.SIGKILL)
    assert not (workspace.deliveries / "counts-1").exists()
    with writing(workspace):  # the next writer sweeps up
        assert list(workspace.deliveries.iterdir()) == []
