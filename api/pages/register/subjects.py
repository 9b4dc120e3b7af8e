"""What an entry of the audit trail is about, by name: its number says nothing to a reader."""

from api.pages.register.sentences import kind_name
from hotspots.errors import NotFound
from hotspots.outputs.text import Words
from hotspots.policy import Policy
from hotspots.register import (
    Action,
    Boundary,
    Choice,
    Designation,
    Entry,
    Placement,
    Review,
    Signal,
)
from hotspots.store.register.register import Register


class Subjects:
    """Names the records of a register; each is read once.

    Parameters
    ----------
    register
        Whose records.
    policy
        What kinds of area of the municipality's own are called.
    words
        The language.
    """

    def __init__(self, register: Register, policy: Policy, words: Words) -> None:
        self._register, self._policy, self._words = register, policy, words
        self._names: dict[str, str] = {}

    def name(self, entry: Entry) -> str:
        """Return what the record of an entry is; its number where it was deleted."""
        if entry.subject not in self._names:
            try:
                self._names[entry.subject] = self._read(entry)
            except NotFound:
                self._names[entry.subject] = entry.subject
        return self._names[entry.subject]

    def _read(self, entry: Entry) -> str:
        id_, label = entry.subject, self._words.label
        match entry.kind:
            case "designation":
                return self.area(id_)
            case "choice":
                return label("choose_heading", year=str(self._register.get(Choice, id_).year))
            case "action":
                return self._register.get(Action, id_).name
            case "placement":
                camera = self._register.get(Placement, id_)
                area = self.area(camera.designation)
                return label("register_about_placement", camera=camera.camera, area=area)
            case "boundary":
                of = self._register.get(Boundary, id_).designation
            case "review":
                of = self._register.get(Review, id_).designation
            case "signal":
                of = self._register.get(Signal, id_).designation
        return label(f"register_about_{entry.kind}", area=self.area(of))

    def area(self, id_: str) -> str:
        """Return the name of a designation, and what it is where its name does not say that.

        Raises
        ------
        NotFound
            When it is not in the register.
        """
        found = self._register.get(Designation, id_)
        kind = kind_name(found.kind, self._policy, self._words)
        if found.name.lower().startswith(kind.lower()):
            return found.name
        return f"{found.name} ({kind})"
