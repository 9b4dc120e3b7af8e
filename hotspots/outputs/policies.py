"""The policy of a run, as its record keeps it; that of an older run may lack a part."""

from hotspots.records import RunRecord


def section(record: RunRecord, name: str) -> dict[str, object]:
    """Return a section of the run's policy; empty where it has none."""
    found = record.policy.get(name)
    return dict(found) if isinstance(found, dict) else {}


def policy_themes(record: RunRecord, name: str) -> list[str]:
    """Return the themes that a section of the run's policy names."""
    themes = section(record, name).get("themes")
    return [str(theme) for theme in themes] if isinstance(themes, list) else []


def policy_layers(record: RunRecord) -> list[str]:
    """Return the layers that the run's policy asked for."""
    layers = section(record, "hotspots").get("layers")
    return [str(layer) for layer in layers] if isinstance(layers, list) else []


def alpha(record: RunRecord) -> float:
    """Return the share of false discoveries that the run's policy allows."""
    return float(str(section(record, "hotspots")["alpha"]))
