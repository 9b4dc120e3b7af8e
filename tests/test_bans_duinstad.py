"""``hotspots bans`` on Duinstad, planted anew with a seed that nothing was tuned to."""

import json
import shutil
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from shapely.geometry import shape

from tests.scored_city import Scored, command, point
from tests.test_cli import hotspots

pytestmark = pytest.mark.slow

SQUARE_M = 90


@pytest.fixture(scope="module")
def truth(duinstad: Scored) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((duinstad.files / "waarheden.json").read_text("utf-8"))
    return {**content["bans"], **{each["key"]: each for each in content["truths"]}}


@pytest.fixture(scope="module")
def document(duinstad: Scored, truth: dict[str, Any]) -> Any:
    return json.loads(
        command(
            "bans", "review", "--workspace", duinstad.workspace,
            "--areas", duinstad.files / truth["file"],
            "--timeline", duinstad.files / truth["timeline"], "--format", "json",
        )
    )  # fmt: skip


@pytest.fixture(scope="module")
def reviews(document: Any) -> dict[str, Any]:
    return {each["code"]: each for each in document["areas"]}


def test_every_area_that_holds_is_reviewed(reviews: dict[str, Any], truth: dict[str, Any]) -> None:
    assert len(reviews) == sum(truth["holding"].values()) == 37
    assert sum(each["kind"] == "alcohol_ban" for each in reviews.values()) == 22


def test_the_faded_ban_is_to_be_withdrawn(reviews: dict[str, Any], truth: dict[str, Any]) -> None:
    found = reviews[truth["faded"]["code"]]
    assert (found["advice"], found["reason"]) == ("withdraw", "need_gone")
    assert "2023-01" <= found["below_since"] <= "2024-01"
    planted = truth["ban_faded"]["planted"]["factor"]
    assert found["effect"]["effect"]["low"] <= planted <= found["effect"]["effect"]["high"]


def test_the_persistent_ban_stays(reviews: dict[str, Any], truth: dict[str, Any]) -> None:
    found = reviews[truth["persistent"]["code"]]
    assert (found["advice"], found["reason"]) == ("keep", "need_remains")
    assert "no_effect_shown" in found["remarks"], "nor is the ban given credit"
    assert found["effect"]["effect"]["low"] <= 1 <= found["effect"]["effect"]["high"]


def test_the_merged_pair_is_called_out_for_what_it_is(
    duinstad: Scored, document: Any, reviews: dict[str, Any], truth: dict[str, Any]
) -> None:
    planted = truth["merged"]
    (found,) = document["mergers"]
    assert (found["code"], found["replaced"]) == (planted["code"], planted["replaced"])
    names = gpd.read_file(duinstad.files / truth["file"]).set_index("code")["naam"]
    assert found["replaced_names"] == names[planted["replaced"]].tolist()
    assert found["km2_before"] == pytest.approx(planted["km2_before"], abs=1e-5)
    assert found["km2_after"] == pytest.approx(planted["km2_after"], abs=1e-5)
    assert found["km2_after"] > found["km2_before"], "fewer areas, more ground"
    assert found["dwellings_after"] > found["dwellings_before"]
    # The clock is not set back: the pair had its two years.
    assert reviews[planted["code"]]["reason"] != "too_short"


def test_the_beach_ban_gets_no_credit_for_the_winter(
    reviews: dict[str, Any], truth: dict[str, Any]
) -> None:
    found = reviews[truth["beach"]["code"]]
    assert found["naive_ratio"] < 0.5, "half a year later it is winter"
    assert found["effect"]["effect"]["low"] <= 1 <= found["effect"]["effect"]["high"]
    assert {"season_bias", "no_effect_shown"} <= set(found["remarks"])
    assert (found["advice"], found["reason"]) == ("limit_in_time", "season_only")
    first, last = truth["beach"]["season_within"]
    assert first <= found["season_found"]["first"] <= found["season_found"]["last"] <= last


def test_an_area_that_is_too_wide_is_to_shrink_to_streets(
    duinstad: Scored, reviews: dict[str, Any], truth: dict[str, Any]
) -> None:
    found = reviews[truth["wide"]["code"]]
    assert (found["advice"], found["reason"]) == ("shrink", "rim_quiet")
    own = gpd.read_file(duinstad.files / truth["file"]).set_index("code").geometry[found["code"]]
    core = shape(found["proposed"]["geometry"])
    assert core.area < 0.75 * own.area
    assert core.difference(own.buffer(10)).area < 1, "the new boundary lies within the old"
    lines = gpd.read_file(duinstad.files / "straten.gpkg").set_index("naam").geometry
    for name in found["proposed"]["around"]:
        assert core.distance(shapely.union_all(lines[[name]])) == 0


