"""Record 登记 and correct consultations 咨询: somebody asked, no dispute was made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import OrganisationKind, Source
from models import Consultation, Dispute, transaction
from service.desk import Desk
from service.errors import Forbidden, Invalid, NotFound, Stale
from service.gateways.consultation import SEALED, WORDS, key_of, place_of, seal
from service.gateways.keyring import FieldKey
from service.operations import dispute_text
from service.operations.event import record as record_event
from service.operations.load import changed_since
from service.operations.number import next_number
from service.queries.consultation import may_correct, readable
from service.rules import access, identity
from service.rules.access import Actor

SERIES: Final = "ZX"  # 咨询, behind the centre's prefix
SUBJECT: Final = "consultation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it was written down; `guided_to` names kinds of organisations."""

    question: str
    answer: str
    source: Source
    category: str | None = None
    name: str | None = None
    phone: str | None = None
    village: str | None = None
    guided_to: list[OrganisationKind] | None = None


def record(asked: Asked, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Record a consultation under a number of its own series.

    Raises Invalid naming the wrong fields; then nothing was written.
    """
    access.require(actor, "consultation.record", desk.policy.access)
    checked = _checked({"category": asked.category, "phone": asked.phone}, desk)
    today, consultation_id = desk.today(now), uuid4()
    sealed_key, key = desk.keyring.new_field_key(place_of(consultation_id))
    with transaction() as session:
        row = Consultation(
            id=consultation_id,
            number=next_number(session, today.year, kind=SERIES),
            sealed_key=sealed_key,
            asked_at=now,
            asked_on=today,
            registered_by=actor.user_id,
            organisation_id=actor.organisation_id,
            source=asked.source,
            category=checked["category"],
            question=asked.question,
            answer=asked.answer,
            village=asked.village,
        )
        _set(row, "name", asked.name, key)
        _set(row, "phone", checked["phone"], key)
        _set(row, "guided_to", asked.guided_to, key)
        session.add(row)
        session.flush()
        dispute_text.index_consultation(session, row, desk)
        record_event(
            session,
            consultation_id,
            subject=SUBJECT,
            action="record",
            actor=actor,
            now=now,
            version=1,
        )
    return consultation_id


def correct(
    consultation_id: UUID,
    changes: Mapping[str, Any],
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Correct what was recorded: its registrar may, and whoever reaches the whole town.

    Raises NotFound, Forbidden, Stale, or Invalid naming the wrong fields.
    """
    access.require(actor, "consultation.record", desk.policy.access)
    told = dict(changes) | _checked(changes, desk)
    scope = access.scope(actor, "consultation.list", desk.policy.access)
    with transaction() as session, session.no_autoflush:
        row = session.scalar(
            sa.select(Consultation)
            .where(Consultation.id == consultation_id, readable(scope, desk=desk, now=now))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if row is None:
            raise NotFound("没有找到这条咨询")
        if not may_correct(row.registered_by, scope):
            raise Forbidden("咨询由登记人或者中心主任更正")
        if row.version != version:
            raise Stale(changed_since(session, consultation_id, version))
        key = key_of(row, desk.keyring)
        for name, value in told.items():
            _set(row, name, value, key)
        dispute_text.index_consultation(session, row, desk)
        _note_change(session, row, sorted(told), "correct", actor=actor, now=now)


def became(
    session: Session,
    consultation_id: UUID,
    dispute_id: UUID,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> bool:
    """Note, in the caller's transaction, that a dispute came of a consultation.

    The words of what became a restricted dispute are sealed. False, and nothing noted, when the
    actor does not see it or another dispute came of it before: a registration does not fail for
    that.
    """
    scope = access.scope(actor, "consultation.list", desk.policy.access)
    row = session.scalar(
        sa.select(Consultation)
        .where(
            Consultation.id == consultation_id,
            Consultation.dispute_id.is_(None),
            readable(scope, desk=desk, now=now),
        )
        .with_for_update()
    )
    if row is None:
        return False
    row.dispute_id = dispute_id
    if session.get_one(Dispute, dispute_id).restricted:
        _seal(session, row, desk)
    _note_change(session, row, ["dispute"], "became_dispute", actor=actor, now=now)
    return True


def restrict(
    session: Session, dispute: Dispute, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """Seal, in the caller's transaction, the words out of which a dispute came if it is restricted.

    What is sealed already stays as it is.
    """
    if not dispute.restricted:
        return
    found = sa.select(Consultation).where(
        Consultation.dispute_id == dispute.id,
        Consultation.question_sealed.is_(None),
    )
    for row in session.scalars(found.with_for_update()):
        _seal(session, row, desk)
        _note_change(session, row, list(WORDS), "restrict", actor=actor, now=now)


def _seal(session: Session, row: Consultation, desk: Desk) -> None:
    key = key_of(row, desk.keyring)
    for name in WORDS:
        _hide(row, name, getattr(row, name), key)
    dispute_text.index_consultation(session, row, desk)


def _hide(row: Consultation, name: str, value: str, key: FieldKey) -> None:
    setattr(row, f"{name}_sealed", seal(key, row.id, name, value))
    setattr(row, name, None)


def _note_change(
    session: Session,
    row: Consultation,
    fields: list[str],
    action: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    session.flush()  # gives the new version to the event
    record_event(
        session,
        row.id,
        subject=SUBJECT,
        action=action,
        actor=actor,
        now=now,
        detail={"fields": fields},
        version=row.version,
    )


def _checked(told: Mapping[str, Any], desk: Desk) -> dict[str, Any]:
    """Those of `told` that have a rule, as they are kept."""
    rules: dict[str, Callable[[str], str]] = {
        "category": lambda code: _category(code, desk),
        "phone": identity.clean_phone,
    }
    kept, problems = {}, {}
    for name in rules.keys() & told.keys():
        value = told[name]
        try:
            kept[name] = rules[name](value) if value else None
        except ValueError as refusal:  # its words are Chinese and hold no number
            problems[name] = [str(refusal)]
    if problems:
        raise Invalid(problems)
    return kept


def _category(code: str, desk: Desk) -> str:
    if code not in desk.policy.categories.by_code:
        raise ValueError("没有这个类别")
    return code


def _set(row: Consultation, name: str, value: Any, key: FieldKey) -> None:
    """Write one field where it belongs: sealed, as plain words, or as it is."""
    if name in SEALED:
        setattr(row, f"{name}_sealed", seal(key, row.id, name, value))
    elif name in WORDS and row.question_sealed is not None:
        _hide(row, name, value, key)
    elif name == "guided_to":
        row.guided_to = [kind.value for kind in value] if value else None
    else:
        setattr(row, name, value)  # the schema of corrections lists what may come here
