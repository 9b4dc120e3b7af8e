"""Runs that were asked for, made by one worker beside the web."""
