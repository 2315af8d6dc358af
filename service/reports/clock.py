"""Deadlines for a calendar program 日历文件, as RFC 5545 writes them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

FOLD: Final = 75  # octets of one line, without its end
END: Final = "\r\n"
AN_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One deadline: a whole day, or an instant `at` when it runs in hours."""

    uid: UUID
    on: date
    at: datetime | None
    summary: str


def calendar(entries: Iterable[Entry], *, name: str, made_at: datetime) -> bytes:
    """The file, in UTF-8; every entry is stamped with when it was made, in UTC."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Fengqiao//Deadlines//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    for entry in entries:
        lines += _event(entry, made_at)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}{END}" for line in lines for part in _folded(line)).encode()


def _event(entry: Entry, made_at: datetime) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}@fengqiao",
        f"DTSTAMP:{_instant(made_at)}",
        *_when(entry),
        f"SUMMARY:{_text(entry.summary)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _when(entry: Entry) -> list[str]:
    if entry.at is not None:
        return [f"DTSTART:{_instant(entry.at - AN_HOUR)}", f"DTEND:{_instant(entry.at)}"]
    after = entry.on + timedelta(days=1)
    return [f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}"]


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    """A text value: what separates and what ends lines is escaped."""
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return text.replace("\r", "")


def _folded(line: str) -> Iterator[str]:
    """The line in parts of at most 75 octets, no character cut; those that follow begin blank."""
    part, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > FOLD:
            yield part
            part, size = " ", 1
        part, size = part + character, size + width
    yield part
