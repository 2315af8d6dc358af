"""The morning digest 早晨提要 as a page for mail and as plain text."""

from datetime import date
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from service.rules.digest import Digest

WEEKDAYS: Final = "一二三四五六日"
_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def html(digest: Digest) -> str:
    """The digest as one page without outside parts."""
    return _ENVIRONMENT.get_template("digest.html").render(_words(digest))


def text(digest: Digest) -> str:
    """The digest for readers without HTML."""
    return _ENVIRONMENT.get_template("digest.txt").render(_words(digest))


def day_text(day: date) -> str:
    """2026年11月23日（星期一）."""
    return f"{day.year}年{day.month}月{day.day}日（星期{WEEKDAYS[day.weekday()]}）"


def _words(digest: Digest) -> dict[str, Any]:
    return {"digest": digest, "day": day_text(digest.on), "day_text": day_text}
