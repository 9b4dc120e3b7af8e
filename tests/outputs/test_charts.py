import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from hotspots.outputs.charts import (
    HEAT,
    TONES,
    Bar,
    Part,
    Point,
    bars,
    curve,
    heatmap,
    key,
    stacked_bar,
)

HOSTILE = '<script>alert("x")</script> & \'"'
SVG = "{http://www.w3.org/2000/svg}"


def _tree(document: Markup) -> ET.Element:
    """Parsed as XML: every tag is closed and every text is escaped, or this fails."""
    return ET.fromstring(f"<div>{document}</div>")


def _charts(document: Markup) -> ET.Element:
    chart = _tree(document).find(".//svg[@class='chart']")
    assert chart is not None
    return chart


def _luminance(colour: str) -> float:
    channels = np.array(list(bytes.fromhex(colour[1:]))) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _bars(*drawn: Bar, description: str = "all of it") -> Markup:
    return bars(
        drawn,
        name="course",
        title="Course",
        description=description,
        plain="as usual",
        marked="stood out",
        missing="not delivered",
    )


def _bar(value: float | None, *, marked: bool = False, group: str = "2024") -> Bar:
    return Bar("Jan", group, f"January: {value}", value, "?" if value is None else f"{value:g}",
               marked)  # fmt: skip


def _heat(values: list[list[float]], bounds: list[float]) -> Markup:
    return heatmap(
        values,
        rows=[(f"r{i}", f"row {i}") for i in range(len(values))],
        columns=[(f"c{i}", f"column {i}") for i in range(len(values[0]))],
        bounds=bounds,
        scale=["none", "few", "some", "many", "most"],
        name="heat",
        title="Heat",
        description="the last column most",
    )


def _drawn(chart: ET.Element) -> list[dict[str, str]]:
    """The boxes of what can be asked what it is, in order."""
    return [group.find("rect").attrib for group in chart.findall("g")]  # type: ignore[union-attr]


ALL = [
    _bars(_bar(3), _bar(None), _bar(6, marked=True)),
    _heat([[0.0, 5.0], [1.0, 2.0]], [0.5, 1.5, 3, 4]),
    stacked_bar([Part(0, "Burglary", 0.6, "60%"), Part(1, "Drugs", 0.4, "40%")], name="s",
                title="Parts") + key(["Burglary", "Drugs"]),
]  # fmt: skip


@pytest.mark.parametrize("chart", ALL)
def test_a_chart_asks_for_nothing_and_styles_nothing(chart: Markup) -> None:
    assert not re.search(r"<script|<style|style=|href|src=|https?:|on\w+=", chart)


@pytest.mark.parametrize("chart", ALL)
def test_a_chart_has_a_name_and_a_description(chart: Markup) -> None:
    svg = _charts(chart)
    assert svg.get("role") == "img"
    named = [svg.find(f"*[@id='{name}']") for name in svg.attrib["aria-labelledby"].split()]
    assert [each is not None and bool(each.text) for each in named] == [True, True]
    samples = _tree(chart).findall(".//svg[@class='chart-sample']")
    assert all(sample.get("aria-hidden") == "true" for sample in samples)


def test_words_of_a_delivery_stay_words() -> None:
    bar = Bar(HOSTILE, HOSTILE, HOSTILE, 1.0, HOSTILE)
    part = Part(0, HOSTILE, 1.0, HOSTILE)
    for chart in (
        _bars(bar, description=HOSTILE),
        stacked_bar([part], name="s", title=HOSTILE) + key([HOSTILE]),
    ):
        assert "<script" not in chart
        assert HOSTILE in "".join(_tree(chart).itertext())


def test_bars_are_as_high_as_their_values_from_one_floor() -> None:
    boxes = _drawn(_charts(_bars(_bar(10), _bar(5), _bar(0), _bar(2.5))))
    heights = [float(box["height"]) for box in boxes]
    assert np.array(heights) / heights[0] == pytest.approx([1, 0.5, 0, 0.25])
    feet = {round(float(box["y"]) + float(box["height"]), 6) for box in boxes}
    assert len(feet) == 1


def test_a_missing_bar_is_hatched_and_never_a_zero() -> None:
    chart = _charts(_bars(_bar(10), _bar(None), _bar(0)))
    known, missing, zero = _drawn(chart)
    assert missing["fill"] == "url(#course-hatch)"
    assert chart.find(".//pattern[@id='course-hatch']") is not None
    assert float(missing["height"]) > 0 == float(zero["height"])
    texts = [group.findtext("text") for group in chart.findall("g")]
    assert texts == ["10", "?", "0"]
    assert known["fill"] != missing["fill"]


def test_what_stood_out_has_a_triangle_besides_its_colour() -> None:
    plain, marked = _charts(_bars(_bar(4), _bar(4, marked=True))).findall("g")
    assert plain.find("path") is None
    assert marked.find("path") is not None
    fills = [group.find("rect").attrib["fill"] for group in (plain, marked)]  # type: ignore[union-attr]
    assert _contrast(*fills) >= 3


def test_the_key_names_what_occurs_and_nothing_else() -> None:
    def meanings(*drawn: Bar) -> list[str]:
        return [(item[0].tail or "").strip() for item in _tree(_bars(*drawn)).findall(".//li")]

    assert meanings(_bar(1)) == ["as usual"]
    assert meanings(_bar(1, marked=True), _bar(None)) == ["stood out", "not delivered"]
    assert meanings(_bar(1), _bar(None), _bar(2, marked=True)) == [
        "as usual", "stood out", "not delivered",
    ]  # fmt: skip


