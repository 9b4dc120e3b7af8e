"""Dossiers: ``hotspots dossier`` and ``hotspots dossier-templates``."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from hotspots.cli.acting import OnOption
from hotspots.cli.database import opened_register
from hotspots.cli.options import PolicyOption, WorkspaceOption
from hotspots.errors import InputRefused, Problem

_SUFFIXES = (".docx", ".html")


def dossier(
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="A designation, a review or a yearly choice.")
    ],
    workspace: WorkspaceOption,
    to: Annotated[Path, typer.Option(metavar="FILE", help="Ends in .docx or .html.")],
    public: Annotated[
        bool, typer.Option("--public", help="Without what may not be public.")
    ] = False,
    templates: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Templates of the municipality.")
    ] = None,
    on: OnOption = None,
    policy: PolicyOption = None,
) -> None:
    """Write the dossier of a decision, in Dutch: to edit (Word) or to print (HTML)."""
    from hotspots.outputs.dossier.compose import page_of
    from hotspots.outputs.dossier.html import html_of
    from hotspots.outputs.dossier.public import public_of
    from hotspots.outputs.dossier.templates import read_texts
    from hotspots.outputs.dossier.word import word_of
    from hotspots.pipeline.dossier import dossier_of
    from hotspots.policy import load_policy
    from hotspots.store.workspace import open_workspace

    if to.suffix.lower() not in _SUFFIXES:
        raise InputRefused(
            Problem(
                "A dossier is written as a Word file or as a web page.",
                "Give a file that ends in .docx or .html.",
                file=str(to),
            )
        )
    day = (on or datetime.now().astimezone()).date()
    with opened_register(workspace) as register:
        facts = dossier_of(open_workspace(workspace), register, id_, load_policy(policy), on=day)
    texts = read_texts(facts.subject, templates)
    page = page_of(public_of(facts) if public else facts, texts)
    if to.suffix.lower() == ".docx":
        numbered = texts.word("words", "page")
        to.write_bytes(word_of(page, on=facts.on, numbered=numbered, style=texts.style))
    else:
        to.write_text(html_of(page, sheet=texts.sheet), encoding="utf-8")
    version = "Public dossier" if public else "Dossier"
    typer.echo(f"{version} of {facts.id} in {to}. Head {facts.head[1]}.")
    if public:
        typer.echo("Read it before it is published: free texts are searched, not understood.")


def dossier_templates(
    to: Annotated[Path, typer.Option(metavar="DIR", help="New or empty folder.")],
) -> None:
    """Copy the templates of the dossiers, for the municipality to edit."""
    from hotspots.outputs.dossier.templates import copy_templates
    from hotspots.outputs.dossier.word import style_of

    names = copy_templates(to, style=style_of())
    typer.echo(f"{', '.join(names)} in {to}. Use them with: hotspots dossier --templates {to}.")
