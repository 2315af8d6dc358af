"""Draw dossiers for a review 案卷评查, write down what was found, and that it was put right."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from secrets import token_hex
from typing import Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.text import clean_text
from models import Dispute, DossierReview, DossierSample, transaction
from service.desk import Desk
from service.errors import Conflict, Erased, Forbidden, Invalid
from service.operations import load
from service.operations.event import record
from service.queries import dossier_review as queries
from service.rules import access
from service.rules import dossier_review as rules
from service.rules.access import Actor

ACTION: Final = "dossier_review.run"
LARGEST: Final = 50
MOST: Final = 20_000
LONGEST: Final = timedelta(days=366)


def draw(
    closed_from: date, closed_until: date, size: int, *, actor: Actor, desk: Desk, now: datetime
) -> UUID:
    """Draw `size` of the dossiers the caller reads and that closed in a time, both days included.

    Invalid at the field that will not do. The seed is kept, so the draw can be repeated.
    """
    access.require(actor, ACTION, desk.policy.access)
    if closed_until < closed_from or closed_until - closed_from > LONGEST:
        raise Invalid({"closed_until": ["请选一段时间，最长一年"]})
    if not 1 <= size <= LARGEST:
        raise Invalid({"size": [f"一次抽 1 到 {LARGEST} 件"]})
    made, seed = uuid4(), token_hex(16)
    with transaction() as session:
        population = queries.population(
            closed_from, closed_until, actor=actor, desk=desk, now=now, most=MOST + 1
        )
        if not population or len(population) > MOST:
            said = f"多于 {MOST} 件，请缩短时间" if population else "这段时间没有办结的案卷"
            raise Invalid({"closed_from": [said]})
        session.add(
            DossierReview(
                id=made,
                organisation_id=actor.organisation_id,
                closed_from=closed_from,
                closed_until=closed_until,
                population=len(population),
                seed=seed,
                drawn_by=actor.user_id,
                drawn_at=now,
            )
        )
        session.flush()
        chosen = rules.draw(population, size, seed)
        session.add_all(
            DossierSample(id=uuid4(), review_id=made, dispute_id=each, place=place)
            for place, each in enumerate(chosen, 1)
        )
        record(
            session,
            made,
            subject="dossier_review",
            action="dossier-draw",
            actor=actor,
            now=now,
            detail={"population": len(population), "size": len(chosen)},
        )
    return made


def score(
    sample_id: UUID,
    answers: Mapping[str, str],
    findings: Mapping[str, str],
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Write down what was found at each item, sealed with the dispute's key; again until remedied.

    Nobody reviews what they mediated.
    """
    items = desk.policy.members.items
    said = {code: clean_text(findings.get(code, ""), limit=500) for code in items}
    if wrong := rules.problems(answers, said, items):
        raise Invalid(wrong)
    with transaction() as session:
        sample, dispute = _opened(session, sample_id, actor=actor, desk=desk, now=now)
        if dispute.mediator_id == actor.user_id:
            raise Forbidden("自己调解的案卷由别人评查")
        if sample.remedied_on is not None:
            raise Conflict("这份案卷已经整改完成")
        words = {code: text for code, text in said.items() if answers[code] == rules.NO}
        key = load.field_key(dispute, desk)
        sample.answers = {code: answers[code] for code in items}
        sample.findings_sealed = key.seal(
            json.dumps(words, ensure_ascii=False), f"dossier_sample.findings:{sample.id}"
        )
        sample.reviewed_by, sample.reviewed_at = actor.user_id, now
        _note(session, sample, "dossier-score", actor=actor, now=now)


def remedy(sample_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """What was found has been put right, today; said twice it stays with the first day."""
    with transaction() as session:
        sample, _ = _opened(session, sample_id, actor=actor, desk=desk, now=now)
        if sample.answers is None or rules.NO not in sample.answers.values():
            raise Conflict("这份案卷没有要整改的")
        if sample.remedied_on is None:
            sample.remedied_on = desk.today(now)
            _note(session, sample, "dossier-remedy", actor=actor, now=now)


def _opened(
    session: Session, sample_id: UUID, *, actor: Actor, desk: Desk, now: datetime
) -> tuple[DossierSample, Dispute]:
    """The sample, locked, and its dispute; NotFound for who does not read that."""
    access.require(actor, ACTION, desk.policy.access)
    queries.sample(sample_id, actor=actor, desk=desk, now=now)
    sample = session.scalars(
        sa.select(DossierSample)
        .where(DossierSample.id == sample_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    dispute = session.get_one(Dispute, sample.dispute_id)
    if dispute.erased_at is not None:
        raise Erased
    return sample, dispute


def _note(
    session: Session, sample: DossierSample, action: str, *, actor: Actor, now: datetime
) -> None:
    record(
        session,
        sample.review_id,
        subject="dossier_review",
        action=action,
        actor=actor,
        now=now,
        detail={"sample": sample.place},
    )
