"""A dossier tells what the register and its runs hold, as a reader with Word would read it."""

import io
import subprocess
import zipfile
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from hotspots.cli import app
from hotspots.errors import InputRefused, NotFound, WorkspaceRefused
from hotspots.outputs.dossier.compose import page_of
from hotspots.outputs.dossier.facts import Facts
from hotspots.outputs.dossier.html import html_of
from hotspots.outputs.dossier.public import public_of
from hotspots.outputs.dossier.templates import copy_templates, read_texts
from hotspots.outputs.dossier.word import style_of, word_of
from hotspots.pipeline.dossier import dossier_of
from tests.outputs.dossier_city import (
    ACTOR,
    COUNTS,
    GOAL,
    HOSTILE,
    NOW,
    ON,
    POLICY,
    SECRETS,
    THEN,
    City,
    build_city,
)
from tests.postgis import postgis, postgis_url

__all__ = ["postgis", "postgis_url"]
SUBJECTS = ("designation", "review", "choice")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    made = build_city(tmp_path_factory.mktemp("city"))
    yield made
    made.register.close()


@cache
def facts_of(city: City, subject: str) -> Facts:
    return gathered(city, subject)


def gathered(city: City, subject: str) -> Facts:
    return dossier_of(city.workspace, city.register, getattr(city, subject), POLICY, on=ON)


def html(facts: Facts, folder: Path | None = None) -> str:
    texts = read_texts(facts.subject, folder)
    return html_of(page_of(facts, texts), sheet=texts.sheet)


@pytest.mark.service
def test_a_register_in_postgis_gives_the_same_dossiers(
    city: City, tmp_path: Path, postgis_url: str
) -> None:
    other = build_city(tmp_path, postgis_url)
    try:
        for subject in SUBJECTS:
            assert html(gathered(other, subject)) == html(facts_of(city, subject))
    finally:
        other.register.close()


def word(facts: Facts, folder: Path | None = None) -> bytes:
    texts = read_texts(facts.subject, folder)
    return word_of(page_of(facts, texts), on=facts.on, numbered="bladzijde", style=texts.style)


