"""Facts from a PostGIS of the municipality, and results to it."""
