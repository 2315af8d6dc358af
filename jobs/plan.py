"""The yearly plan 年度计划 by the calendar: the month's reminders, the quarter's review."""

from datetime import datetime

from jobs.bench import Bench
from service.operations import plan_month as operations
from service.rules.plan_report import ReportPeriod


def month(due_at: datetime) -> str:
    """The month whose reminders became due; `due_at` in the office's zone."""
    return ReportPeriod.month(due_at.year, due_at.month).name


def quarter(due_at: datetime) -> str:
    """The quarter that was over when its review became due."""
    return ReportPeriod.quarter_before(due_at.date()).name


def remind(period: str, bench: Bench, now: datetime) -> str:
    """Promise the month's reminders, all or nothing."""
    told = ReportPeriod.parse(period)
    sent = operations.remind(told, sender=bench.mail.sender, desk=bench.desk, now=now)
    return f"{period} 计划提醒，{_mails(sent)}"


def review(period: str, bench: Bench, now: datetime) -> str:
    """Promise the quarter's review, all or nothing."""
    told = ReportPeriod.parse(period)
    sent = operations.review(told, sender=bench.mail.sender, desk=bench.desk, now=now)
    return f"{period} 计划点评，{_mails(sent)}"


def _mails(sent: int | None) -> str:
    return "不发：已经过期" if sent is None else f"{sent} 封信待发送"
