"""Deadlines as a calendar file: folded by octets, stamped in UTC, nothing cut."""

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from service.reports.clock import Entry, calendar

MADE = datetime(2026, 11, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
UID = UUID(int=7)


def lines(*entries: Entry) -> list[bytes]:
    return calendar(entries, name="我的期限", made_at=MADE).split(b"\r\n")


def test_a_day_is_a_whole_day_stamped_in_utc() -> None:
    told = lines(Entry(UID, date(2026, 12, 31), None, "到期"))
    assert told[told.index(b"BEGIN:VEVENT") :] == [
        b"BEGIN:VEVENT",
        b"UID:00000000-0000-0000-0000-000000000007@fengqiao",
        b"DTSTAMP:20261102T010000Z",
        b"DTSTART;VALUE=DATE:20261231",
        b"DTEND;VALUE=DATE:20270101",
        "SUMMARY:到期".encode(),
        b"TRANSP:TRANSPARENT",
        b"END:VEVENT",
        b"END:VCALENDAR",
        b"",
    ]


def test_an_instant_ends_an_hour_in_utc() -> None:
    at = datetime(2026, 11, 3, 9, tzinfo=UTC)
    told = lines(Entry(UID, date(2026, 11, 3), at, "到期"))
    assert b"DTSTART:20261103T080000Z" in told
    assert b"DTEND:20261103T090000Z" in told


def test_long_lines_are_folded_and_read_back_whole() -> None:
    summary = "移送有管辖权的公安机关到期，调解中" * 9
    told = lines(Entry(UID, date(2026, 11, 3), None, summary))
    assert max(map(len, told)) <= 75
    whole = b"\r\n".join(told).replace(b"\r\n ", b"").decode()
    assert f"SUMMARY:{summary}" in whole


def test_what_separates_is_escaped() -> None:
    told = lines(Entry(UID, date(2026, 11, 3), None, "a,b;c\\d\ne"))
    assert b"SUMMARY:a\\,b\\;c\\\\d\\ne" in told
