"""Keep on what personal data is processed 处理依据: the duty, consents, their withdrawal."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import BasisGround, ConsentForm
from models import Basis, Party, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid, NotFound
from service.operations import load
from service.operations.event import record as record_event
from service.rules import basis as rules
from service.rules.access import Actor
from service.rules.basis import Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A consent as it was told: of which party, for a child by which guardian, for what."""

    ground: BasisGround
    form: ConsentForm
    obtained_on: date
    party: UUID | None = None
    given_by: UUID | None = None
    scope: str | None = None


def statutory(dispute_id: UUID, *, actor: Actor | None, desk: Desk, now: datetime) -> Basis:
    """The duty a dispute is registered under, as it is called today."""
    privacy = desk.policy.privacy
    return Basis(
        dispute_id=dispute_id,
        ground=BasisGround.STATUTORY,
        code=privacy.default.code,
        version=privacy.version,
        recorded_by=actor.user_id if actor else None,
        recorded_at=now,
    )


def consent(dispute_id: UUID, given: Consent, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Note a consent. Raises Invalid at the wrong field; a guardian's names child and guardian."""
    with transaction() as session:
        dispute = load.dispute_for_change(
            session, dispute_id, "basis", version=None, actor=actor, desk=desk, now=now
        )
        _check(session, dispute_id, given, desk.today(now))
        basis_id, key = uuid4(), load.field_key(dispute, desk)
        session.add(
            Basis(
                id=basis_id,
                dispute_id=dispute_id,
                ground=given.ground,
                version=desk.policy.privacy.version,
                party_id=given.party,
                given_by_id=given.given_by,
                form=given.form,
                scope_sealed=key.seal_optional(given.scope, f"basis.scope:{basis_id}"),
                obtained_on=given.obtained_on,
                recorded_by=actor.user_id,
                recorded_at=now,
            )
        )
        detail = {"ground": given.ground.value, "form": given.form.value}
        _note(session, dispute_id, "consent", detail, actor=actor, now=now)
    return basis_id


def withdraw(
    dispute_id: UUID,
    basis_id: UUID,
    withdrawn_on: date,
    reason: str | None,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Note that a consent was withdrawn 撤回同意; what was done until then stays done."""
    with transaction() as session:
        dispute = load.dispute_for_change(
            session, dispute_id, "basis", version=None, actor=actor, desk=desk, now=now
        )
        found = session.get(Basis, basis_id)
        if found is None or found.dispute_id != dispute_id or found.obtained_on is None:
            raise NotFound("没有找到这条同意")
        if found.withdrawn_on is not None:
            raise Conflict("这条同意已经撤回")
        if not found.obtained_on <= withdrawn_on <= desk.today(now):
            raise Invalid({"withdrawn_on": ["撤回日期应在同意之后、今天以前"]})
        key = load.field_key(dispute, desk)
        found.withdrawn_on = withdrawn_on
        found.withdrawal_sealed = key.seal_optional(reason, f"basis.withdrawal:{basis_id}")
        detail = {"ground": found.ground.value}
        _note(session, dispute_id, "consent-withdrawn", detail, actor=actor, now=now)


def _check(session: Session, dispute_id: UUID, given: Consent, today: date) -> None:
    people = sa.select(Party.id, Party.role).where(Party.dispute_id == dispute_id)
    rules.check(
        Told(given.ground, given.party, given.given_by, given.scope, given.obtained_on),
        {row.id: row.role for row in session.execute(people)},
        today=today,
    )


def _note(
    session: Session,
    dispute_id: UUID,
    action: str,
    detail: dict[str, str],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    record_event(
        session,
        dispute_id,
        subject="dispute",
        action=action,
        actor=actor,
        now=now,
        detail=dict(detail),
    )
