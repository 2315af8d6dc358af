"""Turn the accepted rows of a ledger into disputes, in bulk."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.text import clean_text
from config.vocabulary import (
    AgreementForm,
    Channel,
    DisputeStatus,
    IdType,
    Language,
    OrganisationKind,
    PartyKind,
    PartyRole,
    Role,
    Source,
)
from models import (
    Agreement,
    Clock,
    Dispute,
    DisputeText,
    Episode,
    Event,
    Organisation,
    Party,
    Route,
    User,
    UserRole,
)
from service.desk import Desk
from service.gateways.keyring import FieldKey, new_code
from service.gateways.pinyin import initials
from service.operations import audit, clock, dispute_text
from service.operations import route as routes
from service.operations.number import number_text, take
from service.operations.organisation import centre
from service.operations.party import phone_tail
from service.rules.access import Actor
from service.rules.party import kind_of
from service.rules.progress import CODE_ALPHABET, CODE_LENGTH
from service.rules.routing import RouteAnswer, RoutingRequest

Values = dict[str, Any]
VILLAGE: Final = re.compile(r"[^\d\s]{1,12}(?:村|嘎查|社区|屯|镇|苏木)")


@dataclass(slots=True)
class Writing:
    """What the writing of one batch needs to know."""

    batch_id: UUID
    centre: Organisation
    organisations: dict[str, Organisation]
    mediators: dict[tuple[UUID, str], UUID]
    answers: dict[tuple[str, int | None, int], RouteAnswer]
    actor: Actor | None
    desk: Desk
    now: datetime


def write(
    session: Session,
    rows: Sequence[Any],
    batch_id: UUID,
    *,
    actor: Actor | None,
    desk: Desk,
    now: datetime,
) -> None:
    """Write one dispute for each row, with parties, episode, route, agreement and event."""
    writing = _writing(session, batch_id, actor=actor, desk=desk, now=now)
    tables: dict[Any, list[Values]] = {
        each: [] for each in (Dispute, Party, DisputeText, Episode, Route, Clock, Agreement, Event)
    }
    for row in rows:
        _collect(tables, row, writing)
    numbers = _numbers(session, writing.centre, rows)  # last: everybody registers by this counter
    for values in tables[Dispute]:
        values["number"] = next(numbers[values["registered_on"].year])
    for table, written in tables.items():
        if written:
            session.execute(sa.insert(table), written)
    for event in tables[Event]:
        _note(session, event, actor)


def _note(session: Session, event: Values, actor: Actor | None) -> None:
    audit.note(
        session,
        "dispute.import",
        subject="dispute",
        subject_id=event["subject_id"],
        actor=actor,
        now=event["happened_at"],
        detail=event["detail"],
    )


def _writing(
    session: Session, batch_id: UUID, *, actor: Actor | None, desk: Desk, now: datetime
) -> Writing:
    home = centre(session, actor=actor, desk=desk, now=now)
    organisations = session.scalars(sa.select(Organisation).where(Organisation.active)).all()
    mediators = session.execute(
        sa.select(User.organisation_id, User.name, User.id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.role == Role.MEDIATOR, User.active)
    ).all()
    namesakes = Counter((unit, name) for unit, name, _ in mediators)
    return Writing(
        batch_id=batch_id,
        centre=home,
        organisations={each.name: each for each in organisations},
        mediators={(u, n): i for u, n, i in mediators if namesakes[u, n] == 1},
        answers={},
        actor=actor,
        desk=desk,
        now=now,
    )


def _numbers(session: Session, centre: Organisation, rows: Iterable[Any]) -> dict[int, Any]:
    """For each year an iterator over the block of numbers its rows take."""
    prefix = centre.prefix or ""
    blocks = {}
    for year, count in sorted(Counter(row.values.registered_on.year for row in rows).items()):
        last = take(session, prefix, year, count=count)
        blocks[year] = iter(
            [number_text(prefix, year, value) for value in range(last - count + 1, last + 1)]
        )
    return blocks


def _collect(tables: dict[Any, list[Values]], row: Any, writing: Writing) -> None:
    dispute_id, values = uuid4(), row.values
    sealed_key, key = writing.desk.keyring.new_field_key(f"dispute:{dispute_id}")
    answer = _answer(values, writing)
    desk, now = writing.desk, writing.now
    clocks = clock.registered(dispute_id, values.result.status, answer, desk=desk, now=now)
    tables[Clock] += clocks
    tables[Dispute].append(
        _dispute(dispute_id, row, answer, sealed=(sealed_key, key), writing=writing)
        | clock.told(clocks, desk=desk, now=now)
    )
    parties = _parties(dispute_id, values, key, writing)
    tables[Party] += parties
    named = [(each["name"], each["initials"]) for each in parties]
    tables[DisputeText].append(dispute_text.entry(dispute_id, clean_text(values.narrative), named))
    tables[Episode].append(
        {
            "id": uuid4(),
            "dispute_id": dispute_id,
            "ordinal": 1,
            "opened_on": values.registered_on,
            "closed_on": values.closed_on if values.result.outcome else None,
            "outcome": values.result.outcome,
            "reasons": None,
        }
    )
    tables[Route].append(_route(dispute_id, answer, values, writing.now))
    if values.agreement_number and values.result.outcome:
        tables[Agreement].append(_agreement(dispute_id, values))
    tables[Event].append(_event(dispute_id, row, writing))


def _answer(values: Any, writing: Writing) -> RouteAnswer:
    """What the rules of its day say of the bare category; a ledger tells no facts.

    Asked once for each category and version.
    """
    desk, day = writing.desk, values.registered_on
    asked = (values.category, values.people_count, desk.rulebooks.on(day).version)
    if asked not in writing.answers:
        request = RoutingRequest(category=values.category, people_count=values.people_count)
        writing.answers[asked] = routes.answer(request, desk, today=day)
    return writing.answers[asked]


def _dispute(
    dispute_id: UUID,
    row: Any,
    answer: RouteAnswer,
    *,
    sealed: tuple[bytes, FieldKey],
    writing: Writing,
) -> Values:
    values, desk = row.values, writing.desk
    sealed_key, key = sealed
    unit = writing.organisations.get(values.organisation or "")
    mediator_id = writing.mediators.get((unit.id, values.mediator or "")) if unit else None
    status = values.result.status
    return {
        "id": dispute_id,
        "code_sealed": key.seal(new_code(CODE_ALPHABET, CODE_LENGTH), f"dispute.code:{dispute_id}"),
        "sealed_key": sealed_key,
        "registered_at": datetime.combine(values.registered_on, time(), desk.zone).astimezone(UTC),
        "registered_on": values.registered_on,
        "registered_by": writing.actor.user_id if writing.actor else None,
        "registered_at_organisation_id": writing.actor.organisation_id
        if writing.actor
        else writing.centre.id,
        "source": values.source or Source.OTHER_PLATFORM,
        "category": values.category,
        "narrative": clean_text(values.narrative),
        **place_of(dispute_id, values.place, key),
        "remark_sealed": key.seal_optional(values.remark, f"dispute.remark:{dispute_id}"),
        "amount_fen": values.amount_fen,
        "people_count": values.people_count,
        "facts": {},
        "restricted": False,
        "status": status,
        "outcome": values.result.outcome,
        "channel": _channel(unit, answer),
        "level": answer.level,
        "organisation_id": unit.id if unit else None,
        "mediator_id": mediator_id,
        "accepted_on": None if status is DisputeStatus.REGISTERED else values.registered_on,
        "closed_on": values.closed_on if values.result.outcome else None,
        "batch_id": writing.batch_id,
        "office_text": None if unit else values.organisation,
        "mediator_text": None if mediator_id else values.mediator,
        "fingerprint": desk.keyring.index("matter", row.fingerprint),
        "indexed_sealed": key.seal(row.fingerprint, f"dispute.indexed:{dispute_id}"),
        "version": 1,
    }


def place_of(dispute_id: UUID, place: str | None, key: FieldKey) -> Values:
    """A bare village stays readable for figures; anything closer to a door is sealed."""
    if place is None or VILLAGE.fullmatch(place):
        return {"village": place, "place_sealed": None}
    return {"village": None, "place_sealed": key.seal(place, f"dispute.place:{dispute_id}")}


def _channel(unit: Organisation | None, answer: RouteAnswer) -> Channel:
    if unit is None or (answer.lead and OrganisationKind(answer.lead) is unit.kind):
        return answer.channel
    return routes.channel_run_by(unit.kind)


def _parties(dispute_id: UUID, values: Any, key: FieldKey, writing: Writing) -> list[Values]:
    sides = [
        (PartyRole.APPLICANT, values.applicant, values.id_type, values.id_number, values.phone),
        (
            PartyRole.RESPONDENT,
            values.respondent,
            values.respondent_id_type,
            values.respondent_id_number,
            values.respondent_phone,
        ),
    ]
    return [
        _party(dispute_id, place, side, key, writing) for place, side in enumerate(sides) if side[1]
    ]


def _party(
    dispute_id: UUID,
    place: int,
    side: tuple[PartyRole, str, IdType | None, str | None, str | None],
    key: FieldKey,
    writing: Writing,
) -> Values:
    role, name, id_type, id_number, phone = side
    party_id, index = uuid4(), writing.desk.keyring.index
    kind = PartyKind.ORGANISATION if id_type is IdType.USCC else kind_of(name)
    return {
        "id": party_id,
        "dispute_id": dispute_id,
        "position": place,
        "role": role,
        "kind": kind,
        "name": name,
        "id_type": id_type if id_number else None,
        "id_number_sealed": key.seal_optional(id_number, f"party.id_number:{party_id}"),
        "id_number_index": index("id_number", id_number) if id_number else None,
        "phone_sealed": key.seal_optional(phone, f"party.phone:{party_id}"),
        "phone_index": index("phone", phone) if phone else None,
        "language": Language.CHINESE,
        "initials": initials(name),
        "phone_tail_index": phone_tail(phone, writing.desk.keyring),
    }


def _route(dispute_id: UUID, answer: RouteAnswer, values: Any, now: datetime) -> Values:
    return {
        "id": uuid4(),
        "dispute_id": dispute_id,
        "routed_at": now,
        "rule_id": answer.rule.id,
        "rule_version": str(answer.rule.version),
        "accept": answer.accept,
        "channel": answer.channel,
        "lead": OrganisationKind(answer.lead) if answer.lead else None,
        "request": {"category": values.category, "facts": {}},
        "answer": routes.plain(answer),
    }


def _agreement(dispute_id: UUID, values: Any) -> Values:
    return {
        "id": uuid4(),
        "dispute_id": dispute_id,
        "ordinal": 1,
        "form": AgreementForm.WRITTEN,
        "document_number": values.agreement_number,
        "agreed_on": values.closed_on,
    }


def _event(dispute_id: UUID, row: Any, writing: Writing) -> Values:
    actor = writing.actor
    detail = {"batch": str(writing.batch_id), "sheet": row.sheet, "row": row.row}
    if row.values.judicial_confirmation is not None:
        detail["judicial_confirmation"] = row.values.judicial_confirmation
    return {
        "happened_at": writing.now,
        "actor_id": actor.user_id if actor else None,
        "organisation_id": actor.organisation_id if actor else None,
        "subject": "dispute",
        "subject_id": dispute_id,
        "action": "import",
        "to_status": row.values.result.status.value,
        "detail": detail,
        "version": 1,
        "request_id": actor.request_id if actor else None,
    }
