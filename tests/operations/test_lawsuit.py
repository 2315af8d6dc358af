from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from config.lawsuit import Breach, DutySource
from config.population import Population
from config.vocabulary import (
    STAFF,
    ClockKind,
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStatus,
    Outcome,
    Role,
    WithdrawalCause,
)
from config.vocabulary import LawsuitStep as S
from models import Event, Lawsuit, db
from service.desk import Desk
from service.errors import Conflict, Forbidden, Invalid, NotFound, Stale, StepNotAllowed
from service.operations import case_review, duty, hearing, litigation
from service.operations import lawsuit as operations
from service.operations.case_review import MendDraft, ReviewDraft
from service.operations.lawsuit import LawsuitDraft
from service.operations.litigation import MonthDraft
from service.queries import lawsuit as queries
from service.queries import lawsuit_figures as figures
from service.queries import metric
from service.queries.clock_subject import SubjectClock
from service.queries.lawsuit import Filters, LawsuitView
from service.queries.metric import Question
from service.rules import metric as dictionary
from service.rules.access import Actor
from service.rules.statistics import Period
from tests.factories.town import Stretch, Town

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
DECISION = {
    "decided_on": date(2026, 11, 10),
    "served_on": date(2026, 11, 12),
    "outcome": LawsuitOutcome.WITHDRAWN,
    "withdrawal_cause": WithdrawalCause.SETTLED,
}


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with app.app_context():
        found: Desk = app.extensions["fengqiao"]
        yield found


@pytest.fixture
def town(desk: Desk) -> Town:
    return Town()


@pytest.fixture
def legal(town: Town) -> Actor:
    return town.user(Role.LEGAL)


@pytest.fixture
def draft(town: Town) -> LawsuitDraft:
    return LawsuitDraft(
        procedure=LawsuitProcedure.LITIGATION,
        instance=LawsuitInstance.FIRST,
        court="柳溪旗人民法院",
        case_number="（2026）内9999行初9001号",
        cause="行政处罚",
        act="限期拆除决定",
        plaintiffs=["乌云其木格", "李国梁"],
        organisation=town.station,
        served_on=date(2026, 9, 1),
    )


def refused(draft: LawsuitDraft, actor: Actor, desk: Desk) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refusal:
        operations.record(draft, actor=actor, desk=desk, now=NOW)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Lawsuit)) == 0
    return refusal.value.fields


def decide(lawsuit_id: UUID, legal: Actor, desk: Desk, *, version: int = 1) -> None:
    operations.decide(lawsuit_id, DECISION, version=version, actor=legal, desk=desk, now=NOW)


def test_a_recorded_case_is_pending_and_masks_its_plaintiffs(
    draft: LawsuitDraft, legal: Actor, desk: Desk
) -> None:
    made = operations.record(draft, actor=legal, desk=desk, now=NOW)
    view = queries.one(made, actor=legal, desk=desk, now=NOW)
    assert (view.status, view.plaintiffs) == (LawsuitStatus.PENDING, ["乌****", "李**"])
    assert (view.steps, view.version) == ([S.ANSWER, S.HEAR, S.DECIDE], 1)


def test_plaintiffs_lie_sealed_with_a_key_of_their_own(
    draft: LawsuitDraft, legal: Actor, desk: Desk
) -> None:
    first = operations.record(draft, actor=legal, desk=desk, now=NOW)
    second = operations.record(replace(draft, case_number=None), actor=legal, desk=desk, now=NOW)
    one, other = db.session.get_one(Lawsuit, first), db.session.get_one(Lawsuit, second)
    assert "乌云".encode() not in one.plaintiffs_sealed
    key = desk.keyring.field_key(one.sealed_key, f"lawsuit:{first}")
    assert key.open(one.plaintiffs_sealed, f"lawsuit.plaintiffs:{first}") == "乌云其木格\n李国梁"
    assert one.sealed_key != other.sealed_key


