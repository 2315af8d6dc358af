"""A town full of what belongs to others: who asks, and things in every relation to them."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa

from config.settings import Settings
from config.vocabulary import (
    AbsenceReason,
    AttachmentKind,
    BasisGround,
    ConsentForm,
    DataRequestKind,
    DisputeStatus,
    HoldGround,
    IdentityCheck,
    LawsuitInstance,
    LawsuitProcedure,
    OrganisationKind,
    OutboxState,
    OutsideSystem,
    Role,
    SharePurpose,
    Source,
    Step,
    TokenScope,
    VisitResult,
)
from models import (
    Dispute,
    Erasure,
    Glass,
    Handover,
    LedgerBatch,
    Material,
    Named,
    Notice,
    Organisation,
    OutboxMessage,
    Share,
    Subscription,
    UserSession,
    db,
    transaction,
)
from schemas.material import MaterialsIn
from service.gateways.attachment import Store
from service.gateways.keyring import token_hash
from service.operations import (
    attachment,
    audit,
    basis,
    data_request,
    draft,
    forgetting,
    hold,
    lawsuit,
    material,
    mediation,
    outside_entry,
    shift_note,
)
from service.operations import organisation as organisations
from service.operations import substitution as substitutions
from service.operations import token as tokens
from service.operations import user as users
from service.operations.attachment import AttachmentDraft
from service.operations.basis import Consent
from service.operations.data_request import RequestDraft
from service.operations.lawsuit import LawsuitDraft
from service.operations.organisation import OrganisationDraft
from service.operations.outside_entry import EntryDraft
from service.operations.token import TokenDraft
from service.queries import dispute as disputes
from service.queries import token as token_queries
from service.queries.user import by_username
from service.rules.access import Actor
from service.rules.substitution import StandIn
from tests.factories.clock import EXTEND, clock_of, entered
from tests.factories.clock import asked as change_asked
from tests.factories.consultation import asked
from tests.factories.dispute import Handling, let_in, registered
from tests.factories.handover import accepted, sent, signed
from tests.factories.office import Office
from tests.factories.person import mobile, resident_id
from tests.factories.visitor import session_of

NOW: Final = datetime(2026, 11, 4, 2, 0, tzinfo=UTC)  # a Wednesday morning; everybody asks then
EARLIER: Final = NOW - timedelta(days=2)  # beyond the 24 hours of who registered
TODAY: Final = date(2026, 11, 4)
RARE: Final = [chr(point) for point in range(0x4E80, 0x4FA0)]  # no text of ours is written so
S = DisputeStatus
K = OrganisationKind


@dataclass(frozen=True)
class Subject:
    """Somebody who asks: a person with a session, a program with a token, or nobody at all."""

    name: str
    actor: Actor | None
    secret: str = ""

    @property
    def is_program(self) -> bool:
        """Whether it comes with a token, which opens no page."""
        return self.actor is not None and self.actor.only is not None


@dataclass(frozen=True)
class Thing:
    """Something an address names, and what stands in it and nowhere else.

    `noun` is the name of the address' part; `values` are its parts' ids by their names. `at` is
    its organisation, `owner` whose it is; what hangs on a dispute names it with `dispute`.
    """

    noun: str
    relation: str
    id: UUID | str
    canaries: Mapping[str, str] = field(default_factory=dict)
    at: UUID | None = None
    owner: UUID | None = None
    dispute: UUID | None = None
    parts: Mapping[str, UUID] = field(default_factory=dict)
    number: str = ""


@dataclass
class World:
    """One office with a second town beside it, and everything that is in them."""

    office: Office
    seed: int
    subjects: list[Subject] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)
    dice: random.Random = field(default_factory=random.Random)
    people: int = 0

    def of(self, noun: str) -> list[Thing]:
        """All there is of a noun."""
        return [each for each in self.things if each.noun == noun]

    def disputes(self) -> Iterator[Thing]:
        """The disputes."""
        yield from self.of("dispute_id")

    def word(self, length: int = 6) -> str:
        """Something that stands nowhere else."""
        return "".join(self.dice.choice(RARE) for _ in range(length))

    def person(self) -> dict[str, str]:
        """Somebody nobody else is."""
        self.people += 1
        return {
            "name": self.word(4),
            "id_number": resident_id(self.people),
            "phone": mobile(self.people),
            "address": self.word(8),
        }

    @property
    def store(self) -> Store:
        """Where the attachments lie."""
        settings: Settings = self.office.app.extensions["settings"]
        return Store(settings.data_dir / "attachments")


def built(office: Office, *, seed: int) -> World:
    """The whole world, inside an app context; `seed` says which words stand in it."""
    world = World(office, seed, dice=random.Random(seed))
    _two_towns(world)
    _disputes(world)
    _consultations(world)
    _beside(world)
    _people(world)
    world.subjects = list(_subjects(world))
    _personal(world)
    return world


def _two_towns(world: World) -> None:
    """The office's units under one town government, and another town with two units of its own."""
    units = world.office.units

    def unit(key: str, kind: K, name: str, parent: str | None) -> None:
        made = OrganisationDraft(kind=kind, name=name, parent=units[parent] if parent else None)
        units[key] = organisations.create(made, actor=None, now=EARLIER)

    unit("town", K.TOWN_GOVERNMENT, "柳溪镇人民政府", None)
    with transaction() as session:
        for key in ("centre", "committee", "station", "justice"):
            session.get_one(Organisation, units[key]).parent_id = units["town"]
    unit("north", K.TOWN_GOVERNMENT, "北河镇人民政府", None)
    unit("north-centre", K.GOVERNANCE_CENTRE, "北河镇综治中心", "north")
    unit("north-committee", K.PEOPLE_MEDIATION_COMMITTEE, "北河镇人民调解委员会", "north")


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


