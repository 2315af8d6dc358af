"""The second wall: what PostgreSQL shows where a condition of ours is forgotten.

It is asked in raw SQL as the role the service works in, and through the doors with our own
conditions switched off.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from config.access import Reach
from config.clock_subject import ClockSubject
from config.court import ConfirmationState, CourtGround, CourtKind, CourtState
from config.linkage import LinkageRegister
from config.mediator_word import RecusalState
from config.meeting import DecisionState, MeetingKind, MeetingState
from config.settings import Settings
from config.vocabulary import (
    AttachmentKind,
    Channel,
    ClockChangeKind,
    ClockChangeState,
    ClockKind,
    HandoverConsent,
    HandoverKind,
    HandoverState,
    HoldGround,
    JointState,
    LawsuitInstance,
    LawsuitProcedure,
    LinkRelation,
    Media,
    Role,
    SharePurpose,
    SupervisionKind,
)
from models import (
    Attachment,
    Base,
    Charge,
    ChargeMeasure,
    Clock,
    ClockChange,
    ClockStep,
    Confirmation,
    CourtReferral,
    Dispute,
    DossierReview,
    DossierSample,
    Glass,
    Handover,
    Hold,
    JointTask,
    Lawsuit,
    Link,
    Meeting,
    MeetingDecision,
    MeetingItem,
    Merge,
    Named,
    Party,
    Reception,
    ReceptionVisit,
    Recusal,
    RepeatVisit,
    Share,
    Supervision,
    db,
    transaction,
    wall,
)
from service.app import create_app
from service.operations import case_review
from service.operations import exchange as exchanges
from service.operations import linkage as linkages
from service.operations.case_review import MendDraft, ReviewDraft
from service.operations.linkage import LinkageDraft
from service.queries import access as filters
from service.queries import exchange as exchange_queries
from service.queries import sight, start
from service.queries.access import standing
from service.reports.exchange import workbook
from service.rules import access
from service.rules.access import Actor, Scope, Standing
from service.rules.start import Store
from tests.factories.canary import CANARIES, canary_dispute
from tests.factories.consultation import asked
from tests.factories.dispute import registered
from tests.factories.lawsuit import at, sheepfold
from tests.factories.moment import MONDAY, MONDAY_9AM
from tests.factories.office import Office
from tests.factories.program import dispatched, of_role, program
from tests.factories.suggestion import lettered
from tests.factories.surface import read_through
from tests.queries.test_access import NOW, settle
from tests.statements import owning

pytestmark = [
    pytest.mark.parametrize("database", ["postgresql"], indirect=True),
    pytest.mark.usefixtures("inside"),
]

GUARDED = sorted(
    {
        table.name
        for table in Base.metadata.sorted_tables
        if table.name == "dispute" or "dispute_id" in table.columns
    }
    | {"attachment", "event"}  # they name what they are about by its kind
)
# those of letters 建议书, which hang on no dispute
LETTERS = {
    table.name for table in Base.metadata.sorted_tables if table.name.startswith("suggestion")
}
# of these the sealed rows are there for whom they name alone (tests/stories/test_linkage.py)
SEALED_ROWS = ["linkage", "linkage_step"]
# and these, which hang on a lawsuit or are the town's own
CASES = ["case_mend", "case_review", "duty", "exchange", "exchange_row", "hearing"]
# entries of the registers of the yearly plan, and the evidence of these
ENTRIES = ["plan_entry", "plan_evidence"]
# of these a row is there for who it names, whether or not its dispute is
NAMES_WHO = {"notice", "named", "glass", "share"}
PARTS = {
    "dispute": "id",
    "event": "CASE WHEN subject = 'dispute' THEN subject_id END",
    "attachment": "CASE WHEN subject = 'dispute' THEN subject_id END",
}
# why something looks at every row while somebody waits for the answer; nothing else may
REASONS = {
    "an ID number elsewhere": "number and unit of an open dispute, for who has the ID card",
    "breaking the glass": "who decides sees no dispute",
    "closing a unit": "how many disputes are still open there",
    "commands": "who may log in to the machine",
    "duplicates": "number, unit and reasons of what may be the same",
    "erasure": "what is forgotten is nobody's any more",
    "figures": "numbers, narrowed by the question itself",
    "forgetting again": "a restore forgets what was forgotten since the archive was made",
    "meetings": "an item of an agenda is there, its dispute as the viewer may see it",
    "handing over": "who keeps the accounts hands over disputes they may not see",
    "a visit again by an ID card": "who shows their card at the window, of an open dispute",
    "importing a ledger": "a row that is there already is told as its number",
    "importing a plan": "the command line knows no town before it found one",
    "jobs": "nobody is asking",
    "merging": "every row of the two goes along, after the right to both was asked",
    "one's own inbox": "the number is left of what is theirs no longer",
    "progress by a slip": "who holds the slip has no account",
    "progress by an ID number": "who asks at the window has shown their card",
    "requests of people": "what is held of somebody lies anywhere",
    "retention": "what is due to be forgotten",
    "the dispute behind a lawsuit": "its number",
    "how many rows are sealed": "their number, for who may count them",
    "the sheet for the court": "the number of the dispute behind a case, unless restricted",
    "the index of words": "ids alone, narrowed by the question that takes them",
    "the number a merged one leads to": "number, stage and unit of where it goes on",
    "what a court sent, as brief rows": "number, category, unit, stage and result, as it sent it",
    "the visit of a dispute": "its people are the same: what is corrected in one is in all",
    "what a calendar moves": "every running date, by number, unit and rule",
    "what was just sent": "a token that only sends is told its number",
    "who is told": "the inboxes of others",
    "who may mediate": "loads are numbers; an earlier case of a party is told as that one was",
}
BESIDES: tuple[Role, ...] = (Role.WINDOW, Role.MEDIATOR, Role.LIAISON, Role.LEGAL, Role.PLANNER)


@pytest.fixture
def policy(office: Office) -> Any:
    """The policy of the office."""
    return office.desk.policy.access


def ids(query: str) -> set[UUID]:
    """What the database answers in the sight of the moment."""
    return {each for each in db.session.scalars(sa.text(query)) if each is not None}


def people(office: Office) -> Iterator[Actor]:
    """Everybody who may be looking, in every place they may have."""
    me, units = office.mediator, office.units
    for role in Role:
        plain = replace(me, roles=frozenset({role}))
        yield plain
        yield replace(plain, town=frozenset({units["committee"]}))
        yield replace(plain, town=frozenset())
        yield replace(plain, below=frozenset({units["station"]}))
        yield replace(plain, stands_for=frozenset({office.window.user_id}))


def test_the_policies_say_what_the_rules_say_of_every_kind_of_dispute(
    office: Office, policy: Any
) -> None:
    settle(office)
    rows = db.session.scalars(sa.select(Dispute)).all()
    with transaction() as session:
        session.add_all(
            Party(dispute_id=each.id, position=1, role="applicant", kind="person", name_sealed=b"-")
            for each in rows
        )
    stands = {each.id: standing(db.session(), each, NOW) for each in rows}
    assert len(stands) > 300
    for actor in people(office):
        given = sight.of(actor, policy, NOW)
        most = Scope(actor, frozenset(map(Reach, given.reach)))
        known = {key for key, each in stands.items() if access.covers(most, each, NOW)}
        opened = {key for key, each in stands.items() if access.opens(most, each, NOW)}
        if Reach.BRIEF in most.reach:
            known |= {key for key, each in stands.items() if is_of_town(actor, each)}
        with wall.seeing(given):
            assert ids("SELECT id FROM dispute") == known, actor
            assert ids("SELECT dispute_id FROM party") == opened, actor


def is_of_town(actor: Actor, stand: Standing) -> bool:
    """Whether a dispute is led or was registered in the actor's town."""
    at = {stand.organisation_id, stand.registered_at_organisation_id}
    return actor.town is None or bool(at & actor.town)


