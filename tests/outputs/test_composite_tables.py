import json

import pandas as pd
import pytest

from hotspots.errors import NotFound
from hotspots.outputs.hotspots.composite_tables import (
    CompositePlace,
    Contribution,
    LayerStatus,
    composite_document_of,
    falls_away,
    has_composite,
    require_composite,
)
from hotspots.policy import policy_from
from hotspots.records import RunRecord
from tests.outputs import sample


def _record(**composite: object) -> RunRecord:
    policy = policy_from({"composite": composite}).model_dump(mode="json")
    return sample.record(policy=policy)


def _run(contributions: pd.DataFrame, record: RunRecord | None = None) -> sample.SampleRun:
    tables = sample.results() | {"contributions": contributions}
    return sample.SampleRun(record=record or sample.record(), tables=tables)


def _statuses(run: sample.SampleRun) -> dict[str, LayerStatus]:
    return {layer.layer: layer.status for layer in composite_document_of(run).layers}


def test_every_place_stands_in_the_document_with_the_figures_of_the_table() -> None:
    document = composite_document_of(sample.SampleRun())
    table = pd.DataFrame(sample.results()["composite"]).set_index("place_id")
    assert [place.number for place in document.places] == [1, 2]
    for place in document.places:
        row = table.loc[place.place_id]
        for name in set(CompositePlace.model_fields) & set(table.columns):
            shown = getattr(place, name)
            assert (" ".join(shown) if isinstance(shown, list) else shown) == row[name], name


def test_places_are_numbered_by_rank_whatever_the_order_of_the_table() -> None:
    tables = sample.results()
    turned = tables["composite"].iloc[::-1].reset_index(drop=True)
    document = composite_document_of(sample.SampleRun(tables=tables | {"composite": turned}))
    assert [(place.number, place.rank) for place in document.places] == [(1, 1), (2, 2)]
    assert document.places[0].places == [sample.HOSTILE_NAME, "Havenkwartier"]


def test_contributions_fall_and_add_up_to_the_value_of_their_place() -> None:
    table = sample.results()["contributions"]
    for place in composite_document_of(sample.SampleRun()).places:
        amounts = [part.contribution for part in place.contributions]
        assert amounts == sorted(amounts, reverse=True)
        assert sum(amounts) == pytest.approx(place.value)
        assert sum(part.share or 0 for part in place.contributions) == pytest.approx(1)
        rows = table[table["place_id"] == place.place_id].set_index("layer")
        for part in place.contributions:
            for name in set(Contribution.model_fields) - {"layer"}:
                assert getattr(part, name) == rows.loc[part.layer, name]


def test_the_period_ends_with_the_searches_and_has_the_months_of_the_policy() -> None:
    weighing = composite_document_of(sample.SampleRun(record=_record(months=18))).weighing
    assert (weighing.first_month, weighing.last_month) == ("2024-07", "2025-12")
    assert (weighing.half_life_months, weighing.least_times) == (12, 3)


def test_a_layer_lists_the_months_of_its_period_that_were_not_delivered() -> None:
    """Also those before any search looked back: the longest of these was of twelve months."""
    results = sample.results()
    basis = results["basis"]
    burglary = (basis["result"] == "composite") & (basis["theme"] == "burglary")
    changed = basis.assign(missing_months=basis["missing_months"].mask(burglary, "2023-05 2025-11"))
    record = sample.record(searches=[sample.search(months=12, missing_months=["2025-11"])])
    run = sample.SampleRun(record=record, tables=results | {"basis": changed})
    layers = {layer.layer: layer for layer in composite_document_of(run).layers}
    assert layers["burglary"].missing_months == ["2023-05", "2025-11"]
    assert layers["burglary_risk"].missing_months == ["2023-05", "2025-11"]  # the same deliveries
    assert layers["drugs_nuisance"].missing_months == ["2025-12"]


