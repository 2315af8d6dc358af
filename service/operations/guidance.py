"""Write down guidance 指导记录 of a justice office, and that what had to follow was done."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from config.access import Reach
from config.vocabulary import OrganisationKind
from models import Guidance, Organisation, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid, NotFound
from service.operations.event import record as note
from service.rules import access
from service.rules.access import Actor, Scope

K = OrganisationKind
GUIDED: Final = frozenset(
    {K.PEOPLE_MEDIATION_COMMITTEE, K.SECTOR_COMMITTEE, K.TRAFFIC_COMMITTEE, K.VILLAGE_COMMITTEE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidanceDraft:
    """What was done at a committee: when, by whom, on what, what was found, what has to follow."""

    committee: UUID
    guided_on: date
    guided_by: str
    topic: str
    finding: str
    follow_up: str | None = None
    follow_up_on: date | None = None


def record(draft: GuidanceDraft, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Write it into the log of the caller's justice office; Invalid at every wrong field."""
    scope = access.require(actor, "guidance.record", desk.policy.access)
    made = uuid4()
    with transaction() as session:
        _check(session, draft, scope, desk=desk, now=now)
        sealed_key, key = desk.keyring.new_field_key(f"guidance:{made}")
        session.add(
            Guidance(
                id=made,
                organisation_id=actor.organisation_id,
                committee_id=draft.committee,
                guided_on=draft.guided_on,
                guided_by=draft.guided_by,
                topic=draft.topic,
                sealed_key=sealed_key,
                finding_sealed=key.seal(draft.finding, f"guidance.finding:{made}"),
                follow_up_sealed=key.seal_optional(draft.follow_up, f"guidance.follow_up:{made}"),
                follow_up_on=draft.follow_up_on,
                recorded_by=actor.user_id,
                recorded_at=now,
            )
        )
        note(
            session,
            made,
            subject="guidance",
            action="record",
            actor=actor,
            now=now,
            detail={"organisation": str(draft.committee), "topic": draft.topic},
        )
    return made


def done(guidance_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """What had to follow was done, today; said twice it stays with the first day."""
    scope = access.require(actor, "guidance.record", desk.policy.access)
    with transaction() as session:
        row = session.get(Guidance, guidance_id, with_for_update=True)
        if row is None or row.organisation_id not in scope.actor.homes:
            raise NotFound("没有这条指导记录")
        if row.follow_up_on is None:
            raise Conflict("这次指导没有要整改的事")
        if row.done_on is not None:
            return
        row.done_on = desk.today(now)
        note(session, row.id, subject="guidance", action="guidance-done", actor=actor, now=now)


def _check(
    session: Session, draft: GuidanceDraft, scope: Scope, *, desk: Desk, now: datetime
) -> None:
    problems: dict[str, list[str]] = {}
    own = session.get_one(Organisation, scope.actor.organisation_id)
    if own.kind is not K.JUSTICE_OFFICE or Reach.ORGANISATION not in scope.reach:
        problems["committee"] = ["指导记录由司法所填写"]
    else:
        unit = session.get(Organisation, draft.committee)
        fits = unit is not None and unit.active and unit.kind in GUIDED
        if not fits or not access.is_of_town(scope.actor, draft.committee):
            problems["committee"] = ["请选择本镇的调委会或者村、社区"]
    if draft.topic not in desk.policy.members.topics:
        problems["topic"] = ["请选择指导的事项"]
    if draft.guided_on > desk.today(now):
        problems["guided_on"] = ["指导的日期不能晚于今天"]
    if bool(draft.follow_up) != bool(draft.follow_up_on):
        missing = "follow_up_on" if draft.follow_up else "follow_up"
        problems[missing] = ["要整改的事和完成日期要一起写"]
    elif draft.follow_up_on is not None and draft.follow_up_on < draft.guided_on:
        problems["follow_up_on"] = ["完成日期不能早于指导的日期"]
    if problems:
        raise Invalid(problems)
