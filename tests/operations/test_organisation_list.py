"""A list of organisations comes in whole, once, or not at all."""

import pytest
import sqlalchemy as sa

from config.vocabulary import OrganisationKind, Role
from models import Event, db
from service.errors import Forbidden
from service.operations import organisation_list as operations
from service.operations.organisation_list import TakenIn
from service.queries import organisation as queries
from tests.factories.moment import MONDAY_10AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
LIST = (
    "名称\t类别\t上级\t地址\n东村\t村委会\t柳溪镇人民政府\t东街\n柳溪派出所\n柳溪镇人民政府\t镇政府"
)


def take_in(office: Office, text: str = LIST) -> TakenIn:
    return operations.take_in(text, actor=office.director, desk=office.desk, now=MONDAY_10AM)


def test_what_is_new_is_written_with_parent_kind_and_event(office: Office) -> None:
    done = take_in(office)
    assert (done.made, done.counts) == (2, {"rows": 3, "ok": 2, "known": 1, "error": 0})
    found = queries.named()["东村"]
    card = queries.one(found)
    assert (card.kind, card.address) == (OrganisationKind.VILLAGE_COMMITTEE, "东街")
    assert card.parent is not None
    assert card.parent.name == "柳溪镇人民政府"
    made = db.session.scalars(sa.select(Event.actor_id).where(Event.subject_id == found)).all()
    assert made == [office.director.user_id]


def test_the_order_of_the_list_is_kept_behind_what_is_there(office: Office) -> None:
    take_in(office, "丙村\n甲村\n乙村")
    assert [each.name for each in queries.active()][-3:] == ["丙村", "甲村", "乙村"]


def test_a_second_time_writes_nothing(office: Office) -> None:
    take_in(office)
    done = take_in(office)
    assert (done.made, done.counts["known"]) == (0, 3)


def test_one_wrong_row_keeps_all_out(office: Office) -> None:
    done = take_in(office, "东村\n某某")
    assert (done.made, done.counts["error"]) == (0, 1)
    assert "东村" not in queries.named()


def test_a_preview_writes_nothing(office: Office) -> None:
    found = operations.preview("东村", actor=office.director, desk=office.desk)
    assert found.counts["ok"] == 1
    assert "东村" not in queries.named()


def test_who_does_not_keep_the_register_may_not_even_try(office: Office) -> None:
    with pytest.raises(Forbidden):
        operations.preview("东村", actor=office.actor(Role.WINDOW), desk=office.desk)
