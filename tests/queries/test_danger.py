"""Danger to people: what is known now, not what was thought before."""

import pytest

from config.vocabulary import Danger, DisputeStatus, Step
from models import db
from service.operations import correction
from service.queries import dispute_row
from service.queries.dispute_row import Filters
from service.rules import access
from tests.factories.dispute import Handling, registered
from tests.factories.moment import MONDAY_9AM, NEXT_MONDAY_9AM, TUESDAY, TUESDAY_9AM
from tests.factories.office import Office
from tests.statements import plans

pytestmark = pytest.mark.usefixtures("inside")


def in_danger(handling: Handling) -> bool:
    """What the database says."""
    db.session.expire_all()
    return handling.row.danger is not Danger.NONE


def listed(office: Office, *, urgent: bool, limit: int = 25) -> tuple[list[str], int | None]:
    """The numbers of the open ones with or without danger, page by page, and how many."""
    scope = access.scope(office.director, "dispute.list", office.desk.policy.access)
    found: list[str] = []
    cursor, total = None, None
    while True:
        page = dispute_row.page(
            Filters(open=True, urgent=urgent, sort="oldest"),
            scope=scope,
            today=TUESDAY,
            now=TUESDAY_9AM,
            limit=limit,
            cursor=cursor,
            count=True,
        )
        found += [each.number for each in page.items]
        cursor, total = page.next_cursor, page.total
        if cursor is None:
            return found, total


@pytest.mark.parametrize("fact", ["danger", "domestic_violence"])
def test_only_the_newest_answer_of_the_rules_counts(office: Office, fact: str) -> None:
    handling = registered(office)
    told = [in_danger(handling)]
    for facts, now in (({fact: True}, TUESDAY_9AM), ({}, NEXT_MONDAY_9AM)):
        correction.correct(
            handling.id,
            {"facts": facts},
            version=handling.row.version,
            actor=office.window,
            desk=office.desk,
            now=now,
        )
        told.append(in_danger(handling))
    assert told == [False, True, False]


@pytest.mark.parametrize("limit", [1, 2, 25])
def test_every_open_one_is_listed_once_oldest_first(office: Office, limit: int) -> None:
    told = [registered(office, facts={"danger": True} if n % 2 else {}) for n in range(5)]
    numbers = [each.row.number for each in told]
    told[3].take(Step.DISPATCH, {"reason": "就近先到场"}, now=MONDAY_9AM)
    assert sorted(listed(office, urgent=True, limit=limit)[0]) == numbers[1::2]
    assert sorted(listed(office, urgent=False, limit=limit)[0]) == numbers[::2]
    assert [listed(office, urgent=each, limit=limit)[1] for each in (True, False)] == [2, 3]


@pytest.mark.plans
def test_they_are_found_by_an_index_of_their_own(office: Office) -> None:
    registered(office, facts={"danger": True})
    registered(office).until(DisputeStatus.CLOSED)
    walk = plans(lambda: listed(office, urgent=True))[0]
    assert walk.count("ix_dispute_in_danger") == 1
    assert "ix_dispute_status_newest" not in walk
