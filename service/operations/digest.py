"""Promise the morning digest 早晨提要 to everybody who has something to do, once a day."""

from datetime import date, datetime

from models import transaction
from service.desk import Desk
from service.notices import digest as notices
from service.operations import outbox
from service.queries import backup
from service.queries import digest as queries
from service.reports import digest as reports
from service.rules import digest as rules
from service.rules import ladder


def send(day: date, *, sender: str, desk: Desk, now: datetime) -> int | None:
    """Promise the digests of a morning; how many are new, None when none is due by now.

    There is none on a day off, and none of a morning that has passed: who was away is not told
    yesterday's. What a restore may have taken away is held for a person.
    """
    today, quiet = desk.today(now), ladder.is_quiet(now, desk.zone, desk.policy.ladder)
    if not rules.is_in_time(day, today=today, quiet=quiet):
        return None
    if not desk.calendar.is_working_day(day):
        return None
    with transaction() as session:
        hold = backup.is_doubtful(day, desk)
        sent = 0
        for reader in queries.readers(day):
            told = queries.of(reader.actor, desk=desk, now=now)
            if told is None:
                continue
            message = notices.letter(
                told,
                reports.html(told),
                reports.text(told),
                sender=sender,
                recipient=reader.email,
                user_id=reader.actor.user_id,
                at=now,
            )
            sent += outbox.promise(session, message, desk=desk, now=now, hold=hold)
        return sent
