"""Correct a letter 建议书 that was written down wrong, while no reply went out."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm.attributes import flag_modified

from config.suggestion import SuggestionStatus
from config.vocabulary import ClockEnd
from models import transaction
from service.desk import Desk
from service.errors import Conflict, Stale
from service.operations.load import changed_since
from service.operations.suggestion_work import (
    Work,
    begin_term,
    check_unknown,
    count_term,
    due,
    end_term,
    note,
    opened,
)
from service.rules import access
from service.rules import suggestion as rules
from service.rules.access import Actor

CORRECT: Final = "suggestion.correct"
OF_ROUND: Final = frozenset({"received_on", "stated_due_on"})
# what a correction may reach, and what of it decides the term
CORRECTABLE: Final = (
    "kind",
    "issuer",
    "document_number",
    "received_on",
    "stated_due_on",
    "urgent",
    "served_how",
)
COUNTED_BY: Final = OF_ROUND | {"kind", "urgent"}


def correct(
    suggestion_id: UUID,
    changes: Mapping[str, Any],
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Correct what was written down of a letter while no reply went out; its term is counted anew.

    `changes` are fields of CorrectLetterIn; what says the same as before is no change. The event
    keeps what stood, and what was approved is not approved any more. Raises NotFound, Forbidden,
    Stale, Conflict once a reply went out or it is closed, Invalid at the fields.
    """
    access.require(actor, CORRECT, desk.policy.access)
    with transaction() as session:
        work = opened(session, suggestion_id, CORRECT, actor=actor, desk=desk, now=now)
        row, turn = work.row, work.round
        if row.version != version:
            raise Stale(changed_since(session, suggestion_id, version))
        if (why := rules.why_not_corrected(row.status, row.first_replied_on)) is not None:
            raise Conflict(why)
        stood = {name: getattr(turn if name in OF_ROUND else row, name) for name in CORRECTABLE}
        told = {name: changes[name] for name in CORRECTABLE if name in changes}
        told = {name: value for name, value in told.items() if value != stood[name]}
        if not told:
            return
        _check_corrected(work, stood | told)
        with session.no_autoflush:  # one correction is one new version, stored whole
            _write_corrected(work, told)
        flag_modified(row, "status")
        session.flush()  # gives the new version to the event
        detail = {
            "fields": sorted(told),
            "before": {name: _coded(stood[name]) for name in told},
            "after": {name: _coded(value) for name, value in told.items()},
        }
        reason = changes.get("reason")
        note(session, row, "correct", detail | due(row), actor=actor, now=now, reason=reason)


def _write_corrected(work: Work, told: Mapping[str, Any]) -> None:
    """Write the facts; a term they decide begins anew, unless an objection keeps it from running.

    What ran until then was never owed: it ends as mistaken. A stated day that is written anew is
    the letter's own, not one that was asked for.
    """
    row, turn = work.row, work.round
    for name, value in told.items():
        if name != "stated_due_on":
            setattr(row, name, value)
        if name in OF_ROUND:
            setattr(turn, name, value)
    if "stated_due_on" in told:
        turn.confirmed_on = None
    turn.approved_by = turn.approved_at = turn.reply_sealed = None
    if not COUNTED_BY & told.keys():
        return
    if row.status is SuggestionStatus.OBJECTED:
        count_term(row, turn, work.desk)
        return
    end_term(work, ClockEnd.MISTAKEN)
    begin_term(work.session, row, turn, desk=work.desk, now=work.now)


def _check_corrected(work: Work, facts: Mapping[str, Any]) -> None:
    row, turn = work.row, work.round
    asked_on = turn.confirmed_on if facts["stated_due_on"] == turn.stated_due_on else None
    rules.check_corrected(
        received_on=facts["received_on"],
        stated_due_on=facts["stated_due_on"],
        later={
            "问明期限的日期": asked_on,
            "提出异议的日期": row.objected_on,
            "起诉日期": row.sued_on,
        },
        today=work.today,
    )
    named = facts["issuer"], facts["document_number"]
    if named != (row.issuer, row.document_number):
        check_unknown(work.session, *named, work.actor)


def _coded(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