def furnish(office: Office) -> list[UUID]:
    """Disputes with something in every guarded table; foreign to everybody at the station."""
    made = [canary_dispute(office), registered(office), registered(office, restricted=True)]
    asked(office)
    me, second = office.director.user_id, office.actor(Role.SECADMIN).user_id
    soon = MONDAY_9AM + timedelta(days=9000)
    with transaction() as session:
        for each in made:
            session.add_all(
                [
                    Share(
                        dispute_id=each.id,
                        organisation_id=office.units["justice"],
                        purpose=SharePurpose.ASSIST,
                        shared_at=MONDAY_9AM,
                    ),
                    Named(dispute_id=each.id, user_id=me, named_by=second, named_at=MONDAY_9AM),
                    Glass(
                        dispute_id=each.id,
                        user_id=me,
                        asked_at=MONDAY_9AM,
                        reason_sealed=b"-",
                        decided_by=second,
                        decided_at=MONDAY_9AM,
                        until=soon,
                    ),
                    Hold(
                        dispute_id=each.id,
                        ground=next(iter(HoldGround)),
                        placed_by=me,
                        placed_at=MONDAY_9AM,
                    ),
                    Attachment(
                        subject="dispute",
                        subject_id=each.id,
                        name_sealed=b"-",
                        kind=next(iter(AttachmentKind)),
                        media=next(iter(Media)),
                        located=False,
                        size=1,
                        sha256="0" * 64,
                        stored_as=uuid4(),
                        uploaded_by=me,
                        uploaded_at=MONDAY_9AM,
                    ),
                    Lawsuit(
                        procedure=next(iter(LawsuitProcedure)),
                        instance=next(iter(LawsuitInstance)),
                        court="某法院",
                        cause="-",
                        act="-",
                        plaintiffs_sealed=b"-",
                        sealed_key=b"-",
                        organisation_id=office.units["centre"],
                        served_on=MONDAY,
                        dispute_id=each.id,
                        recorded_at=MONDAY_9AM,
                        recorded_by=me,
                    ),
                ]
            )
        for each in made:
            session.add_all(_pressed(office, each.id))
            session.add_all(_came_together(office, each.id, made[0].id, made[1].id))
            session.add_all(_from_the_court(office, each.id))
        session.add(
            Link(
                dispute_id=made[0].id,
                other_id=made[1].id,
                relation=next(iter(LinkRelation)),
                decided_by=me,
                decided_at=MONDAY_9AM,
            )
        )
        session.execute(
            sa.text(
                "INSERT INTO text_duty (kind, registered_at, dispute_id) VALUES ('fill', :at, :id)"
            ),
            {"at": MONDAY_9AM, "id": made[0].id},
        )
    return [each.id for each in made]


