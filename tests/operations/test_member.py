"""Members of a centre: what they take, how they sat, who may say so, and other towns."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from config.vocabulary import OrganisationKind, Role, SeatKind
from models import Attendance, Event, Guidance, db
from service.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from service.operations import attendance, duty_list, guidance
from service.operations import member as operations
from service.operations import organisation as organisations
from service.operations.guidance import GuidanceDraft
from service.operations.member import Terms
from service.operations.organisation import OrganisationDraft
from service.queries import attendance as comings
from service.queries import duty_list as duties
from service.queries import guidance as log
from service.queries import member as queries
from service.rules import access
from service.rules.access import Actor
from tests.factories.moment import (
    MONDAY,
    MONDAY_9AM,
    MONDAY_10AM,
    MONDAY_11AM,
    NEXT_MONDAY,
    NEXT_MONDAY_9AM,
    TUESDAY,
    TUESDAY_9AM,
)
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
ONE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
RESIDENT = Terms(joined_on=MONDAY, seat=SeatKind.RESIDENT, duty_phone="0475-5550110")


def told(office: Office, actor: Actor | None = None, now: Any = MONDAY_9AM) -> dict[str, Any]:
    return {"actor": actor or office.director, "desk": office.desk, "now": now}


def joined(office: Office, unit: str = "station", terms: Terms = RESIDENT) -> UUID:
    operations.take_in(office.units[unit], terms, **told(office))
    return office.units[unit]


def seen(office: Office, unit: UUID, actor: Actor | None = None) -> queries.MemberView:
    who = actor or office.director
    return queries.one(unit, access.scope(who, "member.read", office.desk.policy.access))


def drafted(office: Office) -> GuidanceDraft:
    return GuidanceDraft(
        committee=office.units["committee"],
        guided_on=MONDAY,
        guided_by="冯某",
        topic="papers",
        finding="两份协议没有写履行期限",
        follow_up="补写履行期限",
        follow_up_on=NEXT_MONDAY,
    )


def test_a_seat_that_changes_keeps_how_it_was_until_yesterday(office: Office) -> None:
    unit = joined(office)
    rotating = replace(RESIDENT, seat=SeatKind.ROTATING, weekdays=(3, 1))
    operations.change(unit, rotating, version=1, **told(office, now=TUESDAY_9AM))
    view = seen(office, unit)
    assert [(e.kind, e.weekdays, e.from_on, e.until_on) for e in view.seats] == [
        (SeatKind.RESIDENT, "", MONDAY, MONDAY),
        (SeatKind.ROTATING, "13", TUESDAY, None),
    ]
    assert view.version == 2
    with pytest.raises(Stale):
        operations.change(unit, RESIDENT, version=1, **told(office, now=TUESDAY_9AM))
    with pytest.raises(Conflict):
        joined(office)


@ONE
def test_terms_that_cannot_be_are_refused_at_their_field(office: Office) -> None:
    wrong = {
        "left_on": Terms(joined_on=TUESDAY, left_on=MONDAY),
        "takes": Terms(joined_on=MONDAY, takes=["nonsense"]),
        "weekdays": Terms(joined_on=MONDAY, seat=SeatKind.ROTATING),
    }
    for field, terms in wrong.items():
        with pytest.raises(Invalid) as refusal:
            joined(office, terms=terms)
        assert list(refusal.value.fields) == [field]
    with pytest.raises(Invalid):
        joined(office, terms=Terms(joined_on=MONDAY, weekdays=(1,)))


def test_what_a_unit_does_not_take_holds_while_it_is_a_member(office: Office) -> None:
    unit = joined(office, terms=replace(RESIDENT, left_on=NEXT_MONDAY))
    said: dict[str, Any] = {"words": "要先鉴定", "go_to": OrganisationKind.HEALTH}
    operations.refuse(unit, "medical", **said, version=1, **told(office))
    assert seen(office, unit).remit.refuses["medical"].words == "要先鉴定"
    assert set(queries.remits([unit], day=NEXT_MONDAY)) == {unit}
    assert queries.remits([unit], day=date(2026, 11, 10)) == {}
    with pytest.raises(Invalid):
        operations.refuse(unit, "nonsense", **said, version=2, **told(office))
    operations.take_again(unit, "medical", version=2, **told(office))
    assert seen(office, unit).remit.refuses == {}


def test_a_duty_list_says_who_is_there_from_today_on_and_keeps_the_past(office: Office) -> None:
    unit, liaison = joined(office), office.actor(Role.LIAISON, "station")
    duty_list.take_list(unit, "周一至周五\t张三、李四", **told(office, liaison))
    duty_list.write(unit, "周一", "王五", holidays=False, **told(office, liaison, NEXT_MONDAY_9AM))

    def names(day: date) -> tuple[str, ...]:
        there = duties.present([unit], day=day, calendar=office.desk.calendar)
        assert there[unit].phone == "0475-5550110"
        return there[unit].names

    assert names(MONDAY) == ("张三", "李四")
    assert names(NEXT_MONDAY) == ("王五",)
    assert names(date(2026, 11, 10)) == ("张三", "李四")
    (turn, *_) = duties.standing(unit, day=NEXT_MONDAY)
    assert turn.turn.name == "王五"
    duty_list.remove(turn.id, **told(office, liaison, NEXT_MONDAY_9AM))
    assert names(NEXT_MONDAY) == ()


@ONE
def test_a_list_with_a_wrong_line_writes_nothing(office: Office) -> None:
    unit = joined(office)
    found = duty_list.take_list(unit, "周一\t张三\n明天\t李四", **told(office))
    assert [bool(each.problems) for each in found] == [False, True]
    assert duties.standing(unit, day=MONDAY) == []


@ONE
def test_a_unit_keeps_its_own_list_and_no_other(office: Office) -> None:
    unit = joined(office)
    for stranger, refusal in (
        (office.liaison, NotFound),
        (office.window, Forbidden),
        (office.leader, Forbidden),
    ):
        with pytest.raises(refusal):
            duty_list.write(unit, "周一", "张三", holidays=False, **told(office, stranger))
    with pytest.raises(Forbidden):
        operations.change(unit, RESIDENT, version=1, **told(office, office.liaison))


def test_one_click_signs_who_is_on_duty_in_and_a_second_one_changes_nothing(
    office: Office,
) -> None:
    unit, window = joined(office), told(office, office.window)
    duty_list.write(unit, "周一", "张三", holidays=False, **told(office))
    first = attendance.sign_in(unit, **window)
    assert attendance.sign_in(unit, **window) == first
    (month,) = comings.of_month(MONDAY, **told(office, now=TUESDAY_9AM))
    assert (month.kept.numerator, month.kept.denominator) == (1, 1)
    assert month.kept.due[0].comings[0].name == "张三"
    with pytest.raises(Conflict):
        attendance.withdraw(first, **told(office, office.window, TUESDAY_9AM))
    attendance.withdraw(first, **window)
    (month,) = comings.of_month(MONDAY, **told(office, now=TUESDAY_9AM))
    assert (month.kept.numerator, month.kept.denominator) == (0, 1)


def test_a_unit_on_call_comes_when_it_was_asked(office: Office) -> None:
    unit = joined(office, terms=replace(RESIDENT, seat=SeatKind.ON_CALL))
    asked = attendance.ask(unit, **told(office, office.window, MONDAY_9AM))
    assert attendance.ask(unit, **told(office, office.window, MONDAY_10AM)) == asked
    assert attendance.sign_in(unit, "赵六", **told(office, office.window, MONDAY_11AM)) == asked
    (row,) = db.session.scalars(sa.select(Attendance)).all()
    assert (row.asked_at, row.came_at, row.name) == (MONDAY_9AM, MONDAY_11AM, "赵六")


def test_guidance_is_sealed_and_its_follow_up_is_done_once(office: Office) -> None:
    justice = office.actor(Role.LIAISON, "justice")
    draft = drafted(office)
    made = guidance.record(draft, **told(office, justice))
    row = db.session.get_one(Guidance, made)
    assert "履行".encode() not in row.finding_sealed + (row.follow_up_sealed or b"")
    for reader in (justice, office.liaison, office.director):
        (view,) = log.page(actor=reader, desk=office.desk, open_only=True).items
        assert (view.finding, view.follow_up) == ("两份协议没有写履行期限", "补写履行期限")
    guidance.done(made, **told(office, justice, TUESDAY_9AM))
    assert log.page(actor=justice, desk=office.desk, open_only=True).items == []
    for stranger in (office.actor(Role.LIAISON, "station"), office.liaison):
        with pytest.raises((NotFound, Invalid)):
            guidance.record(draft, **told(office, stranger))
        with pytest.raises(NotFound):
            guidance.done(made, **told(office, stranger, TUESDAY_9AM))


@ONE
def test_guidance_that_cannot_be_is_refused_at_its_field(office: Office) -> None:
    justice = office.actor(Role.LIAISON, "justice")
    wrong: dict[str, dict[str, Any]] = {
        "committee": {"committee": uuid4()},
        "topic": {"topic": "weather"},
        "guided_on": {"guided_on": TUESDAY, "follow_up_on": TUESDAY},
        "follow_up": {"follow_up": None},
        "follow_up_on": {"follow_up_on": date(2026, 11, 1)},
    }
    draft = drafted(office)
    for field, changes in wrong.items():
        with pytest.raises(Invalid) as refusal:
            guidance.record(replace(draft, **changes), **told(office, justice))
        assert list(refusal.value.fields) == [field]


def test_another_town_sees_and_changes_nothing(office: Office) -> None:
    unit = joined(office)
    attendance.sign_in(unit, **told(office, office.window))
    north = organisations.create(
        OrganisationDraft(kind=OrganisationKind.TOWN_GOVERNMENT, name="北镇人民政府"),
        actor=None,
        now=MONDAY_9AM,
    )
    stranger = replace(
        office.director, user_id=uuid4(), organisation_id=north, town=frozenset({north})
    )
    scope = access.scope(stranger, "member.read", office.desk.policy.access)
    assert queries.all_of(scope) == []
    assert duties.today(scope, day=MONDAY, calendar=office.desk.calendar) == []
    assert comings.of_month(MONDAY, **told(office, stranger, TUESDAY_9AM)) == []
    with pytest.raises(NotFound):
        queries.one(unit, scope)
    for deed in (
        lambda: operations.change(unit, RESIDENT, version=1, **told(office, stranger)),
        lambda: duty_list.write(unit, "周一", "某", holidays=False, **told(office, stranger)),
        lambda: attendance.sign_in(unit, **told(office, stranger)),
    ):
        with pytest.raises(NotFound):
            deed()


@ONE
def test_every_deed_leaves_an_event(office: Office) -> None:
    unit = joined(office)
    duty_list.write(unit, "周一", "张三", holidays=False, **told(office))
    attendance.ask(unit, **told(office))
    attendance.sign_in(unit, **told(office))
    found = db.session.scalars(
        sa.select(Event.action).where(Event.subject == "member").order_by(Event.id)
    ).all()
    assert found == ["join", "duty-write", "attendance-ask", "attendance-come"]
