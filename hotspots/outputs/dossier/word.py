"""A dossier as a Word file to edit; the same page gives the same bytes."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from hotspots.errors import InputRefused, Problem
from hotspots.outputs.dossier.blocks import (
    LINE,
    Block,
    Bullets,
    Heading,
    Page,
    Paragraph,
    Picture,
    Table,
)
from hotspots.outputs.dossier.templates import STYLE

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph as WordParagraph

_STYLES = ("Title", "Subtitle", "Heading 1", "List Bullet", "Caption", "Table Grid", "Normal")
"""Styles that a Word file of the municipality must have (by their English names)."""

_WIDTH_MM, _HEIGHT_MM, _MARGIN_MM = 210, 297, 22
_MOST_MM = 140  # a map leaves room for the text that goes with it
_ROOM_CHARS, _MOST_CHARS = 6, 30  # beside the longest text of a column, and its share at most
_EPOCH = (1980, 1, 1, 0, 0, 0)


def word_of(page: Page, *, on: date, numbered: str, style: bytes | None = None) -> bytes:
    """Return a page as a Word file.

    Parameters
    ----------
    page
        What to write; every text is text, never a field or a link.
    on
        The day it is dated.
    numbered
        The word before the number of a sheet.
    style
        A Word file whose styles, head and foot it takes over; its text falls out.

    Raises
    ------
    InputRefused
        When the style cannot be read, or lacks a style.
    """
    document = _opened(style)
    document.add_paragraph(style="Title").add_run(page.title)
    _write(document.add_paragraph(style="Subtitle"), page.subtitle)
    for block in page.blocks:
        _add(document, block)
    _foot(document, page.foot, numbered)
    properties = document.core_properties
    properties.title, properties.language = page.title[:255], "nl-NL"
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = datetime(on.year, on.month, on.day, tzinfo=UTC)
    properties.revision = 1
    return _packed(document)


def style_of() -> bytes:
    """Return the Word file whose styles dossiers have where the municipality has none."""
    document = _opened(None)
    document.core_properties.created = document.core_properties.modified = datetime(
        2026, 1, 1, tzinfo=UTC
    )
    return _packed(document)


# ---------------------------------------------------------------- blocks
def _add(document: "Document", block: Block) -> None:
    match block:
        case Heading(text):
            _write(document.add_paragraph(style="Heading 1"), text)
        case Paragraph(text, note):
            _write(document.add_paragraph(), text, italic=note)
        case Bullets(items):
            for item in items:
                _write(document.add_paragraph(style="List Bullet"), item)
        case Picture():
            _picture(document, block)
        case Table():
            _table(document, block)


def _write(
    paragraph: "WordParagraph", text: str, *, bold: bool = False, italic: bool = False
) -> None:
    """Write a text as one run per line, so that nothing in it is read as anything else."""
    for number, line in enumerate(text.split(LINE)):
        if number:
            paragraph.add_run().add_break()
        run = paragraph.add_run(line)
        run.bold, run.italic = bold or None, italic or None


def _picture(document: "Document", block: Picture) -> None:
    from docx.shared import Mm

    shape = document.add_picture(BytesIO(block.png), width=Mm(_WIDTH_MM - 2 * _MARGIN_MM))
    if shape.height > Mm(_MOST_MM):
        shape.width, shape.height = round(shape.width * Mm(_MOST_MM) / shape.height), Mm(_MOST_MM)
    shape._inline.docPr.set("descr", block.description.replace(LINE, " "))
    _write(document.add_paragraph(style="Caption"), block.caption)


def _table(document: "Document", block: Table) -> None:
    from docx.shared import Mm

    _write(document.add_paragraph(style="Caption"), block.caption)
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    table = document.add_table(rows=0, cols=len(block.head), style="Table Grid")
    table.autofit = False
    widths_mm = _widths_mm(block)
    for column, width_mm in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width_mm)
    for number, texts in enumerate([block.head, *block.rows]):
        _row(table.add_row(), texts, block.figures, widths_mm, head=number == 0)
    document.add_paragraph()


def _widths_mm(block: Table) -> list[float]:
    """Return the width of each column, by the longest text in it."""
    longest = [max(map(len, texts)) for texts in zip(block.head, *block.rows, strict=True)]
    shares = [min(chars + _ROOM_CHARS, _MOST_CHARS) for chars in longest]
    return [(_WIDTH_MM - 2 * _MARGIN_MM) * share / sum(shares) for share in shares]


def _row(
    row: object,
    texts: Sequence[str],
    figures: frozenset[int],
    widths_mm: Sequence[float],
    *,
    head: bool,
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Mm, Pt
    from docx.table import _Row

    assert isinstance(row, _Row)  # noqa: S101
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))
    for number, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        cell.width = Mm(widths_mm[number])
        paragraph = cell.paragraphs[0]
        _write(paragraph, text, bold=head)
        spacing = paragraph.paragraph_format
        spacing.space_before = spacing.space_after = Pt(1.5)
        for run in paragraph.runs:
            run.font.size = Pt(8.5)
        if number in figures:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _foot(document: "Document", text: str, numbered: str) -> None:
    """Write the foot of every sheet with its number, the one field that a dossier has."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    footer = document.sections[0].footer
    paragraph = footer.paragraphs[0] if not _has_text(footer) else footer.add_paragraph()
    _write(paragraph, f"{text} {numbered} ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    field.append(paragraph.add_run("1")._r)
    paragraph._p.append(field)


def _has_text(footer: object) -> bool:
    return any(each.text.strip() for each in getattr(footer, "paragraphs", ()))


# ---------------------------------------------------------------- file
def _opened(style: bytes | None) -> "Document":
    """Return an empty document with the styles of the municipality, or our own."""
    import docx

    if style is None:
        return _sober(docx.Document())
    try:
        document = docx.Document(BytesIO(style))
    except (BadZipFile, KeyError, ValueError) as error:
        raise InputRefused(
            Problem(f"This is no Word file ({error}).", "Save it as .docx.", file=STYLE)
        ) from None
    known = {each.name for each in document.styles}
    lacking = [name for name in _STYLES if name not in known]
    if lacking:
        remedy = "Start from the one that hotspots dossier-templates writes."
        raise InputRefused(
            [
                Problem("The Word file lacks this style.", remedy, file=STYLE, value=name)
                for name in lacking
            ]
        )
    body = document.element.body
    for element in [each for each in body if not each.tag.endswith("}sectPr")]:
        body.remove(element)
    return document


def _sober(document: "Document") -> "Document":
    """Give the usual document A4, Dutch, and a font that is everywhere."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    sheet = document.sections[0]
    sheet.page_width, sheet.page_height = Mm(_WIDTH_MM), Mm(_HEIGHT_MM)
    sheet.left_margin = sheet.right_margin = Mm(_MARGIN_MM)
    sheet.top_margin, sheet.bottom_margin = (
        Mm(_MARGIN_MM),
        Mm(_MARGIN_MM + 6),
    )  # a foot of two lines
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(10.5)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "nl-NL")
    properties = normal.element.get_or_add_rPr()
    properties.append(language)
    return document


def _packed(document: "Document") -> bytes:
    """Return the file with its parts in a fixed order and without the clock."""
    written, packed = BytesIO(), BytesIO()
    document.save(written)
    with ZipFile(written) as parts, ZipFile(packed, "w") as target:
        for name in parts.namelist():
            target.writestr(
                ZipInfo(name, _EPOCH), parts.read(name), compress_type=ZIP_DEFLATED, compresslevel=9
            )
    return packed.getvalue()
