"""Register 登记 disputes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from config.vocabulary import Acceptance, DisputeStatus, Source
from models import Clock, Dispute, Episode, Party, transaction, wall
from service.desk import Desk
from service.errors import Invalid
from service.gateways.keyring import new_code
from service.operations import (
    basis,
    clock,
    consultation,
    dispute_field,
    dispute_text,
    link,
    notice,
    party,
)
from service.operations import route as routes
from service.operations.event import record
from service.operations.number import next_numbers
from service.rules import access, danger
from service.rules import party as party_rules
from service.rules.access import Actor
from service.rules.fact import checked as checked_facts
from service.rules.fact import restricts, written
from service.rules.party import PartyDraft
from service.rules.progress import CODE_ALPHABET, CODE_LENGTH
from service.rules.routing import Matter, RouteAnswer, RoutingRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What the clerk wrote down; `parties` as they were typed, checked here.

    `consultation` is the question 咨询 out of which the visit came.
    """

    category: str
    narrative: str
    source: Source
    parties: list[dict[str, Any]]
    interpreter: str | None = None
    links: list[dict[str, Any]] = field(default_factory=list)
    source_reference: str | None = None
    place: dict[str, Any] | None = None
    occurred_on: date | None = None
    amount: int | None = None
    people_count: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    matters: list[dict[str, Any]] = field(default_factory=list)
    restricted: bool = False
    consultation: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """A checked visit about to be written; `group` links the disputes of one visit."""

    visit: Visit
    parties: list[PartyDraft]
    group: UUID | None
    actor: Actor
    desk: Desk
    now: datetime


@dataclass(frozen=True, slots=True)
class Registered:
    """A fresh dispute: its code is shown to the registrar once more on the receipt only."""

    id: UUID
    number: str
    code: str


@dataclass(frozen=True, slots=True)
class _Made:
    """A dispute about to be written, with what is written beside it."""

    dispute: Dispute
    code: str
    parties: list[Party]
    answer: RouteAnswer
    clocks: list[Clock]


def register(visit: Visit, *, actor: Actor, desk: Desk, now: datetime) -> list[Registered]:
    """Register a visit: one dispute for each of its matters, each with its own route.

    Raises Invalid naming every wrong field; then nothing was written.
    """
    access.require(actor, "dispute.register", desk.policy.access)
    today = desk.today(now)
    if wrong := faults(_as_told(visit), desk=desk, now=now):
        raise Invalid(wrong)
    parties = party_rules.checked(visit.parties, today=today)
    matters = _matters(visit)
    told = [visit.facts, *(matter.facts for matter in matters)]
    minors = party_rules.minors(visit.parties, today=today)
    restricted = visit.restricted or any(map(restricts, told)) or bool(minors)
    visit = replace(visit, restricted=restricted)  # one for all: its people are the same
    answers = _routes(visit, matters, desk, today)
    intake = Intake(
        visit=visit,
        parties=parties,
        group=uuid4() if len(matters) > 1 else None,
        actor=actor,
        desk=desk,
        now=now,
    )
    with transaction() as session:
        numbers = next_numbers(session, today.year, len(matters))
        apart = zip(_told_apart(visit), matters, answers, numbers, strict=True)
        made = [
            _made(replace(intake, visit=each), matter, answer, number)
            for each, matter, answer, number in apart
        ]
        _write(session, made, actor=actor, desk=desk, now=now)
        link.keep(session, made[0].dispute.id, visit.links, actor=actor, desk=desk, now=now)
        if visit.consultation is not None:
            consultation.became(
                session, visit.consultation, made[0].dispute.id, actor=actor, desk=desk, now=now
            )
        return [Registered(each.dispute.id, each.dispute.number, each.code) for each in made]


def faults(told: Mapping[str, Any], *, desk: Desk, now: datetime) -> dict[str, list[str]]:
    """Everything wrong with a visit `told` under the names of `Visit`, each at its field.

    What is not there yet is not judged, so a form that is half wrong can be asked about too.
    """
    today = desk.today(now)
    problems = party_rules.faults(
        told.get("parties") or (), told.get("people_count"), today=today
    ) | _faults_of_matters(told, desk)
    if (told.get("occurred_on") or today) > today:
        problems["occurred_on"] = ["发生日期不能晚于今天"]
    return problems


def _faults_of_matters(told: Mapping[str, Any], desk: Desk) -> dict[str, list[str]]:
    stated = [("", told)]
    stated += [(f"matters.{place}.", each) for place, each in enumerate(told.get("matters") or ())]
    problems: dict[str, list[str]] = {}
    for path, each in stated:
        if "category" in each and each["category"] not in desk.policy.categories.by_code:
            problems[f"{path}category"] = ["没有这个纠纷类型"]
        try:
            checked_facts(each.get("facts") or {})
        except Invalid as refusal:
            problems |= {f"{path}{name}": words for name, words in refusal.fields.items()}
    return problems


