"""How the service logs: one JSON line an event, ids and codes only, never bodies or addresses."""

import json
import logging
import logging.config
import traceback
from collections.abc import Iterator
from typing import Any, Final

_OWN: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One event a line; what is passed as `extra` stands beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, with line breaks escaped by JSON itself."""
        event = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        event |= {name: value for name, value in record.__dict__.items() if name not in _OWN}
        if record.exc_info:
            event["trace"] = self.formatException(record.exc_info)
        return json.dumps(event, ensure_ascii=False, default=str)

    def formatException(self, ei: Any) -> str:  # noqa: N802 -- the library's name
        """Where it went wrong, and the kinds of the errors; not their words.

        A database tells the whole row it refused, a parser what it could not read: personal data.
        """
        return "\n".join(reversed(list(_kinds(ei[1]))))


def _kinds(error: BaseException | None) -> Iterator[str]:
    """The error and what led to it, the last one first."""
    while error is not None:
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        state = getattr(error, "sqlstate", None)
        frames = "".join(traceback.format_tb(error.__traceback__))
        yield f"{frames}{kind} {state}" if isinstance(state, str) else f"{frames}{kind}"
        before = None if error.__suppress_context__ else error.__context__
        error = error.__cause__ or before


def configure(level: str = "WARNING") -> None:
    """Send the service's own events to standard error as JSON lines."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": {"()": JsonLines}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "loggers": {
                "service": {"handlers": ["stderr"], "level": level, "propagate": False},
                "jobs": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
            },
        }
    )
