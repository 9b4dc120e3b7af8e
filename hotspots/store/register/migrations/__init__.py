"""The schema of the register, step by step; each step goes up and down."""

REVISIONS = ("0001", "0002")
"""Every step, from the first to the one that this program works with."""