def _pressed(office: Office, dispute_id: UUID) -> list[Base]:
    """A change of its clock, a step that was told, and somebody who presses about it."""
    clock_id = next(iter(db.session.scalars(_CLOCKS.where(Clock.dispute_id == dispute_id))))
    return [
        Handover(
            dispute_id=dispute_id,
            ordinal=9,
            episode=1,
            kind=HandoverKind.TRANSFER,
            state=HandoverState.OPEN,
            from_organisation_id=office.units["committee"],
            to_organisation_id=office.units["justice"],
            from_channel=Channel.PEOPLE,
            to_channel=Channel.PEOPLE,
            sent_at=MONDAY_9AM,
            sent_on=MONDAY,
            consent=HandoverConsent.SIGNED,
        ),
        ClockChange(
            clock_id=clock_id,
            dispute_id=dispute_id,
            kind=ClockChangeKind.EXTEND,
            state=ClockChangeState.ASKED,
            ground="agreed",
            asked_at=MONDAY_9AM,
        ),
        ClockStep(
            clock_id=clock_id,
            step="T",
            due_on=MONDAY,
            dispute_id=dispute_id,
            told_at=MONDAY_9AM,
        ),
        JointTask(
            dispute_id=dispute_id,
            episode=1,
            organisation_id=office.units["justice"],
            clock_id=clock_id,
            state=JointState.OPEN,
            words_sealed=b"-",
            asked_by=office.director.user_id,
            asked_at=MONDAY_9AM,
        ),
        *_on_an_agenda(office, dispute_id),
        *_with_a_leader(office, dispute_id),
        Supervision(
            kind=SupervisionKind.URGE,
            dispute_id=dispute_id,
            organisation_id=office.units["centre"],
            words_sealed=b"-",
            ordered_by=office.director.user_id,
            ordered_at=MONDAY_9AM,
            ordered_on=MONDAY,
        ),
    ]


