"""The server as its host sees it: limits, logs, readiness, figures, a graceful stop."""
