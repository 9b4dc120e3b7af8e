"""The pages with hotspots, where layers come together, and signals."""