def _disputes(world: World) -> None:
    for way in WAYS:
        world.things.append(dispute(world, way))
    of = {each.relation: each for each in world.disputes()}
    _shares(world, of)
    _lets_in(world, of)
    _hands(world, of)
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


def _hands(world: World, of: Mapping[str, Thing]) -> None:
    """From unit to unit: one that was taken over, and one that waits for that."""
    for relation, sender, receiver in (
        ("handed over by my organisation", "committee", "station"),
        ("handed to my organisation, not answered", "station", "committee"),
    ):
        thing, office = of[relation], world.office
        handling, by = Handling(office, UUID(str(thing.id))), office.actor(Role.LIAISON, sender)
        handling.take(Step.ACCEPT, actor=by, now=EARLIER)
        made = sent(
            handling,
            receiver,
            actor=by,
            now=EARLIER,
            consent=signed(handling, EARLIER.date()),
            reason=thing.canaries["note"],
            risk=thing.canaries["term"],
        )
        thing.parts["handover_id"] = made  # type: ignore[index]  # made here as a dict
        if receiver == "station":
            accepted(handling, made, actor=office.actor(Role.LIAISON, receiver), now=EARLIER)


def _shares(world: World, of: Mapping[str, Thing]) -> None:
    ends: dict[str, dict[str, datetime]] = {
        "shared with my organisation": {"until": NOW + timedelta(days=30)},
        "share that was ended": {"ended_at": NOW - timedelta(hours=2)},
        "share that ran out": {"until": NOW - timedelta(hours=2)},
    }
    with transaction() as session:
        for relation, end in ends.items():
            shared = of[relation]
            session.add(
                Share(
                    dispute_id=shared.id,
                    organisation_id=world.office.units["committee"],
                    purpose=SharePurpose.REFERRAL,
                    basis=shared.canaries["basis"],
                    shared_by=world.office.director.user_id,
                    shared_at=EARLIER,
                    **end,
                )
            )


