"""Disputes in every relation to who asks, a word of its own in every place that takes one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import (
    AttachmentKind,
    BasisGround,
    ConsentForm,
    DisputeStatus,
    OutsideSystem,
    Role,
    Source,
    Step,
    VisitResult,
)
from models import Dispute, Handover, Material, Named, db, transaction
from schemas.material import MaterialsIn
from service.operations import (
    attachment,
    audit,
    basis,
    forgetting,
    material,
    mediation,
    outside_entry,
)
from service.operations.attachment import AttachmentDraft
from service.operations.basis import Consent
from service.operations.outside_entry import EntryDraft
from service.queries import dispute as disputes
from service.rules.access import Actor
from tests.factories.clock import EXTEND, clock_of, entered
from tests.factories.clock import asked as change_asked
from tests.factories.dispute import Handling, let_in, registered
from tests.factories.matrix.world import EARLIER, NOW, Thing, World

S = DisputeStatus


@dataclass(frozen=True)
class Way:
    """How a dispute comes to be what it is."""

    relation: str
    unit: str = "station"
    registrar: tuple[Role, str] = (Role.LIAISON, "station")
    mediator: str | None = "first"
    until: S = S.AGREED
    restricted: bool = False
    at: datetime = EARLIER


W: Final = (Role.WINDOW, "centre")
WAYS: Final = (
    Way("registered by me", registrar=W, until=S.REGISTERED, at=NOW - timedelta(hours=1)),
    Way("dispatched within 24 hours", registrar=W, at=NOW - timedelta(hours=3)),
    Way("registered by me long ago", registrar=W),
    Way("restricted, registered by me", registrar=W, until=S.REGISTERED, restricted=True),
    Way("restricted, dispatched from me", registrar=W, restricted=True),
    Way("assigned to me", "committee", registrar=W),
    Way("assigned to me and closed", "committee", until=S.CLOSED),
    Way("restricted, assigned to me", "committee", restricted=True),
    Way("waits at my organisation", "committee", mediator=None, until=S.DISPATCHED),
    Way("my organisation's, a colleague's", "committee", mediator="second"),
    Way("registered by my organisation", registrar=(Role.LIAISON, "committee")),
    Way("shared with my organisation"),
    Way("share that was ended"),
    Way("share that ran out"),
    Way("another organisation's"),
    Way("another organisation's, just registered", until=S.REGISTERED),
    Way("another organisation's, archived", until=S.ARCHIVED),
    Way("another organisation's, erased", until=S.CLOSED),
    Way("my own, erased", "committee", until=S.CLOSED),
    Way("my own, archived", "committee", until=S.ARCHIVED),
    Way("another organisation's, restricted", restricted=True),
    Way("restricted that names me", restricted=True),
    Way("restricted that named me once", restricted=True),
    Way("restricted behind broken glass", restricted=True),
    Way("restricted behind glass that closed", restricted=True),
    Way("another town's", "north-committee", (Role.WINDOW, "north-centre")),
    Way("handed over by my organisation", "committee", mediator=None, until=S.DISPATCHED),
    Way("handed to my organisation, not answered", mediator=None, until=S.DISPATCHED),
    Way(
        "another town's, restricted",
        "north-committee",
        (Role.WINDOW, "north-centre"),
        restricted=True,
    ),
)  # fmt: skip -- a table of relations, one a line


def made(world: World) -> None:
    """One of each."""
    world.things += [dispute(world, way) for way in WAYS]


def erased(world: World) -> None:
    """Forget those that are told so."""
    of = {each.relation: each for each in world.disputes()}
    for relation in ("another organisation's, erased", "my own, erased"):
        with transaction() as session:
            forgotten = session.get_one(Dispute, of[relation].id)
            at = NOW - timedelta(hours=1)
            forgetting.forget(session, forgotten, desk=world.office.desk, now=at)
            told: dict[str, Any] = {"subject": "dispute", "subject_id": forgotten.id, "now": at}
            audit.note(session, "dispute.forget", actor=None, **told)


def dispute(world: World, way: Way) -> Thing:
    """A dispute with a word of its own in every place that takes one."""
    office, said = world.office, _said(world)
    first, second = world.person(), world.person()
    registrar = office.actor(*way.registrar)
    handling = registered(
        office,
        actor=registrar,
        now=way.at,
        narrative=said["narrative"],
        parties=[
            {"role": "applicant", "kind": "person"} | first,
            {"role": "respondent", "kind": "person"} | second,
        ],
        place={"village": "东街社区", "detail": said["place"]},
        interpreter=said["interpreter"],
        source_reference=said["reference"],
        restricted=way.restricted,
    )
    parts = _papers(world, handling, said, way)
    parts |= _life(world, handling, said, way)
    number = handling.row.number
    people = {f"{n} {k}": v for n, who in enumerate((first, second)) for k, v in who.items()}
    return Thing(
        "dispute_id",
        way.relation,
        handling.id,
        said | people,
        at=handling.row.organisation_id,
        owner=registrar.user_id,
        dispute=handling.id,
        parts=parts,
        number=number,
    )


def _said(world: World) -> dict[str, str]:
    places = (
        "narrative place interpreter reference minutes held terms note reason visit outside paper "
        "file content scope basis term"
    )
    return {place: world.word(8) for place in places.split()}


def _director(world: World, way: Way) -> Actor:
    town = "north-centre" if way.unit.startswith("north") else "centre"
    return world.office.actor(Role.DIRECTOR, town)


def _papers(world: World, handling: Handling, said: dict[str, str], way: Way) -> dict[str, UUID]:
    """What hangs on a dispute; the director of the town, let in for it, puts it there."""
    office, at = world.office, way.at
    director = _director(world, way)
    if way.restricted:
        let_in(handling, director)
    told: dict[str, Any] = {"actor": director, "desk": office.desk, "now": at}
    papers = MaterialsIn().load({"items": [{"name": said["paper"], "state": "received"}]})
    material.note(handling.id, papers["items"], **told)
    entry = EntryDraft(
        system=OutsideSystem.HOTLINE_12345,
        number=said["outside"],
        entered_on=office.desk.today(at),
    )
    made = {"entry_id": outside_entry.enter(handling.id, entry, **told)}
    made["clock_id"] = entered(
        handling, actor=director, now=at, rule="OUT.12345", due_on=date(2026, 12, 30)
    )
    view = disputes.one(handling.id, actor=director, desk=office.desk, now=at)
    agreed = Consent(
        ground=BasisGround.CONSENT,
        form=ConsentForm.ORAL,
        obtained_on=office.desk.today(at),
        party=view.parties[0].id,
        scope=said["scope"],
    )
    made["basis_id"] = basis.consent(handling.id, agreed, **told)
    made["material_id"] = db.session.scalars(
        sa.select(Material.id).where(Material.dispute_id == handling.id)
    ).one()
    made["attachment_id"] = _file(world, handling, said, told)
    if way.restricted:
        with transaction() as session:
            session.execute(sa.delete(Named).where(Named.dispute_id == handling.id))
    return made


def _file(world: World, handling: Handling, said: dict[str, str], told: dict[str, Any]) -> UUID:
    given = AttachmentDraft(
        name=f"{said['file']}.txt", content=said["content"].encode(), kind=AttachmentKind.CONTRACT
    )
    with attachment.taken_in(handling.id, given, store=world.store, **told) as candidate:
        return attachment.add(handling.id, candidate, **told)


def _life(world: World, handling: Handling, said: dict[str, str], way: Way) -> dict[str, UUID]:
    """Take it along to where it stands, by those whose it is; what was asked for on the way."""
    if way.until is S.REGISTERED:
        return {}
    office, at = world.office, way.at
    director = _director(world, way)
    who = None
    if way.mediator is not None:
        second = "b" if way.mediator == "second" else ""
        who = office.actor(Role.MEDIATOR, way.unit, name=second)
    sent = {
        "organisation": str(office.units[way.unit]),
        "mediator": str(who.user_id) if who else None,
        "reason": said["reason"],
    }
    handling.take(Step.DISPATCH, sent, actor=director, now=at)
    moved = sa.select(Handover.id).where(Handover.dispute_id == handling.id)
    handover = {"handover_id": db.session.scalars(moved).one()}
    if who is None:
        return handover
    handling.take(Step.ACCEPT, actor=who, now=at)
    made = handover | {
        "clock_id": clock_of(handling, handling.row.due_rule or "").id,
        "change_id": _asked(handling, who, said["term"], at),
    }
    handling.take(Step.START, actor=who, now=at)
    held = {"held_at": at, "place": said["held"], "attendance": [], "minutes": said["minutes"]}
    mediation.hold_session(handling.id, held, actor=who, desk=office.desk, now=at)
    handling.take(Step.AGREE, {"form": "written", "terms": said["terms"]}, actor=who, now=at)
    visited = {
        "visited_on": office.desk.today(at),
        "result": VisitResult.PERFORMED,
        "satisfied": True,
        "note": said["visit"],
    }
    mediation.visit(handling.id, visited, actor=who, desk=office.desk, now=at)
    if way.until in (S.CLOSED, S.ARCHIVED):
        closed = {"outcome": "agreed", "reason": said["note"]}
        handling.take(Step.CLOSE, closed, actor=director, now=at)
    if way.until is S.ARCHIVED:
        handling.take(Step.ARCHIVE, actor=director, now=at)
    return made


def _asked(handling: Handling, who: Actor, words: str, at: datetime) -> UUID:
    """An extension of whatever term binds the unit."""
    rule = handling.row.due_rule or ""
    return change_asked(handling, EXTEND, rule=rule, actor=who, now=at, words=words)


def sent(world: World, way: Way, actor: Actor) -> Thing:
    """What a platform registered itself; it gets the number, the stage and the unit back."""
    said, who = _said(world), world.person()
    handling = registered(
        world.office,
        actor=actor,
        now=way.at,
        narrative=said["narrative"],
        parties=[{"role": "applicant", "kind": "person"} | who],
        source=Source.HOTLINE_12345,
        source_reference=said["reference"],
    )
    kept = {place: said[place] for place in ("narrative", "reference")} | who
    return Thing(
        "dispute_id",
        way.relation,
        handling.id,
        kept,
        at=handling.row.organisation_id,
        owner=actor.user_id,
        dispute=handling.id,
        number=handling.row.number,
    )
