"""会议 on pages: called, printed without what is restricted, minuted, and followed up."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import ClockEnd, DisputeStatus, Role
from models import Clock, db
from service.operations import restricted
from service.queries import sight
from service.rules.access import Actor
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.visitor import Visitor

Visit = Callable[[Actor], Visitor]
Case = Callable[..., Handling]
S = DisputeStatus
WORDS, SHUT = "院墙怎么拆、谁来拆", "孩子由谁接送"


def test_a_meeting_is_called_printed_minuted_and_followed_up(
    office: Office, visit: Visit, case: Case, now: datetime
) -> None:
    plain, shut = case(S.MEDIATING), case(S.MEDIATING)
    with office.app.app_context():
        numbers = [plain.row.number, shut.row.number]
    director, station = visit(office.director), visit(office.actor(Role.LIAISON, "station"))
    bare = director.fill(director.get("/meetings/new"), "/meetings/new")
    assert (bare.status, "请填写会议名称" in bare.text) == (422, True)
    local = now.astimezone(office.desk.zone)
    filled = {
        "title": "十一月联席会议",
        "held_at": (local - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        "place": "镇综治中心三楼",
        "members": [str(office.units["station"])],
        "items.0.words": WORDS,
        "items.0.number": numbers[0],
        "items.1.words": SHUT,
        "items.1.number": numbers[1],
    }
    done = director.fill(bare, "/meetings/new", **filled)
    one = str(done.location)
    with office.app.app_context():
        restricted.restrict(
            shut.id, "涉及未成年人", actor=office.director, desk=office.desk, now=now
        )
    notice = director.get(f"{one}/papers/notice").text
    assert (WORDS in notice, SHUT in notice, "受限，另行通报" in notice) == (True, False, True)
    seen = station.get(one).text
    assert (numbers[1] in seen, SHUT in seen, "受限，您看不到内容" in seen) == (True, False, True)
    written = {
        "came": [str(office.units["station"])],
        "said.1": "双方已经冷静",
        "decisions.0.words": "派出所本周内上门",
        "decisions.0.organisation": str(office.units["station"]),
        "decisions.0.due_on": (local.date() + timedelta(days=3)).isoformat(),
    }
    held = director.fill(director.get(f"{one}/minutes"), f"{one}/minutes", **written)
    assert (held.status, "双方已经冷静" in director.follow(held).text) == (303, True)
    assert "派出所本周内上门" in director.get(f"{one}/papers/minutes").text
    assert "十一月联席会议" in station.get("/meetings/decisions").text
    mine = station.get(one)
    (way,) = {each.action for each in mine.forms if each.action.endswith("/settle")}
    decided = way.split("/")[-2]
    # a notice about it leads here: to its meeting, for who may know of that
    assert station.get(f"/decisions/{decided}").location == one
    assert visit(office.actor(Role.LIAISON, "justice")).get(f"/decisions/{decided}").status == 404
    with office.app.app_context(), sight.whole("jobs"):
        clock = db.session.scalars(sa.select(Clock).where(Clock.subject_id == UUID(decided))).one()
        assert (clock.rule, clock.organisation_id) == ("MEET.DUE", office.units["station"])
        assert (clock.due_on, clock.stopped_at) == (local.date() + timedelta(days=3), None)
    part = f"of-{decided}"
    settled = station.fill(mine, way, **{f"{part}.words": "已上门", f"{part}.how": "done"})
    assert (settled.status, "已上门" in station.follow(settled).text) == (303, True)
    assert "没有等落实的议定事项" in station.get("/meetings/decisions").text
    with office.app.app_context(), sight.whole("jobs"):
        clock = db.session.scalars(sa.select(Clock).where(Clock.subject_id == UUID(decided))).one()
        assert (clock.ended, clock.stopped_on) == (ClockEnd.MET, local.date())
