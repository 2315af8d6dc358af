"""Look at an import of a plan 计划导入: its lines, whom its names mean, what it would change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from config.plan import PlanLineKind, PlanTaskState
from config.vocabulary import OrganisationKind
from models import (
    Organisation,
    Plan,
    PlanChapter,
    PlanImport,
    PlanSection,
    PlanTask,
    User,
    db,
)
from service.desk import Desk
from service.errors import NotFound
from service.queries.access import of_town
from service.queries.organisation_tree import place
from service.rules import access
from service.rules.access import Actor
from service.rules.plan_compare import Comparison, Fate, Piece, compare, pieces_of
from service.rules.plan_link import Unit, meant
from service.rules.plan_text import (
    DraftPlan,
    PlanText,
    ReadLine,
    SourceLine,
    assemble,
    classify,
    drafted,
)

IMPORT: Final = "plan.import"
NOT_FOUND: Final = "没有找到这次导入"
MOST_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Reading:
    """What an import says: its lines, the plan they make, and what of it would be stored."""

    lines: tuple[ReadLine, ...]
    text: PlanText
    draft: DraftPlan


@dataclass(frozen=True, slots=True)
class NameView:
    """A unit the document names: the units it means, whether a person said so, in which tasks.

    `organisation_id` is what a person chose; nobody, where they said that it is none of ours.
    """

    name: str
    units: tuple[str, ...]
    unit_ids: tuple[UUID, ...]
    said: bool
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """An import in a list."""

    id: UUID
    year: int
    file_name: str
    made_by: str | None
    made_at: datetime
    taken_by: str | None
    taken_at: datetime | None
    dropped_at: datetime | None
    version: int

    @property
    def is_open(self) -> bool:
        """Whether it can still be corrected and taken in."""
        return self.taken_at is None and self.dropped_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportView:
    """An import with all it says; `comparison` is with the plan of its year, where there is one."""

    row: ImportRow
    reading: Reading
    names: tuple[NameView, ...]
    units: tuple[Unit, ...]
    comparison: Comparison | None
    is_same: bool  # as the plan that is stored


def one(import_id: UUID, *, actor: Actor, desk: Desk) -> ImportView:
    """One import of the caller's town; NotFound."""
    found = found_for(import_id, actor, desk)
    reading = reading_of(found.body)
    units = units_of(found.organisation_id)
    plan = stored(found.organisation_id, found.year)
    comparison = None if plan is None else compared(plan, reading.draft)
    return ImportView(
        row=next(iter(_rows(PlanImport.id == import_id))),
        reading=reading,
        names=_names(reading.draft, units, found.body, desk),
        units=units,
        comparison=comparison,
        is_same=plan is not None and is_same(plan, reading.draft, comparison),
    )


def found_for(import_id: UUID, actor: Actor, desk: Desk) -> PlanImport:
    """The row, for who may import; NotFound where it is another town's."""
    scope = access.scope(actor, IMPORT, desk.policy.access)
    found = db.session.scalars(
        sa.select(PlanImport)
        .where(PlanImport.id == import_id, of_town(actor, PlanImport.organisation_id))
        .execution_options(populate_existing=True)
    ).first()
    if found is None or not scope.reach:
        raise NotFound(NOT_FOUND)
    return found


def recent(actor: Actor, *, desk: Desk) -> list[ImportRow]:
    """The last imports of the caller's town, the newest first."""
    if not access.scope(actor, IMPORT, desk.policy.access).reach:
        return []
    return _rows(of_town(actor, PlanImport.organisation_id))


def reading_of(body: Mapping[str, Any]) -> Reading:
    """What the kept lines say, with what a person said of them."""
    sources = tuple(SourceLine.from_json(line) for line in body["lines"])
    said = {int(index): PlanLineKind(kind) for index, kind in body["said"].items()}
    return reading(sources, said)


def reading(
    sources: Sequence[SourceLine], said: Mapping[int, PlanLineKind] | None = None
) -> Reading:
    """What these lines say."""
    lines = classify(sources, said)
    text = assemble(lines)
    return Reading(lines, text, drafted(text))


def units_of(town: UUID) -> tuple[Unit, ...]:
    """The active units that stand in a town, in the order of the register."""
    within = place(town).town
    asked = sa.select(Organisation.id, Organisation.name, Organisation.kind)
    if within is not None:
        asked = asked.where(Organisation.id.in_(within))
    rows = db.session.execute(
        asked.where(Organisation.active).order_by(Organisation.position, Organisation.name)
    )
    return tuple(Unit(id_, name, OrganisationKind(kind)) for id_, name, kind in rows)


def meanings(
    names: Iterable[str], units: Sequence[Unit], body: Mapping[str, Any], desk: Desk
) -> dict[str, tuple[UUID, ...]]:
    """The units that names mean, as a person said, else as they read."""
    said: Mapping[str, str] = body.get("units", {})
    spellings = desk.policy.organisations.kinds
    known = {unit.id for unit in units}
    found: dict[str, tuple[UUID, ...]] = {}
    for name in names:
        if name in said:
            found[name] = tuple(unit for unit in known if str(unit) == said[name])
        else:
            found[name] = meant(name, units, spellings)
    return found


def stored(town: UUID, year: int) -> Plan | None:
    """The plan of a year of this town."""
    return db.session.scalars(
        sa.select(Plan)
        .where(Plan.organisation_id == town, Plan.year == year)
        .execution_options(populate_existing=True)
    ).first()


