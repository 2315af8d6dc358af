"""How the service logs: one JSON line an event, ids and codes only, never bodies or addresses."""

import json
import logging
import logging.config
from typing import Final

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
