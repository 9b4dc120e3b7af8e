"""Area measures: reviewed, or proposed."""
