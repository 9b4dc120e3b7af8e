"""The register of decisions: on SQLite in the workspace, or on PostgreSQL with PostGIS."""