def test_of_an_older_run_the_searches_tell_which_months_were_not_delivered() -> None:
    gaps = ["2023-05", "2025-11"]
    record = sample.record(searches=[sample.search(missing_months=gaps)])
    tables = {name: table for name, table in sample.results().items() if name != "basis"}
    for months, expected in ((36, gaps), (12, ["2025-11"])):
        policy = policy_from({"composite": {"months": months}}).model_dump(mode="json")
        told = record.model_copy(update={"policy": policy})
        run = sample.SampleRun(record=told, tables=tables)
        layers = {layer.layer: layer for layer in composite_document_of(run).layers}
        assert layers["burglary"].missing_months == expected
        assert layers["burglary_risk"].missing_months == expected
        assert layers["drugs_nuisance"].missing_months == []


def test_what_was_searched_and_is_no_layer_has_too_few_incidents() -> None:
    table = sample.results()["contributions"]
    fewer = table[table["layer"] != "youth_reports"].reset_index(drop=True)
    assert _statuses(_run(fewer)) == {
        "burglary": "counted",
        "burglary_risk": "counted",
        "drugs_nuisance": "counted",
        "youth_reports": "few",
    }


def test_burglary_may_count_as_a_risk_per_dwelling() -> None:
    table = sample.results()["contributions"]
    without = table[table["layer"] != "burglary"].reset_index(drop=True)
    assert _statuses(_run(without))["burglary"] == "as_risk"


@pytest.mark.parametrize(
    ("weights", "expected"),
    [({}, "empty"), ({"drugs_nuisance": 1.0}, "empty"), ({"burglary": 1.0}, "weightless")],
)
def test_no_weight_means_no_average_or_none_in_the_policy(
    weights: dict[str, float], expected: LayerStatus
) -> None:
    table = sample.results()["contributions"].copy()
    table.loc[table["layer"] == "drugs_nuisance", ["weight", "value"]] = [0.0, None]
    run = _run(table, _record(weights=weights))
    assert _statuses(run)["drugs_nuisance"] == expected


def test_what_is_never_scored_is_no_layer_that_was_left_out() -> None:
    record = sample.record(searches=[sample.search(), sample.search("confused_person")])
    assert "confused_person" not in _statuses(sample.SampleRun(record=record))


def test_sources_are_those_of_what_counts_and_of_the_dwellings() -> None:
    dwellings = (
        sample.record().deliveries[0].model_copy(update={"kind": "dwellings", "source": "bag"})
    )
    record = sample.record(deliveries=[*sample.record().deliveries, dwellings])
    assert composite_document_of(sample.SampleRun(record=record)).sources == [
        "bag", "mor", "politie",
    ]  # fmt: skip
    table = sample.results()["contributions"]
    only = table[table["layer"] == "youth_reports"].reset_index(drop=True)
    assert composite_document_of(_run(only, record)).sources == ["mor"]


def test_a_run_without_any_place_is_a_document_too() -> None:
    tables = sample.results()
    empty = {name: tables[name].iloc[:0] for name in ("composite", "contributions")}
    document = composite_document_of(sample.SampleRun(tables=tables | empty))
    assert document.places == []
    assert document.layers == []
    assert document.weighing.months == 36
    assert document.sources == ["mor", "politie"]


def test_nothing_of_youth_groups_is_in_the_document() -> None:
    document = composite_document_of(sample.SampleRun())
    said = json.dumps(document.model_dump(mode="json")).replace("youth_reports", "")
    assert "group" not in said
    values = {place.value for place in document.places}
    assert values.isdisjoint(sample.results()["groups_layer"]["value"])


def test_a_place_falls_away_below_the_least_value() -> None:
    for least, expected in ((3.0, [False, False]), (3.5, [True, False])):
        run = sample.SampleRun(record=_record(least_times=least))
        document = composite_document_of(run)
        assert [falls_away(place, document) for place in document.places] == expected


def test_a_run_that_brought_nothing_together_is_refused() -> None:
    whole = sample.record(results={"composite": "", "contributions": ""})
    assert has_composite(whole)
    require_composite(whole)
    assert not has_composite(sample.record(results={"composite": ""}))
    with pytest.raises(NotFound, match="did not bring layers together"):
        require_composite(sample.record())
