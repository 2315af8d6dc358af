"""A small yearly plan 年度计划 for tests, as rows: two chapters, three sections, five tasks.

Task 1 is the station's, the committee works along; it has two measures and two milestones. Task 2
is the committee's and its mediator answers for it; it is held to hours of training. Task 3 is the
justice office's, with a live figure. Task 4 has no lead yet. Task 5 is the station's and waits for
a document of superiors. No term runs until `start_terms` is called.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa

from config.plan import Comparison
from config.vocabulary import Role
from models import (
    Plan,
    PlanAssist,
    PlanChapter,
    PlanDependence,
    PlanIndicator,
    PlanMeasure,
    PlanMilestone,
    PlanSection,
    PlanTask,
    PlanTaskRegister,
    db,
    transaction,
)
from service.operations import plan_import
from service.operations.plan_import import Source
from service.queries.organisation_tree import head
from service.rules.access import Actor
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

YEAR: Final = 2026
# not every copy of the repository has it beside it
SAMPLE: Final = Path(__file__).parents[3] / "shared" / "data" / "work_plan_2024.txt"
TITLE: Final = "柳溪镇2026年法治政府建设工作计划"
PREAMBLE: Final = "为推进依法行政，结合柳溪镇实际，制定本计划。"
# chapter, section, number, short name, wording, lead, units that work along
TASKS: Final = (
    (
        "一",
        "一",
        "1",
        "应急演练",
        "开展应急演练，加强突发事件信息公开。",
        "station",
        ("committee",),
    ),
    ("一", "一", "2", "干部培训", "组织培训，全年每人不少于60学时。", "committee", ("station",)),
    ("一", "二", "3", "建议书办复", "落实司法建议、检察建议，提升办复率。", "justice", ()),
    ("一", "二", "4", "优化机构职能", "推进机构、职能、权限法定化。", None, ()),
    ("二", "三", "5", "年度述法", "组织年度述法，按上级通知的时间完成。", "station", ()),
)
CHAPTERS: Final = {"一": "健全依法行政体系", "二": "加强党的领导"}
SECTIONS: Final = {"一": "健全应急体系。", "二": "规范行政应诉。", "三": "完善推进机制。"}
MEASURES: Final = ("上半年组织一次桌面推演", "下半年组织一次实战演练")
PAST: Final = date(2026, 10, 20)  # the milestone that is overdue on Monday, 2 November
COMING: Final = date(2026, 11, 12)  # the one that comes


@dataclass(frozen=True)
class Planned:
    """A plan that stands in the database."""

    office: Office
    id: UUID
    year: int
    tasks: dict[str, UUID] = field(default_factory=dict)

    def task(self, number: str) -> PlanTask:
        """A task as it is stored now."""
        return db.session.get_one(PlanTask, self.tasks[number], populate_existing=True)

    @property
    def row(self) -> Plan:
        """The plan as it is stored now."""
        return db.session.get_one(Plan, self.id, populate_existing=True)

    @property
    def planner(self) -> Actor:
        """Who looks after the plan."""
        return self.office.actor(Role.PLANNER)

    def liaison(self, unit: str) -> Actor:
        """Who works on the tasks of a unit."""
        return self.office.actor(Role.LIAISON, unit)


def planned(
    office: Office,
    *,
    year: int = YEAR,
    unit: str = "centre",
    owner: Actor | None = None,
    leads: dict[str, str | None] | None = None,
    **changes: Any,
) -> Planned:
    """A plan of the town that `unit` stands in; `leads` names other leads by the task's number.

    Task 2 has an owner: the mediator of the committee, unless `owner` is another. `changes` are
    columns of the plan.
    """
    answers = owner or office.mediator
    found = {number: lead for _, _, number, _, _, lead, _ in TASKS} | (leads or {})
    made = Planned(office, uuid4(), year)
    clerk = made.planner
    text = "\n".join([TITLE, PREAMBLE, *(wording for _, _, _, _, wording, _, _ in TASKS)])
    told: dict[str, Any] = {
        "title": TITLE.replace(str(YEAR), str(year)),
        "preamble": PREAMBLE,
        "closing": "",
        "wording": sha256(text.encode()).hexdigest(),
        "changed_by": None,
        "changed_at": MONDAY_9AM,
    }
    with transaction() as session:
        town = head(office.units[unit])
        session.add(Plan(id=made.id, organisation_id=town, year=year, **told | changes))
        session.flush()  # each of these names the one above it, and none is a relationship
        sections = _frame(session, made.id)
        for place, (_, section, number, name, wording, _, along) in enumerate(TASKS, 1):
            made.tasks[number] = uuid4()
            lead = found[number]
            session.add(
                PlanTask(
                    id=made.tasks[number],
                    plan_id=made.id,
                    section_id=sections[section],
                    ordinal=place,
                    number=number,
                    text=wording,
                    name=name,
                    units_text=[],
                    lead_id=office.units[lead] if lead else None,
                    owner_id=answers.user_id if number == "2" else None,
                    starts_on=date(year, 1, 1),
                    due_on=date(year, 12, 31),
                )
            )
            session.flush()
            session.add_all(_assists(office, made.tasks[number], along))
        session.add_all(_parts(made, clerk))
    return made


def _frame(session: Any, plan_id: UUID) -> dict[str, UUID]:
    """The chapters and sections; the id of each section by its number."""
    chapters, sections = {}, {}
    for place, (number, title) in enumerate(CHAPTERS.items(), 1):
        chapters[number] = uuid4()
        called = {"number": number, "title": title, "text": ""}
        session.add(PlanChapter(id=chapters[number], plan_id=plan_id, ordinal=place, **called))
    session.flush()
    of = {section: chapter for chapter, section, *_ in TASKS}
    for place, (number, title) in enumerate(SECTIONS.items(), 1):
        sections[number] = uuid4()
        told: dict[str, Any] = {"number": number, "title": title, "text": "", "ordinal": place}
        session.add(PlanSection(id=sections[number], chapter_id=chapters[of[number]], **told))
    session.flush()
    return sections


def _assists(office: Office, task_id: UUID, units: Sequence[str]) -> list[PlanAssist]:
    return [PlanAssist(task_id=task_id, organisation_id=office.units[each]) for each in units]


def _parts(made: Planned, clerk: Actor) -> list[Any]:
    one, two, three, five = (made.tasks[each] for each in "1235")
    return [
        *(PlanMeasure(task_id=one, ordinal=n, text=each) for n, each in enumerate(MEASURES, 1)),
        PlanMilestone(task_id=one, name="桌面推演", due_on=PAST.replace(year=made.year)),
        PlanMilestone(task_id=one, name="实战演练", due_on=COMING.replace(year=made.year)),
        PlanTaskRegister(task_id=one, register="emergency-drills"),
        PlanTaskRegister(task_id=two, register="training-hours"),
        PlanIndicator(
            task_id=two,
            ordinal=1,
            name="人均培训学时",
            comparison=Comparison.AT_LEAST,
            hundredths=6000,
            unit="学时",
            words="每人不少于60学时",
        ),
        PlanIndicator(
            task_id=three,
            ordinal=1,
            name="建议书办复率",
            comparison=Comparison.AT_LEAST,
            hundredths=10000,
            unit="%",
            metric="suggestion_reply_rate",
        ),
        PlanDependence(
            task_id=five,
            title="年度述法工作的通知",
            issuer="中共柳溪旗委",
            expected_on=date(made.year, 10, 31),
            recorded_by=clerk.user_id,
            recorded_at=MONDAY_9AM,
        ),
    ]


def sampled(office: Office, *, year: int = YEAR) -> Planned:
    """The plan this product was asked for, of another year, taken in as the command does it."""
    source = Source(year=year, file_name=SAMPLE.name, content=SAMPLE.read_bytes())
    taken = plan_import.take_file(source, town=None, desk=office.desk, now=MONDAY_9AM)
    assert taken is not None
    found = sa.select(Plan.id, PlanTask.number, PlanTask.id).join(
        PlanTask, PlanTask.plan_id == Plan.id
    )
    rows = db.session.execute(found.where(Plan.year == year)).all()
    return Planned(office, rows[0][0], year, {number: task for _, number, task in rows})
