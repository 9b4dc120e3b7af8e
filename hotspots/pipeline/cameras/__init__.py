"""Camera plans, from what was delivered to frozen tables."""
