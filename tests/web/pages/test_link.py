"""Tying two disputes together later: the other one may be named by its last digits."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from config.vocabulary import LinkRelation
from models import Link, db, transaction
from service.rules.access import Actor
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.visitor import Page, Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Visit = Callable[[Actor], Visitor]
Case = Callable[..., Handling]


def tie(visitor: Visitor, handling: Handling, number: str) -> Page:
    """Hold another dispute for the same, as its number was typed."""
    path = f"/disputes/{handling.id}/links"
    return visitor.fill(visitor.get(path), path, number=number, relation="same")


@pytest.mark.parametrize("typed", ["1", "0001", "１"])
def test_the_last_digits_are_enough(office: Office, visit: Visit, case: Case, typed: str) -> None:
    first, second = case(), case()
    done = tie(visit(office.director), second, typed)
    assert (done.status, done.location) == (303, f"/disputes/{second.id}")
    with office.app.app_context():
        link = db.session.scalars(sa.select(Link)).one()
        assert {link.dispute_id, link.other_id} == {first.id, second.id}
        assert link.relation is LinkRelation.SAME


def test_digits_that_fit_none_are_told_so(office: Office, visit: Visit, case: Case) -> None:
    case()
    refused = tie(visit(office.director), case(), "78")
    assert refused.status == 422
    assert "没有找到末尾是 78 的纠纷，请写完整编号" in refused.text


def test_digits_that_fit_two_years_name_both(office: Office, visit: Visit, case: Case) -> None:
    first, older, third = case(), case(), case()
    with office.app.app_context(), transaction():
        now, year = first.row.registered_at, first.row.registered_at.year
        number = first.row.number
        before = number.replace(str(year), str(year - 1))
        older.row.number = before
        older.row.registered_at = now - timedelta(days=365)
    refused = tie(visit(office.director), third, "1")
    assert refused.status == 422
    assert f"末尾是 1 的有 {number}、{before}，请写完整编号" in refused.text
    assert tie(visit(office.director), third, before.lower()).status == 303


def test_of_what_may_not_be_read_the_last_digits_tell_nothing(
    office: Office, visit: Visit, case: Case
) -> None:
    clerk = office.window
    mine = case(actor=clerk)
    stranger = case(actor=office.director)
    with office.app.app_context():
        tail = stranger.row.number[-1]
    refused = tie(visit(clerk), mine, tail)
    assert refused.status == 422
    assert f"没有找到末尾是 {tail} 的纠纷" in refused.text
