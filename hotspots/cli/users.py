"""Local accounts: who may sign in with a token."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from hotspots.cli.options import WorkspaceOption

if TYPE_CHECKING:
    from pathlib import Path

    from hotspots.store.accounts import Account, Accounts

_DAYS = 365

users = typer.Typer(help="Who may sign in to the pages with a token.", no_args_is_help=True)


class StaffRole(StrEnum):
    """Roles that an account may have; :data:`hotspots.register.Role` without the public."""

    analyst = "analyst"
    planner = "planner"
    triangle = "triangle"
    mayor_office = "mayor_office"
    board = "board"
    vlo = "vlo"


NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="As the audit trail is to show it.")
]


@users.command()
def add(
    name: NameArgument,
    workspace: WorkspaceOption,
    role: Annotated[StaffRole, typer.Option("--role", help="What the holder is.")],
    stadsdeel: Annotated[
        str | None, typer.Option(metavar="NAME", help="City district of a VLO.")
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day of the account; else a year from now."),
    ] = None,
) -> None:
    """Make an account and print its token, this once."""
    now = datetime.now(UTC)
    end = now + timedelta(days=_DAYS) if until is None else until + timedelta(days=1)
    token = _accounts(workspace).add(
        name, role.value, stadsdeel=stadsdeel, until=end.astimezone(), at=now
    )
    last = _last_day(end.astimezone())
    typer.echo(f"{name} may sign in as {role.value} until {last}, with this token:", err=True)
    typer.echo(token)
    typer.echo("It is kept nowhere: hand it over safely.", err=True)


@users.command("list")
def list_(workspace: WorkspaceOption) -> None:
    """List the accounts, those that have ended too."""
    accounts, now = _accounts(workspace).all(), datetime.now(UTC)
    for each in accounts:
        stadsdeel = f" of {each.stadsdeel}" if each.stadsdeel else ""
        typer.echo(f"{each.name}: {each.role}{stadsdeel}, {_state(each, now)}")
    if not accounts:
        typer.echo("There are no accounts yet.")


@users.command()
def end(
    name: NameArgument,
    workspace: WorkspaceOption,
    role: Annotated[
        StaffRole | None, typer.Option("--role", help="Only in this role; else in every one.")
    ] = None,
) -> None:
    """End somebody's accounts: their tokens and their sessions stop at once."""
    ended = _accounts(workspace).end(
        name, role=None if role is None else role.value, at=datetime.now(UTC)
    )
    typer.echo(f"{name}: {ended} account(s) ended.")


def _accounts(workspace: "Path") -> "Accounts":
    from hotspots.store.accounts import Accounts, AccountsFile
    from hotspots.store.workspace import open_workspace

    return Accounts(AccountsFile(open_workspace(workspace)))


def _state(account: "Account", now: datetime) -> str:
    if account.ended is not None:
        return f"ended on {account.ended.astimezone():%Y-%m-%d}"
    last = _last_day(account.until.astimezone())
    return f"until {last}" if account.until > now else f"expired on {last}"


def _last_day(end: datetime) -> str:
    return f"{end - timedelta(seconds=1):%Y-%m-%d}"
