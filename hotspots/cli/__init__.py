"""Commands: thin, each one call into the engine. Refusals exit 2 with every problem on stderr."""

from hotspots.cli.commands import app, main

__all__ = ["app", "main"]
