"""The README is true: whatever a reader can type, set, ask or read is in it, as the code has it.

Every list is derived from the code. A table of the README is found by the heading above it; what
stands in backticks counts, the words around it do not.
"""

import re
import shlex
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, get_args, get_type_hints

import pytest
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, TypeAdapter
from pydantic_core import PydanticUndefined
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

import hotspots
from api.app import create_app
from api.ogc.layer import RunSource
from api.ogc.layers import LAYERS
from api.ogc.parameters import items_parameters
from api.settings import Settings
from hotspots.cli import app
from hotspots.ingest.categories import load_categories
from hotspots.ingest.mapping import Columns, Mapping
from hotspots.ingest.readers import FORMATS
from hotspots.outputs.exports import SUFFIXES
from hotspots.policy import Policy
from hotspots.policy.cameras import CameraType
from hotspots.results import RESULTS
from hotspots.schemas import LEVELS, UNSCORED_THEMES
from hotspots.store.workspace import init_workspace

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def section(heading: str) -> str:
    """Return what stands under a heading, up to the next one of its rank or higher."""
    found = re.search(rf"^(#+) {re.escape(heading)}$", README, re.MULTILINE)
    assert found, f"README.md has no heading {heading!r}"
    rest = README[found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", _without_code(rest), re.MULTILINE)
    return rest[: end.start()] if end else rest


def _without_code(text: str) -> str:
    """Blank fenced code out, so that a comment in it is no heading."""
    return _FENCE.sub(lambda fence: re.sub(r"[^\n]", " ", fence[0]), text)


def rows(heading: str) -> list[list[str]]:
    """Return the cells of every table row under a heading, without the head of the table."""
    lines = [line for line in section(heading).splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    rules = [at for at, row in enumerate(cells) if set("".join(row)) <= set(":- ")]
    heads = {at - 1 for at in rules} | set(rules)
    return [row for at, row in enumerate(cells) if at not in heads]


def codes(text: str) -> list[str]:
    """Return everything in backticks."""
    return re.findall(r"`([^`]+)`", text)


def code(text: str) -> str:
    """Return the one thing in backticks."""
    (only,) = codes(text)
    return only


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of the README in a language."""
    return [content for name, content in _FENCE.findall(README) if name == language]


# ---------------------------------------------------------------- commands
def leaves(command: Any, name: str) -> Iterator[tuple[str, TyperCommand]]:
    """Yield every command that does something, with its full name."""
    if isinstance(command, TyperGroup):
        for part, inner in command.commands.items():
            yield from leaves(inner, f"{name} {part}")
    else:
        yield name, command


COMMANDS = dict(leaves(get_command(app), "hotspots"))


def options(command: TyperCommand) -> list[TyperOption]:
    """Return the options of a command."""
    return [each for each in command.params if isinstance(each, TyperOption)]


def test_every_command_with_its_arguments_and_options_is_documented() -> None:
    documented = {code(row[0]): set(codes(row[1])) for row in rows("Commands")}
    assert documented == {
        " ".join([name, *(str(each.metavar) for each in arguments(command))]): {
            option.opts[0] for option in options(command)
        }
        for name, command in COMMANDS.items()
    }


def arguments(command: TyperCommand) -> list[Any]:
    """Return the positional arguments of a command."""
    return [each for each in command.params if each.param_type_name == "argument"]


def test_every_option_has_its_choices_and_defaults_documented() -> None:
    documented = {code(row[0]): codes(" ".join(row[1:])) for row in rows("Options")}
    of_code = [(command, option) for command in COMMANDS.values() for option in options(command)]
    assert documented.keys() == {option.opts[0] for _, option in of_code}
    for command, option in of_code:
        said = set(documented[option.opts[0]])
        assert choices(command, option) <= said, option.opts
        assert option.default in (None, False, "") or str(option.default) in said, option.opts


def choices(command: TyperCommand, option: TyperOption) -> set[str]:
    """Return the words among which an option lets a reader choose."""
    annotation = get_type_hints(command.callback)[str(option.name)]
    kinds = [each for each in (annotation, *get_args(annotation)) if isinstance(each, type)]
    return {member.value for kind in kinds if issubclass(kind, StrEnum) for member in kind}


def typed_commands() -> Iterator[str]:
    """Yield every line that the README tells a reader to type."""
    for block in blocks("sh"):
        yield from block.replace("\\\n", " ").splitlines()


@pytest.mark.parametrize("line", [line for line in typed_commands() if line.strip()])
def test_every_line_to_type_is_a_command_that_exists(line: str) -> None:
    words = shlex.split(line, comments=True)
    if words[:1] == ["make"]:
        assert {word for word in words[1:] if "=" not in word} <= make_targets()
    if words[:2] == ["docker", "run"]:
        words = words[words.index("hotspots") :]
    if words[:1] == ["hotspots"] and len(words) > 1:
        words = words[: words.index(">")] if ">" in words else words
        (name,) = (name for name in COMMANDS if words[: len(name.split())] == name.split())
        COMMANDS[name].make_context(name, words[len(name.split()) :])


def make_targets() -> set[str]:
    """Return the targets that `make help` shows."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))


def test_every_make_target_is_documented() -> None:
    assert {code(row[0]) for row in rows("Make targets")} == {
        f"make {target}" for target in make_targets()
    }


# ---------------------------------------------------------------- files a reader writes
def parameters(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every field of a model and of its sections, by its dotted name."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from parameters(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field


POLICY = dict(parameters(Policy))


def bounds(schema: Any) -> tuple[set[float], set[str]]:
    """Return the numbers between which a parameter lies, and the texts it is chosen from."""
    limits = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
    numbers = {float(schema[name]) for name in limits if name in schema}
    choices = set(schema.get("enum", []))
    for inner in (schema.get("items"), schema.get("additionalProperties")):
        if isinstance(inner, dict):
            more_numbers, more_choices = bounds(inner)
            numbers, choices = numbers | more_numbers, choices | more_choices
    return numbers, choices


def test_every_policy_parameter_is_documented_and_no_other() -> None:
    assert [code(row[0]) for row in rows("Parameters")] == list(POLICY)


@pytest.mark.parametrize("row", rows("Parameters"), ids=lambda row: row[0].strip("`"))
def test_a_policy_parameter_has_the_documented_default_and_bounds(row: list[str]) -> None:
    name, default, range_ = code(row[0]), code(row[1]), row[2]
    stated = tomllib.loads(f"default = {default}")["default"]
    field_of = POLICY[name]
    assert TypeAdapter(field_of.annotation).validate_python(stated) == field_of.get_default(
        call_default_factory=True
    )
    part, field = name.split(".")
    schema = Policy.model_json_schema()["$defs"]
    section_of = Policy.model_fields[part].annotation
    assert isinstance(section_of, type)
    found = bounds(schema[section_of.__name__]["properties"][field])
    numbers = re.findall(r"\d[\d,]*(?:\.\d+)?", re.sub(r"`[^`]*`", "", range_))
    assert {float(number.replace(",", "")) for number in numbers} == found[0]
    assert set(codes(range_)) == found[1]


def test_every_parameter_of_a_camera_type_is_documented() -> None:
    documented = {code(row[0]): row for row in rows("Camera types")}
    schema = CameraType.model_json_schema()["properties"]
    assert documented.keys() == schema.keys()
    for name, row in documented.items():
        stated = tomllib.loads(f"default = {code(row[1])}")["default"]
        assert stated == CameraType.model_fields[name].default
        numbers = re.findall(r"\d[\d,]*(?:\.\d+)?", re.sub(r"`[^`]*`", "", row[2]))
        assert ({float(each.replace(",", "")) for each in numbers}, set(codes(row[2]))) == bounds(
            schema[name]
        )


def test_every_mapping_key_is_documented() -> None:
    expected = [name for name in Mapping.model_fields if name != "columns"]
    expected += [f"columns.{name}" for name in Columns.model_fields]
    assert [code(row[0]) for row in rows("The mapping")] == expected


def test_the_examples_of_files_are_accepted(tmp_path: Path) -> None:
    accepted = []
    for block in blocks("toml"):
        content = tomllib.loads(block)
        if "kind" in content:  # a designation: tests/decisions types it in
            continue
        model = Policy if content.keys() <= Policy.model_fields.keys() else Mapping
        model.model_validate(content)
        accepted.append(model)
    assert {Policy, Mapping} == set(accepted)
    (table,) = blocks("csv")
    (tmp_path / "table.csv").write_text(table, encoding="utf-8")
    assert load_categories(tmp_path / "table.csv").categories


def test_every_known_category_table_is_documented() -> None:
    tables = files("hotspots.ingest").joinpath("tables").iterdir()
    known = {Path(table.name).stem for table in tables if table.name.endswith(".csv")}
    assert {code(row[0]) for row in rows("Category tables")} == known


def test_every_format_level_result_and_unscored_theme_is_documented() -> None:
    read = {f".{suffix}" for suffix in FORMATS.split(", ")}
    assert read <= set(codes(section("Formats")))
    assert set(SUFFIXES) <= set(codes(section("Results")))
    assert {code(row[0]) for row in rows("Results")} == set(RESULTS)
    assert set(LEVELS) <= set(codes(section("Areas and levels")))
    assert UNSCORED_THEMES.keys() <= set(codes(section("What is refused")))


# ---------------------------------------------------------------- the server
def test_every_setting_is_documented_with_its_default() -> None:
    documented = {code(row[0]): row[1] for row in rows("Settings")}
    prefix = Settings.model_config["env_prefix"]
    fields = {f"{prefix}{name.upper()}": each for name, each in Settings.model_fields.items()}
    assert documented.keys() == fields.keys()
    for name, field in fields.items():
        if field.default is PydanticUndefined:
            assert documented[name] == "required"
        elif field.default is None:
            assert documented[name] == "none"
        else:
            default = "false" if field.default is False else str(field.default)
            assert code(documented[name]) == default


def test_every_page_and_endpoint_is_documented_with_what_may_be_asked(tmp_path: Path) -> None:
    init_workspace(tmp_path, name="Proefstad", crs="EPSG:28992")
    served: dict[str, set[str]] = {}
    for route in iter_route_contexts(create_app(Settings(workspace=tmp_path)).routes):
        asked = route.dependant.query_params if hasattr(route, "dependant") else []
        models = [each.field_info.annotation for each in asked]
        path = str(route.path).replace(":path}", "}")  # an id that may hold slashes
        fields = [each for model in models for each in model.model_fields.items()]
        served[path] = served.get(path, set()) | {field.alias or name for name, field in fields}
    everywhere = [{each.name for each in items_parameters(layer, ())} for layer in LAYERS.values()]
    items = "/v1/collections/{collection_id}/items"
    served |= {items: set.intersection(*everywhere), f"{items}/{{feature_id}}": {"crs"}}
    documented = {code(row[0]): set(codes(row[1])) for row in rows("Pages and endpoints")}
    assert documented == served


def test_every_collection_is_documented_with_its_filters_and_who_may_see_it() -> None:
    documented = {code(row[0]): (row[1], set(codes(row[2]))) for row in rows("Collections")}
    assert documented == {
        layer.id: (
            "everybody" if layer.is_public else "staff",
            {each.name for each in layer.filters}
            | ({"run"} if isinstance(layer.source, RunSource) else set()),
        )
        for layer in LAYERS.values()
    }


# ---------------------------------------------------------------- the house
def test_the_table_of_rooms_names_every_room() -> None:
    modules = iter_modules(hotspots.__path__)
    rooms = {f"hotspots/{each.name}{'/' if each.ispkg else '.py'}" for each in modules}
    documented = {name for row in rows("Rooms") for name in codes(row[0])}
    assert documented - {"api/"} == rooms


def anchors(page: Path) -> set[str]:
    """Return the names of a page's headings as links spell them."""
    text = _without_code(page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_and_image_leads_somewhere(page: Path) -> None:
    text = _without_code(page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("https://", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        goal = page.parent / name if name else page
        assert goal.exists(), target
        if anchor:
            assert anchor in anchors(goal), target
