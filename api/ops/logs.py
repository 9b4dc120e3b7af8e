"""Logs as lines of JSON, without personal data.

A line never holds an address that was asked for, a header, a body or the words of an error: only
which route it was, and where in our code an error arose.
"""

import logging
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from traceback import extract_tb
from types import TracebackType
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Which request a line is about, as its answer says in ``X-Request-Id``."""

_OURS = ("api", "hotspots", "uvicorn")
_DOUBLE = "Exception in ASGI application"  # said already, where it was answered

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class LineFormatter(JsonFormatter):
    """One line: moment in UTC, level, logger, message, request, and what the caller adds."""

    def __init__(self) -> None:
        super().__init__(
            rename_fields={"exc_info": "error"}, reserved_attrs=[*RESERVED_ATTRS, "color_message"]
        )

    def add_fields(
        self,
        log_data: dict[str, Any],
        record: logging.LogRecord,
        message_dict: dict[str, Any],
    ) -> None:
        """Put the fields in the order in which people read them."""
        moment = datetime.fromtimestamp(record.created, UTC)
        log_data["moment"] = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        log_data["level"] = record.levelname.lower()
        log_data["logger"] = record.name
        super().add_fields(log_data, record, message_dict)
        if (request_id := REQUEST_ID.get()) is not None:
            log_data["request_id"] = request_id

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802  # the name that logging calls
        """Return the kinds of an error and its causes, and where each arose; never its words."""
        return " from ".join(_places(ei[1]))


def _places(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        frames = extract_tb(error.__traceback__)
        where = f" at {frames[-1].name}:{frames[-1].lineno}" if frames else ""
        ours = [each for each in frames if "site-packages" not in each.filename]
        if ours:
            path = "/".join(ours[-1].filename.replace("\\", "/").split("/")[-3:])
            where += f" by {path}:{ours[-1].lineno}"
        yield f"{type(error).__module__}.{type(error).__qualname__}{where}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def configure_logging() -> None:
    """Write every line of this process to standard error in this form; no access log beside it.

    What other libraries say below a warning is left out: it may name whom they spoke with.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in _OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"
    logging.getLogger("uvicorn.error").addFilter(_said_once)


def _said_once(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith(_DOUBLE)
