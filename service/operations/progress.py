"""Answer how far a dispute has come 查询进度: to the holder of its slip, and by telephone."""

import logging
from datetime import date, datetime
from typing import Final
from uuid import UUID

from config.text import Malformed
from config.vocabulary import Role
from models import transaction
from service.desk import Desk
from service.errors import Invalid, NotFound, TooOften
from service.operations import allowance
from service.operations.event import record
from service.queries import number as numbers
from service.queries import progress as queries
from service.queries import sight
from service.queries.progress import Progress
from service.rules import access, identity
from service.rules import progress as rules
from service.rules import search as searches
from service.rules.access import Actor

log = logging.getLogger(__name__)
MISSED: Final = "没有查到。请核对编号和查询码，或者带身份证件到窗口询问"
NOT_TOLD: Final = "对不上，或者这件不能在这里答复。请核对号码，电话里就请来电人带身份证件到窗口"
SUBJECT: Final = "progress"


def ask(number: str, code: str, *, address: str, desk: Desk, now: datetime) -> Progress:
    """What the slip with `number` and `code` may be told; `address` is where the caller sits.

    Raises NotFound with one sentence for every miss, TooOften beyond an allowance. The use is
    recorded, without the code.
    """
    number, code = numbers.cleaned(number, desk=desk, now=now), rules.cleaned(code)
    _take(number, address, desk=desk, now=now)
    look = queries.of_slip(number, code, desk=desk)
    found = look.progress is not None
    _note(look.dispute_id, found=found, now=now)
    if look.progress is None:
        raise NotFound(MISSED)
    return look.progress


def read_out(number: str, code: str, *, actor: Actor, desk: Desk, now: datetime) -> Progress:
    """What may be read out to a caller who knows number and code, whoever's dispute it is.

    Raises NotFound, TooOften. The use is recorded, without the code.
    """
    _let_in(actor, desk=desk, now=now)
    number = numbers.cleaned(number, desk=desk, now=now)
    told = queries.of_slip(number, rules.cleaned(code), desk=desk).progress
    return _answered(told, "code", actor=actor, now=now)


def tell(number: str, typed: str, *, actor: Actor, desk: Desk, now: datetime) -> Progress:
    """What may be told at the window to a party who has shown their ID card; whoever's dispute.

    `typed` is the ID number, typed or as the reader typed the whole card. Raises Invalid at
    `id_number` when none stands in it, which counts as no search; NotFound, TooOften. The use is
    recorded, without the ID number.
    """
    access.require(actor, "search.identity", desk.policy.access)
    _let_in(actor, desk=desk, now=now)
    id_number = _identity(typed, desk.today(now))
    limits, director = desk.policy.limits, Role.DIRECTOR in actor.roles
    limit = limits.identity_search_director if director else limits.identity_search
    allowance.take("identity-search", str(actor.user_id), limit, desk=desk, now=now)
    number = numbers.cleaned(number, desk=desk, now=now)
    told = queries.of_party(number, id_number, desk=desk)
    return _answered(told, "identity", actor=actor, now=now)


def _let_in(actor: Actor, *, desk: Desk, now: datetime) -> None:
    access.require(actor, "readout.use", desk.policy.access)
    allowance.take("readout", str(actor.user_id), desk.policy.limits.readout, desk=desk, now=now)


def _identity(typed: str, today: date) -> str:
    try:
        return identity.clean_id_number(searches.identity_in(typed) or typed, today)[1]
    except Malformed as refusal:
        raise Invalid({"id_number": [str(refusal)]}) from refusal


@sight.whole("progress by a slip")
def _answered(told: Progress | None, by: str, *, actor: Actor, now: datetime) -> Progress:
    """`told`, once it is written down who was answered `by` what; NotFound when it is nothing."""
    with transaction() as session:
        record(
            session,
            told.id if told else queries.DECOY_ID,
            subject="dispute" if told else SUBJECT,
            action="readout",
            actor=actor,
            now=now,
            detail={"found": told is not None, "by": by},
        )
    if told is None:
        raise NotFound(NOT_TOLD)
    return told


def _take(number: str, address: str, *, desk: Desk, now: datetime) -> None:
    """One use of every allowance, or of none: who is held back uses up nobody else's."""
    limits = desk.policy.limits
    try:
        with transaction():
            for kind, subject, limit in (
                ("progress.address", rules.caller(address), limits.progress_by_address),
                ("progress.number", number, limits.progress_by_number),
                ("progress.anybody", "", limits.progress_by_anybody),
            ):
                allowance.take(kind, subject, limit, desk=desk, now=now)
    except TooOften as refusal:
        log.warning("progress held back", extra={"seconds": refusal.seconds})
        raise


def _note(dispute_id: UUID | None, *, found: bool, now: datetime) -> None:
    with transaction() as session:
        record(
            session,
            dispute_id or queries.DECOY_ID,
            subject=SUBJECT,
            action="ask",
            actor=None,
            now=now,
            detail={"found": found},
        )