def _lets_in(world: World, of: Mapping[str, Thing]) -> None:
    office = world.office
    everybody = [
        office.actor(role, UNIT_OF.get(role, "centre"))
        for role in Role
        if role is not Role.PLATFORM
    ]
    named = [each for each in everybody if Role.SECADMIN not in each.roles]
    for relation in ("restricted that names me", "restricted that named me once"):
        let_in(Handling(office, _id(of[relation])), *named)
    second = office.actor(Role.SECADMIN).user_id
    until = {
        "restricted behind broken glass": NOW + timedelta(hours=4),
        "restricted behind glass that closed": NOW - timedelta(hours=1),
    }
    with transaction() as session:
        once = _id(of["restricted that named me once"])
        session.execute(sa.update(Named).where(Named.dispute_id == once).values(ended_at=EARLIER))
        for relation, end in until.items():
            session.add(
                Glass(
                    dispute_id=of[relation].id,
                    user_id=office.director.user_id,
                    asked_at=EARLIER,
                    reason_sealed=b"-",
                    decided_by=second,
                    decided_at=EARLIER,
                    until=end,
                )
            )


def _id(thing: Thing) -> UUID:
    assert isinstance(thing.id, UUID)
    return thing.id


UNIT_OF: Final = {Role.MEDIATOR: "committee", Role.LIAISON: "committee", Role.LEGAL: "justice"}


def _consultations(world: World) -> None:
    """Words somebody asked, at every unit; one became a restricted dispute of others."""
    office = world.office
    clerks = {
        "registered by me": office.window,
        "my organisation's": office.actor(Role.LIAISON, "committee"),
        "another organisation's": office.actor(Role.LIAISON, "station"),
        "another organisation's, became a restricted dispute": office.actor(
            Role.LIAISON, "station"
        ),
        "another town's": office.actor(Role.WINDOW, "north-centre"),
    }
    for relation, clerk in clerks.items():
        who = world.person()
        said = {"question": world.word(8), "answer": world.word(8)}
        made = asked(
            office,
            actor=clerk,
            now=EARLIER,
            name=who["name"],
            phone=who["phone"],
            **said,
        )
        behind: UUID | None = None
        if "restricted" in relation:
            behind = registered(
                office, actor=clerk, now=EARLIER, consultation=made, restricted=True
            ).id
        canaries = said | {"name": who["name"], "phone": who["phone"]}
        world.things.append(
            Thing(
                "consultation_id",
                relation,
                made,
                canaries,
                clerk.organisation_id,
                clerk.user_id,
                behind,
            )
        )


def _beside(world: World) -> None:
    """Lawsuits, requests about one's own data, notes between shifts, absences, holds, lists."""
    for each in (_lawsuits, _requests, _notes, _absences, _holds, _lists):
        world.things += each(world)


def _lawsuits(world: World) -> Iterator[Thing]:
    office, behind = world.office, {each.relation: each for each in world.disputes()}
    for relation, unit, about in (
        ("my organisation's", "justice", None),
        ("another organisation's", "station", "another organisation's"),
        ("another organisation's, restricted", "station", "another organisation's, restricted"),
        ("another town's", "north-committee", "another town's"),
    ):
        said = {place: world.word(8) for place in ("plaintiff", "cause", "act", "court")}
        draft_ = LawsuitDraft(
            procedure=LawsuitProcedure.LITIGATION,
            instance=LawsuitInstance.FIRST,
            court=said["court"],
            cause=said["cause"],
            act=said["act"],
            plaintiffs=[said["plaintiff"]],
            organisation=office.units[unit],
            served_on=TODAY - timedelta(days=3),
            dispute=behind[about].number if about else None,
        )
        clerk = office.actor(Role.LEGAL, "justice")
        made = lawsuit.record(draft_, actor=clerk, desk=office.desk, now=EARLIER)
        yield Thing("lawsuit_id", relation, made, said, office.units[unit], clerk.user_id)


