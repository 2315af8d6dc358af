"""Importing a plan in the database: kept, corrected, taken in, and again when it has changed."""

import random
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from config.clock_subject import ClockSubject
from config.plan import PlanLineKind, PlanTaskState
from config.vocabulary import Role
from models import (
    Clock,
    Event,
    Plan,
    PlanAssist,
    PlanChapter,
    PlanImport,
    PlanIndicator,
    PlanMeasure,
    PlanNote,
    PlanSection,
    PlanTask,
    PlanTaskRegister,
    db,
    transaction,
)
from service.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from service.operations import plan_import as operations
from service.operations import plan_task as tasks
from service.operations.plan_import import Source
from service.operations.plan_take import Taken
from service.queries import plan_import as queries
from service.queries.plan_wording import wording
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

TEXT = """柳溪镇2026年法治政府建设工作计划
为推进依法行政，制定本计划。
一、健全应急体系
（一）完善应急制度。
1、开展应急演练，加强信息公开。（责任单位：派出所，司法所；配合单位：党政办；完成时限：2026年11月底）
（1）桌面推演；
（2）实战演练。
2、组织业务培训，每人不少于60学时。
二、规范行政应诉
（二）落实司法建议、检察建议。
责任单位：柳溪司法所
各单位要抓好落实。
"""
NEXT = """柳溪镇2026年法治政府建设工作计划
为推进依法行政，制定本计划。
一、健全应急体系
（一）完善应急制度。
1、严格落实合法性审查，审查率达到100%。
2、开展应急演练，加强信息公开和舆情引导。（责任单位：派出所，司法所；配合单位：党政办；完成时限：2026年11月底）
（1）桌面推演；
（2）实战演练。
二、规范行政应诉
（二）组织业务培训。
3、组织业务培训，每人不少于40学时。
各单位要抓好落实。
"""


@pytest.fixture
def town(office: Office) -> Iterator[Office]:
    with office.app.app_context():
        yield office


def who(town: Office, **more: Any) -> dict[str, Any]:
    actor = town.actor(Role.PLANNER)
    return {"actor": actor, "desk": town.desk, "now": MONDAY_9AM} | more


def made(town: Office, text: str, **more: Any) -> UUID:
    return operations.make(Source(2026, text=text), **who(town, **more))


def taken(town: Office, text: str) -> Taken:
    return operations.take(made(town, text), version=1, **who(town))


def plan_tasks() -> dict[str, PlanTask]:
    found = db.session.scalars(sa.select(PlanTask).execution_options(populate_existing=True))
    return {task.number: task for task in found}


def texts(table: Any, column: Any, task: PlanTask) -> list[Any]:
    asked = sa.select(column).where(table.task_id == task.id)
    return sorted(db.session.scalars(asked))


