"""The notebooks: clean in the repository, and running to their end with figures in them."""

import re
from html import unescape
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FIGURES = re.compile(r"<(?:iframe|svg|table)\b")
FETCHED = re.compile(
    r"<(?:script|link|img|iframe)[^>]*(?:src|href)=[\"']?(?:https?:)?//", re.IGNORECASE
)


def notebook_of(path: Path) -> NotebookNode:
    notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # untyped
    return notebook


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shown(notebook: NotebookNode) -> list[str]:
    """Return what the cells of an executed notebook display as HTML."""
    outputs = [output for cell in code_cells(notebook) for output in cell.outputs]
    return [each.data["text/html"] for each in outputs if "text/html" in each.get("data", {})]


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_its_outputs(path: Path) -> None:
    notebook = notebook_of(path)
    nbformat.validate(notebook)
    for cell in code_cells(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None
    assert "widgets" not in notebook.metadata


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_figures(path: Path) -> None:
    notebook = notebook_of(path)
    resources = {"metadata": {"path": str(ROOT)}}
    NotebookClient(notebook, timeout=240, kernel_name="python3", resources=resources).execute()
    texts = [
        o.text for cell in code_cells(notebook) for o in cell.outputs if o.output_type == "stream"
    ]
    assert not any("Warning" in text for text in texts)
    figures = shown(notebook)
    assert sum(bool(FIGURES.search(figure)) for figure in figures) >= 4
    assert not any(FETCHED.search(unescape(figure)) for figure in figures)
