"""Hotspots, their places and where layers come together, as documents and sentences."""
