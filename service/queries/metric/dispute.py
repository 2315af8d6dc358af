"""Figures of disputes 纠纷: each time one is handled, each visit about one, each confirmation."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, orm

from config.category import OF_THE_PLAN
from config.court import ConfirmationState
from config.vocabulary import (
    Channel,
    DisputeStatus,
    HandoverState,
    JointState,
    Outcome,
    Source,
)
from models import Clock, Confirmation, Dispute, Episode, Handover, JointTask, RepeatVisit
from service.queries.access import HANDED_OVER
from service.queries.dispute import late
from service.queries.metric.group import Group, by_category, by_unit, by_word
from service.queries.metric.measure import Measure, Rows, between, filled, unit_name, within
from service.queries.metric.question import Question
from service.rules import dispute as rules
from service.rules.statistics import MEDIATION_ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefRow:
    """One dispute behind a figure: number, category, unit, stage, due, and nothing else.

    `ordinal` is which time it is handled, or visited; a dispute closed twice stands twice.
    """

    id: UUID
    number: str
    ordinal: int
    category: str
    status: DisputeStatus
    organisation: str | None
    has_unit: bool
    due_on: date | None
    due_provisional: bool
    due_paused: bool
    overdue: bool
    restricted: bool
    counted: bool


# mistaken entries count as nothing, and of two that were merged the one that remained counts
COUNTS: Final = sa.and_(
    sa.or_(Dispute.outcome.is_(None), Dispute.outcome != Outcome.MISTAKEN),
    Dispute.merged_into_id.is_(None),
)
GROUPS: Final[Mapping[str, Group]] = MappingProxyType(
    {
        "category": by_category(Dispute.category),
        "channel": by_word(Dispute.channel, Channel),
        "organisation": by_unit(Dispute.organisation_id),
        # the village of a restricted dispute is nobody's to learn
        "village": Group(sa.case((Dispute.restricted.is_(False), Dispute.village), else_=None)),
        "source": by_word(Dispute.source, Source),
    }
)


def _brief(row: Any, today: date) -> BriefRow:
    return filled(
        BriefRow,
        row,
        has_unit=row.organisation_id is not None,
        overdue=rules.is_late(row.due_on, today, paused=row.due_paused),
    )


def _rows(table: Any, groups: Mapping[str, Group] = GROUPS) -> Rows:
    """The rows of `table`, which are about disputes; they are seen behind the wall as disputes."""
    unit = sa.func.coalesce(unit_name(Dispute.organisation_id), Dispute.office_text)
    return Rows(
        source=orm.join(table, Dispute, Dispute.id == table.dispute_id),
        id=table.id,
        brief=(
            Dispute.id,
            Dispute.number,
            Dispute.category,
            Dispute.status,
            Dispute.organisation_id,
            Dispute.due_on,
            Dispute.due_provisional,
            Dispute.due_paused,
            Dispute.restricted,
            table.ordinal,
            unit.label("organisation"),
        ),
        make=_brief,
        groups=groups,
        unit=Dispute.organisation_id,
        exist=COUNTS,
        usable=Dispute.restricted.is_(False),
        seeing=nullcontext,
    )


def open_on(day: date) -> ColumnElement[bool]:
    """Episodes that were open when `day` began.

    The opening is written so that no database looks for it by index: nearly every episode ever
    was opened before `day`, while few are still open.
    """
    still_open = sa.or_(Episode.closed_on.is_(None), Episode.closed_on >= day)
    return sa.and_(still_open, (Episode.opened_on >= day).is_(sa.false()))


def _overdue(question: Question) -> ColumnElement[bool]:
    return sa.and_(Episode.closed_on.is_(None), late(question.today))


def _linked(question: Question) -> ColumnElement[bool]:
    """Episodes for which a co-unit was asked in the period, or that another unit took over."""
    along = (
        sa.select(JointTask.dispute_id, JointTask.episode)
        .join(Clock, Clock.id == JointTask.clock_id)
        .where(
            JointTask.state.in_((JointState.OPEN, JointState.DONE)),
            between(Clock.start_on, question.period),
        )
    )
    over = sa.select(Handover.dispute_id, Handover.episode).where(
        HANDED_OVER,
        Handover.state == HandoverState.ACCEPTED,
        between(Handover.sent_on, question.period),
    )
    return sa.tuple_(Episode.dispute_id, Episode.ordinal).in_(sa.union(along, over))


def _first_of_each(question: Question) -> ColumnElement[bool]:
    """The first dispute the period received of each category of the plan: a row for each."""
    place = sa.func.row_number().over(
        partition_by=Dispute.category, order_by=(Episode.opened_on, Episode.id)
    )
    received = RECEIVED.narrowed(question, sa.select(Episode.id.label("id"), place.label("place")))
    ranked = received.where(Dispute.category.in_(OF_THE_PLAN)).subquery()
    return Episode.id.in_(sa.select(ranked.c.id).where(ranked.c.place == 1))


EPISODES: Final = _rows(Episode)
RECEIVED: Final = Measure(
    rows=EPISODES, when=within(Episode.opened_on, Episode.ordinal == 1), day=Episode.opened_on
)
MEASURES: Final[Mapping[str, Measure]] = MappingProxyType(
    {
        "disputes_received": RECEIVED,
        "disputes_reopened": Measure(
            rows=EPISODES,
            when=within(Episode.opened_on, Episode.ordinal > 1),
            day=Episode.opened_on,
        ),
        "disputes_closed": Measure(
            rows=EPISODES, when=within(Episode.closed_on), day=Episode.closed_on
        ),
        "disputes_open": Measure(
            rows=EPISODES,
            when=lambda question: open_on(question.period.end_on),
            day=Episode.opened_on,
        ),
        "disputes_overdue": Measure(
            rows=EPISODES, when=_overdue, day=Dispute.due_on, newest_first=False
        ),
        "mediation_success_rate": Measure(
            rows=EPISODES,
            when=within(Episode.closed_on, Episode.outcome.in_(MEDIATION_ENDED)),
            day=Episode.closed_on,
            hits=Episode.outcome == Outcome.AGREED,
        ),
        "repeated_visits": Measure(
            rows=_rows(RepeatVisit), when=within(RepeatVisit.came_on), day=RepeatVisit.came_on
        ),
        "disputes_linked": Measure(rows=EPISODES, when=_linked, day=Episode.opened_on),
        "categories_covered": Measure(
            rows=_rows(Episode, MappingProxyType({"category": GROUPS["category"]})),
            when=_first_of_each,
            day=Episode.opened_on,
            newest_first=False,
        ),
        "confirmations": Measure(
            rows=_rows(Confirmation),
            when=within(Confirmation.decided_on, Confirmation.state == ConfirmationState.CONFIRMED),
            day=Confirmation.decided_on,
        ),
    }
)
