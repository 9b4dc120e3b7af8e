"""Commands as a person types them: what they print, and how they refuse."""

import csv
import errno
import io
import json
import os
import socket
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import Mock, patch

import geopandas as gpd
import pytest

from hotspots.cli import main
from hotspots.errors import problem_of_system
from hotspots.outputs import exports
from tests.town import Town


@dataclass
class Done:
    """What a finished command printed."""

    returncode: int
    stdout: str
    stderr: str


def hotspots(*arguments: str | Path) -> Done:
    """Run a command in this process, as its entry point does."""
    out, err = io.StringIO(), io.StringIO()
    with (
        patch.object(sys, "argv", ["hotspots", *map(str, arguments)]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as stop:
            return Done(int(stop.code or 0), out.getvalue(), err.getvalue())
    return Done(0, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def workspace(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "ws"
    for step in (
        ("init", folder, "--name", "Proefstad", "--demo"),
        ("ingest", "areas", town.areas, "--workspace", folder),
        ("ingest", "counts", town.counts, "--workspace", folder, "--categories", town.categories),
        ("run", "--workspace", folder),
    ):
        done = hotspots(*step)
        assert done.returncode == 0, done.stderr
    return folder


def test_ingest_says_what_it_read_and_does_it_once(workspace: Path, town: Town) -> None:
    done = hotspots(
        "ingest", "counts", town.counts, "--workspace", workspace, "--categories", town.categories
    )
    assert "read 350 = accepted 350 + rejected 0" in done.stdout
    assert "nothing changed" in done.stdout
    as_json = hotspots("ingest", "areas", town.areas, "--workspace", workspace, "--json")
    content = json.loads(as_json.stdout)
    assert (content["read"], content["accepted"], content["new"]) == (6, 6, False)


def test_priorities_as_json_has_the_promised_shape(workspace: Path) -> None:
    done = hotspots(
        "priorities", "--workspace", workspace, "--theme", "burglary", "--years", "2021-2023",
        "--level", "wijk", "--top", "2", "--format", "json",
    )  # fmt: skip
    document = json.loads(done.stdout)
    assert {
        "areas", "no_data", "missing_months", "period", "level", "k", "policy",
    } <= document.keys()  # fmt: skip
    assert set(document["areas"][0]) >= {
        "area_code", "area_name", "count", "exposure", "rate_per_1000", "eb_rate", "eb_low",
        "eb_high", "rank_count", "rank_rate", "rank", "p_top",
    }  # fmt: skip
    assert [area["rank"] for area in document["areas"]] == [1, 2, 3, 4]
    assert [area["area_code"] for area in document["no_data"]] == ["WK999905"]
    assert (document["period"], document["level"], document["k"]) == ("2021-2023", "wijk", 2)
    assert document["missing_months"] == ["2023-12"]


def test_priorities_as_csv_and_as_a_table(workspace: Path) -> None:
    printed = hotspots("priorities", "--workspace", workspace, "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert next(row["area_code"] for row in rows if row["status"] == "ranked") == "WK999901"
    drawn = hotspots("priorities", "--workspace", workspace)
    assert "Wijk 05" in drawn.stdout.partition("No data (not the same as safe): ")[2]


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "parquet", "csv"])
def test_export_writes_the_latest_run(suffix: str, workspace: Path, tmp_path: Path) -> None:
    file = tmp_path / f"uit.{suffix}"
    done = hotspots("export", "--workspace", workspace, "--what", "priorities", "--to", file)
    assert done.returncode == 0, done.stderr
    if suffix == "csv":
        assert len(file.read_text(encoding="utf-8-sig").splitlines()) == 7
    else:
        frame = gpd.read_parquet(file) if suffix == "parquet" else gpd.read_file(file)
        assert len(frame) == 6


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("priorities", "--workspace", "nergens"), "no workspace"),
        (("priorities", "--workspace", "{ws}", "--years", "toen"), "FIRST-LAST"),
        (("priorities", "--workspace", "{ws}", "--years", "1990-1992"), "1990"),
        (("priorities", "--workspace", "{ws}", "--theme", "confused_person"), "never scored"),
        (("priorities", "--workspace", "{ws}", "--level", "buurt"), "no areas at level buurt"),
        (("priorities", "--workspace", "{ws}", "--top", "0"), "greater than or equal to 1"),
        (("ingest", "areas", "nergens.gpkg", "--workspace", "{ws}"), "no such file"),
        (("ingest", "counts", "{ws}", "--workspace", "{ws}"), "This is a folder"),
        (("export", "--workspace", "{ws}", "--what", "geheim", "--to", "x.csv"), "no result"),
        (("export", "--workspace", "{ws}", "--what", "priorities", "--to", "x.exe"), ".gpkg"),
        (
            (
                "export",
                "--workspace",
                "{ws}",
                "--what",
                "priorities",
                "--run",
                "../x",
                "--to",
                "x.csv",
            ),
            "no such run",
        ),
        (("purge", "--workspace", "{ws}", "--older-than", "lang"), "5y"),
        (("run", "--workspace", "{ws}", "--policy", "nergens.toml"), "no such file"),
        (("run", "--workspace", "{ws}", "--policy", "{ws}"), "This is a folder"),
    ],
)
def test_refusals_exit_2_with_a_remedy_and_no_traceback(
    arguments: tuple[str, ...], says: str, workspace: Path
) -> None:
    done = hotspots(*(argument.replace("{ws}", str(workspace)) for argument in arguments))
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            b"[priorities]\ntop_k 12\n",
            "row 2, value 'top_k 12': This line is not TOML: expected '=' after a key in a",
        ),
        (b"[priorities]\ntop_k =", "row 2, value 'top_k =': This line is not TOML: invalid value."),
        (b"\n[rates]\n# \xff\n", "row 3: The file is not text in UTF-8. Save it as UTF-8"),
    ],
)
@pytest.mark.parametrize("option", ["--policy", "--mapping"])
def test_a_file_that_is_not_toml_is_refused_with_its_line(
    option: str, content: bytes, says: str, workspace: Path, town: Town, tmp_path: Path
) -> None:
    file = tmp_path / "fout.toml"
    file.write_bytes(content)
    done = hotspots("ingest", "areas", town.areas, "--workspace", workspace, option, file)
    assert done.returncode == 2
    assert f"hotspots: file fout.toml, {says}" in done.stderr
    assert "(at " not in done.stderr


