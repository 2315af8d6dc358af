"""Tasks 任务 of the plan in the database: rights, versions, terms, evidence, what is refused."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from config.clock_subject import ClockSubject
from config.plan import Comparison, EvidenceKind, PlanNeed
from config.plan import PlanTaskState as S
from config.vocabulary import ClockEnd, Role
from models import AuditEntry, Clock, ClockStep, Event, PlanEvidence, db, transaction
from service.errors import (
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    Refusal,
    Stale,
    StepNotAllowed,
)
from service.gateways.attachment import Store
from service.operations import ladder
from service.operations import plan_change as changes
from service.operations import plan_dependence as dependences
from service.operations import plan_evidence as evidence
from service.operations import plan_milestone as milestones
from service.operations import plan_task as tasks
from service.operations.plan_dependence import Arrival, DependenceDraft
from service.operations.plan_evidence import EvidenceDraft, Publication
from service.operations.plan_milestone import MilestoneDraft
from service.queries import plan_evidence as evidence_queries
from service.queries import plan_part as parts
from service.queries import plan_task as queries
from service.queries.plan_task import TaskFilters
from service.rules.access import Actor
from tests.factories.file import PDF, pdf
from tests.factories.matrix.world import World, two_towns
from tests.factories.moment import MONDAY, MONDAY_9AM
from tests.factories.office import Office
from tests.factories.plan import COMING, SAMPLE, YEAR, Planned, planned, sampled
from tests.statements import statements

DECEMBER = date(2026, 12, 31)
DAY = timedelta(days=1)


@pytest.fixture
def plan(office: Office) -> Iterator[Planned]:
    with office.app.app_context():
        yield planned(office)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "attachments")


def who(plan: Planned, actor: Actor, *, now: datetime = MONDAY_9AM) -> dict[str, Any]:
    return {"actor": actor, "desk": plan.office.desk, "now": now}


def started(plan: Planned, *numbers: str) -> None:
    with transaction() as session:
        for each in numbers:
            told: dict[str, Any] = {"desk": plan.office.desk, "now": MONDAY_9AM}
            tasks.start_terms(session, plan.task(each), **told)
            tasks.noted(session, plan.task(each), "task-change", actor=plan.planner, now=MONDAY_9AM)


def terms(subject_id: UUID) -> list[tuple[date, ClockEnd | None, UUID | None]]:
    found = db.session.scalars(
        sa.select(Clock)
        .where(Clock.subject_id == subject_id)
        .order_by(Clock.due_on, Clock.stopped_at.is_(None), Clock.stopped_at)
        .execution_options(populate_existing=True)
    )
    return [(each.due_on, each.ended, each.organisation_id) for each in found]


def handed_in(plan: Planned, number: str, actor: Actor, store: Store, **told: Any) -> UUID:
    draft = EvidenceDraft(**{"name": "演练照片.pdf", "content": PDF} | told)
    at: dict[str, Any] = {"actor": actor, "desk": plan.office.desk}
    with evidence.taken_in(YEAR, number, draft, store=store, **at) as given:
        return evidence.add(YEAR, number, given, draft, now=MONDAY_9AM, **at)


def withdraw(plan: Planned, number: str, made: UUID, actor: Actor) -> None:
    at = plan.task(number).version
    evidence.withdraw(YEAR, number, made, "照片不清楚", version=at, **who(plan, actor))


def published(plan: Planned, made: UUID, told: Publication, actor: Actor) -> None:
    at = plan.task("2").version
    evidence.set_publication(YEAR, "2", made, told, version=at, **who(plan, actor))


def refused(kind: type[Refusal], deed: Callable[..., Any], *given: Any, **told: Any) -> str:
    with pytest.raises(kind) as refusal:
        deed(*given, **told)
    return refusal.value.detail


def deeds(plan: Planned, number: str) -> list[str]:
    asked = sa.select(Event.action).where(Event.subject_id == plan.tasks[number])
    return list(db.session.scalars(asked.order_by(Event.id)))


def test_a_task_is_worked_on_proved_and_finished_by_its_lead(plan: Planned, store: Store) -> None:
    started(plan, "1")
    lead, along = plan.liaison("station"), plan.liaison("committee")
    station = plan.office.units["station"]
    late, coming = parts.milestones(plan.tasks["1"], today=MONDAY)
    assert (late.late, coming.late) == (True, False)
    # what had passed already was never promised to anybody; the rest is owed by the station
    assert terms(late.id) == []
    assert terms(coming.id) == [(COMING, None, station)]
    assert terms(plan.tasks["1"]) == [(DECEMBER, None, station)]

    tasks.note(YEAR, "1", "已经和学校商定时间", **who(plan, along))
    at = plan.task("1").version
    told = who(plan, along) | {"version": at}
    assert "牵头单位" in refused(Forbidden, tasks.finish, YEAR, "1", MONDAY, **told)
    assert refused(Forbidden, milestones.drop, YEAR, "1", late.id, "不做", **told)
    milestones.finish(YEAR, "1", coming.id, MONDAY, **told)  # who works along reaches milestones
    assert terms(coming.id) == [(COMING, ClockEnd.MET, station)]

    mine = who(plan, lead)
    assert refused(Stale, tasks.finish, YEAR, "1", MONDAY, version=at, **mine)
    at = plan.task("1").version
    assert "桌面推演" in refused(Conflict, tasks.finish, YEAR, "1", MONDAY, version=at, **mine)
    moved = {"due_on": DECEMBER}
    assert refused(Invalid, milestones.change, YEAR, "1", late.id, moved, version=at, **mine)
    why = moved | {"reason": "学校放假"}
    milestones.change(YEAR, "1", late.id, why, version=at, **mine)
    assert terms(late.id) == [(DECEMBER, None, station)]
    at = plan.task("1").version
    milestones.drop(YEAR, "1", late.id, "并入实战演练", version=at, **mine)
    assert terms(late.id) == [(DECEMBER, ClockEnd.WITHDRAWN, station)]
    gone = plan.task("1").version
    assert "有结果" in refused(
        Conflict, milestones.finish, YEAR, "1", late.id, MONDAY, version=gone, **mine
    )
    assert "佐证" in refused(Conflict, tasks.finish, YEAR, "1", MONDAY, version=gone, **mine)

    first = handed_in(plan, "1", along, store, kind=EvidenceKind.PHOTO, milestone=coming.id)
    assert "已经上传过" in refused(Conflict, handed_in, plan, "1", lead, store, name="另一名.pdf")
    at = plan.task("1").version
    assert refused(Invalid, tasks.finish, YEAR, "1", DECEMBER, version=at, **mine)
    tasks.finish(YEAR, "1", date(2026, 10, 30), version=at, **mine)
    task = plan.task("1")
    assert (task.state, task.done_on) == (S.DONE, date(2026, 10, 30))
    assert terms(task.id) == [(DECEMBER, ClockEnd.MET, station)]
    assert "最后一份" in refused(Conflict, withdraw, plan, "1", first, along)
    assert "重新打开" in refused(
        Conflict, milestones.add, YEAR, "1", MilestoneDraft(name="x", due_on=COMING), **mine
    )
    tasks.note(YEAR, "1", "验收意见也到了", **mine)

    second = handed_in(plan, "1", lead, store, content=pdf(b"2 0 obj<<>>endobj\n"))
    assert refused(Forbidden, withdraw, plan, "1", second, along)
    withdraw(plan, "1", first, lead)  # who leads may take back any
    assert refused(Gone, withdraw, plan, "1", first, lead)
    tasks.reopen(YEAR, "1", "督查发现还没有演练完", version=plan.task("1").version, **mine)
    task = plan.task("1")
    assert (task.state, task.done_on) == (S.OPEN, None)
    assert terms(task.id)[-1] == (DECEMBER, None, station)
    assert deeds(plan, "1") == [
        "task-change",
        "task-progress",
        "task-milestone-finish",
        "task-milestone-change",
        "task-milestone-drop",
        "task-evidence-add",
        "task-finish",
        "task-progress",
        "task-evidence-add",
        "task-evidence-withdraw",
        "task-reopen",
    ]


def test_milestones_stay_within_the_days_of_their_task(plan: Planned) -> None:
    lead, planner = who(plan, plan.liaison("station")), who(plan, plan.planner)
    late, coming = parts.milestones(plan.tasks["1"], today=MONDAY)
    at = plan.task("1").version
    beyond: dict[str, Any] = {"due_on": date(2027, 1, 1)}
    draft = MilestoneDraft(name="下一年的", **beyond)
    assert refused(Invalid, milestones.add, YEAR, "1", draft, **lead)
    moved = beyond | {"reason": "改期"}
    assert refused(Invalid, milestones.change, YEAR, "1", late.id, moved, version=at, **lead)
    for outside in ({"due_on": coming.due_on - DAY}, {"starts_on": late.due_on + DAY}):
        assert refused(Invalid, changes.change, YEAR, "1", outside, version=at, **planner)
    assert plan.task("1").version == at
    changes.change(YEAR, "1", {"due_on": coming.due_on}, version=at, **planner)
    assert refused(Invalid, milestones.add, YEAR, "1", replace(draft, due_on=DECEMBER), **lead)


def test_evidence_is_sealed_given_out_in_the_trail_and_may_be_made_public(
    plan: Planned, store: Store
) -> None:
    owner = plan.office.mediator
    made = handed_in(plan, "2", owner, store, name="培训签到-王某.pdf")
    own = evidence_queries.Owner(ClockSubject.PLAN_TASK, plan.tasks["2"])
    (view,) = evidence_queries.of(own, desk=plan.office.desk)
    assert (view.id, view.name, view.about) == (made, "培训签到-王某.pdf", "其他")
    row = db.session.get_one(PlanEvidence, made)
    assert "王某".encode() not in row.about.encode() + row.name_sealed
    given = evidence.give(own, made, store=store, **who(plan, owner))
    assert given.content == PDF
    trail = sa.select(AuditEntry.detail).where(
        AuditEntry.action == "plan_task.evidence_download",
        AuditEntry.subject_id == plan.tasks["2"],
    )
    assert db.session.scalars(trail).one() == {"evidence": str(made), "kind": "other"}
    another = evidence_queries.Owner(ClockSubject.PLAN_TASK, plan.tasks["1"])
    assert refused(NotFound, evidence.give, another, made, store=store, **who(plan, owner))

    public = Publication(public=True, published_on=MONDAY, published_at="镇政府网站")
    published(plan, made, public, owner)
    (view,) = evidence_queries.of(own, desk=plan.office.desk)
    assert (view.public, view.published_on, view.published_at) == (True, MONDAY, "镇政府网站")
    for wrong in (
        Publication(public=False, published_at="镇政府网站"),
        Publication(public=True, published_on=DECEMBER),
    ):
        assert refused(Invalid, published, plan, made, wrong, owner)
    along = plan.liaison("station")  # works along: hands in and takes back its own alone
    assert "登记公开" in refused(Forbidden, published, plan, made, Publication(public=False), along)
    withdraw(plan, "2", made, owner)
    assert refused(Gone, evidence.give, own, made, store=store, **who(plan, owner))
    again = handed_in(plan, "2", owner, store)  # what was taken back may come again
    assert {
        each.id: bool(each.withdrawal) for each in evidence_queries.of(own, desk=plan.office.desk)
    } == {
        made: True,
        again: False,
    }
    stranger = plan.office.actor(Role.MEDIATOR, "station")
    files = set(store.names())
    assert refused(NotFound, handed_in, plan, "2", stranger, store)
    with pytest.raises(Invalid):
        handed_in(plan, "2", owner, store, content=pdf(b"3 0 obj<<>>endobj\n"), milestone=uuid4())
    assert set(store.names()) == files  # what became no evidence does not lie around


def test_a_planner_changes_what_is_planned_and_the_terms_follow(plan: Planned) -> None:
    started(plan, "1", "4")
    station, justice = (plan.office.units[each] for each in ("station", "justice"))
    coming = parts.milestones(plan.tasks["1"], today=MONDAY)[-1]
    assert terms(plan.tasks["4"]) == []  # nobody leads it
    planner = who(plan, plan.planner)
    at = plan.task("1").version
    told = {"lead": justice, "co_units": [station], "due_on": date(2026, 12, 20)}
    assert refused(
        Forbidden, changes.change, YEAR, "1", told, version=at, **who(plan, plan.liaison("station"))
    )
    changes.change(YEAR, "1", told, version=at, **planner)
    assert terms(plan.tasks["1"]) == [
        (date(2026, 12, 20), None, justice),
        (DECEMBER, ClockEnd.REPLACED, justice),
    ]
    assert terms(coming.id) == [(COMING, None, justice)]
    event = db.session.scalars(
        sa.select(Event).where(Event.subject_id == plan.tasks["1"]).order_by(Event.id.desc())
    ).first()
    assert event is not None
    assert event.detail["fields"] == ["co_units", "due_on", "lead"]
    assert event.detail["before"] == {"lead": str(station), "due_on": "2026-12-31"}

    at = plan.task("1").version
    changes.change(YEAR, "1", told, version=at, **planner)
    assert plan.task("1").version == at  # what says the same is no change
    first, second = parts.measures(plan.tasks["1"])
    told = {
        "measures": [
            {"id": second.id, "text": second.text},
            {"id": None, "text": "请学校参加"},
        ],
        "indicators": [
            {
                "id": None,
                "name": "演练次数",
                "comparison": Comparison.AT_LEAST,
                "target": 2,
                "unit": "次",
                "metric": None,
            }
        ],
        "registers": [],
        "lead": None,
        "owner": plan.office.mediator.user_id,
    }
    changes.change(YEAR, "1", told, version=at, **planner)
    assert [each.text for each in parts.measures(plan.tasks["1"])] == [second.text, "请学校参加"]
    assert parts.measures(plan.tasks["1"])[0].id == second.id
    assert [each.target for each in parts.indicators(plan.tasks["1"])] == [2]
    assert parts.registers(plan.tasks["1"]) == []
    assert {ended for _, ended, _ in terms(plan.tasks["1"])} == {ClockEnd.REPLACED}
    assert terms(coming.id) == [(COMING, ClockEnd.REPLACED, None)]

    at = plan.task("1").version
    wrong = {
        "lead": uuid4(),
        "co_units": [uuid4()],
        "owner": plan.office.window.user_id,
        "measures": [{"id": first.id, "text": "x"}],
        "indicators": [
            {
                "id": None,
                "name": "x",
                "comparison": None,
                "target": None,
                "unit": "件",
                "metric": "none",
            }
        ],
        "registers": ["nothing"],
    }
    with pytest.raises(Invalid) as refusal:
        changes.change(YEAR, "1", wrong, version=at, **planner)
    assert sorted(refusal.value.fields) == [
        "co_units",
        "indicators.0.metric",
        "lead",
        "measures.0.id",
        "owner",
        "registers",
    ]
    early = {"due_on": date(2025, 12, 31)}
    assert refused(Invalid, changes.change, YEAR, "1", early, version=at, **planner)
    assert plan.task("1").version == at

    changes.change(YEAR, "4", {"lead": station}, version=plan.task("4").version, **planner)
    assert terms(plan.tasks["4"]) == [(DECEMBER, None, station)]
    at = plan.task("4").version
    assert refused(
        Forbidden, tasks.drop, YEAR, "4", "x", version=at, **who(plan, plan.liaison("station"))
    )
    tasks.drop(YEAR, "4", "机构改革推迟到明年", version=at, **planner)
    assert terms(plan.tasks["4"]) == [(DECEMBER, ClockEnd.WITHDRAWN, station)]
    gone = plan.task("4")
    assert (gone.state, gone.reason) == (S.DROPPED, "机构改革推迟到明年")
    assert "已经取消" in refused(
        Conflict, changes.change, YEAR, "4", {"name": "x"}, version=gone.version, **planner
    )
    assert refused(Conflict, tasks.note, YEAR, "4", "x", **planner)
    assert refused(Invalid, tasks.note, YEAR, "5", "x", on_date=DECEMBER, **planner)
    assert refused(StepNotAllowed, tasks.drop, YEAR, "4", "x", version=gone.version, **planner)
    tasks.resume(YEAR, "4", version=gone.version, **planner)
    assert (plan.task("4").state, plan.task("4").reason) == (S.OPEN, None)
    assert terms(plan.tasks["4"])[-1] == (DECEMBER, None, station)


def test_a_task_waits_for_documents_and_everybody_sees_what_is_theirs(plan: Planned) -> None:
    lead = who(plan, plan.liaison("station"))
    (waited,) = parts.dependences(plan.tasks["5"])
    came = Arrival(arrived_on=MONDAY, document_number="奈党办〔2026〕8号")
    early = Arrival(arrived_on=DECEMBER)
    at: dict[str, Any] = {"version": plan.task("5").version}
    assert refused(Invalid, dependences.arrive, YEAR, "5", waited.id, early, **at, **lead)
    dependences.arrive(YEAR, "5", waited.id, came, **at, **lead)
    made = dependences.add(YEAR, "5", DependenceDraft(title="考核办法"), **lead)
    at = {"version": plan.task("5").version}
    assert "登记收到" in refused(
        Conflict, dependences.arrive, YEAR, "5", waited.id, came, **at, **lead
    )
    assert refused(
        NotFound, dependences.drop, YEAR, "1", made, "x", version=plan.task("1").version, **lead
    )
    dependences.drop(YEAR, "5", made, "今年不发", **at, **lead)
    assert [each.is_awaited for each in parts.dependences(plan.tasks["5"])] == [False, False]

    def seen(actor: Actor, **filters: Any) -> list[str]:
        asked = queries.page(YEAR, TaskFilters(**filters), limit=50, **who(plan, actor))
        return [each.number for each in asked.items]

    assert seen(plan.planner) == ["1", "2", "3", "4", "5"]
    assert seen(plan.liaison("station")) == ["1", "2", "5"]
    assert seen(plan.office.mediator) == ["2"]
    assert seen(plan.office.actor(Role.LEGAL, "justice")) == ["3"]
    assert seen(plan.planner, organisation=plan.office.units["committee"]) == ["1", "2"]
    assert seen(plan.planner, q="述法") == ["5"]
    assert seen(plan.planner, state=S.DONE) == []
    assert seen(plan.planner, mine=True) == []
    with statements() as one:
        queries.page(YEAR, TaskFilters(), limit=1, **who(plan, plan.planner))
    with statements() as all_:
        queries.page(YEAR, TaskFilters(), limit=50, **who(plan, plan.planner))
    assert len(one) == len(all_) < 15  # however many there are
    first = queries.page(YEAR, TaskFilters(), limit=2, count=True, **who(plan, plan.planner))
    assert (first.total, [each.number for each in first.items]) == (5, ["1", "2"])
    rest = queries.page(
        YEAR, TaskFilters(), limit=3, cursor=first.next_cursor, **who(plan, plan.planner)
    )
    assert [each.number for each in rest.items] == ["3", "4", "5"]
    assert refused(NotFound, queries.page, 2030, TaskFilters(), **who(plan, plan.planner))
    assert refused(NotFound, queries.one, YEAR, "3", **who(plan, plan.office.mediator))
    assert refused(Forbidden, queries.page, YEAR, TaskFilters(), **who(plan, plan.office.window))
    mine = queries.of_mine(YEAR, **who(plan, plan.liaison("station")))
    assert [(each.number, each.need) for each in mine] == [
        ("1", PlanNeed.MILESTONE_LATE),
        ("2", PlanNeed.SILENT),
        ("5", PlanNeed.SILENT),
    ]


def test_an_old_plan_comes_in_without_warning_anybody(office: Office) -> None:
    counted = sa.select(sa.func.count())
    later = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    with office.app.app_context():
        office.actor(Role.LEADER)
        old = planned(office, year=2024)
        started(old, "1", "2", "3", "5")
        assert ladder.tell_due(desk=office.desk, now=later) == 0
        assert db.session.scalar(counted.select_from(Clock)) == 0
        new = planned(office)
        started(new, "1")
        assert ladder.tell_due(desk=office.desk, now=later) == 1  # the milestone of 12 November
        assert db.session.scalar(counted.select_from(ClockStep)) == 1


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample does not lie beside the repository")
def test_the_thirty_tasks_of_the_sample_are_worked_on_from_one_list(office: Office) -> None:
    with office.app.app_context():
        plan = sampled(office)
        planner = who(plan, plan.planner)
        with statements() as sent:
            listed = queries.page(YEAR, TaskFilters(), limit=50, **planner)
        assert ([each.number for each in listed.items], len(sent) < 15) == (
            [str(number) for number in range(1, 31)],
            True,
        )
        station = plan.office.units["station"]
        told = {"lead": station, "owner": plan.office.mediator.user_id}
        at = plan.task("29").version
        changes.change(YEAR, "29", told, version=at, **planner)
        assert [each[0] for each in terms(plan.tasks["29"])] == [DECEMBER]
        (mine,) = queries.of_mine(YEAR, **who(plan, plan.office.mediator))
        assert (mine.number, mine.owner and mine.owner.id) == ("29", told["owner"])
        assert "60" in queries.one(YEAR, "29", **planner).text
        (hours,) = parts.indicators(plan.tasks["29"])
        assert (hours.metric, hours.words, hours.target) == (
            "training_reached_rate",
            "60学时",
            Decimal(100),
        )


def test_two_towns_have_a_task_of_the_same_number_each(office: Office) -> None:
    with office.app.app_context():
        two_towns(World(office, seed=1))
        here = planned(office)
        leads: dict[str, str | None] = dict.fromkeys("12345", "north-committee")
        there = planned(office, unit="north-centre", leads=leads)
        north = office.actor(Role.PLANNER, "north-centre")
        for plan, actor in ((here, here.planner), (there, north)):
            assert queries.one(YEAR, "1", **who(plan, actor)).id == plan.tasks["1"]
            seen = queries.page(YEAR, TaskFilters(), limit=50, **who(plan, actor))
            assert {each.id for each in seen.items} == set(plan.tasks.values())
        before = here.task("1").version
        tasks.note(YEAR, "1", "北河镇的进展", **who(there, north))
        assert (here.task("1").version, there.task("1").version) == (before, 2)
        away = {"actor": here.planner, "desk": office.desk}
        assert refused(NotFound, queries.where_is, there.tasks["1"], **away)
        unit = {"lead": office.units["station"]}
        version = there.task("1").version
        refusal = refused(
            Invalid, changes.change, YEAR, "1", unit, version=version, **who(there, north)
        )
        assert refusal
