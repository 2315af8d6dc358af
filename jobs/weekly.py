"""Send the leaders the week's letter 周报 on Monday morning."""

from datetime import datetime

from config.weekly import Letter
from jobs.bench import Bench
from service.operations import weekly as operations
from service.rules.calendar import Week


def reported_week(due_at: datetime) -> str:
    """The week that had just ended when the letter became due; `due_at` in the office's zone."""
    return str(Week.of(due_at.date()).previous())


def send_letter(period: str, bench: Bench, now: datetime) -> str:
    """Publish the week and promise its letter to every subscriber, all or nothing."""
    week = Week.parse(period)
    letters = operations.send(week, sender=bench.mail.sender, desk=bench.desk, now=now)
    return f"{period} 周报已发布，{letters} 封信待发送"


def send_suits(period: str, bench: Bench, now: datetime) -> str:
    """The letter of suits and letters alone 应诉与办复周报, to who ordered that one."""
    letters = operations.send(
        Week.parse(period), sender=bench.mail.sender, desk=bench.desk, now=now, kind=Letter.SUITS
    )
    return f"{period} 应诉与办复周报，{letters} 封信待发送"
