"""Import a yearly plan 计划导入: keep a document as its lines, correct these, take it in."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from config.plan import PlanLineKind
from config.vocabulary import OrganisationKind
from models import PlanImport, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid, Stale
from service.gateways import document
from service.operations import organisation as organisations
from service.operations import plan_take
from service.operations.event import record
from service.operations.load import changed_since
from service.operations.number import PATIENCE_S, wait_in_line
from service.operations.number import take as take_number
from service.operations.organisation import OrganisationDraft
from service.operations.plan_take import Taken
from service.queries import organisation as organisation_queries
from service.queries import plan_import as queries
from service.queries import sight
from service.queries.organisation_tree import head, heads, place
from service.rules import access
from service.rules.access import Actor
from service.rules.plan_compare import pieces_of
from service.rules.plan_text import SourceLine

LOCK: Final = "plan-import"
PASTED: Final = "粘贴的文字"
FIRST_YEAR, LAST_YEAR = 1990, 2199
MOST_NAME: Final = 200
MOST_PIECES: Final = 1_000  # headings and tasks: each is laid beside each of the stored plan
TAKEN: Final = "这次导入已经写入计划"
DROPPED: Final = "这次导入已经放弃"


@dataclass(frozen=True, slots=True)
class Source:
    """A document that was handed in: a file, or a text that was pasted."""

    year: int
    file_name: str = PASTED
    content: bytes | None = None
    text: str | None = None

    @property
    def sha256(self) -> str:
        """The hash of the file, or of the text."""
        return hashlib.sha256(self.content or (self.text or "").encode()).hexdigest()

    def lines(self) -> tuple[SourceLine, ...]:
        """Its lines; Invalid at the field they came in."""
        if self.content is not None:
            return document.read(self.content)
        if not (self.text or "").strip():
            raise Invalid({"file": ["请选择一个文件，或者粘贴计划的文字"]})
        try:
            return document.pasted(self.text or "")
        except Invalid as refusal:
            raise Invalid({"text": refusal.fields["file"]}, refusal.detail) from refusal


def make(source: Source, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Keep a document as its lines, each as it is read; nothing of the plan changes. Its id.

    Raises Forbidden, Invalid at `file`, `text` or `year`.
    """
    access.require(actor, queries.IMPORT, desk.policy.access)
    _check_year(source.year)
    lines = source.lines()  # read before the database is waited for
    with transaction() as session:
        row = _kept(session, source, lines, head(actor.organisation_id), actor=actor, now=now)
    return row.id


