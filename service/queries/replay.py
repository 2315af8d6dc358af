"""Run a replay 规则回放 on stored disputes, and look at one that was kept."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from config.routing import Rulebook
from config.vocabulary import Channel
from models import Dispute, Replay, RulebookVersion, User, db
from service.desk import Desk
from service.errors import NotFound
from service.queries.access import visible
from service.rules import fact
from service.rules import replay as rules
from service.rules.access import Scope
from service.rules.replay import HIDDEN, HIDDEN_BECAUSE, Judge, Past, Record
from service.rules.routing.situation import Bench
from service.rules.statistics import Rate

AT_ONCE: Final = 500
MISSING: Final = "没有这次回放"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which disputes: the `newest` so many, or those registered in a range of days."""

    newest: int | None = None
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class MovedView:
    """A dispute that would go elsewhere; of a restricted one only its number is told."""

    id: UUID
    number: str
    restricted: bool
    before: str
    after: str
    because: str


@dataclass(frozen=True, slots=True)
class ChannelView:
    """What became of the closed disputes of a mediation: successes, and days with their count."""

    channel: Channel
    success: Rate
    closed: int
    median_days: float | None


@dataclass(frozen=True, slots=True)
class LoadView:
    """How many disputes an office leads by the one rulebook and by the other."""

    lead: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a replay found; of restricted disputes, where they are read at all, only the number.

    `unseen` are titles of rules of the draft that begin after `as_of`.
    """

    against: int
    as_of: date
    compared: int
    moved: tuple[MovedView, ...]
    channels: tuple[ChannelView, ...]
    loads: tuple[LoadView, ...]
    unseen: tuple[str, ...]

    @property
    def changed(self) -> int:
        """How many would go elsewhere."""
        return len(self.moved)

    @property
    def moves(self) -> list[tuple[str, str, int]]:
        """From where to where and how many."""
        return rules.moves((each.before, each.after) for each in self.moved)

    def as_dict(self) -> dict[str, Any]:
        """The replay as programs read it."""
        return {
            "against": self.against,
            "as_of": self.as_of.isoformat(),
            "compared": self.compared,
            "changed": self.changed,
            "moves": [
                {
                    "from": before,
                    "to": after,
                    "count": count,
                    "from_text": rules.said(before),
                    "to_text": rules.said(after),
                }
                for before, after, count in self.moves
            ],
            "disputes": [
                {
                    "number": each.number,
                    "from": each.before,
                    "to": each.after,
                    "because": each.because,
                    "restricted": each.restricted,
                }
                for each in self.moved
            ],
            "channels": [
                {
                    "channel": each.channel.value,
                    "agreed": each.success.numerator,
                    "ended": each.success.denominator,
                    "closed": each.closed,
                    "median_days": each.median_days,
                }
                for each in self.channels
            ],
            "leads": [
                {"lead": each.lead, "before": each.before, "after": each.after}
                for each in self.loads
            ],
            "unseen": list(self.unseen),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayView:
    """A replay that was kept."""

    id: UUID
    draft: int
    draft_version: int
    newest: int | None
    from_on: date | None
    to_on: date | None
    made_by: str
    made_at: datetime
    found: Replayed


@dataclass(frozen=True, slots=True)
class BriefView:
    """A kept replay in a list: of which state of the draft, and how many of how many moved."""

    id: UUID
    made_at: datetime
    draft_version: int
    changed: int
    compared: int


def run(
    draft: Rulebook,
    live: Rulebook,
    asked: Asked,
    *,
    as_of: date,
    scope: Scope | None,
    desk: Desk,
    now: datetime,
) -> Replayed:
    """Judge stored disputes by both rulebooks; `scope` None is all there are.

    No scope may reach restricted disputes: a rule that is made up tells what one is about by
    whether its number moves. One query reads them, newest first, at most MOST; what was erased is
    left out.
    """
    live_judge, draft_judge = (
        Judge(Bench(book, desk.policy.clocks, desk.calendar), as_of) for book in (live, draft)
    )
    live_titles, draft_titles = rules.titles(live), rules.titles(draft)
    moved: list[MovedView] = []
    records: dict[Channel, Record] = {}
    loads: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    rows = db.session.execute(_rows(asked, scope, now)).all()
    for row in rows:
        request = _past(row).request
        before, after = live_judge.verdict(request), draft_judge.verdict(request)
        if not row.restricted:
            loads[0][before.place.lead] += 1
            loads[1][after.place.lead] += 1
            _remember(records, row)
        if before.place != after.place:
            because = rules.because(before.rule, after.rule, live_titles, draft_titles)
            places = (rules.code(before.place), rules.code(after.place))
            moved.append(_moved(row, places, because))
    return Replayed(
        against=live.version,
        as_of=as_of,
        compared=len(rows),
        moved=tuple(moved),
        channels=tuple(_channels(records)),
        loads=tuple(_loads(*loads)),
        unseen=tuple(rule.title for rule in rules.unseen(draft, as_of)),
    )


def kept(replay_id: UUID, *, scope: Scope, now: datetime) -> ReplayView:
    """A replay as it was kept; what of its disputes is told is decided now. Raises NotFound."""
    asked = (
        sa.select(Replay, RulebookVersion.number, User.name)
        .join(RulebookVersion, RulebookVersion.id == Replay.rulebook_id)
        .join(User, User.id == Replay.made_by)
        .where(Replay.id == replay_id, *_of_town(scope))
    )
    found = db.session.execute(asked).first()
    if found is None:
        raise NotFound(MISSING)
    row, number, maker = found
    return ReplayView(
        id=row.id,
        draft=number,
        draft_version=row.draft_version,
        newest=row.newest,
        from_on=row.registered_from,
        to_on=row.registered_to,
        made_by=maker,
        made_at=row.made_at,
        found=_found(row, scope, now),
    )


def newest(number: int, *, scope: Scope) -> list[BriefView]:
    """The replays that are kept of a version for the caller's town, the newest first."""
    asked = (
        sa.select(Replay.id, Replay.made_at, Replay.draft_version, Replay.changed, Replay.compared)
        .join(RulebookVersion, RulebookVersion.id == Replay.rulebook_id)
        .join(User, User.id == Replay.made_by)
        .where(RulebookVersion.number == number, *_of_town(scope))
        .order_by(Replay.made_at.desc(), Replay.id)
    )
    return [BriefView(*row) for row in db.session.execute(asked)]