def _requests(world: World) -> Iterator[Thing]:
    office = world.office
    for relation, clerk in (
        ("received by me", office.window),
        ("received by another", office.actor(Role.WINDOW, "station")),
        ("another town's", office.actor(Role.WINDOW, "north-centre")),
    ):
        who, wish = world.person(), world.word(8)
        draft_ = RequestDraft(
            kind=DataRequestKind.ACCESS,
            name=who["name"],
            id_number=who["id_number"],
            identity_check=IdentityCheck.CARD,
            received_on=office.desk.today(EARLIER),
            phone=who["phone"],
            everything=True,
            wish=wish,
        )
        made = data_request.register(draft_, actor=clerk, desk=office.desk, now=EARLIER)
        said = {each: who[each] for each in ("name", "id_number", "phone")} | {"wish": wish}
        yield Thing("data_request_id", relation, made, said, clerk.organisation_id, clerk.user_id)


def _notes(world: World) -> Iterator[Thing]:
    office = world.office
    for relation, clerk in (
        ("my organisation's", office.actor(Role.WINDOW, "centre", name="b")),
        ("another organisation's", office.actor(Role.WINDOW, "station")),
        ("another town's", office.actor(Role.WINDOW, "north-centre")),
    ):
        words = world.word(12)
        made = shift_note.hand_over(words, actor=clerk, desk=office.desk, now=EARLIER)
        said = {"words": words}
        yield Thing("note_id", relation, made, said, clerk.organisation_id, clerk.user_id)


def _absences(world: World) -> Iterator[Thing]:
    """Of mediators nobody here signs in as: who stands in reaches what is another's."""
    office = world.office
    for relation, unit, town in (
        ("my organisation's", "committee", "centre"),
        ("another organisation's", "station", "centre"),
        ("another town's", "north-committee", "north-centre"),
    ):
        away, there = (office.actor(Role.MEDIATOR, unit, name=name) for name in ("away", "there"))
        made = substitutions.enter(
            StandIn(away.user_id, there.user_id, TODAY, TODAY + timedelta(days=5)),
            AbsenceReason.HOLIDAY,
            actor=office.actor(Role.DIRECTOR, town),
            desk=office.desk,
            now=EARLIER,
        )
        yield Thing("substitution_id", relation, made, {}, away.organisation_id, away.user_id)


def _holds(world: World) -> Iterator[Thing]:
    office, of = world.office, {each.relation: each for each in world.disputes()}
    for relation in ("another organisation's", "another town's"):
        town = "north-centre" if "town" in relation else "centre"
        made = hold.place(
            of[relation].number,
            HoldGround.LAWSUIT,
            actor=office.actor(Role.DIRECTOR, town),
            desk=office.desk,
            now=EARLIER,
        )
        yield Thing("hold_id", relation, made, at=of[relation].at, dispute=_id(of[relation]))


def _lists(world: World) -> Iterator[Thing]:
    """What the running of the system leaves: lists of what to forget, letters held back."""
    office = world.office
    keeper = office.actor(Role.SYSADMIN)
    recipient = f"{world.word(4)}@example.invalid"
    with transaction() as session:
        batch = LedgerBatch(
            file_name=f"{world.word(6)}.xlsx",
            file_hash="0" * 64,
            row_count=0,
            imported_at=EARLIER,
            imported_by=office.director.user_id,
        )
        subscription = Subscription(user_id=office.leader.user_id, email="leader@example.invalid")
        message = OutboxMessage(
            dedupe_key="matrix",
            recipient=recipient,
            message_id="<matrix@example.invalid>",
            content=b"",
            state=OutboxState.DEAD,
            queued_at=EARLIER,
            next_attempt_at=EARLIER,
            give_up_at=EARLIER,
        )
        proposed = Erasure(proposed_by=keeper.user_id, proposed_at=EARLIER)
        rows = {
            "batch_id": batch,
            "subscription_id": subscription,
            "message_id": message,
            "erasure_id": proposed,
        }
        session.add_all(rows.values())
        session.flush()
        found = {noun: row.id for noun, row in rows.items()}
    for noun, made in found.items():
        yield Thing(noun, "the town's", made)