def _sampled(office: Office, dispute_id: UUID) -> list[Base]:
    """Its dossier, drawn for a review."""
    review = DossierReview(
        id=uuid4(),
        organisation_id=office.units["centre"],
        closed_from=MONDAY,
        closed_until=MONDAY,
        population=1,
        seed="-",
        drawn_by=office.director.user_id,
        drawn_at=MONDAY_9AM,
    )
    return [review, DossierSample(review_id=review.id, dispute_id=dispute_id, place=1)]


def _on_an_agenda(office: Office, dispute_id: UUID) -> list[Base]:
    """A meeting that spoke of it, and what was decided there."""
    made, me = uuid4(), office.director.user_id
    return [
        Meeting(
            id=made,
            kind=MeetingKind.JOINT,
            state=MeetingState.CALLED,
            title="-",
            organisation_id=office.units["centre"],
            held_at=MONDAY_9AM,
            place="-",
            sealed_key=b"-",
            called_by=me,
            called_at=MONDAY_9AM,
        ),
        MeetingItem(meeting_id=made, ordinal=1, dispute_id=dispute_id, words_sealed=b"-"),
        MeetingDecision(
            meeting_id=made,
            ordinal=1,
            dispute_id=dispute_id,
            organisation_id=office.units["justice"],
            words_sealed=b"-",
            due_on=MONDAY,
            state=DecisionState.OPEN,
        ),
    ]


def _with_a_leader(office: Office, dispute_id: UUID) -> list[Base]:
    """In a leader's charge, and brought to a reception."""
    charge, reception, me = uuid4(), uuid4(), office.director.user_id
    return [
        Charge(
            id=charge,
            dispute_id=dispute_id,
            leader_id=office.leader.user_id,
            named_by=me,
            named_at=MONDAY_9AM,
        ),
        ChargeMeasure(
            charge_id=charge,
            dispute_id=dispute_id,
            words_sealed=b"-",
            written_by=me,
            written_at=MONDAY_9AM,
        ),
        Reception(
            id=reception,
            leader_id=office.leader.user_id,
            organisation_id=office.units["centre"],
            on_date=MONDAY,
            starts_at=MONDAY_9AM,
            ends_at=MONDAY_9AM + timedelta(hours=2),
            place="-",
            planned_by=me,
            planned_at=MONDAY_9AM,
        ),
        ReceptionVisit(
            reception_id=reception,
            dispute_id=dispute_id,
            noted_by=me,
            noted_at=MONDAY_9AM,
        ),
    ]