def result(found: Replayed) -> dict[str, Any]:
    """What of a replay is kept: disputes by their ids, words once."""
    places: dict[str, int] = {}
    reasons: dict[str, int] = {}
    rows = [
        [
            each.id.hex,
            places.setdefault(each.before, len(places)),
            places.setdefault(each.after, len(places)),
            reasons.setdefault(each.because, len(reasons)),
        ]
        for each in found.moved
    ]
    told = found.as_dict()
    alike = {name: told[name] for name in ("channels", "leads", "unseen")}
    return {"places": list(places), "reasons": list(reasons), "rows": rows} | alike


def _of_town(scope: Scope) -> Iterator[sa.ColumnElement[bool]]:
    """What a replay counted is its town's."""
    if scope.actor.town is not None:
        yield User.organisation_id.in_(scope.actor.town)


def _rows(asked: Asked, scope: Scope | None, now: datetime) -> sa.Select[Any]:
    narrow = sa.select(
        Dispute.id,
        Dispute.number,
        Dispute.restricted,
        Dispute.category,
        Dispute.facts,
        Dispute.people_count,
        Dispute.registered_on,
        Dispute.accepted_on,
        Dispute.channel,
        Dispute.outcome,
        Dispute.closed_on,
    ).where(Dispute.erased_at.is_(None), Dispute.merged_into_id.is_(None))
    if scope is not None:
        narrow = narrow.where(visible(scope, now))
    if asked.from_on is not None:
        narrow = narrow.where(Dispute.registered_on >= asked.from_on)
    if asked.to_on is not None:
        narrow = narrow.where(Dispute.registered_on <= asked.to_on)
    ordered = narrow.order_by(Dispute.registered_at.desc(), Dispute.id.desc())
    return ordered.limit(min(asked.newest or rules.MOST, rules.MOST))


def _past(row: Any) -> Past:
    return Past(
        category=row.category,
        facts=fact.checked(row.facts),
        registered_on=row.registered_on,
        accepted_on=row.accepted_on,
        people_count=row.people_count,
    )


def _moved(row: Any, places: tuple[str, str], because: str) -> MovedView:
    if row.restricted:
        return MovedView(row.id, row.number, True, HIDDEN, HIDDEN, HIDDEN_BECAUSE)
    return MovedView(row.id, row.number, False, *places, because)


def _remember(records: dict[Channel, Record], row: Any) -> None:
    if row.outcome is None:
        return
    record = records.setdefault(row.channel, Record(Counter(), []))
    record.outcomes[row.outcome] += 1
    record.days.append(rules.lasted(row.registered_on, row.closed_on))


def _channels(records: dict[Channel, Record]) -> Iterator[ChannelView]:
    for channel in Channel:
        if channel in records:
            record = records[channel]
            yield ChannelView(channel, record.success, len(record.days), record.median_days)


def _loads(before: Counter[str], after: Counter[str]) -> Iterator[LoadView]:
    leads = sorted({*before, *after}, key=lambda lead: (-before[lead], lead))
    return (LoadView(lead, before[lead], after[lead]) for lead in leads)


def _found(row: Replay, scope: Scope, now: datetime) -> Replayed:
    kept_result = row.result
    return Replayed(
        against=row.against,
        as_of=row.as_of,
        compared=row.compared,
        moved=tuple(_again(kept_result, scope, now)),
        channels=tuple(
            ChannelView(
                Channel(each["channel"]),
                Rate(each["agreed"], each["ended"]),
                each["closed"],
                each["median_days"],
            )
            for each in kept_result["channels"]
        ),
        loads=tuple(
            LoadView(each["lead"], each["before"], each["after"]) for each in kept_result["leads"]
        ),
        unseen=tuple(kept_result["unseen"]),
    )


def _again(kept_result: dict[str, Any], scope: Scope, now: datetime) -> Iterator[MovedView]:
    places, reasons, rows = (kept_result[name] for name in ("places", "reasons", "rows"))
    known = _numbers([UUID(each[0]) for each in rows], scope, now)
    for dispute_id, before, after, because in rows:
        found = known.get(UUID(dispute_id))
        if found is None:
            continue
        number, restricted = found
        told = (places[before], places[after], reasons[because])
        hidden = (HIDDEN, HIDDEN, HIDDEN_BECAUSE)
        shown = hidden if restricted else told
        yield MovedView(UUID(dispute_id), number, restricted, *shown)


def _numbers(ids: Sequence[UUID], scope: Scope, now: datetime) -> dict[UUID, tuple[str, bool]]:
    """Number and class of those the caller may see."""
    found: dict[UUID, tuple[str, bool]] = {}
    for some in (ids[n : n + AT_ONCE] for n in range(0, len(ids), AT_ONCE)):
        asked = sa.select(Dispute.id, Dispute.number, Dispute.restricted).where(
            Dispute.id.in_(some), visible(scope, now)
        )
        found |= {row.id: (row.number, row.restricted) for row in db.session.execute(asked)}
    return found
