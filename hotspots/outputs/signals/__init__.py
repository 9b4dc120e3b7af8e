"""Signals as documents and sentences."""
