"""Answer how far a dispute has come 查询进度: to the holder of its slip, and by telephone."""

import logging
from datetime import datetime
from typing import Final
from uuid import UUID

from models import transaction
from service.desk import Desk
from service.errors import NotFound, TooOften
from service.operations import allowance
from service.operations.event import record
from service.queries import progress as queries
from service.queries.progress import Progress
from service.rules import access
from service.rules import progress as rules
from service.rules.access import Actor

log = logging.getLogger(__name__)
MISSED: Final = "没有查到。请核对编号和查询码，或者带身份证件到窗口询问"
NOT_TOLD: Final = "没有找到，或者这件不能在电话里答复。请来电人带身份证件到窗口"
SUBJECT: Final = "progress"


def ask(number: str, code: str, *, address: str, desk: Desk, now: datetime) -> Progress:
    """What the slip with `number` and `code` may be told; `address` is where the caller sits.

    Raises NotFound with one sentence for every miss, TooOften beyond an allowance. The use is
    recorded, without the code.
    """
    number, code = rules.cleaned(number), rules.cleaned(code)
    _take(number, address, desk=desk, now=now)
    look = queries.of_slip(number, code, desk=desk)
    found = look.progress is not None
    _note(look.dispute_id, found=found, now=now)
    if look.progress is None:
        raise NotFound(MISSED)
    return look.progress


def read_out(number: str, code: str, *, actor: Actor, desk: Desk, now: datetime) -> Progress:
    """What may be read out by telephone: by number and code, or a number in one's own scope.

    Raises NotFound, TooOften.
    """
    access.require(actor, "readout.use", desk.policy.access)
    allowance.take("readout", str(actor.user_id), desk.policy.limits.readout, desk=desk, now=now)
    number, code = rules.cleaned(number), rules.cleaned(code)
    if code:
        told = queries.of_slip(number, code, desk=desk).progress
    else:
        told = queries.of_number(number, actor=actor, desk=desk, now=now)
    with transaction() as session:
        record(
            session,
            told.id if told else queries.DECOY_ID,
            subject="dispute" if told else SUBJECT,
            action="readout",
            actor=actor,
            now=now,
            detail={"found": told is not None, "code": bool(code)},
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