def _came_together(office: Office, dispute_id: UUID, first: UUID, second: UUID) -> list[Base]:
    """Somebody who came again, who was not wanted, and what went into it."""
    me = office.director.user_id
    return [
        RepeatVisit(
            dispute_id=dispute_id,
            ordinal=2,
            came_on=MONDAY,
            organisation_id=office.units["centre"],
            recorded_by=me,
            recorded_at=MONDAY_9AM,
        ),
        *_sampled(office, dispute_id),
        Recusal(
            dispute_id=dispute_id,
            mediator_id=me,
            state=RecusalState.ASKED,
            asked_on=MONDAY,
            asked_at=MONDAY_9AM,
            asked_by=me,
        ),
        Merge(
            dispute_id=dispute_id,
            merged_id=second if dispute_id == first else first,
            merged_by=me,
            merged_at=MONDAY_9AM,
            reason_sealed=b"-",
            record={},
            undone_by=me,
            undone_at=MONDAY_9AM,
            undo_sealed=b"-",
        ),
    ]


def _from_the_court(office: Office, dispute_id: UUID) -> list[Base]:
    """What a court sent, and what it was asked to confirm."""
    me = office.director.user_id
    return [
        CourtReferral(
            dispute_id=dispute_id,
            kind=CourtKind.ASSIGNED,
            state=CourtState.WAITING,
            court="某法院",
            case_number="-",
            received_on=MONDAY,
            answer_by=MONDAY,
            recorded_by=me,
            recorded_at=MONDAY_9AM,
        ),
        Confirmation(
            dispute_id=dispute_id,
            ordinal=1,
            attempt=1,
            state=ConfirmationState.PREPARED,
            court="某法院",
            ground=CourtGround.SEAT,
            effective_on=MONDAY,
            apply_by=MONDAY,
            moved_on=MONDAY,
            prepared_by=me,
            prepared_at=MONDAY_9AM,
        ),
    ]


_CLOCKS = sa.select(Clock.id)


def seen_of(table: str) -> list[UUID]:
    """The disputes of which a row of the table is there."""
    column = PARTS.get(table, "dispute_id")
    found = db.session.scalars(sa.text(f"SELECT {column} FROM {table}"))
    return [each for each in found if each is not None]


def test_every_table_of_disputes_shows_no_foreign_row_and_nobody_any(
    office: Office, policy: Any
) -> None:
    made = set(furnish(office))
    assert {table for table in GUARDED if not made & set(seen_of(table))} == set()
    strangers = [office.actor(role, "station") for role in BESIDES]
    strangers += [office.actor(role, "station") for role in (Role.SYSADMIN, Role.SECADMIN)]
    for stranger in strangers:
        of_lawsuits = {"lawsuit"} if Role.LEGAL in stranger.roles else set()
        with wall.seeing(sight.of(stranger, policy, NOW)):
            leaks = {table for table in GUARDED if seen_of(table)}
        assert leaks - of_lawsuits == set(), stranger.roles
    with sight.nobody():
        rows = {
            table: db.session.scalar(sa.text(f"SELECT count(*) FROM {table}"))
            for table in {*GUARDED} - {"event", "attachment", "text_duty"}
        }
        assert {table: count for table, count in rows.items() if count} == {}
        assert {table for table in GUARDED if seen_of(table)} == set()


def test_who_sees_a_restricted_dispute_sealed_sees_no_content_of_it(
    office: Office, policy: Any
) -> None:
    *_, closed = furnish(office)
    other = replace(office.director, user_id=uuid4())  # nobody named them, nor broke they a glass
    with wall.seeing(sight.of(other, policy, NOW)):
        there = {table for table in GUARDED if closed in seen_of(table)}
    assert there == {
        "charge",
        "charge_measure",
        "clock",
        "clock_change",
        "clock_step",
        "dispute",
        "dossier_sample",
        "episode",
        "event",
        "glass",
        "handover",
        "hold",
        "joint_task",
        "lawsuit",
        "meeting_decision",
        "meeting_item",
        "merge",
        "named",
        "reception_visit",
        "recusal",
        "repeat_visit",
        "route",
        "share",
        "supervision",
    }


