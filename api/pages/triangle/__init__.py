"""The page of the triangle: a ranking, tried and chosen from."""
