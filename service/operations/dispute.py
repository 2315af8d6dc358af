"""Register 登记 and correct disputes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from config.vocabulary import Acceptance, DisputeStatus, PartyRole, Source
from models import Dispute, Episode, Party, Route, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid
from service.gateways.keyring import FieldKey, new_code
from service.operations import consultation, dispute_text, link, load, notice, party
from service.operations import route as routes
from service.operations.event import corrected, record
from service.operations.number import next_numbers
from service.rules import access, ledger
from service.rules import correction as corrections
from service.rules import dispute as rules
from service.rules import party as party_rules
from service.rules.access import Actor
from service.rules.correction import People
from service.rules.fact import checked as checked_facts
from service.rules.party import PartyDraft
from service.rules.routing import Matter, RouteAnswer, RoutingRequest

# facts that put a dispute into the restricted class 受限 by themselves
RESTRICTING = ("domestic_violence", "minor_victim")
ENDED: Final = "已办结的纠纷不能更正，请先由中心主任重新办理"
# what of a correction its event may say in full, old and new
PLAIN: Final = ("category", "source", "occurred_on", "amount", "people_count")
# what of an answer of the rules says where a dispute goes
WHERE: Final = ("accept", "channel", "lead", "go_to")


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
    if wrong := faults(_as_told(visit), desk=desk, now=now):
        raise Invalid(wrong)
    parties = party_rules.checked(visit.parties, today=today)
    matters = _matters(visit)
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


def correct(
    dispute_id: UUID,
    changes: Mapping[str, Any],
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> DisputeStatus:
    """Correct what was registered; a change of category, facts or head count is routed anew.

    `changes` are fields of CorrectIn; what says the same as before is no change. A fact that
    restricts, and a minor among the parties, put every dispute of the visit into the restricted
    class; nothing takes one out again. The status is returned: who corrected it may not see the
    dispute any more. Raises Invalid naming every wrong field, Conflict when it has ended.
    """
    told = _checked_changes(changes, desk, desk.today(now))
    with transaction() as session, session.no_autoflush:
        _hold_visit(session, dispute_id)
        dispute = load.dispute_for_change(
            session, dispute_id, "correct", version=version, actor=actor, desk=desk, now=now
        )
        if dispute.status in rules.ENDED:
            raise Conflict(ENDED)
        correction = _Correction(session, dispute, load.field_key(dispute, desk), actor, desk, now)
        _write_correction(correction, told)
    return dispute.status


@dataclass(frozen=True, slots=True)
class _Correction:
    """A dispute being corrected, by whom, when."""

    session: Session
    dispute: Dispute
    key: FieldKey
    actor: Actor
    desk: Desk
    now: datetime


def _checked_changes(changes: Mapping[str, Any], desk: Desk, today: date) -> dict[str, Any]:
    told = dict(changes)
    if "category" in told and told["category"] not in desk.policy.categories.by_code:
        raise Invalid({"category": ["没有这个纠纷类型"]})
    if "facts" in told:
        told["facts"] = _plain(checked_facts(told["facts"]))
    if "place" in told:
        told["place"] = {"village": None, "detail": None} | (told["place"] or {})
    if (told.get("occurred_on") or today) > today:
        raise Invalid({"occurred_on": ["发生日期不能晚于今天"]})
    return told


def _write_correction(correction: _Correction, told: dict[str, Any]) -> None:
    session, dispute, key = correction.session, correction.dispute, correction.key
    reason, parties = told.pop("reason", None), told.pop("parties", None)
    before = _as_stands(dispute, key)
    changes = {name: value for name, value in told.items() if value != before[name]}
    people = _people(correction, parties, changes)
    if not changes and people is None:
        return
    for name, value in changes.items():
        _set(dispute, name, value, key)
    fields = {*changes, *(["parties"] if people else [])}
    if not dispute.restricted and (_restricts(dispute.facts) or (people and people.minor)):
        _restrict(dispute, key)
        fields.add("restricted")
    detail = _told_plainly(before, changes)
    if {"category", "facts", "people_count"} & changes.keys():
        detail |= _reroute(session, dispute, correction.desk, correction.now)
    if {"narrative", "parties"} & fields and dispute.batch_id is None:
        drafts = [each.draft for each in people.persons] if people else None
        dispute.fingerprint = _fingerprint_of(correction, drafts)
    flag_modified(dispute, "status")  # a correction of the parties is a new version too
    if people is not None:  # last: it flushes, and there is one update of the dispute
        detail["parties"] = party.correct(session, dispute, people, key, correction.desk)
    _finish(correction, dispute, fields, detail=detail, reason=reason)
    if "restricted" in fields:
        _restrict_visit(correction)


def _people(
    correction: _Correction, told: list[dict[str, Any]] | None, changes: Mapping[str, Any]
) -> People | None:
    """The parties after the correction, None when they stay; with them the head count is judged."""
    dispute = correction.dispute
    if told is None and "people_count" not in changes:
        return None
    stored = party.stored(dispute, correction.key)
    count = changes.get("people_count", dispute.people_count)
    if told is None:
        party_rules.check_head_count(corrections.drafts(stored), count)
        return None
    people = corrections.people(told, stored, today=correction.desk.today(correction.now))
    party_rules.check_head_count([each.draft for each in people.persons], count)
    party.check_removable(correction.session, dispute, people)
    return people if people.changed else None


def _finish(
    correction: _Correction,
    dispute: Dispute,
    fields: set[str],
    *,
    detail: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Store a corrected dispute with all that follows from it, and write down what was done."""
    session, actor, now = correction.session, correction.actor, correction.now
    session.flush()  # gives the new version to the event
    dispute_text.index(session, dispute)
    consultation.restrict(session, dispute, actor=actor, desk=correction.desk, now=now)
    notice.moved(session, dispute, desk=correction.desk, now=now)
    key = load.field_key(dispute, correction.desk) if dispute.restricted and reason else None
    corrected(
        session,
        dispute,
        fields=fields,
        actor=actor,
        now=now,
        detail=detail,
        reason=reason,
        key=key,
    )


