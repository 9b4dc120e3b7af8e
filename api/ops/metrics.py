"""Figures for Prometheus; an extra that is imported only where it is switched on."""

from collections.abc import Callable, Mapping
from typing import get_args

from fastapi import HTTPException, Request, Response

from api.ops.settings import ServingSettings
from hotspots import __version__
from hotspots.errors import Problem, SettingsRefused
from hotspots.store.jobs import JobStatus

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Requests, how long they took, jobs by state, and which build this is.

    Parameters
    ----------
    jobs
        Tells how many jobs there are by state; asked when the figures are read.

    Raises
    ------
    SettingsRefused
        When the library for it is not installed.
    """

    def __init__(self, jobs: Callable[[], Mapping[str, int]]) -> None:
        try:
            from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info
        except ImportError:
            raise SettingsRefused(
                Problem(
                    "HOTSPOTS_METRICS needs a library that is not installed.",
                    "Install hotspots[metrics], or leave the setting out.",
                )
            ) from None
        self._registry = CollectorRegistry()
        self._jobs = jobs
        self._requests = Counter(
            "hotspots_requests",
            "Requests that were answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._durations = Histogram(
            "hotspots_request_duration_seconds",
            "How long an answer took.",
            ("method", "route"),
            buckets=_BUCKETS_S,
            registry=self._registry,
        )
        self._jobs_gauge = Gauge(
            "hotspots_jobs", "Jobs that are kept, by state.", ("status",), registry=self._registry
        )
        build = Info("hotspots_build", "Which build answers.", registry=self._registry)
        build.info({"version": __version__})

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer.

        Parameters
        ----------
        method, route
            Of the request; the route is a template, never an address.
        status
            Of the answer.
        seconds
            How long it took.
        """
        self._requests.labels(method, route, str(status)).inc()
        self._durations.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        """Return all figures in the text format of Prometheus, version 0.0.4."""
        from prometheus_client import generate_latest

        jobs = self._jobs()
        for status in get_args(JobStatus):
            self._jobs_gauge.labels(status).set(jobs.get(status, 0))
        return bytes(generate_latest(self._registry))


def metrics_route(request: Request) -> Response:
    """Answer with the figures; to an address that may not read them they are not there."""
    metrics: Metrics | None = request.app.state.metrics
    settings: ServingSettings = request.app.state.settings
    if metrics is None or not settings.may_read_metrics(_address(request)):
        raise HTTPException(404)
    return Response(metrics.text(), media_type="text/plain; version=0.0.4")


def _address(request: Request) -> str:
    """Return who asks; nobody known when a proxy that is not trusted stands between."""
    settings: ServingSettings = request.app.state.settings
    forwarded = any(name in request.headers for name in _FORWARDED)
    if request.client is None or (forwarded and not settings.trusted_proxies):
        return ""
    return request.client.host
