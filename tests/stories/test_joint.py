"""Who knows of joint handling and of meetings: every role, at every door that reads them."""

from datetime import UTC, datetime
from typing import Any

from config.meeting import MeetingKind
from config.vocabulary import DisputeStatus, Role
from service.operations import meeting as meetings
from service.operations.meeting import ItemDraft, MeetingDraft
from tests.factories.dispute import registered
from tests.factories.joint import asked
from tests.factories.office import Office
from tests.factories.program import DISPUTES, program
from tests.factories.visitor import Visitor

TASK, AGENDA = "鑫淼焱壵", "犇羴鱻骉"
# role, unit -> the answer about a task of the station, and about a meeting it was invited to:
# 403 no such function, 404 not theirs, "row" without the words, "words" with them
WHO: dict[tuple[Role, str], tuple[Any, Any]] = {
    (Role.WINDOW, "centre"): (403, 403),
    (Role.MEDIATOR, "committee"): ("words", 403),
    (Role.MEDIATOR, "station"): (404, 403),
    (Role.LIAISON, "committee"): ("words", 404),
    (Role.LIAISON, "station"): ("words", "row"),  # the agenda is about a dispute of another
    (Role.LIAISON, "justice"): ("row", 404),  # asked along as well, with a task of its own
    (Role.DIRECTOR, "centre"): ("words", "words"),
    (Role.LEADER, "centre"): (403, "row"),
    (Role.LEGAL, "centre"): (403, 403),
    (Role.PLANNER, "centre"): (403, 403),
    (Role.AUDITOR, "centre"): (403, 403),
    (Role.SYSADMIN, "centre"): (403, 403),
    (Role.SECADMIN, "centre"): (403, 403),
}


def test_every_role_is_told_what_is_its_own_and_no_word_more(office: Office) -> None:
    now = datetime.now(UTC)
    with office.app.app_context():
        handling = registered(office, now=now).until(DisputeStatus.MEDIATING, now=now)
        other = registered(office, now=now).until(DisputeStatus.MEDIATING, now=now)
        (task,) = asked(handling, "station", words=TASK, now=now)
        asked(handling, "justice", now=now)
        draft = MeetingDraft(
            kind=MeetingKind.JOINT,
            title="十一月联席会议",
            held_at=now,
            place="三楼",
            members=[office.units["station"]],
            items=[ItemDraft(words=AGENDA, number=other.row.number)],
        )
        meeting = meetings.call(draft, actor=office.director, desk=office.desk, now=now)
    found: dict[tuple[Role, str], tuple[Any, Any]] = {}
    for role, unit in WHO:
        who = office.actor(role, unit)
        visitor, caller = Visitor(office.app, who), program(office, who)

        def told(path: str, api: str, word: str, at: Visitor = visitor, by: Any = caller) -> Any:
            page, data = at.get(path), by.get(api)
            reads = word in page.text
            assert (page.status, word in data.get_data(as_text=True)) == (data.status_code, reads)
            return ("words" if reads else "row") if page.status == 200 else page.status

        tasks = f"/disputes/{handling.id}/tasks"
        found[role, unit] = (
            told(f"{tasks}/{task}", f"{DISPUTES}/{handling.id}/tasks", TASK),
            told(f"/meetings/{meeting}", f"/api/v1/meetings/{meeting}", AGENDA),
        )
        if found[role, unit][1] == "row":  # nor does the paper say it
            assert AGENDA not in visitor.get(f"/meetings/{meeting}/papers/notice").text
    assert found == WHO
