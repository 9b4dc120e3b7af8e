"""Choices, signals and retention as a person types them, on a small town with a real run."""

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from hotspots.decisions import designations
from hotspots.pipeline.designations import pinned
from hotspots.policy import policy_from
from hotspots.store.register.register import open_register
from hotspots.store.runs import open_run
from hotspots.store.workspace import open_workspace
from tests.decisions.files import BY_LAW, by, camera_area
from tests.test_cli import Done, hotspots
from tests.town import Town

AREA = (90_200.0, 450_200.0, 90_800.0, 450_800.0)
POLICY = f"""
[hotspots]
periods_months = [12]
cell_size_m = 100.0
[priorities]
top_k = 2
years = 1
levels = ["wijk"]
[designations.kinds.camera_area]
by_law = "{BY_LAW}"
"""
MAYOR = ("--actor", "k.kabinet", "--role", "mayor_office", "--reason", "Proef")


@pytest.fixture(scope="module")
def made(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with areas, counts, burglaries in 2022 but hardly in 2023, and a run."""
    folder = tmp_path_factory.mktemp("typed")
    policy = folder / "policy.toml"
    policy.write_text(POLICY, encoding="utf-8")
    months = [f"{year}-{month:02d}" for year in (2022, 2023) for month in range(1, 13)]
    rows = [
        (f"p{month}-{n}", "INB-V", f"{month}-{31 if month.endswith('12') else 9 + n} 12:00",
         90_210 + 41 * n, 450_210 + 47 * n)
        for month in months
        for n in range(1, 13 if month < "2023" else 2)
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["nummer", "delictcode", "datum", "x", "y"])
    table.to_csv(folder / "incidenten.csv", index=False)
    place = ("--workspace", folder / "ws")
    kinds = ("--categories", town.categories)
    for words in (
        ("init", folder / "ws", "--name", "Proefstad"),
        ("ingest", "areas", town.areas, *place),
        ("ingest", "counts", town.counts, *kinds, *place),
        ("ingest", "incidents", folder / "incidenten.csv", *kinds, *place),
        ("run", "--policy", policy, *place),
    ):
        done = hotspots(*words)
        assert done.returncode == 0, (words, done.stderr)
    return folder


def typed(folder: Path, *words: str | Path) -> Done:
    """Type a command."""
    return hotspots(*words, "--workspace", folder / "ws")


def said(folder: Path, *words: str | Path) -> str:
    """What a command that goes through prints."""
    done = typed(folder, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def office(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder, with an empty register."""
    monkeypatch.delenv("HOTSPOTS_DATABASE_URL", raising=False)
    for file in (made / "ws").glob("register.sqlite*"):
        file.unlink()
    return made


def in_force(folder: Path, *, end: date = date(2024, 6, 30)) -> str:
    """A camera area on burglary, in force since July 2022, with a criterion of 60 a year."""
    from shapely import box

    workspace = open_workspace(folder / "ws")
    policy = policy_from({"designations": {"kinds": {"camera_area": {"by_law": BY_LAW}}}})
    content = camera_area(
        criterion={"themes": ["burglary"], "measure": "inbraken", "most_incidents_per_year": 60},
        start=date(2022, 7, 1), end=end, evaluation_on=date(2023, 1, 15),
        lighter_measures=[{"what": "Licht", "start": date(2020, 1, 1), "result": "Geen"}],
        consultation={"held_on": date(2022, 4, 1), "with_whom": "officier van justitie"},
        evidence=pinned(open_run(workspace, "latest")),
    )  # fmt: skip
    with open_register(workspace) as register:
        made = designations.draft(register, content, by(date(2022, 3, 1)), policy, area=box(*AREA))
        designations.ask_advice(register, made.id, "driehoek", by(date(2022, 4, 5)))
        designations.decide(register, made.id, by(date(2022, 5, 1)), policy)
        designations.publish(register, made.id, "Gemeenteblad 2022, 1", by(date(2022, 5, 9)))
    return str(made.id)


def test_signals_are_raised_once_and_answered(office: Path) -> None:
    id_ = in_force(office)
    assert said(office, "designations", "signals") == ""
    raising = ("designations", "signals", "--raise", "--actor", "a.analist", "--on", "2024-01-15")
    # 12 a month in 2022, 1 a month in 2023: the year up to month m of 2023 holds 144 - 11 m
    # burglaries, which is 60 or less from August on.
    run = open_run(open_workspace(office / "ws"), "latest").record.id
    line = f"within its criterion since 2023-08 (12 in the year up to 2023-12, run {run})"
    assert said(office, *raising) == f"signal-2024-001  {id_}  {line}  open\n"
    assert said(office, *raising).count("\n") == 1
    (held,) = json.loads(said(office, "designations", "signals", "--format", "json"))
    assert (held["since"], held["incidents"], held["answer"]) == ("2023-08", 12, None)
    answer = ("designations", "answer", "signal-2024-001", "dismiss", *MAYOR, "--on", "2024-01-20")
    assert said(office, *answer) == f"signal-2024-001: dismiss ({id_}) (version 2).\n"
    assert said(office, *raising).endswith("dismiss by k.kabinet: Proef\n")
    assert "answered already" in typed(office, *answer).stderr
    shown = said(office, "designations", "show", id_, "--format", "json")
    assert [each["act"] for each in json.loads(shown)["trail"]][-1] == "publish"


def test_a_choice_is_written_down_with_its_deviations_and_shown(office: Path) -> None:
    file = office / "keuze.toml"
    words = ("choices", "choose", file, "--actor", "d.driehoek", "--role", "triangle",
             "--reason", "Vastgesteld", "--on", "2024-02-01")  # fmt: skip
    text = """
year = 2024
kind = "priority_areas"
decider = "triangle"
chosen = ["WK999901", "WK999903"]
"""
    file.write_text(text, encoding="utf-8")
    refused = typed(office, *words)
    assert refused.returncode == 2
    assert "Every deviation from a proposal has its reason" in refused.stderr
    assert said(office, "choices", "show") == ""
    file.write_text(
        text + '[reasons]\nWK999902 = "Loopt al"\nWK999903 = "Nieuwbouw"\n', encoding="utf-8"
    )
    assert "2 areas chosen for 2024, 2 deviations" in said(office, *words)
    lines = said(office, "choices", "show", "--year", "2024").splitlines()
    assert lines[0] == "choice-2024-001  priority_areas 2024, by the triangle: Vastgesteld"
    assert {line.split("  ")[2] + ": " + line.split("  ")[4] for line in lines[1:]} == {
        "WK999901: chosen", "WK999902: not chosen: Loopt al", "WK999903: chosen: Nieuwbouw",
    }  # fmt: skip
    assert said(office, "choices", "show", "--year", "2023") == ""
    file.write_text(text + 'reasons = ["x"]\n', encoding="utf-8")
    assert "the reasons are texts by code" in typed(office, *words).stderr


def test_what_ended_long_ago_is_deleted_and_stays_in_the_trail(office: Path) -> None:
    id_ = in_force(office)
    short = office / "kort.toml"
    short.write_text(POLICY + "[designations]\nretention_years = 1\n", encoding="utf-8")
    purging = ("designations", "purge", *MAYOR)
    assert said(office, *purging) == "Nothing is past its term of retention.\n"
    would = said(office, *purging, "--policy", short, "--dry-run")
    assert would == f"Would delete: {id_} Stationsplein\n"
    planner = ("--actor", "p", "--role", "planner", "--reason", "Proef", "--policy", short)
    assert "Act in one of these roles" in typed(office, "designations", "purge", *planner).stderr
    assert said(office, *purging, "--policy", short) == f"Deleted: {id_} Stationsplein\n"
    assert said(office, "designations", "list") == ""
    assert "was deleted on" in typed(office, "designations", "show", id_).stderr
    assert "unchanged" in said(office, "audit", "verify")
    acts = [json.loads(line)["act"] for line in said(office, "audit", "export").splitlines()]
    assert acts[-2:] == ["delete", "delete"]  # the designation and its boundary
