"""Where incidents concentrate, and the layers of evidence beside the hotspots."""
