"""The analyst's pages: deliveries, runs, and what differs between two."""
