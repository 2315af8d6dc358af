"""Tell everybody in the morning what waits 早晨提要."""

from datetime import date, datetime

from jobs.bench import Bench
from service.operations import digest as operations


def morning(due_at: datetime) -> str:
    """The day of the digest that became due; `due_at` in the office's zone."""
    return due_at.date().isoformat()


def send(period: str, bench: Bench, now: datetime) -> str:
    """Promise the digests of that day, all or nothing."""
    day = date.fromisoformat(period)
    sent = operations.send(day, sender=bench.mail.sender, desk=bench.desk, now=now)
    if sent is None:
        return f"{period} 不发提要：休息日，或者当天已过"
    return f"{period} 提要，{sent} 封信待发送"
