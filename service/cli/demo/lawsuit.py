"""The lawsuits of the demo: answered, heard, decided, lost and reviewed, performed or not."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from config.demo import Owing, Suit
from config.lawsuit import DutySource
from config.vocabulary import (
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStep,
    OrganisationKind,
)
from service.cli.demo.office import at_work
from service.cli.demo.world import Life, World
from service.operations import case_review, duty, hearing, litigation
from service.operations import lawsuit as operations
from service.operations.case_review import MendDraft, ReviewDraft
from service.operations.lawsuit import LawsuitDraft
from service.operations.litigation import MonthDraft
from service.queries import lawsuit as queries

FIRST_NUMBER: Final = 9001  # no court of the banner ever comes this far in a year
ONE_DAY: Final = timedelta(days=1)
MONTHS: Final = 8
SEED: Final = 20261123
HEAD, PROOF = "包文学", "现场照片和收据已存卷"
ABSENT: Final[dict[str, Any]] = {"attended": False}
EXCUSED: Final = ABSENT | {"reason": "irreplaceable", "proof": "防汛值班表（盖章）"}
CAME: Final[dict[str, dict[str, Any]]] = {
    "head": {"head": {"attended": True, "name": HEAD, "title": "副镇长"}, "lawyer_only": False},
    "staff": {"head": ABSENT, "lawyer_only": False},
    "excused": {"head": EXCUSED, "lawyer_only": False},
    "lawyer": {"head": ABSENT, "lawyer_only": True},
}
Day = tuple[date, int, Callable[[datetime], None]]


def lives(world: World, now: datetime) -> Iterator[Life]:
    """One life for each suit; a later instance finds the earlier one by its cause."""
    recorded: dict[str, UUID] = {}
    rng = Random(SEED)  # noqa: S311 -- the same made-up days every time
    for place, suit in enumerate(world.town.lawsuits):
        yield _life(world, suit, FIRST_NUMBER + place, recorded, (rng, now))


def _life(
    world: World,
    suit: Suit,
    number: int,
    recorded: dict[str, UUID],
    dice: tuple[Random, datetime],
) -> Life:
    rng, now = dice
    served_on = world.desk.today(now) - timedelta(days=suit.served)
    at = min(at_work(served_on + ONE_DAY, world.desk, world.rng), now)
    yield at
    legal = world.staff.actors["legal"]
    town = next(o for o in world.town.offices if o.kind is OrganisationKind.TOWN_GOVERNMENT)
    lawsuit_id = operations.record(
        LawsuitDraft(
            procedure=suit.procedure,
            instance=suit.instance,
            court=suit.court,
            case_number=_case_number(suit, served_on.year, number),
            cause=suit.cause,
            act=suit.act,
            plaintiffs=[world.people.name()[0] for _ in range(world.rng.choice((1, 1, 2)))],
            organisation=world.staff.ids[town.name],
            served_on=served_on,
            dispute=_behind(world, suit),
            previous=str(recorded[suit.previous]) if suit.previous else None,
            simplified=suit.simplified,
            must_attend=suit.must_attend,
        ),
        actor=legal,
        desk=world.desk,
        now=at,
    )
    recorded[suit.cause] = lawsuit_id
    days = _days(world, suit, lawsuit_id, served_on, now)
    for day, _, deed in sorted(days, key=lambda each: each[:2]):
        yield (at := max(at, min(at_work(day, world.desk, rng), now)))
        deed(at)


def _days(world: World, suit: Suit, lawsuit_id: UUID, served_on: date, now: datetime) -> list[Day]:
    """What happens to a case after it was recorded, each on its day, in its place of that day."""
    today = world.desk.today(now)
    who: dict[str, Any] = {"actor": world.staff.actors["legal"], "desk": world.desk}

    def ago(days: int) -> date:
        return today - timedelta(days=days)

    def step(word: LawsuitStep, body: dict[str, Any]) -> Callable[[datetime], None]:
        def take(at: datetime) -> None:
            version = queries.one(lawsuit_id, now=at, **who).version
            operations.take(lawsuit_id, word, body, version=version, now=at, **who)

        return take

    found: list[Day] = []
    answered_on = served_on + timedelta(days=suit.answered)
    if suit.instance is LawsuitInstance.FIRST and answered_on < today:
        found.append((answered_on, 0, step(LawsuitStep.ANSWER, {"answered_on": answered_on})))
    if suit.planned is not None:
        found.append((ago(suit.served - 2), 1, _summons(suit, lawsuit_id, ago, who)))
    if suit.heard is not None:
        body = {"held_on": ago(suit.heard)} | CAME[suit.came]
        found.append((ago(suit.heard), 2, step(LawsuitStep.HEAR, body)))
    if suit.decided is None:
        return found
    decided_on, day = ago(suit.decided), ago(suit.decided - 8)
    reviewed = [(day, 5, _reviewed(world, suit, lawsuit_id, day, who))] if suit.causes else []
    left = _duties(suit, lawsuit_id, decided_on, ago, who)
    return [*found, *_decided(suit, decided_on, ago, step), *left, *reviewed]


def _decided(
    suit: Suit,
    decided_on: date,
    ago: Callable[[int], date],
    step: Callable[[LawsuitStep, dict[str, Any]], Callable[[datetime], None]],
) -> list[Day]:
    decision = {
        "decided_on": decided_on,
        "served_on": decided_on + ONE_DAY,
        "outcome": suit.outcome,
        "withdrawal_cause": suit.withdrawal_cause,
        "checks": suit.checks,
    }
    found = [(decided_on + ONE_DAY, 3, step(LawsuitStep.DECIDE, decision))]
    if suit.performed is not None:
        done: dict[str, Any] = {"done_on": ago(suit.performed), "proof": "补发凭证已存卷"}
        found.append((ago(suit.performed), 30, step(LawsuitStep.PERFORM, done)))
    if suit.closed:
        found.append((decided_on + 20 * ONE_DAY, 31, step(LawsuitStep.CLOSE, {})))
    return found


def _summons(
    suit: Suit, lawsuit_id: UUID, ago: Callable[[int], date], who: dict[str, Any]
) -> Callable[[datetime], None]:
    def plan(at: datetime) -> None:
        hearing.plan(
            lawsuit_id,
            planned_on=ago(-(suit.planned or 0)),
            head=HEAD,
            title="副镇长",
            must_attend=suit.must_attend,
            now=at,
            **who,
        )

    return plan


def _duties(
    suit: Suit,
    lawsuit_id: UUID,
    decided_on: date,
    ago: Callable[[int], date],
    who: dict[str, Any],
) -> list[Day]:
    """What the decision left to be done is written down two days later, and done or not."""
    mediated = suit.outcome is LawsuitOutcome.MEDIATED
    source = DutySource.MEDIATION if mediated else DutySource.JUDGMENT
    found: list[Day] = []
    for ordinal, each in enumerate(suit.duties, 1):

        def impose(at: datetime, each: Owing = each) -> None:
            told: dict[str, Any] = {"source": source, "words": each.words, "organisation": None}
            duty.impose(lawsuit_id, due_on=ago(each.due), now=at, **told, **who)

        def settle(at: datetime, each: Owing = each, ordinal: int = ordinal) -> None:
            on = ago(each.done or 0)
            duty.settle(lawsuit_id, ordinal, done_on=on, proof=PROOF, now=at, **who)

        found.append((decided_on + 2 * ONE_DAY, ordinal + 10, impose))
        if each.done is not None:
            found.append((ago(each.done), ordinal + 20, settle))
    return found


def _reviewed(
    world: World, suit: Suit, lawsuit_id: UUID, day: date, who: dict[str, Any]
) -> Callable[[datetime], None]:
    town = next(o for o in world.town.offices if o.kind is OrganisationKind.TOWN_GOVERNMENT)
    mend = MendDraft(
        words="同类事项先过法制审核，再作决定",
        organisation=world.staff.ids[town.name],
        due_on=day + 60 * ONE_DAY,
    )
    draft = ReviewDraft(
        causes=suit.causes,
        words="承办单位和应诉人员一起看了判决，原因已经写明。",
        reviewers="镇长办公会",
        reviewed_on=day,
        mends=[mend],
    )
    return lambda at: case_review.write(lawsuit_id, draft, now=at, **who)


def told_by_the_court(world: World, now: datetime) -> Iterator[Life]:
    """One life that enters what the court counted in the months before this one."""
    yield _months(world, now)


def _months(world: World, now: datetime) -> Life:
    rng = Random(SEED)  # noqa: S311 -- the same made-up days every time
    first = world.desk.today(now).replace(day=1)
    months = [first]
    for _ in range(MONTHS):
        months.append((months[-1] - ONE_DAY).replace(day=1))
    for month in reversed(months[1:]):
        after = (month + 32 * ONE_DAY).replace(day=3)
        yield (at := min(at_work(after, world.desk, rng), now))
        draft = MonthDraft(
            month=month,
            civil=rng.randrange(18, 40),
            administrative=rng.randrange(3),
            settled_before=rng.randrange(10, 25),
            turned_criminal=0,
            source="旗法院诉源治理通报（演示数据）",
        )
        litigation.enter(draft, actor=world.staff.actors["legal"], desk=world.desk, now=at)


def _behind(world: World, suit: Suit) -> str | None:
    """The number of the newest dispute of the category the suit grew out of."""
    if suit.dispute is None:
        return None
    found = [case.number for case in world.cases if case.story.category == suit.dispute]
    return found[-1] if found else None


def _case_number(suit: Suit, year: int, number: int) -> str:
    if suit.procedure is LawsuitProcedure.REVIEW:
        return f"奈政复字〔{year}〕{number}号"
    court = "05" if suit.court.startswith("通辽") else "0525"
    stage = "行终" if suit.previous else "行初"
    return f"（{year}）内{court}{stage}{number}号"