def test_the_way_of_a_case_is_decided_then_closed_with_an_event_each(
    draft: LawsuitDraft, legal: Actor, desk: Desk
) -> None:
    made = operations.record(draft, actor=legal, desk=desk, now=NOW)
    decide(made, legal, desk)
    operations.close(made, version=2, actor=legal, desk=desk, now=NOW)
    view = queries.one(made, actor=legal, desk=desk, now=NOW)
    assert (view.status, view.withdrawal_cause) == (LawsuitStatus.CLOSED, WithdrawalCause.SETTLED)
    events = db.session.scalars(sa.select(Event).where(Event.subject_id == made).order_by(Event.id))
    assert [(each.action, each.version) for each in events] == [
        ("record", 1),
        ("decide", 2),
        ("close", 3),
    ]


def test_a_case_is_not_closed_before_it_is_decided(
    draft: LawsuitDraft, legal: Actor, desk: Desk
) -> None:
    made = operations.record(draft, actor=legal, desk=desk, now=NOW)
    with pytest.raises(StepNotAllowed) as refusal:
        operations.close(made, version=1, actor=legal, desk=desk, now=NOW)
    assert refusal.value.allowed == ["answer", "hear", "decide"]


def test_a_decision_on_an_old_reading_is_stale_and_says_what_changed(
    draft: LawsuitDraft, legal: Actor, desk: Desk
) -> None:
    made = operations.record(draft, actor=legal, desk=desk, now=NOW)
    decide(made, legal, desk)
    with pytest.raises(Stale) as refusal:
        operations.close(made, version=1, actor=legal, desk=desk, now=NOW)
    assert refusal.value.changed == [
        "checks",
        "clocks",
        "decided_on",
        "decision_served_on",
        "outcome",
        "status",
        "withdrawal_cause",
    ]


def test_an_impossible_decision_changes_nothing(
    draft: LawsuitDraft, legal: Actor, desk: Desk
) -> None:
    made = operations.record(draft, actor=legal, desk=desk, now=NOW)
    body = DECISION | {"decided_on": date(2026, 8, 31)}
    with pytest.raises(Invalid):
        operations.decide(made, body, version=1, actor=legal, desk=desk, now=NOW)
    view = queries.one(made, actor=legal, desk=desk, now=NOW)
    assert (view.status, view.version) == (LawsuitStatus.PENDING, 1)


@pytest.mark.parametrize("role", [role for role in STAFF if role is not Role.LEGAL])
def test_nobody_but_legal_records_a_case(
    role: Role, draft: LawsuitDraft, town: Town, desk: Desk
) -> None:
    with pytest.raises(Forbidden):
        operations.record(draft, actor=town.user(role), desk=desk, now=NOW)


def test_wrong_links_are_refused_at_their_fields(
    draft: LawsuitDraft, legal: Actor, desk: Desk
) -> None:
    assert list(refused(replace(draft, organisation=uuid4()), legal, desk)) == ["organisation"]
    assert list(refused(replace(draft, dispute="LXZ2026-09999"), legal, desk)) == ["dispute"]
    assert list(refused(replace(draft, previous="没有这个案号"), legal, desk)) == ["previous"]
    assert list(refused(replace(draft, served_on=date(2026, 11, 21)), legal, desk)) == ["served_on"]


def test_a_case_number_is_recorded_once_at_one_court(
    draft: LawsuitDraft, legal: Actor, desk: Desk
) -> None:
    operations.record(draft, actor=legal, desk=desk, now=NOW)
    with pytest.raises(Invalid) as refusal:
        operations.record(draft, actor=legal, desk=desk, now=NOW)
    assert list(refusal.value.fields) == ["case_number"]
    operations.record(replace(draft, court="别处人民法院"), actor=legal, desk=desk, now=NOW)