def test_what_letters_and_lawsuits_owe_is_there_in_the_town_that_owes_it(
    office: Office, policy: Any
) -> None:
    station, me = office.units["station"], office.director
    legal = office.actor(Role.LEGAL, "justice")
    told = [("clock", "id"), ("clock_change", "clock_id"), ("clock_step", "clock_id")]
    clock_id = _owed_by(station)
    seers = {
        "town": replace(legal, town=frozenset({station})),
        "unit": replace(office.actor(Role.LIAISON, "station"), town=frozenset()),
        "elsewhere": replace(legal, town=frozenset({office.units["committee"]})),
    }
    for name, who in seers.items():
        with wall.seeing(sight.of(who, policy, NOW)):
            found = {table: ids(f"SELECT {column} FROM {table}") for table, column in told}
        assert all(clock_id in each for each in found.values()) is (name != "elsewhere"), name
    with sight.nobody():
        assert not any(ids(f"SELECT {column} FROM {table}") for table, column in told)
    foreign = sight.of(seers["elsewhere"], policy, NOW)
    with wall.seeing(foreign), pytest.raises(ProgrammingError, match="row-level security"):
        _owed_by(station)
    with wall.seeing(sight.of(me, policy, NOW)):
        assert _owed_by(None) in ids("SELECT id FROM clock")


def _owed_by(organisation_id: UUID | None) -> UUID:
    """A clock of a letter, a change of it, and a step that was told."""
    clock_id, owed = uuid4(), {"subject": ClockSubject.SUGGESTION, "subject_id": uuid4()}
    with transaction() as session:
        session.add(
            Clock(
                id=clock_id,
                **owed,
                organisation_id=organisation_id,
                episode=1,
                rule="SUG.STATED",
                kind=ClockKind.OUTSIDE,
                stated=True,
                made_under={},
                start_on=MONDAY,
                raw_due_on=MONDAY,
                due_on=MONDAY,
            )
        )
        session.flush()
        session.add_all(
            [
                ClockChange(
                    clock_id=clock_id,
                    **owed,
                    kind=ClockChangeKind.EXTEND,
                    state=ClockChangeState.ASKED,
                    ground="agreed",
                    asked_at=MONDAY_9AM,
                ),
                ClockStep(clock_id=clock_id, step="T", due_on=MONDAY, **owed, told_at=MONDAY_9AM),
            ]
        )
    return clock_id


def test_a_letter_is_there_for_its_town_and_its_unit(office: Office, policy: Any) -> None:
    letter = lettered(office, now=MONDAY_9AM, unit="station", received_on=MONDAY)
    letter.replied(MONDAY, now=MONDAY_9AM).sent_back(MONDAY, now=MONDAY_9AM)
    station, legal = office.units["station"], letter.legal
    seers = {
        "town": legal,
        "leader": office.leader,
        "unit": replace(office.actor(Role.LIAISON, "station"), town=frozenset()),
        "elsewhere": replace(legal, town=frozenset({office.units["committee"]})),
        "another unit": office.liaison,
        "no right": office.actor(Role.MEDIATOR, "station"),
    }
    parts = ("suggestion", "suggestion_demand", "suggestion_round")
    for name, who in seers.items():
        with wall.seeing(sight.of(who, policy, NOW)):
            found = [bool(ids(f"SELECT id FROM {table}")) for table in parts]
        assert found == [name in ("town", "leader", "unit")] * len(parts), name
    with sight.nobody():
        assert not any(ids(f"SELECT id FROM {table}") for table in LETTERS)
    foreign = sight.of(replace(legal, town=frozenset({office.units["committee"]})), policy, NOW)
    with wall.seeing(foreign), pytest.raises(ProgrammingError, match="row-level security"):
        lettered(office, now=MONDAY_9AM, unit="station", received_on=MONDAY)
    assert station == letter.row.organisation_id


