"""A workspace on disk: deliveries of facts, and frozen runs."""
