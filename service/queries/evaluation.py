"""Look at the yearly appraisal 年度考核: a year counted live, schemes, results, objections."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from config import evaluation as schemes
from config.access import Reach
from config.evaluation import ObjectionState, Scheme, Stage
from models import (
    Evaluation,
    EvaluationObjection,
    EvaluationScheme,
    Organisation,
    User,
    db,
)
from service.desk import Desk
from service.errors import NotFound
from service.queries import metric, organisation
from service.queries.metric import Question
from service.queries.page import Page, as_id, as_instant, beyond, encode_cursor, read_cursor
from service.rules import access
from service.rules import evaluation as rules
from service.rules.access import Actor
from service.rules.evaluation import Adjustment, Appraisal, Figure, Yearly
from service.rules.metric import Metric

NOT_FOUND: Final = "没有找到这一年的考核结果"
NO_UNIT: Final = "没有找到这个单位的考核结果"
NO_SCHEME: Final = "没有这份方案草稿，可能已经撤回"
NO_OBJECTION: Final = "没有找到这项异议"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeView:
    """One edition of a year's scheme; a draft until somebody else has published it."""

    id: UUID
    year: int
    number: int
    scheme: Scheme
    drafted_by: str
    drafted_by_id: UUID
    drafted_at: datetime
    published_by: str | None
    published_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredView:
    """One stored result: `body` as it was frozen, `sha256` over its canonical JSON."""

    id: UUID
    year: int
    stage: Stage
    revision: int
    scheme_id: UUID
    body: Mapping[str, Any]
    sha256: str
    cut_off: datetime
    objections_until: date | None
    reason: str | None
    made_by: str
    made_by_id: UUID
    made_at: datetime

    @property
    def yearly(self) -> Yearly:
        """The frozen figures as a value."""
        return rules.from_body(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearView:
    """A year as somebody may see it: the newest stored result, or the figures of this moment.

    `units` are those the viewer may read, best first; `is_own_unit` says they are one's own alone.
    """

    year: int
    yearly: Yearly
    units: tuple[Appraisal, ...]
    stored: StoredView | None
    is_over: bool
    is_own_unit: bool
    scheme_published: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionView:
    """One objection, and what was answered."""

    id: UUID
    year: int
    organisation_id: UUID
    organisation: str
    code: str
    name: str
    words: str
    state: ObjectionState
    points: Decimal | None
    reason: str | None
    raised_by: str
    raised_by_id: UUID
    raised_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    may_decide: bool
    version: int


def year_of(
    year: int,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
    stage: Stage | None = None,
    revision: int | None = None,
) -> YearView:
    """The year for this viewer; without `stage` the newest stored result, or live figures.

    NotFound for a stage or revision there is none of.
    """
    scope = access.require(actor, "evaluation.read", desk.policy.access)
    found = stored(year, stage, revision)
    if found is None and (stage is not None or revision is not None):
        raise NotFound(NOT_FOUND)
    in_force = published_scheme(year)
    yearly = found.yearly if found else live(year, in_force, desk=desk, now=now)
    town = Reach.TOWN in scope.reach
    mine = actor.town if town else actor.homes
    units = [each for each in yearly.units if mine is None or each.organisation in mine]
    return YearView(
        year=year,
        yearly=yearly,
        units=tuple(sorted(units, key=_rank)),
        stored=found,
        is_over=desk.today(now) >= rules.period(year).end_on,
        is_own_unit=not town,
        scheme_published=in_force is not None,
    )


def is_all_read(found: StoredView, actor: Actor) -> bool:
    """Whether every unit of a stored result is of the viewer's town."""
    return all(access.is_of_town(actor, each.organisation) for each in found.yearly.units)


def unit_of(view: YearView, unit_id: UUID) -> Appraisal:
    """One unit of what the viewer may read; NotFound for another."""
    for each in view.units:
        if each.organisation == unit_id:
            return each
    raise NotFound(NO_UNIT)


def live(
    year: int,
    in_force: SchemeView | None,
    *,
    desk: Desk,
    now: datetime,
    adjustments: Mapping[UUID, Sequence[Adjustment]] | None = None,
) -> Yearly:
    """The year as counted now for every unit, by the scheme in force or the shipped pattern."""
    scheme = in_force.scheme if in_force else desk.policy.evaluation
    changed = adjustments or {}
    units = _units(scheme)
    figures = _figures(scheme, year, desk=desk, now=now)
    home = organisation.centre()
    return Yearly(
        year=year,
        cut_off=now,
        centre=home.name if home else "",
        scheme=scheme,
        edition=in_force.number if in_force else 0,
        faults=rules.faults_text(scheme),
        units=tuple(
            rules.appraise(scheme, unit, figures.get(unit[0], {}), changed.get(unit[0], ()))
            for unit in units
        ),
    )


def published_scheme(year: int) -> SchemeView | None:
    """The edition in force of that very year."""
    query = _SCHEMES.where(
        EvaluationScheme.year == year, EvaluationScheme.published_at.is_not(None)
    )
    row = db.session.execute(query.order_by(EvaluationScheme.number.desc()).limit(1)).first()
    return _scheme(row) if row else None


def scheme_of(scheme_id: UUID, year: int) -> SchemeView:
    """One edition, draft or published; NotFound for none of that id and year."""
    query = _SCHEMES.where(EvaluationScheme.id == scheme_id, EvaluationScheme.year == year)
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound(NO_SCHEME)
    return _scheme(row)


def editions(year: int) -> list[SchemeView]:
    """Every edition of a year, a draft among them, the newest first."""
    query = _SCHEMES.where(EvaluationScheme.year == year)
    found = db.session.execute(query.order_by(EvaluationScheme.number.desc()))
    return [_scheme(row) for row in found]


def stored(year: int, stage: Stage | None = None, revision: int | None = None) -> StoredView | None:
    """The newest stored result: a final one before what was announced."""
    query = _STORED.where(Evaluation.year == year)
    if stage is not None:
        query = query.where(Evaluation.stage == stage)
    if revision is not None:
        query = query.where(Evaluation.revision == revision)
    final_first = sa.case((Evaluation.stage == Stage.FINAL, 0), else_=1)
    row = db.session.execute(query.order_by(final_first, Evaluation.revision.desc())).first()
    return _stored(row) if row else None


def revisions(year: int) -> list[StoredView]:
    """Every stored result of a year, in the order they were made."""
    query = _STORED.where(Evaluation.year == year)
    found = db.session.execute(query.order_by(Evaluation.made_at, Evaluation.id))
    return [_stored(row) for row in found]


def objections(
    year: int,
    *,
    actor: Actor,
    desk: Desk,
    organisation_id: UUID | None = None,
    limit: int = 25,
    cursor: str | None = None,
    count: bool = False,
) -> Page[ObjectionView]:
    """A page of the objections the viewer may read, the oldest first; a unit reads its own."""
    keys = (EvaluationObjection.raised_at, EvaluationObjection.id)
    query = _objections(actor, desk).where(Evaluation.year == year)
    if organisation_id is not None:
        query = query.where(EvaluationObjection.organisation_id == organisation_id)
    total = None
    if count:
        total = db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery()))
    if cursor:
        query = query.where(beyond(keys, read_cursor(cursor, as_instant, as_id), descending=False))
    found = db.session.execute(query.order_by(*keys).limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last: EvaluationObjection = found[limit - 1].EvaluationObjection
        following = encode_cursor([last.raised_at.isoformat(), str(last.id)])
    return Page([_objection(row, actor, desk) for row in found[:limit]], following, total)


def objection(objection_id: UUID, year: int, *, actor: Actor, desk: Desk) -> ObjectionView:
    """One objection; NotFound for who may not read it."""
    query = _objections(actor, desk).where(
        EvaluationObjection.id == objection_id, Evaluation.year == year
    )
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound(NO_OBJECTION)
    return _objection(row, actor, desk)


def waiting(evaluation_id: UUID) -> int:
    """How many objections to it wait for an answer."""
    counted = sa.select(sa.func.count()).where(
        EvaluationObjection.evaluation_id == evaluation_id,
        EvaluationObjection.state == ObjectionState.OPEN,
    )
    return db.session.scalar(counted) or 0


def undecided(*, actor: Actor, desk: Desk) -> int:
    """How many objections wait for an answer of this one."""
    counted = sa.select(sa.func.count()).where(
        EvaluationObjection.state == ObjectionState.OPEN,
        EvaluationObjection.raised_by != actor.user_id,
        EvaluationObjection.organisation_id.not_in(actor.homes),
        reached(actor, desk),
    )
    return db.session.scalar(counted) or 0


def current_year(today: date) -> int:
    """The year people ask for: one that was announced and is not final, or else this one."""
    final = sa.select(Evaluation.year).where(Evaluation.stage == Stage.FINAL)
    asked = sa.select(sa.func.max(Evaluation.year)).where(Evaluation.year.not_in(final))
    return db.session.scalar(asked) or today.year


def adjustments(evaluation_id: UUID) -> dict[UUID, list[Adjustment]]:
    """What upheld objections change, by unit."""
    found = db.session.scalars(
        sa.select(EvaluationObjection).where(
            EvaluationObjection.evaluation_id == evaluation_id,
            EvaluationObjection.state == ObjectionState.UPHELD,
        )
    )
    changed: dict[UUID, list[Adjustment]] = {}
    for each in found:
        told = Adjustment(each.code, points(each.cents), each.reason or "")
        changed.setdefault(each.organisation_id, []).append(told)
    return changed


def points(hundredths: int | None) -> Decimal | None:
    """Stored hundredths of a point as points."""
    return None if hundredths is None else Decimal(hundredths).scaleb(-2)


def _rank(each: Appraisal) -> tuple[bool, bool, bool, Decimal, str]:
    """Who was vetoed stands last but for who got no grade: little weight ranks nobody."""
    total = each.total if each.total is not None else Decimal(0)
    ungraded = each.grade == rules.UNGRADED
    return (each.total is None, ungraded, each.is_vetoed, -total, each.name)


def _units(scheme: Scheme) -> list[tuple[UUID, str]]:
    rows = db.session.execute(
        sa.select(Organisation.id, Organisation.name)
        .where(Organisation.kind.in_(scheme.kinds), Organisation.active)
        .order_by(Organisation.position, Organisation.name)
    )
    return [(key, name) for key, name in rows]


def _figures(
    scheme: Scheme, year: int, *, desk: Desk, now: datetime
) -> dict[UUID, dict[str, Figure]]:
    """Every figure the scheme asks for, split by unit: one question for each figure."""
    usable = {each.id: each for each in rules.usable()}
    known = [usable[name] for name in scheme.metrics if name in usable]
    beside = {
        other: _by_unit(usable[other], year, desk=desk, now=now)
        for other in {other for each in known for other in each.beside.values()}
        if other in usable
    }
    figures: dict[UUID, dict[str, Figure]] = {}
    for each in known:
        shown = {name: beside[other] for name, other in each.beside.items() if other in beside}
        counted = _by_unit(each, year, desk=desk, now=now)
        units = set(counted).union(*shown.values())
        for unit in units:
            aside = {name: rows[unit][0] for name, rows in shown.items() if unit in rows}
            pair = counted.get(unit, (0, 0 if each.is_rate else None))
            figures.setdefault(unit, {})[each.id] = Figure(*pair, **aside)
    return figures


def _by_unit(
    each: Metric, year: int, *, desk: Desk, now: datetime
) -> dict[UUID, tuple[int, int | None]]:
    """Numerator and denominator of one figure of the year, for every unit that has any."""
    asked = Question(metric=each, period=rules.period(year), today=desk.today(now))
    found = metric.figure(asked, by="organisation", policy=desk.policy)
    return {
        UUID(group.key): (group.numerator, group.denominator)
        for group in found.groups or ()
        if group.key != metric.UNSET
    }


_DRAFTER, _PUBLISHER = (aliased(User, name=name) for name in ("drafter", "publisher"))
_SCHEMES: Final = (
    sa.select(EvaluationScheme, _DRAFTER.name.label("drafter"), _PUBLISHER.name.label("publisher"))
    .join(_DRAFTER, _DRAFTER.id == EvaluationScheme.drafted_by)
    .outerjoin(_PUBLISHER, _PUBLISHER.id == EvaluationScheme.published_by)
    .execution_options(populate_existing=True)
)
_STORED: Final = sa.select(Evaluation, User.name.label("maker")).join(
    User, User.id == Evaluation.made_by
)


def _scheme(found: Any) -> SchemeView:
    row: EvaluationScheme = found.EvaluationScheme
    return SchemeView(
        id=row.id,
        year=row.year,
        number=row.number,
        scheme=schemes.read(row.body),
        drafted_by=found.drafter,
        drafted_by_id=row.drafted_by,
        drafted_at=row.drafted_at,
        published_by=found.publisher,
        published_at=row.published_at,
        version=row.version,
    )


def _stored(found: Any) -> StoredView:
    row: Evaluation = found.Evaluation
    return StoredView(
        id=row.id,
        year=row.year,
        stage=row.stage,
        revision=row.revision,
        scheme_id=row.scheme_id,
        body=row.body,
        sha256=row.sha256,
        cut_off=row.cut_off,
        objections_until=row.objections_until,
        reason=row.reason,
        made_by=found.maker,
        made_by_id=row.made_by,
        made_at=row.made_at,
    )


def _objections(actor: Actor, desk: Desk) -> sa.Select[*tuple[Any, ...]]:
    """The objections somebody may read: of their town, or their own unit's."""
    raiser, decider = aliased(User), aliased(User)
    return (
        sa.select(
            EvaluationObjection,
            Evaluation.year,
            Evaluation.body,
            Organisation.name.label("organisation"),
            raiser.name.label("raiser"),
            decider.name.label("decider"),
        )
        .join(Evaluation, Evaluation.id == EvaluationObjection.evaluation_id)
        .join(Organisation, Organisation.id == EvaluationObjection.organisation_id)
        .join(raiser, raiser.id == EvaluationObjection.raised_by)
        .outerjoin(decider, decider.id == EvaluationObjection.decided_by)
        .where(reached(actor, desk))
        .execution_options(populate_existing=True)
    )


def reached(actor: Actor, desk: Desk) -> sa.ColumnElement[bool]:
    """The objections somebody may know of."""
    scope = access.scope(actor, "evaluation.read", desk.policy.access)
    column = EvaluationObjection.organisation_id
    if Reach.TOWN in scope.reach:
        return sa.true() if actor.town is None else column.in_(actor.town)
    return column.in_(actor.homes) if scope.reach else sa.false()


def _objection(found: Any, actor: Actor, desk: Desk) -> ObjectionView:
    row: EvaluationObjection = found.EvaluationObjection
    decides = access.may(actor, "evaluation.decide", desk.policy.access)
    theirs = row.organisation_id in actor.homes or row.raised_by == actor.user_id
    return ObjectionView(
        id=row.id,
        year=found.year,
        organisation_id=row.organisation_id,
        organisation=found.organisation,
        code=row.code,
        name=_name_of(row.code, found.body["scheme"]),
        words=row.words,
        state=row.state,
        points=points(row.cents),
        reason=row.reason,
        raised_by=found.raiser,
        raised_by_id=row.raised_by,
        raised_at=row.raised_at,
        decided_by=found.decider,
        decided_at=row.decided_at,
        may_decide=decides and not theirs and row.state is ObjectionState.OPEN,
        version=row.version,
    )


def _name_of(code: str, scheme: Mapping[str, Any]) -> str:
    rows: Iterable[Mapping[str, Any]] = (*scheme["indicators"], *scheme["vetoes"])
    return next((each["name"] for each in rows if each["code"] == code), code)
