"""One case, one review 一案一评: write down why a case was lost, and have it mended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import CaseMend, CaseReview, Organisation, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid, NotFound
from service.operations.lawsuit_part import key_of, note
from service.operations.load import lawsuit_for_change
from service.queries.access import of_town
from service.rules import access
from service.rules import lawsuit as rules
from service.rules.access import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class MendDraft:
    """What is to be mended: by which unit, until when."""

    words: str
    organisation: UUID
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDraft:
    """A review as it was written: coded causes, words, who reviewed, what is mended."""

    causes: Sequence[str]
    words: str | None
    reviewers: str
    reviewed_on: date
    mends: Sequence[MendDraft]


def write(lawsuit_id: UUID, draft: ReviewDraft, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Write the review of a lost case, once. Raises NotFound, Conflict, Invalid at a field."""
    access.require(actor, "lawsuit.review", desk.policy.access)
    rules.check_codes("causes", draft.causes, desk.policy.lawsuits.review_causes)
    with transaction() as session:
        lawsuit = lawsuit_for_change(session, lawsuit_id, version=None, actor=actor)
        rules.check_review(
            lost=rules.is_lost(lawsuit.outcome),
            reviewed=exists(session, lawsuit_id),
            reviewed_on=draft.reviewed_on,
            decided_on=lawsuit.decided_on,
        )
        if draft.reviewed_on > desk.today(now):
            raise Invalid({"reviewed_on": ["评析日期不能晚于今天"]})
        _check_units(session, draft.mends, actor)
        made, key = uuid4(), key_of(lawsuit, desk)
        session.add(
            CaseReview(
                id=made,
                lawsuit_id=lawsuit_id,
                causes=sorted(set(draft.causes)),
                words_sealed=key.seal_optional(draft.words, f"case_review.words:{made}"),
                reviewers_sealed=key.seal(draft.reviewers, f"case_review.reviewers:{made}"),
                reviewed_on=draft.reviewed_on,
                recorded_by=actor.user_id,
                recorded_at=now,
            )
        )
        for ordinal, each in enumerate(draft.mends, 1):
            row = uuid4()
            session.add(
                CaseMend(
                    id=row,
                    lawsuit_id=lawsuit_id,
                    ordinal=ordinal,
                    organisation_id=each.organisation,
                    words_sealed=key.seal(each.words, f"case_mend.words:{row}"),
                    due_on=each.due_on,
                )
            )
        detail = {"causes": sorted(set(draft.causes)), "mends": len(draft.mends)}
        note(session, lawsuit, "case-review", detail, part="case_review", actor=actor, now=now)


def settle(
    lawsuit_id: UUID,
    ordinal: int,
    *,
    done_on: date,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Write down that something was mended. Raises NotFound, Conflict when it was, Invalid."""
    access.require(actor, "lawsuit.review", desk.policy.access)
    with transaction() as session:
        lawsuit = lawsuit_for_change(session, lawsuit_id, version=None, actor=actor)
        row = session.scalar(
            sa.select(CaseMend).where(
                CaseMend.lawsuit_id == lawsuit_id, CaseMend.ordinal == ordinal
            )
        )
        if row is None:
            raise NotFound("没有找到这项整改")
        if row.done_on is not None:
            raise Conflict("这项整改已经完成")
        if done_on > desk.today(now):
            raise Invalid({"done_on": ["整改完成日期不能晚于今天"]})
        row.done_on, row.settled_by = done_on, actor.user_id
        detail = {"ordinal": ordinal}
        note(session, lawsuit, "case-mend", detail, part="case_review", actor=actor, now=now)


def exists(session: Session, lawsuit_id: UUID) -> bool:
    """Whether the case has its review."""
    asked = sa.select(CaseReview.id).where(CaseReview.lawsuit_id == lawsuit_id)
    return session.scalar(asked) is not None


def _check_units(session: Session, mends: Sequence[MendDraft], actor: Actor) -> None:
    wanted = {each.organisation for each in mends}
    active = set(
        session.scalars(
            sa.select(Organisation.id).where(
                Organisation.id.in_(wanted), Organisation.active, of_town(actor, Organisation.id)
            )
        )
    )
    wrong = {
        f"mends.{place}.organisation": ["没有这个单位"]
        for place, each in enumerate(mends)
        if each.organisation not in active or not access.is_of_town(actor, each.organisation)
    }
    if wrong:
        raise Invalid(wrong)
