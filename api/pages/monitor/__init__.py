"""The page of the half-year monitor."""