class Read(HTMLParser):
    """A page as it is read: its words, its tables by caption, and its tags."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.tables: list[list[list[str]]] = []
        self._skip = self._in_cell = False
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.words += [value or "" for name, value in attrs if name == "alt"]
        self._skip = tag == "style"
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        self._skip = False
        self._in_cell = self._in_cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._skip:
            return
        self.words.append(data)
        if self._in_cell:
            self.tables[-1][-1][-1] += data

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def rows(self, head: str) -> list[dict[str, str]]:
        """The rows of the table that has a column of this name."""
        found = next(table for table in self.tables if head in table[0])
        return [dict(zip(found[0], row, strict=True)) for row in found[1:]]


def paragraphs(document: bytes) -> str:
    """What Word shows of a document, read by another library than the one that wrote it."""
    with zipfile.ZipFile(io.BytesIO(document)) as parts:
        roots = [ET.fromstring(parts.read(name)) for name in parts.namelist()
                 if name.startswith("word/") and name.endswith(".xml")]  # fmt: skip
    return "\n".join(
        "".join(part.text or "" for part in paragraph.iter() if part.tag.endswith("}t"))
        for root in roots
        for paragraph in root.iter()
        if paragraph.tag.endswith("}p")
    )


# ---------------------------------------------------------------- figures
def test_figures_then_and_now_are_those_of_the_pinned_runs(city: City) -> None:
    rows = Read(html(facts_of(city, "designation"))).rows("Incidenten in het gebied")
    told = [(row["Wanneer"], row["Incidenten in het gebied"], row["Berekening"]) for row in rows]
    then, now = COUNTS[THEN], COUNTS[NOW]
    reviewed = "Bij de beoordeling van 10 september 2026"
    assert told == [
        ("Nulmeting", "174", THEN),
        *(("Bij het besluit", str(count), THEN) for count in (*then.values(), sum(then.values()))),
        *((reviewed, str(count), NOW) for count in (*now.values(), sum(now.values()))),
    ]
    assert [row["Niet geleverd"] for row in rows[-3:]] == ["December 2025"] * 3
    assert [row["Periode"] for row in rows] == ["2025", "2024", "2024", "2024", *["2025"] * 3]


def test_every_run_stands_with_its_cut_off_and_the_hash_of_its_file(city: City) -> None:
    rows = Read(html(facts_of(city, "designation"))).rows("Peildatum")
    assert [(row["Berekening"], row["Peildatum"]) for row in rows] == [
        (THEN, "31 december 2024"), (NOW, "31 december 2025"),
    ]  # fmt: skip
    for row in rows:
        file = city.workspace.runs / row["Berekening"] / "run.json"
        shell = subprocess.run(["sha256sum", file], capture_output=True, text=True, check=True)
        assert row["Kenmerk (SHA-256 van run.json)"] == shell.stdout.split()[0]


def test_the_head_of_the_trail_is_an_anchor_that_verifies(city: City) -> None:
    page = Read(html(facts_of(city, "review")))
    seq, head = city.register.head()
    assert f"regel {seq}, {head}" in page.text
    assert city.register.verify(head) == []


def test_a_yearly_choice_shows_both_orders_and_the_reason_of_each_deviation(city: City) -> None:
    page = Read(html(facts_of(city, "choice")))
    rows = page.rows("Gekozen")
    assert [(row["Nr."], row["Aantal"], row["Gekozen"]) for row in rows] == [
        ("1", "180", "Ja"), ("2", "120", "Ja"), ("3", "60", "Nee"), ("4", "4", "Ja"),
    ]  # fmt: skip
    assert rows[0]["Risico per 1.000 woningen per jaar"] == "6,8"
    assert rows[0]["Bandbreedte (95%)"] == "5,8–7,8"
    assert [row["Reden"] for row in page.rows("Reden")[:2]][1] == "Verzoek van de buurt."


def test_the_checklist_names_only_what_lacks(city: City) -> None:
    facts = facts_of(city, "designation")
    lacking = {each.code for each in facts.checklist if not each.done}
    assert "live_viewing" in lacking
    assert "lighter_measures" not in lacking
    page = Read(html(facts))
    assert "De uitkijkperiode is bepaald" in page.text
    assert "Lichtere maatregelen zijn geprobeerd" not in page.text


def test_every_item_of_the_checklist_act_and_state_has_its_dutch_word(city: City) -> None:
    from typing import get_args

    from hotspots.register import Act, Advice, ChoiceKind, Decider, Role, State

    words = read_texts("designation").words
    for group, literal in (
        ("acts", Act), ("advice", Advice), ("choices", ChoiceKind), ("deciders", Decider),
        ("roles", Role), ("states", State),
    ):  # fmt: skip
        assert set(words[group]) == set(get_args(literal))
    codes = {each.code for each in facts_of(city, "designation").checklist}
    assert codes <= words["checklist"].keys()


# ---------------------------------------------------------------- Word
@pytest.mark.parametrize("subject", SUBJECTS)
def test_word_and_web_tell_the_same(city: City, subject: str) -> None:
    facts = facts_of(city, subject)
    written, page = paragraphs(word(facts)), Read(html(facts))
    cells = [cell for table in page.tables for row in table for cell in row]
    assert len(cells) > 20
    for cell in cells:
        assert cell in written


@pytest.mark.service
def test_libreoffice_reads_the_figures_of_the_run(city: City, tmp_path: Path) -> None:
    file = tmp_path / "dossier.docx"
    file.write_bytes(word(facts_of(city, "designation")))
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/office",
         "--convert-to", "txt:Text (encoded):UTF8", "--outdir", tmp_path, file],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    text = (tmp_path / "dossier.txt").read_text("utf-8-sig")
    lines = [line.strip() for line in text.splitlines()]
    for run_id, counts in COUNTS.items():
        for count in (*counts.values(), sum(counts.values())):
            at = [n for n, line in enumerate(lines) if line == str(count)]
            assert any(run_id in lines[n + 1 : n + 4] for n in at), (run_id, count)
        assert city.sha256(run_id) in text
    assert city.register.head()[1] in text
    assert HOSTILE in text
    assert "binnen zes weken" in text


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("public", [False, True])
def test_the_same_inputs_give_the_same_bytes(city: City, subject: str, public: bool) -> None:
    once, again = (gathered(city, subject) for _ in range(2))
    if public:
        once, again = public_of(once), public_of(again)
    assert word(once) == word(again)
    assert html(once) == html(again)


def test_nothing_in_a_dossier_is_run_fetched_or_filled_in(city: City) -> None:
    facts = facts_of(city, "designation")
    page = Read(html(facts))
    assert set(page.tags) <= {
        "html", "head", "meta", "title", "style", "body", "main", "footer", "h1", "h2", "p", "br",
        "table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "img", "figcaption",
        "ul", "li",
    }  # fmt: skip
    assert HOSTILE in page.text
    with zipfile.ZipFile(io.BytesIO(word(facts))) as parts:
        assert HOSTILE in paragraphs(word(facts))
        fields = [
            (part.tag.split("}")[1], list(part.attrib.values()))
            for name in parts.namelist()
            if name.startswith("word/") and name.endswith(".xml")
            for part in ET.fromstring(parts.read(name)).iter()
            if part.tag.split("}")[-1] in ("fldSimple", "fldChar", "instrText", "hyperlink")
        ]
        links = [parts.read(name) for name in parts.namelist() if name.endswith(".rels")]
    assert fields == [("fldSimple", ["PAGE"])]
    assert not any(b'TargetMode="External"' in each for each in links)


# ---------------------------------------------------------------- public
@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_public_version_holds_none_of_the_secrets(city: City, subject: str) -> None:
    facts = public_of(facts_of(city, subject))
    for told in (Read(html(facts)).text, paragraphs(word(facts)), html(facts)):
        found = [secret for secret in SECRETS if secret.lower() in told.lower()]
        assert found == []


def test_the_secrets_are_in_the_version_that_is_not_public(city: City) -> None:
    told = " ".join(Read(html(facts_of(city, subject))).text for subject in SUBJECTS)
    assert [each for each in SECRETS if each not in told] == []
    assert GOAL.splitlines()[0] in told
    assert ACTOR in told


def test_small_counts_are_not_public_and_no_sum_tells_them(city: City) -> None:
    facts = public_of(facts_of(city, "designation"))
    rows = Read(html(facts)).rows("Incidenten in het gebied")
    assert [row["Incidenten in het gebied"] for row in rows] == [
        "175", "150", "25", "175", "130", "Minder dan 5: niet getoond",
    ]  # fmt: skip
    assert "minder dan 5 incidenten" in Read(html(facts)).text
    figures = Read(html(public_of(facts_of(city, "review")))).rows("Waarde")
    assert [row["Waarde"] for row in figures] == [
        "130", "Minder dan 5: niet getoond", "0,89 ratio",
    ]  # fmt: skip
    areas = Read(html(public_of(facts_of(city, "choice")))).rows("Gekozen")
    assert [row["Aantal"] for row in areas] == ["180", "120", "60", "Minder dan 5: niet getoond"]
    assert "Risico per 1.000 woningen per jaar" not in areas[0]


# ---------------------------------------------------------------- refusals
def test_a_run_that_was_changed_makes_no_dossier(tmp_path: Path) -> None:
    city = build_city(tmp_path)
    with city.register:
        file = city.workspace.runs / NOW / "run.json"
        file.chmod(0o600)
        file.write_text(file.read_text("utf-8") + "\n", encoding="utf-8")
        with pytest.raises(WorkspaceRefused, match="another than the one that the register pins"):
            facts_of(city, "designation")


def test_a_run_that_is_gone_is_named_without_figures(tmp_path: Path) -> None:
    city = build_city(tmp_path)
    with city.register:
        (city.workspace.runs / NOW).rename(tmp_path / "elsewhere")
        page = Read(html(facts_of(city, "designation")))
    assert f"{NOW}: Deze berekening staat niet in de werkmap." in page.text
    assert {row["Berekening"] for row in page.rows("Incidenten in het gebied")} == {THEN}


def test_a_record_that_is_not_there_is_refused(city: City) -> None:
    with pytest.raises(NotFound, match="no designation, review or yearly choice"):
        dossier_of(city.workspace, city.register, "camera_area-1999-001", POLICY, on=ON)


# ---------------------------------------------------------------- the command
def test_the_command_writes_both_forms_and_refuses_another(city: City, tmp_path: Path) -> None:
    asked = ["dossier", city.designation, "--workspace", str(city.workspace.path)]
    asked += ["--on", ON.isoformat(), "--to"]
    for name, public in (("a.docx", []), ("b.html", ["--public"])):
        done = CliRunner().invoke(app, [*asked, str(tmp_path / name), *public])
        assert done.exit_code == 0
        assert city.register.head()[1] in done.stdout
    assert paragraphs((tmp_path / "a.docx").read_bytes()).startswith("Cameragebied")
    assert "Zwartenberg" not in (tmp_path / "b.html").read_text("utf-8")
    refused = CliRunner().invoke(app, [*asked, str(tmp_path / "c.pdf")])
    assert isinstance(refused.exception, InputRefused)
    assert not (tmp_path / "c.pdf").exists()


# ---------------------------------------------------------------- templates
def test_a_municipality_edits_its_own_templates(city: City, tmp_path: Path) -> None:
    folder = tmp_path / "sjablonen"
    names = copy_templates(folder, style=style_of())
    assert names == sorted(path.name for path in folder.iterdir())
    facts = facts_of(city, "designation")
    assert html(facts, folder) == html(facts)
    mine = folder / "aanwijzing.toml"
    mine.write_text(
        'title = "Besluit {{ designation.name }}"\n[[section]]\ntitle = "Kort"\n'
        'text = """\nDoel: {{ designation.goal }}\n\n- een\n- {{ km2 | number(2) }} km²\n"""\n',
        encoding="utf-8",
    )
    page = Read(html(facts, folder))
    assert f"Besluit {HOSTILE}" in page.text
    assert page.tags.count("li") == 2
    assert page.tags.count("h2") == 1
    assert "0,16 km²" in page.text
    assert "Kort" in paragraphs(word(facts, folder))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{{ designation.gaol }}", "cannot be filled in"),
        ("{{ ''.__class__.__mro__ }}", "cannot be filled in"),
        ("{% for n in range(10**9) %}x{% endfor %}", "cannot be filled in"),
        ("{{ 1 +", "cannot be filled in"),
    ],
)
def test_a_text_that_cannot_be_filled_in_is_named(
    city: City, tmp_path: Path, text: str, rule: str
) -> None:
    (tmp_path / "aanwijzing.toml").write_text(
        f"title = 'x'\n[[section]]\ntitle = 'y'\ntext = '''{text}'''\n", encoding="utf-8"
    )
    with pytest.raises(InputRefused, match=rule) as refusal:
        html(facts_of(city, "designation"), tmp_path)
    assert refusal.value.problems[0].file == "aanwijzing.toml"


def test_a_value_never_begins_a_list_or_a_paragraph(city: City, tmp_path: Path) -> None:
    (tmp_path / "aanwijzing.toml").write_text(
        "title = 'x'\n[[section]]\ntitle = 'y'\ntext = '''{{ designation.goal }}'''\n", "utf-8"
    )
    tags = Read(html(facts_of(city, "designation"), tmp_path)).tags
    assert tags.count("p") == 4  # the line below the title, the goal, the hash, the foot
    assert tags.count("br") == 1


def test_templates_are_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "aanwijzing.toml").write_text("mine", "utf-8")
    with pytest.raises(InputRefused, match="new or an empty folder"):
        copy_templates(tmp_path, style=b"")
    assert (tmp_path / "aanwijzing.toml").read_text("utf-8") == "mine"


def test_a_style_that_is_no_word_file_is_refused(city: City, tmp_path: Path) -> None:
    (tmp_path / "stijl.docx").write_bytes(b"not a Word file")
    with pytest.raises(InputRefused, match="no Word file"):
        word(facts_of(city, "designation"), tmp_path)
