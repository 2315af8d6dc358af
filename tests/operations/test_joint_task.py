"""Joint handling: one lead always, each co-unit its own task, and closing waits for every one."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from config.vocabulary import (
    ClockEnd,
    DisputeStatus,
    JointState,
    NoticeKind,
    Role,
    SharePurpose,
    Step,
)
from models import Clock, Event, JointTask, Notice, Share, db
from service.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, StepNotAllowed
from service.operations import joint_task as operations
from service.operations import ladder, restricted
from service.operations import share as shares
from service.operations.share import ShareDraft
from service.queries import dispute as disputes
from service.queries import joint_task as queries
from service.queries.joint_task import Desktop
from service.rules.access import Actor
from service.rules.dispute import ENDED
from tests.factories.dispute import Handling, registered
from tests.factories.handover import accepted, sent
from tests.factories.joint import OPINION, WAIVED, WORDS, answered, asked, rows, waived
from tests.factories.moment import MONDAY, MONDAY_9AM, TUESDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
S, J, K = DisputeStatus, JointState, NoticeKind
CLOSE = {"outcome": "agreed"}


@pytest.fixture
def station(office: Office) -> Actor:
    """The liaison of the police station."""
    return office.actor(Role.LIAISON, "station")


@pytest.fixture
def case(office: Office, station: Actor) -> Handling:
    """A dispute that the committee mediates; its people and those of the station are there."""
    assert office.liaison.user_id != station.user_id
    return registered(office).until(S.MEDIATING)


def told(handling: Handling, kind: NoticeKind) -> set[UUID]:
    """Whom a notice of a kind waits for."""
    db.session.rollback()
    waiting = sa.select(Notice.user_id).where(
        Notice.dispute_id == handling.id, Notice.kind == kind, Notice.read_at.is_(None)
    )
    return set(db.session.scalars(waiting))


def assisting(handling: Handling) -> set[UUID]:
    """The units that see it to assist."""
    found = sa.select(Share.organisation_id).where(
        Share.dispute_id == handling.id,
        Share.purpose == SharePurpose.ASSIST,
        Share.ended_at.is_(None),
    )
    return set(db.session.scalars(found))


def term(task: UUID) -> Clock:
    row = db.session.get_one(JointTask, task, populate_existing=True)
    return db.session.get_one(Clock, row.clock_id, populate_existing=True)


def read(case: Handling, task: UUID, who: Actor) -> queries.TaskRow:
    return queries.one(case.id, task, actor=who, desk=case.office.desk, now=MONDAY_9AM)


def test_each_co_unit_gets_its_task_its_own_term_sight_and_a_notice(
    case: Handling, station: Actor
) -> None:
    office = case.office
    justice = office.actor(Role.LIAISON, "justice")
    first, second = asked(case, "station", "justice")
    assert [each.state for each in rows(case)] == [J.OPEN, J.OPEN]
    assert case.row.organisation_id == office.units["committee"]
    # Monday the 2nd and five working days: Monday the 9th
    assert [term(each).due_on for each in (first, second)] == [date(2026, 11, 9)] * 2
    assert term(first).id != term(second).id
    assert assisting(case) == {office.units["station"], office.units["justice"]}
    assert told(case, K.JOINT_ASKED) == {station.user_id, justice.user_id}
    assert case.row.due_rule != "SLA.JOINT"  # the lead is not late by what others owe


def test_the_words_are_sealed_and_a_co_unit_reads_its_own_alone(
    case: Handling, station: Actor
) -> None:
    office = case.office
    justice = office.actor(Role.LIAISON, "justice")
    mine, theirs = asked(case, "station", "justice")
    answered(case, mine)
    row = next(each for each in rows(case) if each.id == mine)
    key = office.desk.keyring.field_key(case.row.sealed_key, f"dispute:{case.id}")
    assert key.open(row.words_sealed, f"joint_task.words:{mine}") == WORDS
    assert WORDS.encode() not in row.words_sealed
    assert [
        (read(case, mine, e).words, read(case, mine, e).opinion) for e in (station, justice)
    ] == [
        (WORDS, OPINION),
        (None, None),
    ]
    assert read(case, theirs, justice).may_answer
    assert not read(case, theirs, station).may_answer
    assert read(case, mine, office.mediator).opinion == OPINION
    assert read(case, mine, office.director).opinion == OPINION
    details = db.session.scalars(sa.select(Event.detail).where(Event.subject_id == case.id))
    assert not any(WORDS in str(each) or OPINION in str(each) for each in details)


def test_a_co_unit_answers_its_own_task_once_and_nothing_else(
    case: Handling, station: Actor
) -> None:
    office = case.office
    mine, theirs = asked(case, "station", "justice")
    with pytest.raises(Forbidden, match="由这个协办单位自己答复"):
        answered(case, theirs, "station")
    for who in (office.liaison, office.mediator, office.director):
        with pytest.raises(Forbidden):
            operations.answer(case.id, mine, OPINION, actor=who, desk=office.desk, now=MONDAY_9AM)
    answered(case, mine)
    people = {office.mediator.user_id, office.liaison.user_id}
    assert (term(mine).ended, told(case, K.JOINT_ANSWERED)) == (ClockEnd.MET, people)
    assert told(case, K.JOINT_ASKED) == set()
    with pytest.raises(Conflict, match="已经答复过"):
        answered(case, mine)
    with pytest.raises(Conflict, match="已经办完"):
        waived(case, mine)
    with pytest.raises(Forbidden):
        case.take(Step.CLOSE, {"outcome": "not_agreed"}, actor=station)


def test_closing_waits_for_every_task_or_for_a_reason_why_not(case: Handling) -> None:
    first, second = asked(case, "station", "justice")
    case.take(Step.AGREE, {"form": "oral"})
    with pytest.raises(Conflict, match="还有协办任务没有结果：柳溪司法所、柳溪派出所"):
        case.take(Step.CLOSE, CLOSE)
    answered(case, first)
    answered(case, second, "justice", refuses=True)
    with pytest.raises(Conflict, match="还有协办任务没有结果：柳溪司法所。"):
        case.take(Step.CLOSE, CLOSE)
    waived(case, second)
    case.take(Step.CLOSE, CLOSE)
    assert {each.id: each.state for each in rows(case)} == {first: J.DONE, second: J.WAIVED}
    assert case.row.status is S.CLOSED
    assert assisting(case) == set()
    with pytest.raises(NotFound):
        disputes.one(
            case.id,
            actor=case.office.actor(Role.LIAISON, "station"),
            desk=case.office.desk,
            now=MONDAY_9AM,
        )
    kept = read(case, second, case.office.director)
    assert (kept.reason, kept.opinion) == (WAIVED, OPINION)


def test_whom_one_may_ask_is_said_at_the_field(case: Handling) -> None:
    office = case.office
    asked(case, "justice")
    drafts = [
        operations.TaskDraft(organisation=each, words=WORDS)
        for each in (
            office.units["committee"],
            office.units["justice"],
            office.units["station"],
            office.units["station"],
            uuid4(),
        )
    ]
    with pytest.raises(Invalid) as refusal:
        operations.start(case.id, drafts, actor=office.liaison, desk=office.desk, now=MONDAY_9AM)
    assert refusal.value.fields == {
        "tasks.0.organisation": ["这是牵头单位，不能又是协办单位"],
        "tasks.1.organisation": ["这个单位还有一项任务没有答复"],
        "tasks.3.organisation": ["这个单位选了两次，请把任务写在一起"],
        "tasks.4.organisation": ["没有这个单位"],
    }
    assert len(rows(case)) == 1
    with pytest.raises(Forbidden):  # a mediator proposes, the unit asks
        asked(case, "station", actor=office.mediator)
    with pytest.raises(StepNotAllowed):
        asked(registered(office).until(S.DISPATCHED), "station", actor=office.director)


def test_no_restricted_dispute_is_shared_to_assist_and_one_that_becomes_it_ends_its_tasks(
    case: Handling,
) -> None:
    office = case.office
    (task,) = asked(case, "station")
    told: dict[str, Any] = {"actor": office.director, "desk": office.desk, "now": MONDAY_9AM}
    restricted.restrict(case.id, "涉及未成年人", **told)
    assert [(each.state, each.waived_by) for each in rows(case)] == [(J.WAIVED, None)]
    assert (term(task).ended, assisting(case)) == (ClockEnd.CLOSED, set())
    with pytest.raises(Forbidden):
        asked(case, "station", actor=office.director)


def test_what_the_parties_end_ends_the_tasks_with_its_reason(case: Handling) -> None:
    asked(case, "station")
    case.take(Step.WITHDRAW, {"reason": "两家和好了"})
    (row,) = rows(case)
    assert (row.state, row.waived_by, term(row.id).ended) == (J.WAIVED, None, ClockEnd.WITHDRAWN)
    assert read(case, row.id, case.office.director).reason == "当事人撤回，协办随之结束"
    assert assisting(case) == set()
    told = sa.select(Event.action).where(Event.subject_id == case.id).order_by(Event.id)
    assert db.session.scalars(told).all()[-2:] == ["joint-end", "withdraw"]


def test_the_director_alone_changes_the_lead_and_the_tasks_go_on_under_the_new_one(
    case: Handling, station: Actor
) -> None:
    office = case.office
    mine, theirs = asked(case, "station", "justice")
    with pytest.raises(Conflict, match="换牵头单位由中心主任决定"):
        sent(case)
    made = sent(case, actor=office.director)
    accepted(case, made, actor=station)
    assert case.row.organisation_id == office.units["station"]
    # who leads now is no co-unit; the other still owes its answer, under its own term
    assert {each.id: each.state for each in rows(case)} == {mine: J.WAIVED, theirs: J.OPEN}
    assert term(theirs).stopped_at is None
    assert assisting(case) == {office.units["justice"]}
    answered(case, theirs, "justice")
    assert {each.id: each.state for each in rows(case)} == {mine: J.WAIVED, theirs: J.DONE}


def test_the_co_unit_is_warned_of_its_term_and_the_lead_is_not(
    case: Handling, station: Actor
) -> None:
    asked(case, "station")
    db.session.rollback()
    last_day = datetime(2026, 11, 9, 1, tzinfo=UTC)
    while ladder.tell_due(desk=case.office.desk, now=last_day):
        db.session.rollback()
    about = sa.select(Notice.user_id).where(
        Notice.dispute_id == case.id,
        Notice.kind == K.CLOCK,
        Notice.cause.startswith(f"clock:{rows(case)[0].clock_id}:"),
    )
    assert set(db.session.scalars(about)) == {station.user_id}


def test_a_list_shows_a_unit_its_own_and_the_lead_what_it_waits_for(
    case: Handling, station: Actor
) -> None:
    office = case.office
    other = registered(office).until(S.MEDIATING)
    (first,) = asked(case, "station")
    (second,) = asked(other, "justice", now=TUESDAY_9AM)

    def on(who: Actor, desktop: Desktop) -> list[UUID]:
        scope = queries.read_scope(who, office.desk)
        found = queries.page(desktop, scope=scope, desk=office.desk, now=TUESDAY_9AM)
        return [each.id for each in found.items]

    assert on(station, Desktop.ASKED) == [first]
    assert on(station, Desktop.LED) == []
    assert on(office.actor(Role.LIAISON, "justice"), Desktop.ASKED) == [second]
    for who in (office.mediator, office.liaison, office.director):
        assert on(who, Desktop.LED) == [first, second]
    answered(case, first)
    assert (on(station, Desktop.ASKED), on(station, Desktop.DONE)) == ([], [first])
    with pytest.raises(NotFound):  # the co-unit of one sees nothing of the other
        queries.of_dispute(other.id, actor=station, desk=office.desk, now=TUESDAY_9AM)


class Together(RuleBasedStateMachine):
    """Whatever is asked, answered, let off, moved, closed and reopened, and in whatever order."""

    office: Office
    units = st.sampled_from(["station", "justice"])

    def __init__(self) -> None:
        super().__init__()
        self.case = registered(self.office).until(S.ACCEPTED)

    def _task(self, unit: str) -> UUID:
        mine = [e for e in rows(self.case) if e.organisation_id == self.office.units[unit]]
        return mine[-1].id if mine else uuid4()

    @rule(unit=units)
    def ask(self, unit: str) -> None:
        with suppress(Refusal):
            asked(self.case, unit, actor=self.office.director)

    @rule(unit=units, refuses=st.booleans())
    def answer(self, unit: str, *, refuses: bool) -> None:
        with suppress(Refusal):
            answered(self.case, self._task(unit), unit, refuses=refuses)

    @rule(unit=units)
    def waive(self, unit: str) -> None:
        with suppress(Refusal):
            waived(self.case, self._task(unit), actor=self.office.director)

    @rule(unit=units)
    def move(self, unit: str) -> None:
        with suppress(Refusal):
            made = sent(self.case, unit, actor=self.office.director)
            accepted(self.case, made, actor=self.office.actor(Role.LIAISON, unit))

    @rule()
    def close(self) -> None:
        waits = any(each.state in (J.OPEN, J.REFUSED) for each in rows(self.case))
        if self.case.row.status in (S.ACCEPTED, S.MEDIATING) and waits:
            with pytest.raises(Conflict):
                self.case.take(Step.TERMINATE, {"reason": "谈不拢"}, actor=self.office.director)
        else:
            with suppress(Refusal):
                self.case.take(Step.TERMINATE, {"reason": "谈不拢"}, actor=self.office.director)

    @rule()
    def give_back(self) -> None:
        lead = next(
            (k for k, v in self.office.units.items() if v == self.case.row.organisation_id), ""
        )
        if lead in ("committee", "station", "justice"):
            with suppress(Refusal):
                body = {"code": "not_ours", "reason": "不归我们"}
                self.case.take(Step.RETURN, body, actor=self.office.actor(Role.LIAISON, lead))

    @rule()
    def again(self) -> None:
        with suppress(Refusal):
            self.case.take(Step.REOPEN, {"reason": "没有履行"})
        with suppress(Refusal):
            self.case.take(Step.DISPATCH, {"reason": "仍由调委会办"})
            self.case.take(Step.ACCEPT)

    @invariant()
    def one_lead_and_nothing_open_where_it_is_over(self) -> None:
        db.session.rollback()
        row, tasks = self.case.row, rows(self.case)
        waiting = [each for each in tasks if each.state in (J.OPEN, J.REFUSED)]
        leads = row.organisation_id is not None
        assert leads == (row.status is not S.REGISTERED)
        assert row.organisation_id not in {each.organisation_id for each in waiting}
        if row.status in ENDED or row.status is S.REGISTERED:
            assert waiting == []
        for each in tasks:
            runs = db.session.get_one(Clock, each.clock_id).stopped_at is None
            assert runs == (each.state is J.OPEN)


def test_closing_never_passes_an_open_task_and_one_unit_leads_whatever_happens(
    office: Office,
) -> None:
    class Here(Together):
        pass

    Here.office = office
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_unit_that_saw_it_for_a_day_sees_it_until_it_has_answered(case: Handling) -> None:
    office = case.office
    draft = ShareDraft(
        organisation=office.units["station"], purpose=SharePurpose.ASSIST, until=MONDAY
    )
    told: dict[str, Any] = {"actor": office.director, "desk": office.desk, "now": MONDAY_9AM}
    shares.share(case.id, draft, **told)
    (task,) = asked(case, "station")
    answered(case, task, "station", now=MONDAY_9AM + timedelta(days=2))
    assert [each.state for each in rows(case)] == [JointState.DONE]
