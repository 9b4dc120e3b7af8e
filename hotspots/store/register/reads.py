"""What may be asked of the register, in a change and outside it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from hotspots.errors import NotFound, Problem
from hotspots.register import (
    KIND_OF,
    Action,
    ActionKind,
    Boundary,
    Choice,
    ChoiceKind,
    Designation,
    Entry,
    Placement,
    Record,
    Review,
    Signal,
    State,
    SubjectKind,
)
from hotspots.store.register.tables import BOX, Tables

_R = TypeVar("_R", bound=Record)
Bounds = tuple[float, float, float, float]
"""Least x and y, then most x and y, in metres."""


class Reads(ABC):
    """Every question that the register answers; lists are in order of id."""

    tables: Tables

    @abstractmethod
    def _connection(self) -> AbstractContextManager[Connection]:
        """Return a connection for one question."""

    # ------------------------------------------------------------ one record
    def get(self, model: type[_R], id_: str) -> _R:
        """Return the newest version of a record.

        Raises
        ------
        NotFound
            When there is no such record, or no longer.
        """
        table = self.tables.current[KIND_OF[model]]
        found = self._select(model, table.c.id == id_)
        if not found:
            raise NotFound(self._absent(KIND_OF[model], id_))
        return found[0]

    def history(self, model: type[_R], id_: str) -> list[_R]:
        """Return every version of a record, oldest first; none where it was deleted."""
        versions = self.tables.versions
        asked = (
            select(versions.c.content)
            .where(versions.c.kind == KIND_OF[model], versions.c.subject == id_)
            .order_by(versions.c.version)
        )
        with self._connection() as connection:
            return [model.model_validate_json(text) for text in connection.scalars(asked)]

    def designation(self, id_: str) -> Designation:
        """Return a designation; see :meth:`get`."""
        return self.get(Designation, id_)

    def boundary(self, designation: str, number: int) -> Boundary:
        """Return one boundary of a designation by its number.

        Raises
        ------
        NotFound
            When the designation has no such boundary.
        """
        for boundary in self.boundaries(designation):
            if boundary.number == number:
                return boundary
        raise NotFound(self._absent("boundary", f"{designation}, boundary {number}"))

    # ------------------------------------------------------------ lists
    def designations(
        self, *, kind: str | None = None, state: State | None = None, on: date | None = None
    ) -> list[Designation]:
        """Return designations: of a kind, in a state, with a day within their term."""
        table = self.tables.current["designation"]
        wanted = _equal(table.c.kind, kind) + _equal(table.c.state, state)
        if on is not None:
            wanted += [table.c.start <= on, or_(table.c.end.is_(None), table.c.end >= on)]
        return self._select(Designation, *wanted)

    def boundaries(
        self, designation: str | None = None, *, box: Bounds | None = None
    ) -> list[Boundary]:
        """Return boundaries: of a designation, with a bounding box that meets `box`."""
        return self._drawn(Boundary, designation, box)

    def placements(
        self, designation: str | None = None, *, box: Bounds | None = None
    ) -> list[Placement]:
        """Return placements: of a designation, within `box`."""
        return self._drawn(Placement, designation, box)

    def reviews(self, designation: str | None = None) -> list[Review]:
        """Return reviews, of a designation or of all."""
        return self._of(Review, designation)

    def signals(self, designation: str | None = None, *, unanswered: bool = False) -> list[Signal]:
        """Return signals: of a designation, only those that nobody answered."""
        table = self.tables.current["signal"]
        return self._of(Signal, designation, *([table.c.answer.is_(None)] if unanswered else []))

    def choices(self, year: int | None = None, *, kind: ChoiceKind | None = None) -> list[Choice]:
        """Return choices: of a year, of a kind."""
        table = self.tables.current["choice"]
        return self._select(Choice, *_equal(table.c.year, year), *_equal(table.c.kind, kind))

    def actions(
        self, *, kind: ActionKind | None = None, designation: str | None = None
    ) -> list[Action]:
        """Return actions: of a kind, within a designation."""
        return self._of(Action, designation, *_equal(self.tables.current["action"].c.kind, kind))

    # ------------------------------------------------------------ the trail
    def trail(
        self, subject: str | None = None, *, after: int = 0, most: int | None = None
    ) -> list[Entry]:
        """Return entries of the audit trail, oldest first: all, or of one record.

        Parameters
        ----------
        subject
            The id of a record.
        after
            Only entries with a higher number than this one.
        most
            At most so many.
        """
        entries = self.tables.entries
        asked = entries.select().where(entries.c.seq > after, *_equal(entries.c.subject, subject))
        with self._connection() as connection:
            rows = connection.execute(asked.order_by(entries.c.seq).limit(most)).mappings()
            return [Entry.model_validate(dict(row)) for row in rows]

    def head(self) -> tuple[int, str]:
        """Return number and hash of the newest entry; 0 and noughts before the first."""
        with self._connection() as connection:
            row = connection.execute(self.tables.head.select()).one()
        return row.seq, row.hash

    # ------------------------------------------------------------ how
    def _of(
        self, model: type[_R], designation: str | None, *wanted: ColumnElement[bool]
    ) -> list[_R]:
        table = self.tables.current[KIND_OF[model]]
        return self._select(model, *_equal(table.c.designation, designation), *wanted)

    def _drawn(self, model: type[_R], designation: str | None, box: Bounds | None) -> list[_R]:
        table = self.tables.current[KIND_OF[model]]
        if box is None:
            return self._of(model, designation)
        if self.tables.dialect == "postgresql":
            from sqlalchemy import func

            frame = func.ST_MakeEnvelope(*box, self.tables.srid)
            return self._of(model, designation, table.c.geometry.bool_op("&&")(frame))
        min_x, min_y, max_x, max_y = (table.c[name] for name in BOX)
        meets = and_(min_x <= box[2], max_x >= box[0], min_y <= box[3], max_y >= box[1])
        return self._of(model, designation, meets)

    def _select(self, model: type[_R], *wanted: ColumnElement[bool]) -> list[_R]:
        with self._connection() as connection:
            return [
                model.model_validate_json(text)
                for text in connection.scalars(self._newest(KIND_OF[model]).where(*wanted))
            ]

    def _newest(self, kind: SubjectKind) -> Select[str]:
        """Return the question for the newest text of every record of a kind."""
        table, versions = self.tables.current[kind], self.tables.versions
        same = and_(
            versions.c.kind == kind,
            versions.c.subject == table.c.id,
            versions.c.version == table.c.version,
        )
        return select(versions.c.content).join(table, same).order_by(table.c.id)

    def _absent(self, kind: SubjectKind, id_: str) -> Problem:
        for entry in self.trail(id_)[-1:]:
            if entry.content_sha256 is None and entry.kind == kind:
                return Problem(
                    f"This {kind} was deleted on {entry.at:%Y-%m-%d} ({entry.reason}).",
                    "What was done with it is in the audit trail.",
                    value=id_,
                )
        return Problem(f"There is no such {kind}.", "See the list of them.", value=id_[:80])


def _equal(column: ColumnElement[object], value: object) -> list[ColumnElement[bool]]:
    return [] if value is None else [column == value]


def numbers_of(subjects: Iterator[str], stem: str) -> list[int]:
    """Return the numbers of the ids that begin with `stem`."""
    ends = (subject.removeprefix(stem) for subject in subjects)
    return [int(end) for end in ends if end.isdecimal()]