def test_a_dispute_one_may_not_see_is_linked_by_its_number_only(
    draft: LawsuitDraft, town: Town, legal: Actor, desk: Desk
) -> None:
    behind = town.dispute(Stretch(date(2026, 3, 2)))
    number = db.session.scalar(sa.text("SELECT number FROM dispute"))
    with pytest.raises(Invalid):
        operations.record(replace(draft, dispute=str(behind)), actor=legal, desk=desk, now=NOW)
    made = operations.record(replace(draft, dispute=number), actor=legal, desk=desk, now=NOW)
    seen = queries.one(made, actor=legal, desk=desk, now=NOW).dispute
    assert seen is not None
    assert (seen.id, seen.number) == (None, number)
    director = town.user(Role.DIRECTOR)
    opened = queries.one(made, actor=director, desk=desk, now=NOW).dispute
    assert opened is not None
    assert opened.id == behind


def test_an_appeal_names_the_case_before_it(draft: LawsuitDraft, legal: Actor, desk: Desk) -> None:
    first = operations.record(draft, actor=legal, desk=desk, now=NOW)
    appeal = replace(
        draft,
        instance=LawsuitInstance.SECOND,
        court="柳溪市中级人民法院",
        case_number=None,
        previous=draft.case_number,
    )
    made = operations.record(appeal, actor=legal, desk=desk, now=NOW)
    previous = queries.one(made, actor=legal, desk=desk, now=NOW).previous
    assert previous is not None
    assert previous.id == first
    owed = term(queries.one(first, actor=legal, desk=desk, now=NOW), "LIT.ANSWER")
    assert (owed.ended, owed.late) == (None, True)  # the answer that is missing is not met by it


def test_a_leader_lists_cases_but_opens_none(
    draft: LawsuitDraft, town: Town, legal: Actor, desk: Desk
) -> None:
    made = operations.record(draft, actor=legal, desk=desk, now=NOW)
    with pytest.raises(NotFound):
        queries.one(made, actor=town.user(Role.LEADER), desk=desk, now=NOW)


def test_pages_go_on_by_key_and_filters_narrow(
    draft: LawsuitDraft, legal: Actor, desk: Desk
) -> None:
    days = [date(2026, 9, 1), date(2026, 9, 2), date(2026, 9, 2), date(2026, 9, 3)]
    made = [
        operations.record(
            replace(draft, served_on=day, case_number=None), actor=legal, desk=desk, now=NOW
        )
        for day in days
    ]
    decide(made[0], legal, desk)
    first = queries.page(Filters(), actor=legal, today=TODAY, limit=3, count=True)
    rest = queries.page(Filters(), actor=legal, today=TODAY, limit=3, cursor=first.next_cursor)
    assert [row.served_on for row in (*first.items, *rest.items)] == days[::-1]
    assert {row.id for row in (*first.items, *rest.items)} == set(made)
    assert (first.total, rest.next_cursor) == (4, None)

    def found(**narrow: object) -> list[date]:
        page = queries.page(Filters(**narrow), actor=legal, today=TODAY)  # type: ignore[arg-type]  # one filter at a time
        return [row.served_on for row in page.items]

    assert found(status=LawsuitStatus.DECIDED) == [days[0]]
    assert found(outcome=LawsuitOutcome.UPHELD) == []
    assert found(served_from=days[1], served_to=days[2]) == [days[1], days[1]]
    assert found(procedure=LawsuitProcedure.REVIEW) == []
    assert len(found(organisation=draft.organisation)) == 4


def test_a_cursor_made_elsewhere_is_refused(legal: Actor) -> None:
    with pytest.raises(Invalid) as refusal:
        queries.page(Filters(), actor=legal, today=TODAY, cursor="WyJ4IiwieSJd")
    assert list(refusal.value.fields) == ["cursor"]


def at(day: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, 2, 0, tzinfo=UTC)


def term(view: LawsuitView, rule: str) -> SubjectClock:
    (found,) = (each for each in view.clocks if each.rule == rule)
    return found


