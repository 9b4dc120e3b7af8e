"""``python -m hotspots.cli`` is the command ``hotspots``."""

from hotspots.cli import main

main()
