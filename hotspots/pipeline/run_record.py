"""The record of a run that is still to be made: what was asked, of which deliveries."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from importlib.resources import files

from hotspots import __version__
from hotspots.pipeline.deliveries import Current
from hotspots.policy import Policy
from hotspots.records import RunKind, RunRecord


def record_of(
    current: Current,
    policy: Policy,
    *,
    kind: RunKind,
    at: datetime,
    until: date,
    asked: Mapping[str, object],
    previous: str | None = None,
) -> RunRecord:
    """Return the record of a run; its id is the cut-off date and a hash of its inputs.

    Parameters
    ----------
    current
        The deliveries that hold; those that were read are pinned.
    policy
        Frozen with the run.
    kind
        Of the run.
    at
        The clock, for the record only.
    until
        Cut-off date.
    asked
        What was asked beside these, as plain values: another answer is another run.
    previous
        The run that this one follows on, if any.
    """
    workspace = current.workspace
    pinned = sorted(current.pinned.values(), key=lambda each: each.sequence)
    code = {"version": __version__, "sha256": code_hash()}
    content = policy.model_dump(mode="json")
    inputs = {
        "kind": kind,
        "until": until.isoformat(),
        "deliveries": sorted([each.id, *each.purged] for each in pinned),
        "policy": content,
        "code": code,
        "previous": previous,
        "asked": asked,
    }
    digest = sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
    return RunRecord(
        id=f"{until:%Y%m%d}-{digest[:12]}",
        kind=kind,
        created_at=at,
        until=until,
        workspace_name=workspace.name,
        crs=workspace.crs,
        demo=workspace.demo,
        code=code,
        previous=previous,
        deliveries=pinned,
        policy=content,
        questions=[],
        results={},
    )


def code_hash() -> str:
    """Return a hash of the engine's own source, so that a run names the code that made it."""
    digest = sha256()
    folders = [files("hotspots")]
    while folders:
        for entry in sorted(folders.pop().iterdir(), key=lambda each: each.name):
            if entry.is_dir():
                folders.append(entry)
            elif entry.name.endswith((".py", ".csv", ".toml")):
                digest.update(entry.name.encode() + entry.read_bytes())
    return digest.hexdigest()