def test_the_torn_down_sheepfold_to_the_day(  # noqa: PLR0915 -- one case from its service to its end
    draft: LawsuitDraft, town: Town, legal: Actor, desk: Desk
) -> None:
    """L1: served 10-26, answered by 11-10, heard 11-20 with the head, lost, appeal until 12-18."""
    who: dict[str, Any] = {"actor": legal, "desk": desk}
    sued = replace(draft, served_on=date(2026, 10, 26), must_attend=["public_attention", "mass"])
    made = operations.record(sued, now=at(27, 10), **who)

    def seen(now: datetime) -> LawsuitView:
        return queries.one(made, now=now, **who)

    def step(word: S, body: dict[str, Any], now: datetime) -> None:
        operations.take(made, word, body, version=seen(now).version, now=now, **who)

    answer = term(seen(at(27, 10)), "LIT.ANSWER")
    assert (answer.due_on, answer.provisional, answer.late) == (date(2026, 11, 10), False, False)
    assert seen(at(27, 10)).head_must_attend
    hearing.plan(
        made,
        planned_on=date(2026, 11, 20),
        head="白音",
        title="副镇长",
        must_attend=["ecology"],
        now=at(5),
        **who,
    )
    assert (seen(at(5)).due_on, seen(at(5)).due_rule) == (date(2026, 11, 10), "LIT.ANSWER")
    step(S.ANSWER, {"answered_on": date(2026, 11, 9)}, at(9))
    with pytest.raises(StepNotAllowed):
        step(S.ANSWER, {"answered_on": date(2026, 11, 9)}, at(9))
    view = seen(at(9))
    assert (view.answered_late, view.due_on, view.due_rule) == (
        False,
        date(2026, 11, 20),
        "LIT.HEARING",
    )
    head = {"attended": True, "name": "白音", "title": "副镇长"}
    step(S.HEAR, {"held_on": date(2026, 11, 20), "head": head, "lawyer_only": False}, at(20))
    absent = {"held_on": date(2026, 11, 27), "head": {"attended": False}, "lawyer_only": False}
    step(S.HEAR, absent, at(27))  # once in an instance is enough
    view = seen(at(27))
    assert [(each.attended, each.head, each.breach) for each in view.hearings] == [
        (True, "白音", None),
        (False, None, None),
    ]
    lost = {
        "decided_on": date(2026, 12, 1),
        "served_on": date(2026, 12, 3),
        "outcome": LawsuitOutcome.CONFIRMED_ILLEGAL,
    }
    step(S.DECIDE, lost, at(4, 12))
    appeal = term(seen(at(4, 12)), "LIT.APPEAL.J")
    assert (appeal.due_on, appeal.kind) == (date(2026, 12, 18), ClockKind.REMEDY)
    assert not term(seen(at(22, 12)), "LIT.APPEAL.J").late
    with pytest.raises(Conflict):
        step(S.CLOSE, {}, at(4, 12))
    assert duty.impose(
        made,
        source=DutySource.JUDGMENT,
        words="赔偿羊圈",
        organisation=None,
        due_on=date(2026, 12, 20),
        now=at(4, 12),
        **who,
    )
    mend = MendDraft(words="拆除前先催告", organisation=town.station, due_on=date(2026, 12, 31))
    review = ReviewDraft(
        causes=["procedure"],
        words="没有催告",
        reviewers="镇长办公会",
        reviewed_on=date(2026, 12, 4),
        mends=[mend],
    )
    case_review.write(made, review, now=at(4, 12), **who)
    assert queries.unperformed_count(actor=legal, today=date(2026, 12, 20)) == 0
    assert queries.unperformed_count(actor=legal, today=date(2026, 12, 21)) == 1
    year = Period(date(2026, 10, 1), date(2027, 1, 1))
    for day, expected in ((20, (0, 0, 1)), (21, (0, 1, 0))):  # its last day lasts to its end
        told = figures.measure(year, scope=None, policy=desk.policy, today=date(2026, 12, day))
        rate = told.figures["judgment_performance_rate"]
        assert (rate.numerator, rate.denominator, rate.not_yet_due) == expected
    with pytest.raises(Conflict):
        step(S.CLOSE, {}, at(21, 12))
    duty.settle(made, 1, done_on=date(2026, 12, 25), proof="收据", now=at(25, 12), **who)
    case_review.settle(made, 1, done_on=date(2026, 12, 25), now=at(25, 12), **who)
    step(S.PERFORM, {"done_on": date(2026, 12, 25), "proof": None}, at(25, 12))
    step(S.CLOSE, {}, at(26, 12))
    view = seen(at(26, 12))
    assert (view.status, view.due_on, view.unperformed) == (LawsuitStatus.CLOSED, None, 0)
    assert [(each.late, each.proof, each.words) for each in view.duties] == [
        (True, "收据", "赔偿羊圈")
    ]
    told = figures.measure(year, scope=None, policy=desk.policy, today=date(2026, 12, 26))
    pairs = {name: (each.numerator, each.denominator) for name, each in told.figures.items()}
    assert pairs["head_appearance_rate"] == (1, 1)
    assert pairs["loss_rate"] == (1, 1)
    assert pairs["judgment_performance_rate"] == (1, 1)
    events = db.session.scalars(sa.select(Event).where(Event.subject_id == made))
    assert "白音" not in "".join(str(each.detail) for each in events)


