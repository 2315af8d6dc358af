"""Register 登记 and correct disputes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from config.vocabulary import Acceptance, DisputeStatus, PartyRole, Source
from models import Dispute, Episode, Party, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid
from service.gateways.keyring import FieldKey, new_code
from service.operations import consultation, dispute_text, link, load, notice, party
from service.operations import route as routes
from service.operations.event import corrected, record
from service.operations.number import next_numbers
from service.rules import access, ledger
from service.rules import dispute as rules
from service.rules import party as party_rules
from service.rules.access import Actor
from service.rules.fact import checked as checked_facts
from service.rules.party import PartyDraft
from service.rules.routing import Matter, RouteAnswer, RoutingRequest

# facts that put a dispute into the restricted class 受限 by themselves
RESTRICTING = ("domestic_violence", "minor_victim")


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


def register(visit: Visit, *, actor: Actor, desk: Desk, now: datetime) -> list[Registered]:
    """Register a visit: one dispute for each of its matters, each with its own route.

    Raises Invalid naming every wrong field; then nothing was written.
    """
    access.require(actor, "dispute.register", desk.policy.access)
    today = desk.today(now)
    parties = party_rules.checked(visit.parties, today=today)
    party_rules.check_head_count(parties, visit.people_count)
    matters = _checked_matters(visit, desk)
    _checked_dates(visit, today)
    told = [visit.facts, *(matter.facts for matter in matters)]
    minors = party_rules.minors(visit.parties, today=today)
    restricted = visit.restricted or any(map(_restricts, told)) or bool(minors)
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


def correct(
    dispute_id: UUID,
    changes: Mapping[str, Any],
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> DisputeStatus:
    """Correct what was registered; a change of category or facts is routed anew.

    A fact that restricts puts the dispute into the restricted class; nothing takes it out again.
    The status is returned: who corrected it may not see the dispute any more.
    """
    today = desk.today(now)
    changes = dict(changes)
    if "category" in changes and changes["category"] not in desk.policy.categories.by_code:
        raise Invalid({"category": ["没有这个纠纷类型"]})
    if "facts" in changes:
        changes["facts"] = checked_facts(changes["facts"])
    if (changes.get("occurred_on") or today) > today:
        raise Invalid({"occurred_on": ["发生日期不能晚于今天"]})
    with transaction() as session, session.no_autoflush:
        dispute = load.dispute_for_change(
            session, dispute_id, "correct", version=version, actor=actor, desk=desk, now=now
        )
        if dispute.status in rules.ENDED:
            raise Conflict("已办结的纠纷不能更正，请先由中心主任重新办理")
        key = load.field_key(dispute, desk)
        for name, value in changes.items():
            _set(dispute, name, value, key)
        if _restricts(dispute.facts) and not dispute.restricted:
            _restrict(dispute, key)
            changes["restricted"] = True
        if {"category", "facts", "people_count"} & changes.keys():
            _reroute(session, dispute, desk, now)
        session.flush()  # gives the new version to the event
        dispute_text.index(session, dispute)
        consultation.restrict(session, dispute, actor=actor, desk=desk, now=now)
        corrected(session, dispute, changes, actor=actor, now=now)
    return dispute.status


def _checked_matters(visit: Visit, desk: Desk) -> list[Matter]:
    """The matters of a visit; one that names none is one itself."""
    stated: list[tuple[str, Mapping[str, Any]]] = [
        ("", {"category": visit.category, "facts": visit.facts})
    ]
    stated += [(f"matters.{place}.", each) for place, each in enumerate(visit.matters)]
    problems: dict[str, list[str]] = {}
    matters = []
    for path, each in stated:
        if each["category"] not in desk.policy.categories.by_code:
            problems[f"{path}category"] = ["没有这个纠纷类型"]
        try:
            matters.append(Matter(each["category"], checked_facts(each["facts"])))
        except Invalid as refusal:
            problems |= {f"{path}{name}": words for name, words in refusal.fields.items()}
    if problems:
        raise Invalid(problems)
    return matters[1:] or matters


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


def _checked_dates(visit: Visit, today: date) -> None:
    if visit.occurred_on and visit.occurred_on > today:
        raise Invalid({"occurred_on": ["发生日期不能晚于今天"]})


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
    )
    if visit.matters and whole.accept is Acceptance.SPLIT:
        return list(whole.parts)
    return [whole] * len(matters)


def _reroute(session: Session, dispute: Dispute, desk: Desk, now: datetime) -> None:
    answer = routes.answer_for(dispute, desk)
    session.add(routes.kept(dispute, answer, now))
    dispute.level = answer.level
    if dispute.status is DisputeStatus.REGISTERED:
        dispute.channel = answer.channel


def _made(intake: Intake, matter: Matter, answer: RouteAnswer, number: str) -> _Made:
    visit, actor, desk, now = intake.visit, intake.actor, intake.desk, intake.now
    today = desk.today(now)
    dispute_id, code = uuid4(), new_code()
    sealed_key, key = desk.keyring.new_field_key(f"dispute:{dispute_id}")
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
        facts=_plain({**checked_facts(visit.facts), **matter.facts}),
        visit_group=intake.group,
        interpreter=visit.interpreter,
        channel=answer.channel,
        level=answer.level,
        fingerprint=fingerprint(intake.parties, visit.narrative, desk),
    )
    _set(dispute, "narrative", visit.narrative, key)
    _set(dispute, "place", visit.place, key)
    return _Made(dispute, code, party.rows(dispute, intake.parties, key, desk), answer)


def _write(session: Session, made: list[_Made], *, actor: Actor, desk: Desk, now: datetime) -> None:
    session.add_all(each.dispute for each in made)
    session.flush()  # the rows below refer to them
    for each in made:
        dispute, rule = each.dispute, each.answer.rule
        session.add_all(each.parties)
        session.add(Episode(dispute_id=dispute.id, ordinal=1, opened_on=dispute.registered_on))
        session.add(routes.kept(dispute, each.answer, now))
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
    came = {each.dispute: each.answer.accept for each in made}
    notice.registered(session, came, actor=actor, desk=desk, now=now)


def fingerprint(parties: list[PartyDraft], narrative: str, desk: Desk) -> bytes | None:
    """What finds the same matter again in an imported ledger: applicant, respondent, narrative."""
    applicant = next((p for p in parties if p.role is PartyRole.APPLICANT), None)
    respondent = next((p for p in parties if p.role is PartyRole.RESPONDENT), None)
    if applicant is None or respondent is None:
        return None
    key = ledger.applicant_key(
        id_number=applicant.id_number, name=applicant.name, phone=applicant.phone
    )
    return desk.keyring.index("matter", ledger.fingerprint(key, respondent.name, narrative))


def _set(dispute: Dispute, name: str, value: Any, key: FieldKey) -> None:
    """Write one registered field where it belongs: sealed, renamed, or plain."""
    if name == "narrative":
        sealed = key.seal(value, f"dispute.narrative:{dispute.id}")
        dispute.narrative = None if dispute.restricted else value
        dispute.narrative_sealed = sealed if dispute.restricted else None
    elif name == "place":
        place = value or {}
        dispute.village = place.get("village")
        dispute.place_sealed = key.seal_optional(place.get("detail"), f"dispute.place:{dispute.id}")
    elif name == "amount":
        dispute.amount_fen = value
    elif name == "facts":
        dispute.facts = _plain(value)
    else:
        setattr(dispute, name, value)  # the schema of corrections lists what may come here


def _restricts(facts: Mapping[str, Any]) -> bool:
    return any(facts.get(fact) is True for fact in RESTRICTING)


def _restrict(dispute: Dispute, key: FieldKey) -> None:
    party.seal_names(dispute, key)
    told, dispute.restricted = dispute.narrative, True
    _set(dispute, "narrative", told, key)


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in facts.items()
    }
