"""A page as a list of blocks: what a Word file and a web page are both written from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

LINE = "\N{LINE SEPARATOR}"
"""A line break within a text: it never begins a new paragraph or item."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; a `note` is set apart."""

    text: str
    note: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of items."""

    items: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a head and a caption; the numbers of `figures` are columns set to the right."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    figures: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG with a caption, and its description for who cannot see it."""

    png: bytes
    caption: str
    description: str


Block = Heading | Paragraph | Bullets | Table | Picture


@dataclass(frozen=True, slots=True)
class Page:
    """A whole dossier: title, the line below it, its blocks, and the foot of every sheet."""

    title: str
    subtitle: str
    blocks: Sequence[Block]
    foot: str

    def told(self, change: Callable[[str], str]) -> "Page":
        """Return the page with every text changed."""
        return Page(
            change(self.title),
            change(self.subtitle),
            [_told(block, change) for block in self.blocks],
            change(self.foot),
        )


def _told(block: Block, change: Callable[[str], str]) -> Block:
    if isinstance(block, Bullets):
        return Bullets([change(item) for item in block.items])
    if isinstance(block, Table):
        rows = [[change(cell) for cell in row] for row in block.rows]
        head = [change(cell) for cell in block.head]
        return Table(change(block.caption), head, rows, block.figures)
    if isinstance(block, Picture):
        return replace(block, caption=change(block.caption), description=change(block.description))
    return replace(block, text=change(block.text))


def readable(text: str) -> str:
    """Return a text without what no document can hold, its line breaks as :data:`LINE`."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", LINE)
    return "".join(character for character in lines if _fits(character))


def _fits(character: str) -> bool:
    """Whether XML 1.0 allows a character; marks that turn the direction of text go as well."""
    number = ord(character)
    if number in _TURNING:
        return False
    return (
        number == 9 or 0x20 <= number <= 0xD7FF or 0xE000 <= number <= 0xFFFD or number >= 0x10000
    )


_TURNING = frozenset([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F])