def _as_told(visit: Visit) -> dict[str, Any]:
    return {
        "category": visit.category,
        "facts": visit.facts,
        "matters": visit.matters,
        "parties": visit.parties,
        "people_count": visit.people_count,
        "occurred_on": visit.occurred_on,
    }


def _matters(visit: Visit) -> list[Matter]:
    """The matters of a checked visit; one that names none is one itself."""
    stated = visit.matters or [{"category": visit.category, "facts": visit.facts}]
    return [Matter(each["category"], checked_facts(each["facts"])) for each in stated]


def _told_apart(visit: Visit) -> list[Visit]:
    """The visit once for each of its matters, with the story and the amount of that matter.

    A matter that says nothing of its own shares what the visit says.
    """
    return [
        replace(
            visit,
            narrative=visit.narrative if each.get("narrative") is None else each["narrative"],
            amount=visit.amount if each.get("amount") is None else each["amount"],
        )
        for each in visit.matters or [{}]
    ]


def _routes(visit: Visit, matters: list[Matter], desk: Desk, today: date) -> list[RouteAnswer]:
    """One answer for each matter; danger to people decides for all of them."""
    whole = routes.answer(
        RoutingRequest(
            category=visit.category,
            registered_on=today,
            people_count=visit.people_count,
            facts=checked_facts(visit.facts),
            matters=tuple(matters) if visit.matters else (),
        ),
        desk,
        today=today,
    )
    if visit.matters and whole.accept is Acceptance.SPLIT:
        return list(whole.parts)
    return [whole] * len(matters)


def _made(intake: Intake, matter: Matter, answer: RouteAnswer, number: str) -> _Made:
    visit, actor, desk, now = intake.visit, intake.actor, intake.desk, intake.now
    today = desk.today(now)
    dispute_id, code = uuid4(), new_code(CODE_ALPHABET, CODE_LENGTH)
    sealed_key, key = desk.keyring.new_field_key(f"dispute:{dispute_id}")
    facts = {**checked_facts(visit.facts), **matter.facts}
    dispute = Dispute(
        id=dispute_id,
        number=number,
        sealed_key=sealed_key,
        code_sealed=key.seal(code, f"dispute.code:{dispute_id}"),
        registered_at=now,
        registered_on=today,
        registered_by=actor.user_id,
        registered_at_organisation_id=actor.organisation_id,
        source=visit.source,
        source_reference=visit.source_reference,
        category=matter.category,
        restricted=visit.restricted,
        occurred_on=visit.occurred_on,
        amount_fen=visit.amount,
        people_count=visit.people_count,
        facts=written(facts),
        visit_group=intake.group,
        interpreter=visit.interpreter,
        channel=answer.channel,
        level=answer.level,
        danger=danger.known(facts, answer.accept, visit.narrative, desk.policy.danger_words),
        fingerprint=dispute_field.fingerprint(intake.parties, visit.narrative, desk),
    )
    dispute_field.write(dispute, "narrative", visit.narrative, key)
    dispute_field.write(dispute, "place", visit.place, key)
    parties = party.rows(dispute, intake.parties, key, desk)
    return _Made(dispute, code, parties, answer, clock.opening(dispute, answer, desk=desk, now=now))


def _write(session: Session, made: list[_Made], *, actor: Actor, desk: Desk, now: datetime) -> None:
    session.add_all(each.dispute for each in made)
    for each in made:
        wall.hold(each.dispute.id)  # a right to register need be none to read
    session.flush()  # the rows below refer to them
    for each in made:
        dispute, rule = each.dispute, each.answer.rule
        session.add_all(each.parties)
        session.add_all(each.clocks)
        session.add(Episode(dispute_id=dispute.id, ordinal=1, opened_on=dispute.registered_on))
        session.add(routes.kept(dispute, each.answer, now))
        session.add(basis.statutory(dispute.id, actor=actor, desk=desk, now=now))
        record(
            session,
            dispute.id,
            subject="dispute",
            action="register",
            actor=actor,
            now=now,
            change=(None, DisputeStatus.REGISTERED),
            detail={"rule": rule.id, "rule_version": rule.version},
            version=1,
        )
    session.flush()
    dispute_text.index_new(session, {each.dispute: each.parties for each in made})
    came = [each.dispute for each in made]
    notice.registered(session, came, actor=actor, desk=desk, now=now)
