"""Who knows of a supervision, and who reads its words: every role, open and restricted."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from config.vocabulary import DisputeStatus, Role, SupervisionKind
from service.operations import supervision as operations
from service.operations.supervision import Order
from service.rules.access import Actor
from tests.factories.dispute import registered
from tests.factories.office import Office
from tests.factories.program import program
from tests.factories.visitor import Visitor

ORDERED, REPLIED = "鑫淼焱壵", "犇羴鱻骉"
# role, unit -> what they are answered about an open one, and about a restricted one:
# 403 no such function, 404 not theirs, "row" without its words, "words" with them
WHO: dict[tuple[Role, str], tuple[Any, Any]] = {
    (Role.WINDOW, "centre"): (403, 403),
    (Role.MEDIATOR, "committee"): ("words", "words"),
    (Role.MEDIATOR, "station"): (404, 404),
    (Role.LIAISON, "committee"): ("words", 404),
    (Role.LIAISON, "station"): (404, 404),
    (Role.DIRECTOR, "centre"): ("words", "row"),
    (Role.LEADER, "station"): ("row", "row"),
    (Role.LEGAL, "justice"): (403, 403),
    (Role.PLANNER, "centre"): (403, 403),
    (Role.AUDITOR, "centre"): (403, 403),
    (Role.SYSADMIN, "centre"): (403, 403),
    (Role.SECADMIN, "centre"): (403, 403),
}

PRESSED = ((Role.MEDIATOR, "committee"), (Role.LIAISON, "committee"))


@pytest.fixture
def made(office: Office) -> Callable[..., UUID]:
    """One a leader ordered, and the mediator replied to."""

    def order(*, restricted: bool) -> UUID:
        now = datetime.now(UTC)
        with office.app.app_context():
            handling = registered(office, now=now, restricted=restricted)
            handling.until(DisputeStatus.MEDIATING, now=now)
            what = Order(kind=SupervisionKind.ORDER, words=ORDERED)
            told: dict[str, Any] = {"desk": office.desk, "now": now}
            found = operations.order([handling.id], what, actor=office.leader, **told)[0]
            operations.answer(found, REPLIED, actor=office.mediator, **told)
        return found

    return order


def answered(office: Office, who: Actor, supervision_id: UUID) -> Any:
    """What somebody is answered at every door that reads it; all say the same."""
    visitor, caller = Visitor(office.app, who), program(office, who)
    page = visitor.get(f"/supervisions/{supervision_id}")
    paper = visitor.get(f"/supervisions/{supervision_id}/paper")
    told = caller.get(f"/api/v1/supervisions/{supervision_id}")
    assert page.status == told.status_code
    if page.status != 200:
        assert paper.status == page.status
        assert not any(word in page.html + told.text for word in (ORDERED, REPLIED))
        return page.status
    reads = ORDERED in page.text
    assert (REPLIED in page.text) is reads
    assert (told.get_json()["words"], told.get_json()["reply"]) == (
        (ORDERED, REPLIED) if reads else (None, None)
    )
    assert paper.status == (200 if reads else 404)
    return "words" if reads else "row"


@pytest.mark.parametrize("restricted", [False, True], ids=["open", "restricted"])
def test_every_role_is_answered_as_the_table_says(
    office: Office, made: Callable[..., UUID], restricted: bool
) -> None:
    found = made(restricted=restricted)
    told = {who: answered(office, office.actor(*who), found) for who in WHO}
    assert told == {who: each[restricted] for who, each in WHO.items()}
    assert answered(office, office.leader, found) == "words"  # who ordered it


@pytest.mark.parametrize("restricted", [False, True], ids=["open", "restricted"])
def test_nobody_changes_what_is_not_theirs(
    office: Office, made: Callable[..., UUID], restricted: bool
) -> None:
    found = made(restricted=restricted)
    deeds = {"answer": {"words": "我来"}, "send-back": {"words": "不行"}, "finish": {}}
    for who in WHO:
        caller = program(office, office.actor(*who))
        for deed, body in deeds.items():
            status = caller.post(f"/api/v1/supervisions/{found}/{deed}", body).status_code
            mine = deed == "answer" and who in (
                (Role.MEDIATOR, "committee"),
                (Role.LIAISON, "committee"),
            )
            assert status in ((404, 409) if mine else (403, 404)), (who, deed)
    assert answered(office, office.leader, found) == "words"


def test_what_is_hidden_answers_as_what_is_not_there(
    office: Office, made: Callable[..., UUID]
) -> None:
    found, nowhere = made(restricted=True), uuid4()
    stranger = program(office, office.actor(Role.LIAISON, "station"))
    for path in ("", "/answer"):
        answers = [
            stranger.get(f"/api/v1/supervisions/{each}{path}")
            if not path
            else stranger.post(f"/api/v1/supervisions/{each}{path}", {"words": "x"})
            for each in (found, nowhere)
        ]
        first, second = (
            {k: v for k, v in each.get_json().items() if k not in ("request_id", "instance")}
            for each in answers
        )
        assert first == second
