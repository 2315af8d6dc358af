"""Rows of the plan's registers: what they take, what follows, what is due, what is counted."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import calendar as holidays
from config import clock, plan_register
from config.plan import EvidenceKind as E
from config.plan_register import EntryState, Over, Register
from service.errors import Invalid, StepNotAllowed
from service.rules import plan_count as counts
from service.rules import plan_entry as rules
from service.rules.calendar import WorkCalendar
from service.rules.plan_count import Fact
from service.rules.plan_entry import Row, Taken
from service.rules.statistics import Period

CLOCKS = clock.load()
CALENDAR = WorkCalendar(holidays.load())
REGISTERS = plan_register.load(known=CLOCKS.by_id)
TODAY = date(2026, 11, 24)
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
ALL_KINDS = tuple(E)
UNIT = UUID(int=1)
REQUEST = {
    "title": "某路改造的预算",
    "received_on": "2026-03-02",
    "applicant": "张三",
    "sort": "citizen",
    "way": "online",
}


def row(name: str, raw: Mapping[str, object], **steps: str) -> Row:
    """A row of a register with steps on their days."""
    register = REGISTERS[name]
    values = MappingProxyType(rules.read(register, raw, today=TODAY))
    taken = {each: Taken(date.fromisoformat(on)) for each, on in steps.items()}
    return Row(register=register, values=values, taken=MappingProxyType(taken))


def fact(each: Row, unit: UUID = UNIT) -> Fact:
    """It as figures see it."""
    owed = rules.owed(each, clocks=CLOCKS, calendar=CALENDAR)
    return Fact(id=uuid4(), organisation_id=unit, row=each, owed=owed)


def wrong(name: str, raw: Mapping[str, object]) -> dict[str, list[str]]:
    """What is told of a row that cannot be taken."""
    with pytest.raises(Invalid) as refusal:
        rules.read(REGISTERS[name], raw, today=TODAY)
    return refusal.value.fields


def test_each_wrong_field_is_told_at_its_place() -> None:
    told = wrong(
        "training-hours",
        {"title": " ", "held_on": "2026-11-25", "name": 5, "hours": "1.55", "sort": "c", "x": "1"},
    )
    assert told == {
        "values.x": ["没有这一栏"],
        "values.title": ["请填写培训名称"],
        "values.held_on": ["不能晚于今天"],
        "values.name": ["应为文字"],
        "values.hours": ["最多 1 位小数"],
        "values.sort": ["没有这个选项"],
    }
    base = {"title": "查店", "acted_on": "2026-05-01", "field": "safety", "way": "routine"}
    assert wrong("key-field-actions", base | {"found": "2", "fixed": "3"}) == {
        "values.fixed": ["不能大于前面的数"]
    }
    for hours, why in [
        ("0", "不能小于"),
        ("1e3", "应为数字"),
        ("1000", "不能大于"),
        (True, "数字"),
    ]:
        right = {"title": "t", "held_on": "2026-01-05", "name": "王五", "sort": "law"}
        assert why in wrong("training-hours", right | {"hours": hours})["values.hours"][0]


def test_a_name_is_the_same_however_it_is_spaced_and_half_hours_are_kept_exactly() -> None:
    found = row(
        "training-hours",
        {"title": "t", "held_on": "2026-01-05", "name": "李 四", "hours": "7.5", "sort": "law"},
    )
    assert (found.person, found.hundredths, found.state) == ("李四", 750, EntryState.OPEN)


def test_what_is_stored_comes_back_and_citizens_are_apart() -> None:
    register = REGISTERS["information-requests"]
    said = row("information-requests", REQUEST | {"extended": "on"}, answered="2026-04-01")
    plain, sealed = rules.stored(said)
    assert sealed == {"applicant": "张三"}
    assert "张三" not in str(plain)
    assert rules.restored(register, plain, sealed) == said
    decision = row("major-decisions", DECISION)
    excused = rules.take(decision, "participated", Taken(None, "不公开"), kinds=(), today=TODAY)
    assert rules.restored(REGISTERS["major-decisions"], *rules.stored(excused)) == excused


# a day's count, by the working days of 2026
@pytest.mark.parametrize(
    ("name", "raw", "steps", "due"),
    [
        ("information-requests", REQUEST, {}, {"INFO.REPLY": date(2026, 3, 30)}),
        (
            "information-requests",
            REQUEST | {"corrected_on": "2026-03-12"},
            {},
            {"INFO.REPLY": date(2026, 4, 10)},
        ),
        (
            "information-requests",
            REQUEST | {"extended": True},
            {},
            {"INFO.EXTENDED": date(2026, 4, 28)},
        ),
        (
            "information-requests",
            REQUEST | {"extended": True, "adjusted_on": "2026-05-15"},
            {},
            {"PLAN.ENTRY": date(2026, 5, 15)},
        ),
        (
            "credit-publications",
            {
                "title": "占道",
                "decided_on": "2026-09-22",
                "sort": "penalty",
                "paper": "1",
                "party": "某",
            },
            {},
            {"CREDIT.PUBLISH": date(2026, 10, 9)},  # 25–27 September and 1–7 October are off
        ),
        (
            "yearly-reports",
            {"title": "报告", "started_on": "2026-01-06", "report_year": "2025"},
            {},
            {"REPORT.SUBMIT": date(2026, 3, 1), "REPORT.PUBLISH": date(2026, 4, 1)},
        ),
        (
            "normative-documents",
            {"title": "办法", "drafted_on": "2026-01-05"},
            {"published": "2026-03-02"},
            {"NORM.FILE": date(2026, 3, 17)},
        ),
    ],
)
def test_what_is_due_when(
    name: str, raw: Mapping[str, object], steps: dict[str, str], due: dict[str, date]
) -> None:
    found = rules.owed(row(name, raw, **steps), clocks=CLOCKS, calendar=CALENDAR)
    assert {each.rule: each.due_on for each in found} == due


def test_what_was_answered_late_stays_late_and_on_the_last_day_it_is_in_time() -> None:
    for answered, late in [("2026-03-30", False), ("2026-03-31", True)]:
        done = fact(row("information-requests", REQUEST | {"outcome": "given"}, answered=answered))
        assert [each.is_late(TODAY) for each in done.owed] == [late]
        assert not any(each.is_over(TODAY) for each in done.owed)
    waiting = fact(row("information-requests", REQUEST))
    assert [each.is_over(date(2026, 3, 30)) for each in waiting.owed] == [False]
    assert [each.is_over(date(2026, 3, 31)) for each in waiting.owed] == [True]


DECISION = {"title": "集镇规划", "started_on": "2026-02-02", "matter": "plan"}


def refused(
    each: Row, name: str, said: Taken, kinds: tuple[E, ...] = ALL_KINDS
) -> dict[str, object]:
    """What is told of a step that cannot be taken so."""
    with pytest.raises(Invalid) as refusal:
        rules.take(each, name, said, kinds=kinds, today=TODAY)
    return dict(refusal.value.fields)


def test_a_decision_shows_the_steps_it_passed_over_and_excuses_what_the_law_excuses() -> None:
    begun = row("major-decisions", DECISION)
    passed = rules.take(begun, "decided", Taken(date(2026, 6, 1)), kinds=(), today=TODAY)
    assert [each.name for each in passed.gaps] == ["participated", "argued", "assessed", "reviewed"]
    assert passed.stage == "decided"
    excused = rules.take(passed, "argued", Taken(None, "专业性不强"), kinds=(), today=TODAY)
    assert "argued" not in {each.name for each in excused.gaps}
    assert refused(passed, "reviewed", Taken(None, "没有时间")) == {
        "excuse": ["这个环节不能不适用"]
    }
    assert refused(passed, "argued", Taken(None, " ")) == {"excuse": ["请写明为什么不适用"]}
    assert refused(passed, "reviewed", Taken(date(2026, 6, 2))) == {
        "on": ["不能晚于后面的环节（2026-06-01）"]
    }
    assert refused(passed, "published", Taken(date(2026, 5, 31))) == {
        "on": ["不能早于前面的环节（2026-06-01）"]
    }
    assert refused(begun, "reviewed", Taken(date(2026, 11, 25))) == {"on": ["不能晚于今天"]}


def test_nothing_ends_without_what_must_be_shown() -> None:
    decided = row("major-decisions", DECISION, decided="2026-06-01")
    last = Taken(date(2026, 7, 1))
    assert refused(decided, "archived", last, ()) == {
        "evidence": ["没有佐证不能办结，请先上传：文件；会议记录"]
    }
    assert refused(decided, "archived", last, (E.PAPER,)) == {
        "evidence": ["没有佐证不能办结，请先上传：会议记录"]
    }
    ended = rules.take(decided, "archived", last, kinds=(E.PAPER, E.MINUTES), today=TODAY)
    assert (ended.state, ended.ended_on) == (EntryState.ENDED, date(2026, 7, 1))
    with pytest.raises(StepNotAllowed, match="重新打开"):
        rules.take(ended, "reviewed", last, kinds=ALL_KINDS, today=TODAY)
    assert rules.reopened(ended) == decided
    with pytest.raises(StepNotAllowed):
        rules.reopened(decided)


def test_where_gaps_are_not_shown_a_step_waits_for_the_one_before() -> None:
    given = {"title": "t", "received_on": "2026-03-02", "matter": "decision"}
    begun = row("legality-reviews", given | {"adoption": "all"})
    with pytest.raises(StepNotAllowed, match="请先填写“已出具意见”") as refusal:
        rules.take(begun, "adopted", Taken(TODAY), kinds=ALL_KINDS, today=TODAY)
    assert refusal.value.allowed == ["reviewed"]
    assert set(refused(begun, "reviewed", Taken(TODAY))) == {"values.conclusion", "values.words"}


def test_a_change_keeps_what_the_steps_stand_on() -> None:
    done = row("information-requests", REQUEST | {"outcome": "given"}, answered="2026-03-10")
    rules.check(done)
    later = row(
        "information-requests", REQUEST | {"received_on": "2026-03-11"}, answered="2026-03-10"
    )
    with pytest.raises(Invalid) as refusal:
        rules.check(later)
    assert set(refusal.value.fields) == {"values.received_on", "values.outcome"}


# hours, person by person


def officer(name: str, unit: int = 1, left: str | None = None) -> Fact:
    given: dict[str, object] = {
        "name": name,
        "since": "2020-01-01",
        "certificate": "15-1",
        "valid_until": "2027-01-01",
        "why_left": "moved",
    }
    steps = {"left": left} if left else {}
    return fact(row("enforcers", given, **steps), UUID(int=unit))


def training(name: str, hours: str, on: str = "2026-05-01", unit: int = 1) -> Fact:
    given: dict[str, object] = {"title": "t", "held_on": on, "name": name, "hours": hours}
    return fact(row("training-hours", given | {"sort": "law"}), UUID(int=unit))


def reached(trainings: list[Fact], officers: list[Fact]) -> counts.Figure:
    count = REGISTERS.counts["training_reached_rate"][1]
    return counts.counted(count, trainings, YEAR, people=officers, today=TODAY)


def test_sixty_hours_are_counted_person_by_person() -> None:
    found = reached(
        [
            training("甲", "30.5"),
            training("甲", "29.5"),
            training("乙", "59.5"),
            training("乙", "40", on="2025-12-31"),  # another year
            training("路人", "80"),
        ],
        [officer("甲"), officer("乙"), officer("丙"), officer("丁", left="2026-02-01")],
    )
    assert {each.name: (each.total, each.reached) for each in found.people} == {
        "甲": (Decimal(60), True),
        "乙": (Decimal("59.5"), False),
        "丙": (Decimal(0), False),  # nothing at all is missed as well
    }
    assert (found.value, found.on_target) == (Fraction(1, 3), False)
    assert [each.row.person for each in found.strangers] == ["路人"]
    assert reached([], []).on_target is None  # a rate of nothing judges nothing


def test_who_shares_a_name_is_told_apart_by_the_unit() -> None:
    found = reached(
        [training("甲", "60", unit=1), training("甲", "10", unit=2)],
        [officer("甲", 1), officer("甲", 2)],
    )
    assert [each.total for each in found.people] == [Decimal(60), Decimal(10)]
    only = reached([training("甲", "60", unit=2)], [officer("甲", 1)])
    assert only.value == 1  # recorded by another unit: there is one of that name only


@pytest.mark.parametrize(
    ("count", "facts", "value"),
    [
        ("enterprise_stalled_cases_open", 2, Fraction(2)),
        ("enterprise_stalled_cases_cleared", 2, Fraction(1)),
    ],
)
def test_what_stands_at_the_end_of_a_period_was_begun_by_then_and_not_ended(
    count: str, facts: int, value: Fraction
) -> None:
    def stalled(listed: str, **steps: str) -> Fact:
        given = {"title": "t", "listed_on": listed, "enterprise": "某厂", "agency": "某局"}
        return fact(
            row(
                "enterprise-stalled-cases",
                given | {"due_on": "2026-12-01", "result": "ended"},
                **steps,
            )
        )

    rows = [
        stalled("2024-05-01"),
        stalled("2026-05-01", cleared="2026-09-01"),
        stalled("2026-03-01", cleared="2026-06-30"),
        stalled("2026-08-01"),
    ]
    half = Period(date(2026, 1, 1), date(2026, 7, 1))
    register, asked = REGISTERS.counts[count]
    assert register.id == "enterprise-stalled-cases"
    assert counts.counted(asked, rows, half, today=TODAY).value == value


def test_problems_found_and_fixed_and_the_fields_they_are_in() -> None:
    def action(field: str, found: str, fixed: str) -> Fact:
        given = {"title": "t", "acted_on": "2026-04-01", "field": field, "way": "routine"}
        return fact(row("key-field-actions", given | {"found": found, "fixed": fixed}))

    rows = [action("safety", "3", "2"), action("safety", "1", "1"), action("labour", "0", "0")]
    got = {
        name: counts.counted(REGISTERS.counts[name][1], rows, YEAR, today=TODAY).value
        for name in ("key_field_problems", "key_field_fixed_rate", "key_fields_covered")
    }
    assert got == {
        "key_field_problems": 4,
        "key_field_fixed_rate": Fraction(3, 4),
        "key_fields_covered": 2,
    }


# whatever is done, in whatever order


@st.composite
def walks(draw: st.DrawFn) -> tuple[Register, list[tuple[str, Taken, tuple[E, ...]]]]:
    """A register with steps, and some tries to take them."""
    register = draw(st.sampled_from([each for each in REGISTERS.all if each.steps]))
    first = date(2026, 1, 1)
    tries = st.tuples(
        st.sampled_from(list(register.steps)),
        st.one_of(
            st.integers(0, 330).map(lambda days: Taken(first + timedelta(days=days))),
            st.sampled_from([Taken(None, "不适用"), Taken(None, "")]),
        ),
        st.lists(st.sampled_from(ALL_KINDS), max_size=3).map(tuple),
    )
    return register, draw(st.lists(tries, max_size=12))


def _filled(register: Register) -> dict[str, object]:
    """Something right in every column, on the first day of the year."""
    samples = {"text": "文", "long": "文", "person": "某", "date": "2026-01-01", "flag": True}
    found: dict[str, object] = {}
    for each in register.columns.values():
        number = str(each.least or 0)
        found[each.name] = samples.get(each.type) or (next(iter(each.options), None) or number)
    return found


def _walk_holds(walk: tuple[Register, list[tuple[str, Taken, tuple[E, ...]]]]) -> None:
    register, tries = walk
    now = Row(
        register=register,
        values=MappingProxyType(rules.read(register, _filled(register), today=TODAY)),
        taken=MappingProxyType({}),
    )
    seen: list[Row] = []
    shown: set[E] = set()
    for name, said, kinds in tries:
        shown |= set(kinds)
        try:
            now = rules.take(now, name, said, kinds=tuple(shown), today=TODAY)
        except (Invalid, StepNotAllowed):
            continue
        seen.append(now)
        days = [now.taken[each].on for each in register.steps if each in now.taken]
        dated = [each for each in days if each is not None]
        assert dated == sorted(dated)
        assert all(each >= now.on_date for each in dated)
        assert register.gaps or now.gaps == ()
        assert now.state is not EntryState.ENDED or not rules.missing(register, tuple(shown))
        assert rules.restored(register, *rules.stored(now)) == now
    facts = [fact(each) for each in seen]
    for count in register.counts.values():
        if count.people:
            continue
        told = counts.counted(count, facts, YEAR, today=TODAY)
        assert told.hits <= {each.id for each in told.rows}
        if count.kind is plan_register.CountKind.RATE:
            assert (told.numerator, told.denominator) == (
                Decimal(len(told.hits)),
                Decimal(len(told.rows)),
            )
        if count.kind is plan_register.CountKind.COUNT and count.over is Over.STARTED:
            quarters = [(1, 4), (4, 7), (7, 10), (10, 13)]
            parts = [
                Period(date(2026, a, 1), date(2026 + b // 13, b % 12 or 12, 1)) for a, b in quarters
            ]
            whole = [counts.counted(count, facts, each, today=TODAY).numerator for each in parts]
            assert sum(whole) == told.numerator


@given(walks())
@settings(max_examples=60)
def test_steps_keep_their_order_nothing_ends_unproved_and_figures_add_up(
    walk: tuple[Register, list[tuple[str, Taken, tuple[E, ...]]]],
) -> None:
    _walk_holds(walk)


@pytest.mark.deep
@given(walks())
@settings(max_examples=5000)
def test_steps_keep_their_order_at_length(
    walk: tuple[Register, list[tuple[str, Taken, tuple[E, ...]]]],
) -> None:
    _walk_holds(walk)
