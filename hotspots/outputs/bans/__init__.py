"""Area measures as documents and sentences."""