def count(table: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_a_plan_is_kept_corrected_and_taken_in(town: Office) -> None:
    import_id = made(town, TEXT)
    view = queries.one(import_id, actor=town.actor(Role.DIRECTOR), desk=town.desk)
    assert view.comparison is None
    assert [(name.name, name.units) for name in view.names] == [
        ("党政办", ()),
        ("派出所", ("柳溪派出所",)),
        ("司法所", ("柳溪司法所",)),
        ("柳溪司法所", ("柳溪司法所",)),
    ]
    lines = {line.source.text: n for n, line in enumerate(view.reading.lines)}
    last = lines["各单位要抓好落实。"]
    assert view.reading.lines[last].kind is PlanLineKind.CLOSING
    operations.correct(
        import_id,
        {last: PlanLineKind.TEXT},
        {"党政办": town.units["centre"]},
        version=1,
        **who(town),
    )
    with pytest.raises(Stale):
        operations.take(import_id, version=1, **who(town))
    done = operations.take(import_id, version=2, **who(town))
    assert (done.counts, done.unmatched) == ({"added": 3}, ())
    found = plan_tasks()
    assert [(n, t.name, t.text[-8:]) for n, t in sorted(found.items())] == [
        ("1", "开展应急演练", "（2）实战演练。"),
        ("2", "组织业务培训", "不少于60学时。"),
        ("2.2", "落实司法建议、检察建议", "单位要抓好落实。"),
    ]
    one, two, three = (found[number] for number in ("1", "2", "2.2"))
    assert (one.lead_id, one.due_on) == (town.units["station"], date(2026, 11, 30))
    assert set(texts(PlanAssist, PlanAssist.organisation_id, one)) == {
        town.units["justice"],
        town.units["centre"],
    }
    assert one.units_text == ["派出所", "司法所", "党政办"]
    assert texts(PlanMeasure, PlanMeasure.text, one) == ["（1）桌面推演；", "（2）实战演练。"]
    assert texts(PlanTaskRegister, PlanTaskRegister.register, one) == ["emergency-drills"]
    assert (two.lead_id, two.due_on) == (None, date(2026, 12, 31))
    assert texts(PlanIndicator, PlanIndicator.metric, two) == ["training_reached_rate"]
    assert "suggestion_reply_rate" in texts(PlanIndicator, PlanIndicator.metric, three)
    terms = db.session.scalars(
        sa.select(Clock.due_on).where(Clock.subject == ClockSubject.PLAN_TASK)
    ).all()
    assert sorted(terms) == [date(2026, 11, 30), date(2026, 12, 31)]
    plan = db.session.scalars(sa.select(Plan)).one()
    assert (plan.title, plan.wording) == (TEXT.partition("\n")[0], wording(plan))
    row = db.session.get_one(PlanImport, import_id)
    assert (row.plan_id, row.taken_by) == (plan.id, town.actor(Role.PLANNER).user_id)
    with pytest.raises(Conflict):
        operations.take(import_id, version=row.version, **who(town))
    with pytest.raises(Conflict):
        operations.correct(import_id, {}, {}, version=row.version, **who(town))


def test_a_changed_document_changes_the_plan_and_loses_nothing(town: Office) -> None:
    taken(town, TEXT)
    before = {number: (task.id, task.version) for number, task in plan_tasks().items()}
    tasks.note(2026, "1", "已排定演练时间", **who(town))
    director = town.actor(Role.DIRECTOR)
    with transaction() as session:
        plan = session.scalars(sa.select(Plan)).one()
        plan.approved_by = director.user_id
        plan.approved_at, plan.approved_wording = MONDAY_9AM, plan.wording
    view = queries.one(made(town, NEXT), actor=town.actor(Role.PLANNER), desk=town.desk)
    assert view.comparison is not None
    assert not view.is_same
    assert [
        (c.fate.value, c.moved, c.piece.number) for c in view.comparison.of(PlanLineKind.TASK)
    ] == [
        ("added", False, "1"),
        ("reworded", False, "2"),
        ("reworded", True, "3"),
        ("dropped", False, "2.2"),
    ]
    done = operations.take(view.row.id, version=1, **who(town))
    assert {k: v for k, v in done.counts.items() if v} == {
        "added": 1,
        "reworded": 2,
        "moved": 2,
        "dropped": 1,
    }
    found = plan_tasks()
    assert {n: t.id for n, t in found.items() if n != "1"} == {
        "2": before["1"][0],
        "3": before["2"][0],
        "2.2": before["2.2"][0],
    }
    assert found["2"].lead_id == town.units["station"]
    assert count(PlanNote) == 1
    assert texts(PlanMeasure, PlanMeasure.text, found["2"]) == [
        "（1）桌面推演；",
        "（2）实战演练。",
    ]
    assert texts(PlanIndicator, PlanIndicator.words, found["3"]) == ["每人不少于40学时"]
    assert texts(PlanTaskRegister, PlanTaskRegister.register, found["1"]) == ["legality-reviews"]
    off = found["2.2"]
    assert (off.state, off.reason) == (
        PlanTaskState.DROPPED,
        "新的文本里没有这项任务（粘贴的文字）",
    )
    plan = db.session.scalars(sa.select(Plan)).one()
    assert plan.wording == wording(plan) != plan.approved_wording
    deeds = db.session.scalars(sa.select(Event.action).where(Event.subject == "plan_task")).all()
    assert sorted(deeds) == ["task-drop", "task-progress", "task-reword", "task-reword"]


def test_the_same_document_again_changes_nothing_and_an_old_one_brings_back(town: Office) -> None:
    taken(town, TEXT)
    taken(town, NEXT)
    versions = {number: task.version for number, task in plan_tasks().items()}
    view = queries.one(made(town, NEXT), actor=town.actor(Role.PLANNER), desk=town.desk)
    assert view.is_same
    again = operations.take(view.row.id, version=1, **who(town))
    assert not any(again.counts.values())
    assert {number: task.version for number, task in plan_tasks().items()} == versions
    taken(town, TEXT)
    found = plan_tasks()
    assert {n for n, t in found.items() if t.state is PlanTaskState.DROPPED} == {"原1"}
    assert found["2.2"].reason is None
    assert (count(PlanChapter), count(PlanSection)) == (2, 2)
    same = operations.take_file(
        Source(2026, "计划.txt", TEXT.encode()), town=None, desk=town.desk, now=MONDAY_9AM
    )
    assert same is None
    next_year = operations.take_file(
        Source(2027, "计划.txt", TEXT.encode()), town=None, desk=town.desk, now=MONDAY_9AM
    )
    assert next_year is not None
    lineage = db.session.scalars(
        sa.select(PlanTask.previous_id).where(PlanTask.plan_id == next_year.plan_id)
    ).all()
    assert set(lineage) == {found[number].id for number in ("1", "2", "2.2")}


def test_whatever_order_tasks_come_in_they_change_places(town: Office) -> None:
    head = "一、甲\n"
    words = ["开展合法性审查工作", "组织干部集中培训", "排查化解矛盾纠纷", "公开行政执法结果"]
    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [1, 3], [0, 1, 2, 3], [2, 0]):
        text = head + "\n".join(f"{n}、{words[i]}。" for n, i in enumerate(order, 1))
        taken(town, text)
        live = {n: t.text for n, t in plan_tasks().items() if t.state is PlanTaskState.OPEN}
        assert live == {str(n): f"{words[i]}。" for n, i in enumerate(order, 1)}
    assert count(PlanTask) == 4