def test_professionals_are_the_second_source_where_one_registers(
    duinstad: Scored, reviews: dict[str, Any], truth: dict[str, Any]
) -> None:
    of_kind = {
        code: each
        for code, each in reviews.items()
        if each["kind"] in ("soft_drug_ban", "emergency_area")
    }
    used = {*truth["soft_drugs_in_use"], "NG01"}
    advised = {code for code, each in of_kind.items() if each["advice"] in ("keep", "shrink")}
    assert advised <= used
    assert advised & {*truth["soft_drugs_in_use"]}, "what is in use is seen by both"
    assert "NG01" in advised
    # Without them it is one source, however clear that one is.
    alone = json.loads(
        command(
            "bans", "review", "--workspace", duinstad.workspace,
            "--areas", duinstad.files / truth["file"],
            "--format", "json",
        )
    )  # fmt: skip
    without = {each["code"]: each for each in alone["areas"]}
    for code in advised:
        found = without[code]["advice"], without[code]["reason"]
        assert found == ("insufficient_evidence", "one_source")


def test_soft_drug_areas_that_stray_from_alcohol_bans_are_named(
    document: Any, truth: dict[str, Any]
) -> None:
    follows = {each["code"] for each in document["overlaps"] if each["follows"]}
    assert len(follows) == truth["soft_drugs_following"]


def test_a_proposal_shows_every_gate(
    duinstad: Scored, tmp_path: Path, truth: dict[str, Any]
) -> None:
    place = tmp_path / "plein.gpkg"
    middle = point(truth["ban_persistent"]["geometry"])
    gpd.GeoSeries([middle.buffer(SQUARE_M)], crs="EPSG:28992").to_file(place)
    steps = tmp_path / "geprobeerd.csv"
    rows = ["code,kind,what,start,end,result"]
    rows += [
        f"plein,lighter_measure,Straatcoaches {n},2024-0{n}-01,2024-0{n + 4}-30," for n in (1, 3)
    ]
    steps.write_text("\n".join(rows), "utf-8")
    to = ("--workspace", duinstad.workspace)
    ask = ("bans", "propose", *to, "--area", place, "--format", "json")
    without, tried = (
        json.loads(command(*ask, *more))["places"][0] for more in ((), ("--timeline", steps))
    )
    gates = [{gate["gate"]: gate["passed"] for gate in each["gates"]} for each in (without, tried)]
    assert gates[0]["structural"]
    assert gates[0]["two_sources"]
    assert not gates[0]["lighter_measures"], "a last resort: something lighter goes before"
    assert not without["proposed"]
    assert gates[1]["lighter_measures"]
    assert all(each["times"] > 3 for each in tried["periods"])
    beside = ("--areas", duinstad.files / truth["file"])
    found = json.loads(command(*ask, "--timeline", steps, *beside))["places"][0]
    assert found["overlapping"] == [truth["persistent"]["code"]]


def test_quiet_ground_is_no_reason(duinstad: Scored, truth: dict[str, Any]) -> None:
    (quiet,) = [truth["quiet_districts"]["areas"][0]]
    ask = ("bans", "propose", "--workspace", duinstad.workspace, "--area", quiet)
    found = json.loads(command(*ask, "--format", "json"))["places"][0]
    gates = {gate["gate"]: gate["passed"] for gate in found["gates"]}
    assert not gates["structural"]
    assert not found["proposed"]


def test_a_whole_municipality_is_refused(
    duinstad: Scored, tmp_path: Path, truth: dict[str, Any]
) -> None:
    areas = gpd.read_file(duinstad.files / truth["file"]).iloc[:1]
    whole = gpd.read_file(duinstad.files / "gebieden.gpkg", layer="gemeente").union_all()
    areas.set_geometry([whole]).to_file(tmp_path / "overal.gpkg")
    for ask in (
        ("review", "--areas", tmp_path / "overal.gpkg"),
        ("propose", "--area", tmp_path / "overal.gpkg"),
    ):
        done = hotspots("bans", *ask, "--workspace", duinstad.workspace)
        assert done.returncode == 2
        assert "100% of the municipality" in done.stderr


def test_coffee_shops_against_schools_and_one_another(
    duinstad: Scored, tmp_path: Path, truth: dict[str, Any]
) -> None:
    planted = truth["shops"]
    ask = (
        "bans", "distances", "--workspace", duinstad.workspace,
        "--coffee-shops", duinstad.files / "coffeeshops.gpkg",
        "--schools", duinstad.files / "scholen.gpkg", "--format", "json",
    )  # fmt: skip
    found = json.loads(command(*ask))
    assert [each["code"] for each in found["shops"] if each["too_near"]] == planted["too_near"]
    assert found["concentrations"] == planted["together"]
    policy = tmp_path / "lopend.toml"
    policy.write_text('[bans]\ndistance_method = "walking"\n', "utf-8")
    walked = json.loads(command(*ask, "--policy", policy))
    for own, other in zip(found["shops"], walked["shops"], strict=True):
        assert other["metres"] >= own["metres"] - 0.1, "no way is shorter than the crow's"


def test_asking_again_gives_the_same_answer(
    duinstad: Scored, tmp_path: Path, document: Any, truth: dict[str, Any]
) -> None:
    copy = tmp_path / "kopie.gpkg"
    shutil.copy(duinstad.files / truth["file"], copy)
    again = command(
        "bans", "review", "--workspace", duinstad.workspace, "--areas", copy,
        "--timeline", duinstad.files / truth["timeline"], "--format", "json",
    )  # fmt: skip
    assert json.loads(again) == document
