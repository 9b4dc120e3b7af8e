"""Proposals for people to decide on: rankings, sites, areas. Never a decision."""
