"""Camera plans as documents and sentences."""
