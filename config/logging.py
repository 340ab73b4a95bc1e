"""Structured logs: one JSON line an event, only allow-listed keys, so that no personal data can slip in."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Everything that may be logged. A key that is not here is dropped and counted, whatever its value.
ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "logger", "request_id", "method", "endpoint", "status", "council",
        "milliseconds", "job", "job_id", "attempt", "count", "kind", "error", "where", "reason", "check",
        "version", "port", "pid", "path", "dropped", "statements", "signal",
    }
)  # fmt: skip


def keep_allowed(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every key that is not allow-listed; exceptions become their type and place, never their text."""
    error = event.pop("exc_info", None)
    if error:
        found = error if isinstance(error, BaseException) else sys.exc_info()[1]
        if found is not None:
            event["error"] = type(found).__name__
            event["where"] = _where(found)
    dropped = [key for key in event if key not in ALLOWED]
    for key in dropped:
        del event[key]
    if dropped:
        event["dropped"] = len(dropped)
    return event


def _where(error: BaseException) -> str:
    """File and line of the innermost of our own frames: enough to find it, without any value."""
    trace, found = error.__traceback__, ""
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if name.startswith(("portal", "config")) or not found:
            found = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


class _Bare(logging.Formatter):
    """Libraries' records, reduced to their name and level: their text may quote what a person typed."""

    def format(self, record: logging.LogRecord) -> str:
        record.msg, record.args = f"{record.name}: {record.levelname.lower()}", ()
        if record.exc_info and record.exc_info[1] is not None:
            record.msg += f" {type(record.exc_info[1]).__name__} at {_where(record.exc_info[1])}"
        record.exc_info = record.exc_text = record.stack_info = None
        return super().format(record)


def configure(level: str = "INFO") -> None:
    """Set up structlog for the product and a bare handler for its libraries; call once at start-up."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Bare())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            keep_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