def test_a_late_answer_a_lawyer_alone_and_a_second_way_on_are_written_for_ever(
    draft: LawsuitDraft, legal: Actor, desk: Desk
) -> None:
    who: dict[str, Any] = {"actor": legal, "desk": desk}
    review = replace(
        draft,
        procedure=LawsuitProcedure.REVIEW,
        case_number=None,
        simplified=True,
        served_on=date(2026, 11, 2),
    )
    reviewed = operations.record(review, now=at(2), **who)
    assert term(queries.one(reviewed, now=at(2), **who), "REC.REPLY.SIM").due_on == date(
        2026, 11, 9
    )
    sued = replace(review, procedure=LawsuitProcedure.LITIGATION, simplified=False)
    operations.record(replace(sued, previous=str(reviewed)), now=at(2), **who)
    assert term(queries.one(reviewed, now=at(2), **who), "REC.REPLY.SIM").stopped_on is None
    made = operations.record(replace(draft, served_on=date(2026, 10, 26)), now=at(27, 10), **who)
    body: dict[str, Any] = {"answered_on": date(2026, 11, 11)}
    operations.take(made, S.ANSWER, body, version=1, now=at(11), **who)
    view = queries.one(made, now=at(12), **who)
    assert (view.answered_late, term(view, "LIT.ANSWER").late) == (True, True)
    alone = {"held_on": date(2026, 11, 12), "head": {"attended": False}, "lawyer_only": True}
    operations.take(made, S.HEAR, alone, version=2, now=at(12), **who)
    ill = {"attended": False, "reason": "住院", "proof": "诊断证明"}
    away = {"held_on": date(2026, 11, 12), "head": ill, "lawyer_only": False}
    operations.take(made, S.HEAR, away, version=3, now=at(12), **who)
    head = {"attended": True, "reason": None}
    came = {"held_on": date(2026, 11, 13), "head": head, "lawyer_only": False}
    operations.take(made, S.HEAR, came, version=4, now=at(13), **who)
    view = queries.one(made, now=at(13), **who)
    assert (view.hearings[1].reason, view.hearings[1].proof) == ("other", "住院；诊断证明")
    assert ([each.breach for each in view.hearings], view.head_attended, view.breach) == (
        [Breach.LAWYER_ONLY, None, None],
        True,
        True,
    )
    lost = DECISION | {"outcome": LawsuitOutcome.REVOKED, "withdrawal_cause": None}
    lost |= {"decided_on": date(2026, 11, 16), "served_on": date(2026, 11, 16)}
    operations.take(made, S.DECIDE, lost, version=5, now=at(16), **who)
    appeal = replace(
        draft,
        instance=LawsuitInstance.SECOND,
        case_number=None,
        previous=str(made),
        served_on=date(2026, 11, 18),
    )
    early = {"served_on": date(2026, 11, 15)}  # before the case was decided
    for wrong in ({"act": "别的行为"}, early):
        with pytest.raises(Invalid) as refusal:
            operations.record(replace(appeal, **wrong), now=at(18), **who)
        assert list(refusal.value.fields) == list(wrong)
    later = operations.record(appeal, now=at(18), **who)
    with pytest.raises(Invalid) as refusal:
        operations.record(appeal, now=at(18), **who)
    assert list(refusal.value.fields) == ["previous"]
    chain = queries.one(made, now=at(18), **who).chain
    assert [(each.id, each.this) for each in chain] == [(made, True), (later, False)]
    assert term(queries.one(made, now=at(18), **who), "LIT.APPEAL.J").stopped_on == date(
        2026, 11, 18
    )
    newest = db.session.scalars(
        sa.select(Event).where(Event.subject_id == made).order_by(Event.id.desc())
    ).first()
    version = queries.one(made, now=at(18), **who).version
    assert newest is not None
    assert (newest.action, newest.version) == ("case-continue", version)
    found = queries.page(Filters(breach=True), actor=legal, today=date(2026, 11, 20))
    assert [each.id for each in found.items] == [made]


