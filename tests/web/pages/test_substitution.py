"""离岗替岗 at the browser: noted by the liaison, warned of where somebody is named."""

from collections.abc import Callable
from datetime import datetime

import pytest

from config.vocabulary import DisputeStatus, Role
from service.rules.access import Actor
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.visitor import Page, Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Visit = Callable[[Actor], Visitor]


def enter(office: Office, visitor: Visitor, now: datetime, **changes: str) -> Page:
    today = office.desk.today(now).isoformat()
    told = {
        "absent": str(office.mediator.user_id),
        "substitute": str(office.actor(Role.MEDIATOR, "committee", name="b").user_id),
        "from": today,
        "until": today,
        "reason": "holiday",
    } | changes
    return visitor.fill(visitor.get("/leave"), "/leave", **told)


def test_it_is_noted_shown_and_ended(office: Office, visit: Visit, now: datetime) -> None:
    liaison = visit(office.liaison)
    shown = liaison.follow(enter(office, liaison, now))
    assert ("离岗中" in shown.text, "休假" in shown.text) == (True, True)
    assert "离岗中" in visit(office.mediator).get("/leave").text
    (end,) = [each.action for each in shown.forms if each.action.endswith("/end")]
    assert "现在没有人离岗" in liaison.follow(liaison.fill(shown, end)).text


def test_what_is_wrong_is_told_at_its_field(office: Office, visit: Visit, now: datetime) -> None:
    liaison = visit(office.liaison)
    page = enter(office, liaison, now, substitute=str(office.mediator.user_id), reason="")
    assert (page.status, 'id="f-reason-error"' in page.html) == (422, True)
    page = enter(office, liaison, now, substitute=str(office.mediator.user_id))
    assert "自己不能替自己" in page.text


def test_who_names_somebody_away_is_warned(
    office: Office, visit: Visit, now: datetime, case: Callable[..., Handling]
) -> None:
    liaison, handling = visit(office.liaison), case(DisputeStatus.ACCEPTED)
    enter(office, liaison, now)
    page = liaison.get(f"/disputes/{handling.id}/steps/assign")
    assert "，离岗到" in page.html


def test_another_unit_sees_none_of_it(office: Office, visit: Visit, now: datetime) -> None:
    enter(office, visit(office.liaison), now)
    other = visit(office.actor(Role.LIAISON, "station")).get("/leave")
    assert "现在没有人离岗" in other.text
    assert str(office.mediator.user_id) not in other.html
