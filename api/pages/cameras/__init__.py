"""The pages of camera plans."""