def test_what_hangs_on_a_case_is_there_in_its_town(office: Office, policy: Any) -> None:
    legal = office.actor(Role.LEGAL)
    made = sheepfold(office)
    told: dict[str, Any] = {"actor": legal, "desk": office.desk}
    mend = MendDraft(words="补程序", organisation=office.units["station"], due_on=date(2027, 1, 4))
    review = ReviewDraft(
        causes=["procedure"],
        words=None,
        reviewers="司法所",
        reviewed_on=date(2026, 12, 5),
        mends=[mend],
    )
    court = LinkageDraft(
        register=LinkageRegister.COURT_AID,
        sort="service",
        title="协助送达",
        asker="柳溪旗人民法院",
        received_on=MONDAY,
        due_on=MONDAY,
        organisation=office.units["station"],
        words="请协助送达",
    )
    case_review.write(made, review, now=at(5, 12), **told)
    linkages.record(court, now=at(5, 12), **told)
    exchanges.read(workbook(exchange_queries.our_cases(legal)), now=at(5, 12), **told)
    tables = [*CASES, *SEALED_ROWS]
    station, committee = (frozenset({office.units[each]}) for each in ("station", "committee"))
    liaison = office.actor(Role.LIAISON, "station")
    seers: dict[str, tuple[Actor, list[str]]] = {
        "town": (replace(legal, town=station | {legal.organisation_id}), tables),
        "unit": (replace(liaison, town=frozenset()), SEALED_ROWS),
        "elsewhere": (
            replace(legal, town=committee, organisation_id=office.units["committee"]),
            [],
        ),
    }
    for name, (who, seen) in seers.items():
        with wall.seeing(sight.of(who, policy, NOW)):
            found = [each for each in tables if ids(f"SELECT id FROM {each}")]
        assert found == seen, name
    with sight.nobody():
        assert not any(ids(f"SELECT id FROM {table}") for table in tables)


def test_nobody_writes_what_they_do_not_see(office: Office, policy: Any) -> None:
    foreign = furnish(office)[0]
    stranger = sight.of(office.actor(Role.MEDIATOR, "station"), policy, NOW)
    with wall.seeing(stranger):
        for statement in ("UPDATE dispute SET village = '-'", "DELETE FROM party"):
            assert db.session.execute(sa.text(statement)).rowcount == 0  # type: ignore[attr-defined]  # a result of a change has it
        with pytest.raises(ProgrammingError, match="row-level security"):
            db.session.execute(
                sa.text(
                    "INSERT INTO episode (id, dispute_id, ordinal, opened_on) "
                    "VALUES (gen_random_uuid(), :id, 9, now())"
                ),
                {"id": foreign},
            )
    db.session.rollback()


