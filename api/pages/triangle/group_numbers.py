"""How many youth groups there are per label: for the roles that steer on it, and never a place."""

from functools import lru_cache
from pathlib import Path

from api.identity.user import User
from hotspots.outputs.text import Words
from hotspots.pipeline.group_rounds import GroupRound, newest_round
from hotspots.register import Role
from hotspots.store.workspace import Workspace, open_workspace

MAY_SEE: frozenset[Role] = frozenset({"analyst", "triangle"})
"""Roles that are shown the numbers of the scan."""

_CHANGES = ("new", "gone", "label_up", "label_down")


def group_sentences(workspace: Workspace, reader: User, words: Words) -> list[str]:
    """Return what the newest scan says in numbers; nothing for other roles, or without a scan."""
    if reader.role not in MAY_SEE:
        return []
    deliveries = workspace.deliveries
    changed_at = deliveries.stat().st_mtime_ns if deliveries.exists() else 0
    found = _round(str(workspace.path), changed_at)
    return [] if found is None else _told(found, words)


@lru_cache(maxsize=4)
def _round(path: str, _changed_at: int) -> GroupRound | None:
    """Read the scan again only when a delivery was added or removed."""
    return newest_round(open_workspace(Path(path)))


def _told(found: GroupRound, words: Words) -> list[str]:
    numbers = [
        words.label(
            "groups_label" if was is None else "groups_label_was",
            label=words.label(f"groups_{label}"),
            n=n,
            **({} if was is None else {"was": was}),
        )
        for label, (n, was) in found.labels.items()
    ]
    said = [words.sentence("groups_now", round=found.round, numbers=words.joined(numbers))]
    if found.before is None:
        return [*said, words.sentence("groups_first")]
    changes = [
        words.label(f"groups_{name}", n=found.changes[name])
        for name in _CHANGES
        if found.changes.get(name)
    ]
    key = "groups_changed" if changes else "groups_unchanged"
    return [*said, words.sentence(key, before=found.before, changes=words.joined(changes))]
