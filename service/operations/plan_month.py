"""What the yearly plan does by itself 按时提醒: the month's reminders, the quarter's review."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from models import Plan, transaction
from service.desk import Desk
from service.notices import plan as notices
from service.notices.plan import Recipient
from service.operations import notice, outbox
from service.operations import plan_report as reports_kept
from service.queries import backup, digest, plan_report
from service.queries import plan_month as queries
from service.queries.digest import Reader
from service.queries.plan_report import ReportView
from service.reports import plan as reports
from service.rules import access
from service.rules.plan_report import ReportPeriod

READS: Final = ("plan.report", "plan.approve")  # whom the review is for


def remind(period: ReportPeriod, *, sender: str, desk: Desk, now: datetime) -> int | None:
    """Keep how the plans stood before the month, and tell everybody what to move in it.

    How many mails are new; None when the month is not this one: nobody is told of one gone by.
    """
    before = ReportPeriod.month_before(period.start_on)
    with transaction() as session:
        for plan in reports_kept.plans_of(session, before.year):
            told = plan_report.told(plan, before, desk=desk, now=now)
            reports_kept.keep(session, plan, told, actor=None, now=now)
        if not period.start_on <= desk.today(now) <= period.last_on:
            return None
        return sum(
            _remind(session, plan, period, sender=sender, desk=desk, now=now)
            for plan in reports_kept.plans_of(session, period.year)
        )


def review(period: ReportPeriod, *, sender: str, desk: Desk, now: datetime) -> int | None:
    """Keep how the plans stood after a quarter, and send its review to who steers them.

    How many mails are new; None when the quarter is not the one just gone by.
    """
    late = ReportPeriod.quarter_before(desk.today(now)) != period
    with transaction() as session:
        kept = [
            (plan, _keep(session, plan, period, desk=desk, now=now))
            for plan in reports_kept.plans_of(session, period.year)
        ]
        if late:
            return None
        return sum(
            _send(session, plan, view, sender=sender, desk=desk, now=now) for plan, view in kept
        )


def _remind(
    session: Session, plan: Plan, period: ReportPeriod, *, sender: str, desk: Desk, now: datetime
) -> int:
    asked = queries.asked(plan, period, desk=desk, now=now)
    notice.plan_month(session, asked, period.name, desk=desk, now=now)
    town, hold = plan_report.town_of(plan), backup.is_doubtful(period.start_on, desk)
    sent = 0
    for reader in _readers(plan, desk, now):
        calls = queries.calls(asked, reader.actor, desk=desk)
        if not calls:
            continue
        to = Recipient(user_id=reader.actor.user_id, email=reader.email, sender=sender, at=now)
        text = reports.month_text(town, period, calls)
        message = notices.month(town, period, calls, text, to)
        sent += outbox.promise(session, message, desk=desk, now=now, hold=hold)
    return sent


def _keep(
    session: Session, plan: Plan, period: ReportPeriod, *, desk: Desk, now: datetime
) -> ReportView:
    fresh = plan_report.told(plan, period, desk=desk, now=now)
    reports_kept.keep(session, plan, fresh, actor=None, now=now)
    return plan_report.find(plan.id, period.name, 1)


def _send(
    session: Session, plan: Plan, kept: ReportView, *, sender: str, desk: Desk, now: datetime
) -> int:
    told = kept.told
    sheet = notices.Review(
        reports.html(told), reports.text(told), reports.review(told, seal=kept.sha256)
    )
    hold = backup.is_doubtful(desk.today(now), desk)
    return sum(
        outbox.promise(
            session,
            notices.review(
                told,
                sheet,
                Recipient(user_id=each.actor.user_id, email=each.email, sender=sender, at=now),
            ),
            desk=desk,
            now=now,
            hold=hold,
        )
        for each in _readers(plan, desk, now)
        if any(access.may(each.actor, right, desk.policy.access) for right in READS)
    )


def _readers(plan: Plan, desk: Desk, now: datetime) -> Iterator[Reader]:
    """Who works in the plan's town and has an address."""
    for each in digest.readers(desk.today(now)):
        if access.is_of_town(each.actor, plan.organisation_id):
            yield each