def test_every_table_of_disputes_is_guarded() -> None:
    found = db.session.execute(
        sa.text(
            "SELECT relname, relrowsecurity AND relforcerowsecurity AS forced, "
            "ARRAY(SELECT polname::text FROM pg_policy WHERE polrelid = c.oid ORDER BY 1) AS names "
            "FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
    ).all()
    assert sorted(row.relname for row in found if row.forced) == sorted(
        {*GUARDED, *LETTERS, *SEALED_ROWS, *CASES, *ENTRIES}
    )
    assert {tuple(row.names) for row in found if row.forced} == {("seen", "whole")}


@pytest.mark.parametrize("role", [wall.SEEING, wall.WHOLE_ROLE])
def test_the_roles_own_nothing_and_pass_by_nothing(role: str) -> None:
    told = db.session.execute(
        sa.text(
            "SELECT rolsuper, rolbypassrls, rolcanlogin, rolcreaterole, rolcreatedb, EXISTS "
            "(SELECT FROM pg_class WHERE relowner = r.oid) AS owns, "
            "EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid) AS belongs "
            "FROM pg_roles r WHERE rolname = :role"
        ),
        {"role": role},
    ).one()
    assert list(told) == [False] * 7
    rights = [
        each
        for each in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
        if db.session.scalar(sa.select(sa.func.has_table_privilege(role, "audit_entry", each)))
    ]
    assert rights == ["SELECT", "INSERT"]


def test_the_trail_refuses_every_change_by_grants_too(office: Office) -> None:
    registered(office)
    for statement in (
        "UPDATE audit_entry SET action = '-'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "TRUNCATE dispute CASCADE",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(sa.text(statement))
        db.session.rollback()


def test_with_our_own_conditions_switched_off_no_foreign_row_is_answered(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = furnish(office)
    numbers = [db.session.get_one(Dispute, each).number for each in made]
    secrets = [*numbers, *CANARIES.values()]
    db.session.rollback()
    callers = [program(office, office.actor(role, "station")) for role in BESIDES]
    own = program(office, office.actor(Role.WINDOW, "station")).registered()["number"]
    monkeypatch.setattr(filters, "_ways_known", lambda scope, now: [sa.true()])
    assert len(ids("SELECT id FROM dispute")) == len(made) + 1
    asked_for = [*paths(office, made), *(f"/api/v1/disputes?q={each}" for each in secrets)]
    count = 0
    for caller in callers:
        for path in asked_for:
            answer = caller.get(path)
            count += answer.status_code == 200
            text = read_through(answer.get_data())
            assert [each for each in secrets if each in text and each not in path] == [], path
            assert not (each := re.search(r'"total":([0-9]+)', text)) or int(each[1]) <= 1
    assert count > 50
    found = callers[0].get("/api/v1/disputes").get_json()["items"]
    assert [each["number"] for each in found] == [own]


def paths(office: Office, disputes: list[UUID]) -> list[str]:
    """Every address of the API that reads, of each dispute."""
    found = []
    told = "/api/v1/data-requests"  # whoever may read those is told of whose disputes they are
    for rule in office.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or not rule.rule.startswith("/api/v1/"):
            continue
        if rule.rule == told:
            continue
        if rule.arguments == {"dispute_id"}:
            found += [re.sub(r"<[^>]*>", str(each), rule.rule) for each in disputes]
        elif not rule.arguments:
            found.append(rule.rule)
    return found


def test_every_look_at_everything_has_its_reason() -> None:
    root = Path(__file__).parents[2]
    texts = [
        path.read_text() for part in ("service", "jobs") for path in root.glob(f"{part}/**/*.py")
    ]
    given = {each for text in texts for each in re.findall(r'\bwhole\("([^"]+)"\)', text)}
    assert given == REASONS.keys()
    every = sum(len(re.findall(r"\bwhole\(", text)) for text in texts)
    named = sum(len(re.findall(r'\bwhole\("', text)) for text in texts)
    assert every == named


@pytest.fixture
def login(app: Flask) -> Iterator[str]:
    """The address of somebody who owns nothing, and inherits nothing of what they belong to."""
    name = f"fengqiao_test_{uuid4().hex}"
    run(f"CREATE ROLE {name} LOGIN NOINHERIT", f"GRANT {wall.SEEING}, {wall.WHOLE_ROLE} TO {name}")
    yield db.engine.url.set(username=name).render_as_string(hide_password=False)
    run(f"DROP ROLE {name}")


def run(*statements: str) -> None:
    """Do something as the owner."""
    with db.engine.begin() as connection:
        owning(connection)
        for each in statements:
            connection.execute(sa.text(each))


def test_the_service_works_as_a_login_that_may_do_nothing_by_itself(
    office: Office, settings: Settings, login: str
) -> None:
    plain = sa.create_engine(login, poolclass=NullPool)
    with plain.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(sa.text("SELECT id FROM dispute"))
    theirs = create_app(replace(settings, database_url=login))
    clerk = replace(of_role(office, Role.WINDOW), client=theirs.test_client())
    director = replace(of_role(office, Role.DIRECTOR), client=theirs.test_client())
    assert dispatched(office, clerk, director) in clerk.get("/api/v1/disputes").text
    with theirs.app_context():
        assert start.store() == Store()
        db.session.remove()
        db.engine.dispose()