def test_a_policy_may_start_with_the_mark_of_utf_8(workspace: Path, tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_bytes(b"\xef\xbb\xbf[retention]\nfacts_years = 50\n")
    done = hotspots("purge", "--workspace", workspace, "--policy", file, "--dry-run")
    assert done.returncode == 0, done.stderr


def test_what_the_system_refuses_names_the_file_and_what_to_do(
    workspace: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "uit.csv"
    folder.mkdir()
    export = ("export", "--workspace", workspace, "--what", "priorities", "--to")
    for to, says in (
        (folder, f"file {folder}: This is a folder, where a file is needed."),
        (tmp_path / "weg" / "x.csv", "x.csv: There is no such file or folder. Check the path."),
    ):
        done = hotspots(*export, to)
        assert done.returncode == 2
        assert says in done.stderr
        assert "Errno" not in done.stderr
    full = Mock(side_effect=OSError(errno.ENOSPC, "No space left on device"))
    with patch.object(exports, "_WRITERS", {".csv": full}):
        done = hotspots(*export, tmp_path / "vol.csv")
    assert "vol.csv: The disk is full. Free some space" in done.stderr


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM])
def test_what_may_not_be_read_is_told_without_the_words_of_the_system(number: int) -> None:
    problem = problem_of_system(OSError(number, os.strerror(number), "p.toml"))
    assert str(problem).startswith("file p.toml: The file or its folder may not be read or written")
    assert os.strerror(number) not in str(problem)


def test_quarantined_rows_are_named_on_stderr(town: Town, workspace: Path, tmp_path: Path) -> None:
    file = tmp_path / "vuil.csv"
    file.write_text(
        "jaar;maand;wijkcode;delictcode;aantal\n2024;1;WK999901;INB-V;3\n2024;2;WK999901;INB-V;x\n"
    )
    done = hotspots(
        "ingest", "counts", file, "--workspace", workspace, "--categories", town.categories
    )
    assert done.returncode == 0
    assert "file vuil.csv, row 3, column 'aantal', value 'x'" in done.stderr
    assert "read 2 = accepted 1 + rejected 1" in done.stdout


def test_purge_deletes_what_is_older_than_the_policy_says(town: Town, tmp_path: Path) -> None:
    folder, policy = tmp_path / "ws", tmp_path / "p.toml"
    policy.write_text("[retention]\nfacts_years = 1\n")
    hotspots("init", folder)
    hotspots(
        "ingest", "counts", town.counts, "--workspace", folder, "--categories", town.categories
    )
    purge = ("purge", "--workspace", folder, "--policy", policy)
    assert "Would delete" in hotspots(*purge, "--dry-run").stdout
    assert "counts of 2021-01 to 2023-11" in hotspots(*purge).stdout
    assert "Nothing is older" in hotspots(*purge).stdout
    assert "no counts and no incidents" in hotspots("run", "--workspace", folder).stderr


def test_a_refusal_of_the_installed_command_is_not_a_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hotspots.cli", "run", "--workspace", "nergens"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("hotspots: file nergens: There is no workspace")


def test_a_busy_port_is_named(workspace: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = hotspots("serve", "--workspace", workspace, "--port", str(port))
    assert done.returncode == 2
    assert f"127.0.0.1:{port}" in done.stderr


def test_help_is_light() -> None:
    probe = (
        "import sys, hotspots.cli; "
        "sys.exit(any(name in sys.modules for name in ('pandas', 'numpy', 'pydantic')))"
    )
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0
