"""The course of a place as a chart: what was not delivered is a gap, and everything has a name."""

import re
from dataclasses import replace

import pytest
from markupsafe import Markup

from hotspots.outputs.course_charts import Course, Step, course_chart

COURSE = Course(
    first_year=2023,
    first_month=11,
    counts=[4.0, 8.0, None, 2.0, 6.0, None, 5.0],
    spans=[(2.0, 7.0)],
    steps=[Step(1, 0.0, 3.0, "Coaches"), Step(2, 4.5, None, "Gezien")],
    yardstick=4.0,
)


def drawn(course: Course = COURSE) -> Markup:
    return course_chart(
        course,
        name="verloop",
        title="Incidenten per maand",
        description="alle maanden",
        measure="maatregel geldt",
        yardstick="maatstaf",
    )


def lines(chart: str) -> list[list[tuple[float, float]]]:
    return [
        [(float(x), float(y)) for x, y in (point.split(",") for point in points.split())]
        for points in re.findall(r'<polyline points="([^"]*)"', chart)
    ]


def test_a_month_that_was_not_delivered_is_a_gap_and_never_a_zero() -> None:
    assert [len(line) for line in lines(drawn())] == [2, 2]
    assert drawn().count("<circle") == 1, "a month alone is a dot"


def test_heights_are_in_proportion_from_one_floor() -> None:
    (first, second), (third, fourth) = lines(drawn())
    floor = float(re.findall(r'<path d="M30 \d+V(\d+)', drawn())[0])
    heights = [floor - y for _, y in (first, second, third, fourth)]
    assert heights == pytest.approx([h * heights[1] / 8 for h in (4, 8, 2, 6)], abs=0.2)
    dashed = re.findall(r'<path d="M30 ([\d.]+)H\d+" stroke="#a34700"', drawn())
    assert floor - float(dashed[0]) == pytest.approx(heights[0], abs=0.1), "both are four a month"


def test_what_lies_outside_the_course_is_cut_off() -> None:
    far = replace(COURSE, spans=[(-20.0, 90.0)], steps=[Step(1, -12.0, 40.0, "Lang")])
    for x, width in re.findall(r'<rect x="([\d.-]+)"[^>]*width="([\d.]+)"', drawn(far)):
        assert 0 <= float(x) <= float(x) + float(width) <= 400
    assert 'fill="#e3ebf4"' not in drawn(replace(COURSE, spans=[])).split("chart-key")[0]


def test_the_years_stand_at_their_january() -> None:
    years = re.findall(r">(20\d\d)</text>", drawn())
    assert years == ["2024"], "it begins in November"


def test_steps_have_the_number_of_the_list_beside() -> None:
    chart = drawn()
    assert "<title>Coaches</title>" in chart
    assert "<title>Gezien</title>" in chart
    assert re.findall(r'text-anchor="end" fill="#1b1f24">(\d)</text>', chart)[-2:] == ["1", "2"]


def test_the_key_names_what_occurs_and_nothing_else() -> None:
    key = drawn().split("chart-key")[1]
    assert "maatregel geldt" in key
    assert "maatstaf" in key
    bare = drawn(replace(COURSE, spans=[], yardstick=None))
    assert "maatregel geldt" not in bare
    assert "maatstaf" not in bare


def test_words_of_a_delivery_stay_words() -> None:
    hostile = replace(COURSE, steps=[Step(1, 0.0, 1.0, "<script>alert(1)</script>")])
    chart = drawn(hostile)
    assert "<script>" not in chart
    assert "style=" not in chart
    assert '<svg class="chart"' in chart
    assert 'role="img"' in chart