def test_who_may_not_import_and_what_is_no_plan(town: Office) -> None:
    for role in (Role.LEADER, Role.LIAISON, Role.LEGAL, Role.AUDITOR):
        with pytest.raises(Forbidden):
            made(town, TEXT, actor=town.actor(role))
    with pytest.raises(Invalid) as refusal:
        made(town, " \n")
    assert set(refusal.value.fields) == {"file"}
    with pytest.raises(Invalid) as refusal:
        operations.make(Source(1800, text=TEXT), **who(town))
    assert set(refusal.value.fields) == {"year"}
    import_id = made(town, "没有编号的一段。")
    with pytest.raises(Conflict, match="还没有读出"):
        operations.take(import_id, version=1, **who(town))
    for kinds, units, field in (
        ({9: PlanLineKind.TASK}, {}, "lines"),
        ({}, {"甲": UUID(int=1)}, "units"),
    ):
        with pytest.raises(Invalid) as refusal:
            operations.correct(import_id, kinds, units, version=1, **who(town))
        assert set(refusal.value.fields) == {field}
    with pytest.raises(NotFound):
        queries.one(UUID(int=1), actor=town.actor(Role.PLANNER), desk=town.desk)
    with pytest.raises(NotFound):
        queries.one(import_id, actor=town.actor(Role.LEADER), desk=town.desk)
    operations.correct(import_id, {0: PlanLineKind.TASK}, {}, version=1, **who(town))
    operations.read_again(import_id, version=2, **who(town))
    assert db.session.get_one(PlanImport, import_id).body["said"] == {}
    operations.give_up(import_id, version=3, **who(town))
    with pytest.raises(Conflict, match="放弃"):
        operations.take(import_id, version=4, **who(town))
    assert count(Plan) == 0


@pytest.mark.deep
def test_whatever_documents_follow_each_other_the_plan_says_the_last_one(town: Office) -> None:
    chance = random.Random(8)
    chapters = ["健全决策体系", "规范执法行为", "化解社会矛盾", "加强组织领导"]
    sections = ["严格合法性审查", "落实公开制度", "开展培训", "完善预案", "推进诚信建设"]
    words = [f"开展第{n}类{each}工作，形成台账{n}" for n in range(4) for each in sections]
    for _ in range(40):
        lines = ["工作计划" * chance.randint(0, 1)]
        count = 0
        for number, chapter in enumerate(chance.sample(chapters, chance.randint(0, 4))):
            lines.append(f"{'一二三四'[number]}、{chapter}")
            for place, section in enumerate(chance.sample(sections, chance.randint(0, 3))):
                lines.append(f"（{'一二三'[place]}）{section}。")
                for task in chance.sample(words, chance.randint(0, 3)):
                    count = chance.choice([count + 1, count + 1, count + 2, 1])
                    lines.append(f"{count}、{task}{chance.choice(['', '，按季调度'])}。")
        text = "\n".join(lines)
        import_id = made(town, text or "空")
        view = queries.one(import_id, actor=town.actor(Role.PLANNER), desk=town.desk)
        draft = view.reading.draft
        if not draft.tasks:
            continue
        operations.take(import_id, version=1, **who(town))
        live = {n: t.text for n, t in plan_tasks().items() if t.state is PlanTaskState.OPEN}
        assert live == {task.number: task.text for task in draft.tasks}
        again = queries.one(made(town, text), actor=town.actor(Role.PLANNER), desk=town.desk)
        assert again.is_same


@pytest.mark.parametrize("hours", ["６０", "99999999999999999999"])
def test_whatever_number_stands_in_a_task_it_is_taken_in(town: Office, hours: str) -> None:
    taken(town, TEXT.replace("不少于60学时", f"不少于{hours}学时"))
    assert f"不少于{hours}学时" in plan_tasks()["2"].text
    meant = [6000] if hours == "６０" else []
    assert texts(PlanIndicator, PlanIndicator.hundredths, plan_tasks()["2"]) == meant


def test_what_is_read_as_far_too_many_headings_is_no_plan(town: Office) -> None:
    """Each piece is laid beside each of the stored plan: thousands would hold up everybody."""
    text = "计划\n一、甲\n" + "（一）乙\n" * operations.MOST_PIECES + "1、丙丁\n"
    with pytest.raises(Invalid) as refusal:
        made(town, text)
    assert list(refusal.value.fields) == ["text"]
    with pytest.raises(Invalid) as refusal:
        operations.make(Source(2026, content=text.encode()), **who(town))
    assert list(refusal.value.fields) == ["file"]
    assert count(PlanImport) == 0