def compared(plan: Plan, draft: DraftPlan) -> Comparison:
    """What taking a draft in would change; what was dropped before is not dropped again."""
    found = compare(pieces(plan), pieces_of(draft))
    gone = dropped(plan.id)
    left = (
        change
        for change in found.changes
        if not (change.fate is Fate.DROPPED and change.old and change.old.key in gone)
    )
    return replace(found, changes=tuple(left))


def is_same(plan: Plan, draft: DraftPlan, comparison: Comparison | None) -> bool:
    """Would taking it in change nothing at all?"""
    if comparison is None or not comparison.is_still:
        return False
    gone = dropped(plan.id)
    tasks = comparison.of(PlanLineKind.TASK)
    back = any(change.old is not None and change.old.key in gone for change in tasks)
    around = (plan.title, plan.preamble, plan.closing)
    return not back and around == (draft.title or plan.title, draft.preamble, draft.closing)


def pieces(plan: Plan) -> tuple[Piece, ...]:
    """The stored chapters, sections and tasks in order, known by their ids."""
    found: list[Piece] = []
    tasks = _by(PlanTask, PlanTask.section_id, plan.id)
    sections = _by(PlanSection, PlanSection.chapter_id, plan.id)
    for chapter in _chapters(plan.id):
        top = len(found)
        found.append(_piece(PlanLineKind.CHAPTER, chapter, None))
        for section in sections.get(chapter.id, ()):
            middle = len(found)
            found.append(_piece(PlanLineKind.SECTION, section, top))
            found.extend(
                Piece(PlanLineKind.TASK, task.number, task.text, middle, task.id)
                for task in tasks.get(section.id, ())
            )
    return tuple(found)


def dropped(plan_id: UUID) -> frozenset[UUID]:
    """Tasks that are called off, and the sections and chapters that hold nothing else."""
    rows = db.session.execute(
        sa.select(PlanTask.id, PlanTask.section_id, PlanSection.chapter_id, PlanTask.state)
        .join(PlanSection, PlanSection.id == PlanTask.section_id)
        .where(PlanTask.plan_id == plan_id)
    ).all()
    off = [row for row in rows if row.state is PlanTaskState.DROPPED]
    live = [row for row in rows if row.state is not PlanTaskState.DROPPED]
    sections = {row.section_id for row in off} - {row.section_id for row in live}
    chapters = {row.chapter_id for row in off} - {row.chapter_id for row in live}
    return frozenset({row.id for row in off} | sections | chapters)


def _piece(kind: PlanLineKind, row: PlanChapter | PlanSection, under: int | None) -> Piece:
    return Piece(kind, row.number, "\n".join(filter(None, (row.title, row.text))), under, row.id)


def _chapters(plan_id: UUID) -> Sequence[PlanChapter]:
    asked = sa.select(PlanChapter).where(PlanChapter.plan_id == plan_id)
    return db.session.scalars(asked.order_by(PlanChapter.ordinal)).all()


def _by(table: Any, column: Any, plan_id: UUID) -> dict[UUID, list[Any]]:
    """The rows of a plan by what they stand under, in order."""
    asked = sa.select(table).order_by(table.ordinal)
    if table is PlanTask:
        asked = asked.where(PlanTask.plan_id == plan_id)
    else:
        asked = asked.join(PlanChapter, PlanChapter.id == column).where(
            PlanChapter.plan_id == plan_id
        )
    found: dict[UUID, list[Any]] = {}
    for row in db.session.scalars(asked):
        found.setdefault(getattr(row, column.key), []).append(row)
    return found


def _names(
    draft: DraftPlan, units: Sequence[Unit], body: Mapping[str, Any], desk: Desk
) -> tuple[NameView, ...]:
    tasks: dict[str, list[str]] = {}
    for task in draft.tasks:
        for name in task.units.names:
            tasks.setdefault(name, []).append(task.number)
    found = meanings(tasks, units, body, desk)
    called = {unit.id: unit.name for unit in units}
    views = [
        NameView(
            name=name,
            units=tuple(called[each] for each in found[name]),
            unit_ids=found[name],
            said=name in body.get("units", {}),
            tasks=tuple(numbers),
        )
        for name, numbers in tasks.items()
    ]
    return tuple(sorted(views, key=lambda view: bool(view.units) or view.said))


def _rows(condition: Any) -> list[ImportRow]:
    maker, taker = aliased(User), aliased(User)
    rows = db.session.execute(
        sa.select(
            PlanImport.id,
            PlanImport.year,
            PlanImport.file_name,
            maker.name.label("made_by"),
            PlanImport.made_at,
            taker.name.label("taken_by"),
            PlanImport.taken_at,
            PlanImport.dropped_at,
            PlanImport.version,
        )
        .outerjoin(maker, maker.id == PlanImport.made_by)
        .outerjoin(taker, taker.id == PlanImport.taken_by)
        .where(condition)
        .order_by(PlanImport.made_at.desc(), PlanImport.id)
        .limit(MOST_SHOWN)
    )
    return [ImportRow(**row) for row in rows.mappings()]


def called(organisation_id: UUID) -> str:
    """The name of a unit."""
    return (
        db.session.scalar(sa.select(Organisation.name).where(Organisation.id == organisation_id))
        or ""
    )