def _people(world: World) -> None:
    """Accounts, sessions, tokens and organisations that nobody else here needs."""
    office = world.office
    for relation, unit in (
        ("my organisation's", "committee"),
        ("another town's", "north-committee"),
    ):
        spare = office.actor(Role.MEDIATOR, unit, name="spare")
        world.things.append(Thing("user_id", relation, spare.user_id, at=spare.organisation_id))
        world.things.append(
            Thing("organisation_id", relation, spare.organisation_id, at=spare.organisation_id)
        )


# who asks: name, role, unit; two of each business role where the relation needs two
WHO: Final = (
    ("window", Role.WINDOW, "centre"),
    ("window of the station", Role.WINDOW, "station"),
    ("mediator", Role.MEDIATOR, "committee"),
    ("mediator of the station", Role.MEDIATOR, "station"),
    ("liaison", Role.LIAISON, "committee"),
    ("liaison of the station", Role.LIAISON, "station"),
    ("director", Role.DIRECTOR, "centre"),
    ("director of another town", Role.DIRECTOR, "north-centre"),
    ("legal", Role.LEGAL, "justice"),
    ("planner", Role.PLANNER, "centre"),
    ("leader", Role.LEADER, "centre"),
    ("auditor", Role.AUDITOR, "centre"),
    ("sysadmin", Role.SYSADMIN, "centre"),
    ("secadmin", Role.SECADMIN, "centre"),
)


def _subjects(world: World) -> Iterator[Subject]:
    office = world.office
    yield Subject("anonymous", None)
    gone = office.actor(Role.DIRECTOR, "centre", name="gone")
    session = session_of(office.app, gone)
    users.disable(gone.user_id, actor=office.actor(Role.SYSADMIN), desk=office.desk, now=EARLIER)
    with transaction() as rows:  # even one whose end was lost opens nothing
        rows.execute(sa.update(UserSession).values(ended_at=None))
    yield Subject("disabled account", None, session)
    for name, role, unit in WHO:
        actor = office.actor(role, unit)
        found = by_username(f"{role.value}-{unit}")
        yield Subject(name, found or actor, session_of(office.app, actor))
    for name in ("platform token", "another platform's token"):
        made = tokens.make(
            TokenDraft(
                name=name,
                source=Source.HOTLINE_12345,
                organisation=office.units["centre"],
                scopes=list(TokenScope),
            ),
            actor=office.actor(Role.SYSADMIN),
            desk=office.desk,
            now=EARLIER,
        )
        world.things.append(Thing("token_id", name, made.id))
        program = token_queries.by_secret(made.secret, now=NOW)
        assert program is not None
        yield Subject(name, program.caller.actor, made.secret)


def _personal(world: World) -> None:
    """What is one person's alone: notices, sessions, drafts; and what platforms sent in."""
    told = next(each for each in world.disputes() if each.relation == "assigned to me")
    for subject in world.subjects:
        if subject.actor is None:
            continue
        if subject.is_program:
            way = Way(f"sent by {subject.name}", until=S.REGISTERED)
            world.things.append(_sent(world, way, subject.actor))
            continue
        _own(world, subject, subject.actor, told)


def _own(world: World, subject: Subject, actor: Actor, told: Thing) -> None:
    office, whose = world.office, f"{subject.name}'s"
    other = session_of(office.app, actor)
    with transaction() as session:
        notice = session.scalars(
            sa.select(Notice.id).where(Notice.user_id == actor.user_id).limit(1)
        ).first()
        kept = session.scalars(
            sa.select(UserSession.id).where(UserSession.token_hash == token_hash(other))
        ).one()
    if notice is not None:
        world.things.append(Thing("notice_id", whose, notice, owner=actor.user_id))
    world.things.append(Thing("session_id", whose, kept, owner=actor.user_id))
    key, word = uuid4().hex, world.word(10)
    draft.save(key, [("narrative", word)], actor=actor, desk=office.desk, now=EARLIER)
    world.things.append(Thing("form_key", whose, key, {"draft": word}, owner=actor.user_id))


def _sent(world: World, way: Way, actor: Actor) -> Thing:
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