def correct(
    import_id: UUID,
    kinds: Mapping[int, PlanLineKind],
    units: Mapping[str, UUID | None],
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Say what lines are, and whom names mean (None: nobody of ours); the rest is read anew.

    `kinds` are those lines alone that are not what they were read as; naming a line again changes
    what was said of it. Raises NotFound, Stale, Conflict, Invalid at `lines` or `units`.
    """
    with transaction() as session:
        row = _open(session, import_id, version, actor=actor, desk=desk)
        count = len(row.body["lines"])
        if any(not 0 <= index < count for index in kinds):
            raise Invalid({"lines": [f"行号应在 0 到 {count - 1} 之间"]})
        known = {unit.id for unit in queries.units_of(row.organisation_id)}
        if any(chosen is not None and chosen not in known for chosen in units.values()):
            raise Invalid({"units": ["请选择本镇在用的单位"]})
        said = row.body["said"] | {str(index): kind.value for index, kind in kinds.items()}
        chosen = row.body["units"] | {name: str(unit or "") for name, unit in units.items()}
        row.body = row.body | {"said": said, "units": chosen}
        row.body = row.body | {"kinds": _kinds(row.body)}
        flag_modified(row, "body")
        detail = {"lines": len(kinds), "units": len(units), "fields": ["lines"]}
        _noted(session, row, "plan-correct", detail, actor=actor, now=now)


def read_again(import_id: UUID, *, version: int, actor: Actor, desk: Desk, now: datetime) -> None:
    """Forget what was said of the lines, and read them as they were read at first."""
    with transaction() as session:
        row = _open(session, import_id, version, actor=actor, desk=desk)
        row.body = row.body | {"said": {}}
        row.body = row.body | {"kinds": _kinds(row.body)}
        flag_modified(row, "body")
        _noted(session, row, "plan-read-again", {"fields": ["lines"]}, actor=actor, now=now)


def take(import_id: UUID, *, version: int, actor: Actor, desk: Desk, now: datetime) -> Taken:
    """Take an import into the plan of its year: made where there is none, else changed to it.

    What is unclear stays with the import. A plan that was approved is worded otherwise then, so it
    wants approval again. Raises NotFound, Stale, Conflict, Invalid.
    """
    with transaction() as session:
        _wait(session)
        row = _open(session, import_id, version, actor=actor, desk=desk)
        return _take(session, row, actor=actor, desk=desk, now=now)


def give_up(import_id: UUID, *, version: int, actor: Actor, desk: Desk, now: datetime) -> None:
    """Put an import aside; the plan stays as it is."""
    with transaction() as session:
        row = _open(session, import_id, version, actor=actor, desk=desk)
        row.dropped_at = now
        _noted(session, row, "plan-give-up", {"fields": ["status"]}, actor=actor, now=now)


@sight.whole("importing a plan")
def take_file(source: Source, *, town: str | None, desk: Desk, now: datetime) -> Taken | None:
    """Keep a file and take it in at once, for the command line; None when nothing would change.

    Raises Invalid where there are several towns and `town` names none of them.
    """
    _check_year(source.year)
    lines = source.lines()
    with transaction() as session:
        _wait(session)
        home = _town(town, desk, now)
        plan, found = queries.stored(home, source.year), queries.reading(lines)
        if plan is not None and queries.is_same(
            plan, found.draft, queries.compared(plan, found.draft)
        ):
            return None
        row = _kept(session, source, lines, home, actor=None, now=now)
        return _take(session, row, actor=None, desk=desk, now=now)


def _take(
    session: Session, row: PlanImport, *, actor: Actor | None, desk: Desk, now: datetime
) -> Taken:
    reading = queries.reading_of(row.body)
    if not reading.draft.tasks:
        raise Conflict("还没有读出一项任务，请先选择各行归入哪里")
    units = queries.units_of(row.organisation_id)
    names = {name for task in reading.draft.tasks for name in task.units.names}
    meanings = queries.meanings(names, units, row.body, desk)
    done = plan_take.apply(session, row, reading.draft, meanings, actor=actor, desk=desk, now=now)
    row.taken_by, row.taken_at = actor.user_id if actor else None, now
    row.plan_id = done.plan_id
    detail = {"year": row.year, "unclear": len(reading.text.unplaced), **done.counts}
    _noted(session, row, "plan-take", detail, actor=actor, now=now)
    return done


def _kept(
    session: Session,
    source: Source,
    lines: Sequence[SourceLine],
    town: UUID,
    *,
    actor: Actor | None,
    now: datetime,
) -> PlanImport:
    body: dict[str, Any] = {
        "lines": [line.as_json() for line in lines],
        "said": {},
        "units": {},
    }
    row = PlanImport(
        id=uuid4(),
        organisation_id=town,
        year=source.year,
        file_name=source.file_name[:MOST_NAME] or PASTED,
        sha256=source.sha256,
        body=body | {"kinds": _kinds(body, "text" if source.content is None else "file")},
        made_by=actor.user_id if actor else None,
        made_at=now,
    )
    session.add(row)
    detail = {"year": source.year, "lines": len(lines), "sha256": source.sha256}
    _noted(session, row, "plan-read-in", detail, actor=actor, now=now)
    return row


def _open(
    session: Session, import_id: UUID, version: int, *, actor: Actor, desk: Desk
) -> PlanImport:
    """The import, locked, when it may still be changed; NotFound, Stale, Conflict."""
    access.require(actor, queries.IMPORT, desk.policy.access)
    seen = queries.found_for(import_id, actor, desk)
    row = session.scalars(
        sa.select(PlanImport)
        .where(PlanImport.id == seen.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if row.taken_at is not None:
        raise Conflict(TAKEN)
    if row.dropped_at is not None:
        raise Conflict(DROPPED)
    if row.version != version:
        raise Stale(changed_since(session, row.id, version))
    return row


def _kinds(body: Mapping[str, Any], field: str = "lines") -> list[str]:
    """What every line is read as now; it stays with the import when the reader learns more.

    Raises Invalid at `field` where far too much of it would be a heading or a task.
    """
    found = queries.reading_of(body)
    if len(pieces_of(found.draft)) > MOST_PIECES:
        raise Invalid({field: [f"读出的标题和任务超过 {MOST_PIECES} 条，不像一份计划"]})
    return [line.kind.value for line in found.lines]


def _wait(session: Session) -> None:
    """One at a time: two who take in the same year at once would both make its plan."""
    wait_in_line(session, PATIENCE_S)
    take_number(session, LOCK, 0)


def _town(name: str | None, desk: Desk, now: datetime) -> UUID:
    """The town that is named, or the only one there is; before the first unit, the centre's own."""
    towns, middle = heads(), organisation_queries.centre()
    if not towns:
        home = desk.policy.home
        draft = OrganisationDraft(
            kind=OrganisationKind.GOVERNANCE_CENTRE, name=home.name, prefix=home.prefix
        )
        return organisations.create(draft, actor=None, now=now)
    if name is None and middle is not None and place(middle.id).town is None:
        return head(middle.id)
    found = [town for town in towns if name is None or name in queries.called(town)]
    if len(found) != 1:
        known = "、".join(map(queries.called, towns))
        raise Invalid({"town": [f"请用 --town 说明是哪个镇：{known}"]})
    return found[0]


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid({"year": [f"年度应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间"]})


def _noted(
    session: Session,
    row: PlanImport,
    deed: str,
    detail: Mapping[str, Any],
    *,
    actor: Actor | None,
    now: datetime,
) -> None:
    session.flush()  # gives the new version to the event
    record(
        session,
        row.id,
        subject="plan_import",
        action=deed,
        actor=actor,
        now=now,
        detail=dict(detail),
        version=row.version,
    )
