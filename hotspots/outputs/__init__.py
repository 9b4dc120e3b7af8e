"""Presentation only: maps, tables, exports and sentences; no computation."""
