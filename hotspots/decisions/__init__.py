"""Decisions of named persons: which steps a record may take, when, and by whom."""
