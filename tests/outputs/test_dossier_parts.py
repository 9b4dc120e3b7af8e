"""The map of a dossier, and what is taken out of a text before it is public."""

import struct
import zlib

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box

from hotspots.outputs.dossier.blocks import LINE, Block, Bullets, Page, Paragraph, Table, readable
from hotspots.outputs.dossier.drawing import WIDTH_PX, Drawn, Layer, draw, scale_bar_m
from hotspots.outputs.dossier.html import html_of
from hotspots.outputs.dossier.public import cleaner, few
from hotspots.outputs.dossier.word import word_of
from hotspots.policy.publication import Publication
from tests.outputs.dossier_city import ON

CLEAN = cleaner(
    ["h.ambtman", "G-17"], removed="…", few="weinig", least_shown=5, streets=["Markt", "A. Kade"]
)
SQUARE = box(1000, 1000, 1200, 1200)


def pixels(png: bytes) -> npt.NDArray[np.uint8]:
    """Decode an 8-bit RGB PNG whose rows are not filtered, checking every chunk."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, {}
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        name, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        (check,) = struct.unpack(">I", png[at + 8 + length : at + 12 + length])
        assert check == zlib.crc32(name + content)
        chunks[name] = content
        at += 12 + length
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), dtype=np.uint8)
    unfiltered = rows.reshape(height, 1 + 3 * width)
    assert not unfiltered[:, 0].any()
    return unfiltered[:, 1:].reshape(height, width, 3)


# ---------------------------------------------------------------- map
def test_a_shape_is_drawn_where_it_lies_with_the_north_above() -> None:
    layers = [Layer("boundary", [SQUARE]), Layer("camera", [Point(1050, 1180)])]
    found = pixels(draw(Drawn(SQUARE.bounds, layers)))
    assert found.shape[1] == WIDTH_PX
    dark = (found == (27, 31, 36)).all(axis=2)
    dark[int(0.9 * len(dark)) :] = False  # the scale bar
    row, column = (places.mean() for places in np.nonzero(dark))
    per_m = WIDTH_PX / (200 * 1.12)
    assert column / per_m == pytest.approx(50 + 12, abs=1)
    assert row / per_m == pytest.approx(20 + 12, abs=1)


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    drawn = Drawn(SQUARE.bounds, [])
    found = pixels(draw(drawn))
    inked = (found != 255).any(axis=2)
    columns = np.nonzero(inked.any(axis=0))[0]
    length_m = (columns[-1] - columns[0] + 1) * 200 * 1.12 / WIDTH_PX
    assert scale_bar_m(drawn) == 50
    assert length_m == pytest.approx(50, abs=0.5)


@given(st.floats(1, 1e5), st.floats(1, 1e5))
def test_a_scale_bar_is_round_and_fits(width_m: float, height_m: float) -> None:
    length = scale_bar_m(Drawn((0, 0, width_m, height_m), []))
    assert str(length)[0] in "125"
    assert set(str(length)[1:]) <= {"0"}
    assert length <= 0.4 * 1.2 * max(width_m, height_m, 60)


def test_what_lies_outside_or_holds_nothing_does_no_harm() -> None:
    far = Layer("street", [LineString([(0, 0), (1, 1)]), LineString()])
    empty = Drawn(SQUARE.bounds, [])
    assert draw(Drawn(SQUARE.bounds, [far], [(12, -1e6, 1e6)])) == draw(empty)


# ---------------------------------------------------------------- public texts
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("volgens H.Ambtman en G-17", "volgens … en …"),
        ("G-170 is een ander", "G-170 is een ander"),
        ("op Markt 7, Markt 12-14 en Markt 3 b", "op Markt …, Markt … en Markt …"),
        ("in de Lange Nieuwstraat 114a", "in de Lange Nieuwstraat …"),
        ("op het Stationsplein 2026", "op het Stationsplein 2026"),
        ("mevrouw Anna van der Berg zei", "mevrouw … zei"),
        ("wijkagent J. Jansen-De Wit.", "wijkagent …."),
        ("de wijkagent vindt", "de wijkagent vindt"),
        ("bel 06 12 34 56 78 of +31 10 1234567", "bel … of …"),
        ("mail a.b-c@d.nl, BSN 123456782, 3011AB", "mail …, BSN …, …"),
        ("NL12ABNA0123456789", "…"),
        ("er waren 3 ernstige incidenten", "er waren weinig ernstige incidenten"),
        ("er waren 13 incidenten en 1,4 melding", "er waren 13 incidenten en 1,4 melding"),
        ("art. 3:40 Awb, Gemeenteblad 2026, 12345", "art. 3:40 Awb, Gemeenteblad 2026, 12345"),
        ("van 1 april tot 4 mei", "van 1 april tot 4 mei"),
        ("ab" * 32 + " 20251231-aeed6fe8ea06", "ab" * 32 + " 20251231-aeed6fe8ea06"),
    ],
)
def test_what_looks_personal_is_taken_out_and_nothing_else(text: str, told: str) -> None:
    assert CLEAN(text) == told


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_a_secret_never_remains_between_other_words(text: str) -> None:
    assert "ambtman" not in CLEAN(f"{text} h.ambtman {text}".replace("ambtmanambtman", ""))


@given(st.integers(0, 10**6))
def test_a_public_count_is_none_few_or_a_multiple_of_five_nearby(count: int) -> None:
    shown = few(count, Publication())
    if 1 <= count <= 4:
        assert shown == "few"
    else:
        assert isinstance(shown, int)
        assert shown % 5 == 0
        assert abs(shown - count) <= 2


# ---------------------------------------------------------------- texts of others
@given(st.text(max_size=300))
def test_any_text_makes_a_page_and_a_word_file(text: str) -> None:
    told = readable(text)
    blocks: list[Block] = [Paragraph(told), Bullets([told]), Table(told, [told], [[told]])]
    page = Page(told, told, blocks, told)
    assert word_of(page, on=ON, numbered="bladzijde")[:2] == b"PK"
    written = html_of(page, sheet="").split("<body>")[1]
    plain = written.replace("<br>", "").replace("&amp;", "&").replace("&lt;", "<")
    plain = plain.replace("&gt;", ">").replace("&#34;", '"').replace("&#39;", "'")
    assert plain.count(told.replace(LINE, "")) >= 6


def test_a_style_sheet_cannot_leave_its_element() -> None:
    page = html_of(Page("a", "b", [], "c"), sheet="</style><script>alert(1)</script>")
    assert "<script" not in page
    assert page.count("</style>") == 1


def test_marks_that_turn_text_around_are_taken_out() -> None:
    assert readable("a\u202eb\u2066c\x00\ud800d\r\ne") == f"abcd{LINE}e"