def test_a_group_is_named_once() -> None:
    chart = _charts(_bars(*[_bar(1, group=year) for year in ("2023", "2023", "2024", "2024")]))
    assert [text.text for text in chart.findall("text")] == ["2023", "2024"]


@given(st.integers(1, 60))
def test_texts_of_bars_never_run_into_one_another(n: int) -> None:
    groups = _charts(_bars(*[_bar(100)] * n)).findall("g")
    for below in (True, False):
        middles = [
            float(text.attrib["x"])
            for group in groups
            for text in group.findall("text")
            if text.text and (float(text.attrib["y"]) > 136) == below
        ]
        assert all(np.diff(middles) >= 18)
    assert all(group.findtext("title") for group in groups)


@given(
    st.lists(st.lists(st.floats(0, 50), min_size=4, max_size=4), min_size=1, max_size=7),
    st.lists(st.floats(0.1, 40), min_size=4, max_size=4, unique=True).map(sorted),
)
def test_cells_are_coloured_by_the_class_that_holds_them(
    values: list[list[float]], bounds: list[float]
) -> None:
    boxes = _drawn(_charts(_heat(values, bounds)))
    expected = np.digitize(np.array(values).ravel(), bounds)
    assert [box["fill"] for box in boxes] == [HEAT[number] for number in expected]


def test_cells_stand_in_their_row_and_column_and_the_darkest_has_a_dot() -> None:
    chart = _charts(_heat([[0.0, 1.0], [2.0, 9.0]], [0.5, 1.5, 3, 4]))
    boxes = _drawn(chart)
    at = [(float(box["x"]), float(box["y"])) for box in boxes]
    assert at[0][1] == at[1][1] < at[2][1]
    assert at[0][0] == at[2][0] < at[1][0]
    assert [group.find("circle") is not None for group in chart.findall("g")] == [0, 0, 0, 1]
    assert chart.findall("g")[3].findtext("title") == "row 1 column 1: most"


def test_the_classes_darken_step_by_step() -> None:
    lights = [_luminance(colour) for colour in HEAT]
    assert all(np.diff(lights) < -0.1)
    assert _contrast(HEAT[-1], "#ffffff") >= 3  # the dot


@given(st.lists(st.integers(1, 100), min_size=1, max_size=9))
def test_parts_follow_one_another_and_fill_their_share(sizes: list[int]) -> None:
    shares = np.array(sizes) / sum(sizes)
    parts = [Part(i, f"p{i}", float(share), "") for i, share in enumerate(shares)]
    frame, *boxes = _drawn(_charts(stacked_bar(parts, name="s", title="t")))
    widths = [float(box["width"]) for box in boxes]
    assert widths == pytest.approx(list(shares * float(frame["width"])), abs=0.06)
    starts = float(frame["x"]) + np.concatenate([[0], np.cumsum(widths)[:-1]])
    assert [float(box["x"]) for box in boxes] == pytest.approx(list(starts), abs=0.6)


def test_a_part_has_the_number_of_the_key_where_there_is_room() -> None:
    parts = [Part(2, "Youth", 0.7, "70%"), Part(0, "Burglary", 0.02, "2%")]
    chart = _charts(stacked_bar(parts, name="s", title="t"))
    assert [text.text for text in chart.iter("text")] == ["3"]
    assert chart.findtext("desc") == "Youth: 70%; Burglary: 2%"
    items = _tree(key(["Burglary", "Drugs", "Youth"])).findall(".//li")
    assert [item.findtext(".//text") for item in items] == ["1", "2", "3"]


def test_numbers_can_be_read_on_every_tone() -> None:
    assert all(_contrast(tone, "#1b1f24") >= 7 for tone in TONES)
    assert len(set(TONES)) == len(TONES)


def _curve(*shares: float, marked: int = 0) -> Markup:
    return curve(
        [
            Point(n, share, f"{n} {HOSTILE}", "bend" if n == marked else "")
            for n, share in enumerate(shares, start=1)
        ],
        name="curve",
        title=f"How many {HOSTILE}",
        description="all of it",
        y_name="in view",
        x_name="cameras",
    )


def _line(document: Markup) -> list[tuple[float, float]]:
    (drawn,) = re.findall(r'd="M([\d. L]+)" fill="none" stroke="[^"]+" stroke-width', document)
    return [(float(x), float(y)) for x, y in (point.split() for point in drawn.split("L"))]


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=40).map(sorted))
def test_a_curve_is_drawn_to_scale(shares: list[float]) -> None:
    line = _line(_curve(*shares))
    assert len(line) == len(shares)
    steps = {round(after[0] - before[0], 0) for before, after in pairwise(line)}
    assert len(steps) <= 2  # equal steps, but for rounding
    # Heights above the floor at 150 are in proportion to the shares.
    heights = [150 - y for _, y in line]
    assert heights == pytest.approx([share * heights[-1] / shares[-1] for share in shares], abs=0.2)
    assert all(0 <= y <= 150 for _, y in line)


def test_a_curve_tells_every_point_and_marks_what_stands_out() -> None:
    chart = _charts(_curve(0.2, 0.3, 0.35, marked=2))
    titles = [each.text for each in chart.iter("title")]
    assert titles[0] == f"How many {HOSTILE}"
    assert titles[1:] == [f"{n} {HOSTILE}" for n in (1, 2, 3)]
    radii = [float(each.attrib["r"]) for each in chart.iter("circle")]
    assert radii[1] > radii[0] == radii[2]
    assert [each.text for each in chart.iter("text")].count("bend") == 1
    assert "40%" in [each.text for each in chart.iter("text")]  # the scale ends above 35%