@pytest.mark.parametrize(
    ("outcome", "counted"),
    [(LawsuitOutcome.ORDERED_TO_ACT, (1, 1)), (LawsuitOutcome.UPHELD, (0, 0))],
)
def test_what_was_ordered_and_nobody_wrote_down_is_one_duty_once_it_is_done(
    draft: LawsuitDraft, legal: Actor, desk: Desk, outcome: LawsuitOutcome, counted: tuple[int, int]
) -> None:
    who: dict[str, Any] = {"actor": legal, "desk": desk, "now": NOW}
    made = operations.record(draft, **who)
    decided = DECISION | {"outcome": outcome, "withdrawal_cause": None}
    operations.decide(made, decided, version=1, **who)
    body = {"done_on": TODAY, "proof": "回执"}
    operations.take(made, S.PERFORM, body, version=2, **who)
    view = queries.one(made, **who)
    assert [(each.done_on, each.late, each.proof) for each in view.duties] == [
        (TODAY, False, "回执")
    ] * counted[1]
    year = Period(date(2026, 1, 1), date(2027, 1, 1))
    told = figures.measure(year, scope=None, policy=desk.policy, today=TODAY)
    rate = told.figures["judgment_performance_rate"]
    assert (rate.numerator, rate.denominator) == counted


def test_what_is_given_to_a_unit_is_given_to_one_of_the_same_town(
    draft: LawsuitDraft, town: Town, legal: Actor, desk: Desk
) -> None:
    lost = DECISION | {"outcome": LawsuitOutcome.REVOKED, "withdrawal_cause": None}
    made = operations.record(draft, actor=legal, desk=desk, now=NOW)
    operations.decide(made, lost, version=1, actor=legal, desk=desk, now=NOW)
    here = frozenset({legal.organisation_id, town.station})
    who: dict[str, Any] = {"actor": replace(legal, town=here), "desk": desk, "now": NOW}
    owed: dict[str, Any] = {"source": DutySource.JUDGMENT, "words": "赔偿", "due_on": TODAY}
    mend = MendDraft(words="先催告", organisation=town.committee, due_on=TODAY)
    review = ReviewDraft(
        causes=["procedure"], words=None, reviewers="镇长", reviewed_on=TODAY, mends=[mend]
    )
    for give, field in (
        (lambda: operations.record(replace(draft, organisation=town.committee), **who), ""),
        (lambda: duty.impose(made, organisation=town.committee, **owed, **who), ""),
        (lambda: case_review.write(made, review, **who), "mends.0."),
    ):
        with pytest.raises(Invalid) as refusal:
            give()
        assert list(refusal.value.fields) == [f"{field}organisation"]
    assert duty.impose(made, organisation=town.station, **owed, **who) == 1


