"""Supervision: the unit in charge is pressed, replies, and who ordered it ends it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from config.vocabulary import DisputeStatus, NoticeKind, Role, Step, SupervisionKind
from models import Event, Notice, Supervision, db, transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.operations import supervision as operations
from service.operations import user as users
from service.operations.supervision import Order
from service.queries import supervision as queries
from service.queries.supervision import Filters
from service.rules import access
from service.rules.access import Actor
from service.rules.supervision import MOST, SupervisionState
from tests.factories.dispute import Handling, registered
from tests.factories.moment import MONDAY_9AM, TUESDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
S, K, P = DisputeStatus, NoticeKind, SupervisionKind
WORDS = "请三日内与双方见面，把进展报上来"
REPLY = "已约双方本周五到所里谈"
LATER = MONDAY_9AM + timedelta(days=20)


@pytest.fixture
def case(office: Office) -> Handling:
    """A dispute the committee is mediating; its people are there to be told."""
    assert office.liaison.user_id != office.leader.user_id
    return registered(office).until(S.MEDIATING)


def ordered(
    case: Handling,
    kind: SupervisionKind = P.ORDER,
    *,
    by: Actor | None = None,
    now: datetime = MONDAY_9AM,
    reply_by: date | None = None,
) -> UUID:
    office = case.office
    what = Order(kind=kind, words=WORDS, reply_by=reply_by)
    who = by or office.leader
    return operations.order([case.id], what, actor=who, desk=office.desk, now=now)[0]


def answered(case: Handling, made: UUID, *, now: datetime = TUESDAY_9AM) -> None:
    office = case.office
    operations.answer(made, REPLY, actor=office.mediator, desk=office.desk, now=now)


def row(made: UUID) -> Supervision:
    return db.session.get_one(Supervision, made, populate_existing=True)


def seen(case: Handling, made: UUID, who: Actor, now: datetime = MONDAY_9AM) -> SupervisionState:
    return queries.one(made, actor=who, desk=case.office.desk, now=now).row.state


def waiting(case: Handling) -> set[tuple[UUID, NoticeKind]]:
    """Unread notices about supervision: whose, and of what kind."""
    found = db.session.execute(
        sa.select(Notice.user_id, Notice.kind).where(
            Notice.dispute_id == case.id,
            Notice.read_at.is_(None),
            Notice.kind.in_([K.SUPERVISED, K.SUPERVISION_ANSWERED]),
        )
    )
    return {(user_id, kind) for user_id, kind in found}


def test_a_leader_presses_several_at_once_and_each_paper_has_its_number(office: Office) -> None:
    cases = [registered(office).until(S.MEDIATING) for _ in range(3)]
    what = Order(kind=P.ORDER, words=WORDS)
    ids = [each.id for each in cases]
    made = operations.order(
        [*ids, ids[0]], what, actor=office.leader, desk=office.desk, now=MONDAY_9AM
    )
    rows = [row(each) for each in made]
    assert [each.number for each in rows] == [f"青龙督〔2026〕{n}号" for n in (1, 2, 3)]
    assert [each.dispute_id for each in rows] == ids
    assert {each.organisation_id for each in rows} == {office.units["committee"]}
    # Monday the 2nd and five working days: Monday the 9th
    assert {each.reply_by for each in rows} == {date(2026, 11, 9)}


def test_an_urge_has_no_number_wants_no_reply_and_is_kept(case: Handling) -> None:
    made = row(ordered(case, P.URGE))
    assert (made.number, made.reply_by, made.ended_at) == (None, None, MONDAY_9AM)
    with pytest.raises(Invalid) as refusal:
        ordered(case, P.URGE, reply_by=date(2026, 11, 9))
    assert list(refusal.value.fields) == ["reply_by"]
    second = row(ordered(case))
    assert second.number == "青龙督〔2026〕1号"  # the urge took none


def test_the_words_are_sealed_and_stand_nowhere_in_clear(case: Handling) -> None:
    made = ordered(case)
    answered(case, made)
    operations.send_back(
        made, "没有写明日期", actor=case.office.leader, desk=case.office.desk, now=TUESDAY_9AM
    )
    kept = row(made)
    assert WORDS.encode() not in kept.words_sealed
    assert kept.reply_sealed is None
    events = db.session.scalars(sa.select(Event).where(Event.subject_id == case.id)).all()
    said = str([(each.reason, each.detail) for each in events])
    assert not re.search(f"{WORDS}|{REPLY}|没有写明日期", said)


@pytest.mark.parametrize("until", [S.REGISTERED, S.CLOSED])
def test_what_nobody_has_in_hand_is_refused_in_words(office: Office, until: DisputeStatus) -> None:
    number = registered(office).until(until)
    what = Order(kind=P.ORDER, words=WORDS)
    with pytest.raises(Invalid) as refusal:
        operations.order([number.id], what, actor=office.leader, desk=office.desk, now=MONDAY_9AM)
    told = {
        S.REGISTERED: f"{number.row.number}还没有分派，没有承办单位可以督办",
        S.CLOSED: f"{number.row.number}已经办结，不能再督办",
    }
    assert refusal.value.fields == {"disputes": [told[until]]}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Supervision)) == 0


def test_what_is_not_there_none_and_too_many_are_refused(office: Office) -> None:
    what = Order(kind=P.ORDER, words=WORDS)
    for ids in ([uuid4()], [], [uuid4() for _ in range(MOST + 1)]):
        with pytest.raises(Invalid) as refusal:
            operations.order(ids, what, actor=office.leader, desk=office.desk, now=MONDAY_9AM)
        assert list(refusal.value.fields) == ["disputes"]


@pytest.mark.parametrize(
    "day", [date(2026, 11, 1), date(2028, 11, 2)], ids=["yesterday", "in two years"]
)
def test_a_day_that_cannot_be_is_refused(case: Handling, day: date) -> None:
    with pytest.raises(Invalid) as refusal:
        ordered(case, reply_by=day)
    assert list(refusal.value.fields) == ["reply_by"]


def test_who_may_order_what_is_data(case: Handling) -> None:
    with pytest.raises(Forbidden):
        ordered(case, P.TALK, by=case.office.director)
    assert row(ordered(case, P.TALK)).reply_by == date(2026, 11, 5)
    for who in (case.office.mediator, case.office.liaison, case.office.window):
        with pytest.raises(Forbidden):
            ordered(case, by=who)


def test_the_unit_replies_and_who_ordered_it_ends_it(case: Handling) -> None:
    office, made = case.office, ordered(case)
    assert seen(case, made, office.leader) is SupervisionState.OPEN
    assert seen(case, made, office.leader, LATER) is SupervisionState.LATE
    assert waiting(case) == {
        (office.mediator.user_id, K.SUPERVISED),
        (office.liaison.user_id, K.SUPERVISED),
    }
    answered(case, made)
    assert waiting(case) == {(office.leader.user_id, K.SUPERVISION_ANSWERED)}
    assert seen(case, made, office.leader, LATER) is SupervisionState.ANSWERED
    operations.finish(made, actor=office.leader, desk=office.desk, now=TUESDAY_9AM)
    assert seen(case, made, office.leader, LATER) is SupervisionState.ENDED
    assert waiting(case) == set()


def test_a_reply_that_will_not_do_goes_back(case: Handling) -> None:
    office, made = case.office, ordered(case)
    told = {"actor": office.leader, "desk": office.desk, "now": TUESDAY_9AM}
    with pytest.raises(Conflict):
        operations.send_back(made, "空", **told)  # type: ignore[arg-type]  # the usual three
    answered(case, made)
    with pytest.raises(Conflict):
        answered(case, made)
    operations.send_back(made, "没有写明日期", **told)  # type: ignore[arg-type]  # the usual three
    assert seen(case, made, office.leader) is SupervisionState.OPEN
    assert (office.liaison.user_id, K.SUPERVISED) in waiting(case)
    view = queries.one(made, actor=office.mediator, desk=office.desk, now=TUESDAY_9AM)
    assert [(each.deed, each.words) for each in view.course] == [
        ("supervision-order", None),
        ("supervision-answer", None),
        ("supervision-back", "没有写明日期"),
    ]
    assert (view.words, view.reply, view.may_answer) == (WORDS, None, True)


def test_only_who_ordered_it_judges_the_reply_until_they_leave(case: Handling) -> None:
    office, made = case.office, ordered(case)
    for who in (office.director, office.mediator):
        with pytest.raises(Forbidden):
            operations.finish(made, actor=who, desk=office.desk, now=TUESDAY_9AM)
    keeper = office.actor(Role.SYSADMIN)
    users.disable(office.leader.user_id, actor=keeper, desk=office.desk, now=TUESDAY_9AM)
    operations.finish(made, actor=office.director, desk=office.desk, now=TUESDAY_9AM)
    assert row(made).ended_by == office.director.user_id
    with pytest.raises(Conflict):
        operations.finish(made, actor=office.director, desk=office.desk, now=TUESDAY_9AM)


def test_only_the_pressed_unit_replies(case: Handling) -> None:
    office, made = case.office, ordered(case)
    for who in (office.director, office.leader):
        with pytest.raises(Forbidden):
            operations.answer(made, REPLY, actor=who, desk=office.desk, now=TUESDAY_9AM)
    stranger = office.actor(Role.LIAISON, "station")
    with pytest.raises(NotFound):
        operations.answer(made, REPLY, actor=stranger, desk=office.desk, now=TUESDAY_9AM)
    operations.answer(made, REPLY, actor=office.liaison, desk=office.desk, now=TUESDAY_9AM)
    assert row(made).replied_by == office.liaison.user_id


def test_a_unit_that_only_registered_it_does_not_reply(office: Office) -> None:
    police = office.actor(Role.LIAISON, "station")
    case = registered(office, actor=police).until(S.MEDIATING)
    made = ordered(case)
    with pytest.raises(Forbidden):
        operations.answer(made, REPLY, actor=police, desk=office.desk, now=TUESDAY_9AM)


def test_closing_a_dispute_ends_what_still_presses(case: Handling) -> None:
    office = case.office
    first, second = ordered(case), ordered(case, P.LISTED)
    answered(case, second)
    case.take(Step.FAIL, {"reasons": ["other:谈不拢"]}, now=TUESDAY_9AM)
    assert [(row(each).ended_at, row(each).ended_by) for each in (first, second)] == [
        (TUESDAY_9AM, office.mediator.user_id)
    ] * 2
    assert waiting(case) == set()


def test_giving_a_dispute_back_ends_what_pressed_the_unit(office: Office) -> None:
    case = registered(office).until(S.DISPATCHED)
    made = ordered(case)
    case.take(Step.RETURN, {"reason": "不归我们"}, now=TUESDAY_9AM)
    assert row(made).ended_at == TUESDAY_9AM


def test_a_step_does_not_answer_a_supervision(case: Handling) -> None:
    ordered(case)
    before = waiting(case)
    case.take(Step.AGREE, {"form": "oral"}, now=TUESDAY_9AM)
    assert waiting(case) == before


def test_of_a_restricted_dispute_a_leader_learns_the_number_alone(office: Office) -> None:
    case = registered(office, restricted=True).until(S.MEDIATING)
    assert office.liaison.name
    made = ordered(case)
    assert waiting(case) == {(office.mediator.user_id, K.SUPERVISED)}  # the liaison may not know
    view = queries.one(made, actor=office.leader, desk=office.desk, now=MONDAY_9AM)
    assert (view.row.restricted, view.row.dispute_id, view.words) == (True, None, WORDS)
    answered(case, made)
    second = office.actor(Role.LEADER, name="second")
    others = queries.one(made, actor=second, desk=office.desk, now=TUESDAY_9AM)
    assert (others.words, others.reply, others.sealed) == (None, None, True)
    sealed = queries.one(made, actor=office.director, desk=office.desk, now=TUESDAY_9AM)
    assert (sealed.words, sealed.row.dispute_id) == (None, case.id)
    mine = queries.one(made, actor=office.mediator, desk=office.desk, now=TUESDAY_9AM)
    assert (mine.words, mine.reply) == (WORDS, REPLY)


def lists(office: Office, who: Actor, now: datetime) -> Callable[..., list[str | None]]:
    """The numbers of a list as somebody sees it."""
    scope = access.scope(who, "supervision.read", office.desk.policy.access)

    def numbers(**filters: object) -> list[str | None]:
        found: list[str | None] = []
        cursor = None
        while True:
            narrowed = replace(Filters(), **filters)  # type: ignore[arg-type]  # by name
            page = queries.page(
                narrowed, scope=scope, desk=office.desk, now=now, limit=1, cursor=cursor
            )
            found += [each.number for each in page.items]
            cursor = page.next_cursor
            if cursor is None:
                return found

    return numbers


def test_lists_are_by_state_with_counts_and_by_unit(office: Office) -> None:
    case = registered(office).until(S.MEDIATING)
    late = [ordered(case, reply_by=date(2026, 11, day)) for day in (6, 5)]
    open_ = ordered(case, P.LISTED)
    said = ordered(case)
    ended = ordered(case)
    ordered(case, P.URGE)
    answered(case, said)
    operations.finish(ended, actor=office.leader, desk=office.desk, now=TUESDAY_9AM)
    now = MONDAY_9AM + timedelta(days=5)
    numbers = lists(office, office.leader, now)
    n = [row(each).number for each in (*late, open_, said, ended)]
    assert numbers(state=SupervisionState.LATE) == [n[1], n[0]]  # by their days
    assert numbers(state=SupervisionState.OPEN) == [n[2]]
    assert numbers(state=SupervisionState.ANSWERED) == [n[3]]
    assert set(numbers(state=SupervisionState.ENDED)) == {n[4], None}
    assert len(numbers()) == 6
    scope = access.scope(office.leader, "supervision.read", office.desk.policy.access)
    counted = queries.counts(Filters(), scope=scope, desk=office.desk, now=now)
    assert {each.value: count for each, count in counted.items()} == {
        "open": 1,
        "late": 2,
        "answered": 1,
        "ended": 2,
    }
    units = queries.by_organisation(scope=scope, desk=office.desk, now=now)
    assert [(each.organisation_id, each.waiting, each.late) for each in units] == [
        (office.units["committee"], 3, 2)
    ]
    nobodys = lists(office, office.actor(Role.LIAISON, "station"), now)
    assert nobodys() == []
    assert len(lists(office, office.liaison, now)()) == 6


def test_nothing_is_left_of_an_order_that_fails_half_way(office: Office) -> None:
    fine, over = registered(office).until(S.MEDIATING), registered(office).until(S.CLOSED)
    what = Order(kind=P.ORDER, words=WORDS)
    with pytest.raises(Invalid):
        operations.order(
            [fine.id, over.id], what, actor=office.leader, desk=office.desk, now=MONDAY_9AM
        )
    assert row(ordered(fine)).number == "青龙督〔2026〕1号"
    with transaction() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Supervision)) == 1