def _hold_visit(session: Session, dispute_id: UUID) -> None:
    """Lock the disputes of one visit in one order: one of them may restrict the others."""
    visit_of = sa.select(Dispute.visit_group).where(Dispute.id == dispute_id).scalar_subquery()
    session.execute(
        sa.select(Dispute.id)
        .where(Dispute.visit_group == visit_of)
        .order_by(Dispute.id)
        .with_for_update()
    ).all()


def _restrict_visit(correction: _Correction) -> None:
    """Restrict the other disputes of the visit: its people are the same."""
    dispute, session = correction.dispute, correction.session
    if dispute.visit_group is None:
        return  # it came alone; NULL would be everything that came alone
    others = sa.select(Dispute).where(
        Dispute.visit_group == dispute.visit_group,
        Dispute.id != dispute.id,
        Dispute.restricted.is_(False),
    )
    for each in session.scalars(others.order_by(Dispute.id)).all():
        _restrict(each, load.field_key(each, correction.desk))
        _finish(correction, each, {"restricted"})


def _as_stands(dispute: Dispute, key: FieldKey) -> dict[str, Any]:
    """What is registered, as CorrectIn says it."""
    sealed = dispute.narrative_sealed
    return {
        "category": dispute.category,
        "narrative": key.open(sealed, f"dispute.narrative:{dispute.id}")
        if sealed is not None
        else dispute.narrative,
        "source": dispute.source,
        "source_reference": dispute.source_reference,
        "place": {
            "village": dispute.village,
            "detail": key.open_optional(dispute.place_sealed, f"dispute.place:{dispute.id}"),
        },
        "occurred_on": dispute.occurred_on,
        "amount": dispute.amount_fen,
        "people_count": dispute.people_count,
        "facts": dispute.facts,
        "interpreter": dispute.interpreter,
    }


def _told_plainly(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Old and new of the fields that are no words about people, for the event."""
    named = [name for name in PLAIN if name in changes]
    if not named:
        return {}
    stood, stands = ({name: _coded(each[name]) for name in named} for each in (before, changes))
    return {"before": stood, "after": stands}


def _coded(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _fingerprint_of(correction: _Correction, drafts: list[PartyDraft] | None) -> bytes | None:
    """The fingerprint of a dispute registered here; an imported one keeps that of its sheet."""
    dispute, key = correction.dispute, correction.key
    people = corrections.drafts(party.stored(dispute, key)) if drafts is None else drafts
    return fingerprint(people, _as_stands(dispute, key)["narrative"] or "", correction.desk)


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
    )
    if visit.matters and whole.accept is Acceptance.SPLIT:
        return list(whole.parts)
    return [whole] * len(matters)


def _reroute(session: Session, dispute: Dispute, desk: Desk, now: datetime) -> dict[str, Any]:
    """Ask the rules anew; both answers for the event when they differ."""
    newest = sa.select(Route).where(Route.dispute_id == dispute.id)
    before = session.scalar(newest.order_by(Route.routed_at.desc(), Route.id).limit(1))
    answer = routes.answer_for(dispute, desk)
    made = routes.kept(dispute, answer, now)
    session.add(made)
    if before and before.override_reason:  # the unit was chosen by a person and stays chosen
        made.chosen_kind, made.chosen_by = before.chosen_kind, before.chosen_by
        made.override_reason = before.override_reason
    dispute.level = answer.level
    if dispute.status is DisputeStatus.REGISTERED:
        dispute.channel = answer.channel
    stood, stands = ({name: each.answer[name] for name in WHERE} for each in (before or made, made))
    return {} if stood == stands else {"route": {"before": stood, "after": stands}}


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