def test_withdrawals_add_up_by_cause_and_say_which_were_mediated_before(
    draft: LawsuitDraft, town: Town, legal: Actor, desk: Desk
) -> None:
    who: dict[str, Any] = {"actor": legal, "desk": desk, "now": NOW}
    ended = Stretch(date(2026, 3, 2), date(2026, 4, 1), Outcome.NOT_AGREED)
    town.dispute(ended)
    number = db.session.scalar(sa.text("SELECT number FROM dispute"))
    for behind, cause in (
        (number, WithdrawalCause.SETTLED),
        (None, WithdrawalCause.SETTLED),
        (None, WithdrawalCause.DEEMED),
    ):
        made = operations.record(replace(draft, case_number=None, dispute=behind), **who)
        checks = ["own_will", "notified_court"] if cause is WithdrawalCause.SETTLED else []
        body = DECISION | {"withdrawal_cause": cause, "checks": checks}
        operations.decide(made, body, version=1, **who)
        view = queries.one(made, **who)
        assert view.mediated_before is (True if behind else None)
        assert sum(each.done for each in view.checks) == len(checks)
        assert not any(each.rule.startswith("LIT.APPEAL") for each in view.clocks)
    week = Period(date(2026, 11, 9), date(2026, 11, 16))
    told = figures.measure(week, scope=None, policy=desk.policy, today=TODAY)
    assert {each.cause: (each.count, each.preceded) for each in told.causes if each.count} == {
        WithdrawalCause.SETTLED: (2, 1),
        WithdrawalCause.DEEMED: (1, 0),
    }
    withdrawn = told.figures["lawsuits_withdrawn"].numerator
    assert (withdrawn, sum(each.count for each in told.causes)) == (3, 3)


def test_cases_per_ten_thousand_have_no_value_while_nobody_counted_the_people(
    legal: Actor, desk: Desk
) -> None:
    who: dict[str, Any] = {"actor": legal, "desk": desk, "now": NOW}
    month = MonthDraft(
        month=date(2026, 10, 9),
        civil=40,
        administrative=2,
        settled_before=9,
        turned_criminal=3,
        source="旗法院通报",
    )
    litigation.enter(replace(month, civil=4), **who)
    litigation.enter(month, **who)
    told = figures.monitor(2026, policy=desk.policy)
    assert (told.cases, told.per_10k, [each.revision for each in told.months]) == (42, None, [2])
    known = replace(desk.policy, population=Population(21_000, "常住人口", "统计公报"))
    assert figures.monitor(2026, policy=known).per_10k == 20
    asked = Question(
        metric=dictionary.find("litigation_per_10k"),
        period=Period(date(2026, 1, 1), date(2027, 1, 1)),
        today=TODAY,
    )
    assert metric.figure(asked, policy=desk.policy).value is None
    assert metric.figure(asked, by="month", policy=known).value == 20
    (row,) = metric.page(asked).items
    assert row.counted
    crimes = replace(asked, metric=dictionary.find("escalated_to_crime"))
    shown = metric.figure(crimes, by="month", policy=known)
    assert shown.value == Fraction(3)
    assert [each.value for each in shown.groups or ()] == [Fraction(3)]
    months = metric.figure(asked, by="month", policy=desk.policy).groups or ()
    assert [each.value for each in months] == [None]
