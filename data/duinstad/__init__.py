"""Duinstad, the demo city: a generator of the extracts a municipality would really get."""
