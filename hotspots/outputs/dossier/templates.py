"""The texts of a dossier: a folder of TOML that a municipality may copy and edit.

Texts are Jinja in a sandbox: they see what they are given and nothing else. A value that is put
into a text is a value: what it holds is never read as a template, a paragraph or a list.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from hotspots.errors import InputRefused, Problem, problems_of
from hotspots.outputs.dossier.blocks import Block, Bullets, Paragraph, readable

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

Subject = Literal["designation", "review", "choice"]
Part = Literal[
    "map", "kerngegevens", "figures", "hotspots", "package", "lighter_measures", "placements",
    "reviews", "signals", "review_figures", "measured", "course", "findings", "areas",
    "deviations", "sources", "checklist", "trail",
]  # fmt: skip
"""What the program fills in."""

FILES: Mapping[Subject, str] = {
    "designation": "aanwijzing.toml",
    "review": "beoordeling.toml",
    "choice": "jaarkeuze.toml",
}
"""The template of every subject."""

WORDS, SHEET, STYLE = "woorden.toml", "opmaak.css", "stijl.docx"
_MOST_BYTES = 1_000_000


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Section(_Part):
    """A titled part of a dossier; see ``aanwijzing.toml``."""

    title: str
    text: str = ""
    part: Part | None = None
    version: Literal["both", "public", "internal"] = "both"
    kinds: list[str] = []

    def is_for(self, *, public: bool, kind: str) -> bool:
        """Whether it stands in this version, for this kind of area."""
        wanted = self.version == "both" or (self.version == "public") == public
        return wanted and (not self.kinds or kind in self.kinds)


class Template(_Part):
    """The template of one subject."""

    title: str
    subtitle: str = ""
    section: list[Section]


@dataclass(frozen=True, slots=True)
class Texts:
    """Everything that was read from a folder of templates; `style` is a Word file, if any."""

    file: str
    template: Template
    words: Mapping[str, Mapping[str, str]]
    sheet: str
    style: bytes | None

    def word(self, group: str, key: str, /, **given: str) -> str:
        """Return a word or a sentence, with what is given in it.

        Raises
        ------
        InputRefused
            When the words lack it, or ask for something else.
        """
        try:
            return self.words[group][key].format_map(given)
        except (KeyError, ValueError, IndexError, AttributeError):
            raise InputRefused(
                Problem(
                    f"The word {key} of [{group}] is missing, or asks for what it is not given "
                    f"({', '.join(sorted(given)) or 'it is given nothing'}).",
                    "Copy it again from: hotspots dossier-templates.",
                    file=WORDS,
                )
            ) from None


def read_texts(subject: Subject, folder: Path | None = None) -> Texts:
    """Read the templates of a subject; a file that the folder lacks is that of the program.

    Raises
    ------
    InputRefused
        Naming everything that is wrong with a file.
    """
    if folder is not None and not folder.is_dir():
        raise InputRefused(
            Problem(
                "There is no such folder of templates.",
                "Make one with: hotspots dossier-templates --to DIR.",
                file=str(folder),
            )
        )
    name = FILES[subject]
    try:
        template = Template.model_validate(_toml(folder, name))
    except ValidationError as refusal:
        remedy = f"See the head of {FILES['designation']} for what may be in it."
        raise InputRefused(problems_of(refusal, remedy=remedy, file=name)) from None
    usual = tomllib.loads(_own(WORDS).decode())
    given = _toml(folder, WORDS)
    words = {group: usual[group] | _texts_of(given, group) for group in usual}
    style = folder / STYLE if folder is not None else None
    return Texts(
        name,
        template,
        words,
        _bytes(folder, SHEET).decode("utf-8", "replace"),
        style.read_bytes() if style is not None and style.is_file() else None,
    )


def copy_templates(folder: Path, *, style: bytes) -> list[str]:
    """Write every template to a new or empty folder; return their names.

    Parameters
    ----------
    folder
        Where a municipality edits them.
    style
        The Word file whose styles dossiers take over.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputRefused(
            Problem(
                "Templates are copied to a new or an empty folder, so that none is lost.",
                "Choose another folder.",
                file=str(folder),
            )
        )
    folder.mkdir(parents=True, exist_ok=True)
    contents = {name: _own(name) for name in (*FILES.values(), WORDS, SHEET)} | {STYLE: style}
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return sorted(contents)


# ---------------------------------------------------------------- text to blocks
class Filler:
    """Fills texts with values.

    Parameters
    ----------
    values
        What texts may name.
    filters
        How they may show it.
    file
        The template, for what is wrong with it.
    """

    def __init__(
        self, values: Mapping[str, Any], filters: Mapping[str, Callable[..., str]], *, file: str
    ) -> None:
        self._values = values
        self._environment = _environment(filters)
        self._file = file

    def line(self, text: str) -> str:
        """Return a text on one line, filled."""
        return " ".join(self._filled(text).split())

    def blocks(self, text: str) -> list[Block]:
        """Return the paragraphs and lists of a text, filled; empty ones fall out."""
        blocks: list[Block] = []
        items: list[str] = []
        for line in [*self._filled(text).split("\n"), ""]:
            told = line.strip(" \t\r\n")
            if told.startswith("- "):
                items.append(told[2:])
                continue
            if items:
                blocks.append(Bullets(items))
                items = []
            if told:
                blocks.append(Paragraph(told))
        return blocks

    def _filled(self, text: str) -> str:
        from jinja2 import TemplateError

        try:
            return self._environment.from_string(text).render(self._values)
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise InputRefused(
                Problem(
                    f"This text cannot be filled in ({str(error)[:200]}).",
                    "Compare it with that of: hotspots dossier-templates.",
                    file=self._file,
                    value=text.strip()[:80],
                )
            ) from None


def _environment(filters: Mapping[str, Callable[..., str]]) -> "SandboxedEnvironment":
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, finalize=_value, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(filters)
    return environment


def _value(value: object) -> object:
    """Keep what is put into a text on its line: a line break in it starts nothing new."""
    if value is None:
        return ""
    return readable(value) if isinstance(value, str) else value


# ---------------------------------------------------------------- files
def _own(name: str) -> bytes:
    return files("hotspots.outputs").joinpath("templates", "dossier", name).read_bytes()


def _bytes(folder: Path | None, name: str) -> bytes:
    if folder is None or not (folder / name).is_file():
        return _own(name)
    if (folder / name).stat().st_size > _MOST_BYTES:
        raise InputRefused(
            Problem("A template is at most 1 MB.", "Make it shorter.", file=str(folder / name))
        )
    return (folder / name).read_bytes()


def _toml(folder: Path | None, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(_bytes(folder, name).decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputRefused(
            Problem(f"This is no TOML in UTF-8 ({error}).", "Mend the line it names.", file=name)
        ) from None


def _texts_of(content: Mapping[str, Any], group: str) -> dict[str, str]:
    found = content.get(group, {})
    wrong: Sequence[str] = (
        [key for key, value in found.items() if not isinstance(value, str)]
        if isinstance(found, dict)
        else [group]
    )
    if wrong:
        raise InputRefused(
            Problem("Every word is a text.", "Put it in quotes.", file=WORDS, value=wrong[0])
        )
    return dict(found)
