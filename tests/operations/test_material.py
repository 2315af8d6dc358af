"""Papers: wanted, received, given back; written down once, while the dispute is open."""

from typing import Any

import pytest
import sqlalchemy as sa

from config.vocabulary import DisputeStatus, MaterialForm, MaterialState, Step
from models import Event, Material, db
from schemas.material import MaterialsIn
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.operations import material as operations
from service.rules.access import Actor
from tests.factories.dispute import Handling, registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

S = MaterialState
pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def handling(office: Office) -> Handling:
    """A dispute the window has just registered."""
    return registered(office)


def note(handling: Handling, *items: dict[str, Any], actor: Actor | None = None) -> None:
    office = handling.office
    loaded = MaterialsIn().load({"items": list(items)})["items"]
    who = actor or office.window
    operations.note(handling.id, loaded, actor=who, desk=office.desk, now=MONDAY_9AM)


def stored() -> list[tuple[str, MaterialState, MaterialForm, int]]:
    rows = db.session.scalars(sa.select(Material).order_by(Material.position))
    return [(each.name, each.state, each.form, each.copies) for each in rows]


def test_what_was_wanted_is_received_under_its_name_and_given_back(handling: Handling) -> None:
    note(handling, {"name": "借条", "state": "wanted"}, {"name": "照片", "state": "received"})
    note(handling, {"name": "借条", "state": "received", "form": "original", "copies": 2})
    assert stored() == [
        ("借条", S.RECEIVED, MaterialForm.ORIGINAL, 2),
        ("照片", S.RECEIVED, MaterialForm.COPY, 1),
    ]
    note(handling, {"name": "借条", "state": "returned"})
    assert [state for _, state, _, _ in stored()] == [S.RETURNED, S.RECEIVED]


def test_wanting_what_is_wanted_changes_nothing_and_is_not_recorded(handling: Handling) -> None:
    for _ in range(2):
        note(handling, {"name": "借条", "state": "wanted"})
    assert len(stored()) == 1
    events = db.session.scalars(sa.select(Event).where(Event.action == "material")).all()
    assert [each.detail for each in events] == [{"wanted": 1}]


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"name": "借条", "state": "returned"}, "items.0.state"),
        ({"state": "wanted"}, "items.0.name"),
        ({"id": "00000000-0000-4000-8000-000000000000", "state": "received"}, "items.0.id"),
    ],
)
def test_what_cannot_be_is_refused_at_its_item(
    handling: Handling, item: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        note(handling, item)
    assert set(refusal.value.fields) == {field}
    assert stored() == []


def test_nothing_is_wanted_again_that_was_received_under_its_id(handling: Handling) -> None:
    note(handling, {"name": "借条", "state": "received"})
    (row,) = db.session.scalars(sa.select(Material))
    with pytest.raises(Invalid):
        note(handling, {"id": str(row.id), "state": "wanted"})


def test_only_what_is_still_wanted_can_be_dropped(handling: Handling, office: Office) -> None:
    note(handling, {"name": "借条", "state": "wanted"}, {"name": "照片", "state": "received"})
    wanted, taken = db.session.scalars(sa.select(Material).order_by(Material.position))
    given: dict[str, Any] = {"actor": office.window, "desk": office.desk, "now": MONDAY_9AM}
    wanted_id, taken_id = wanted.id, taken.id
    operations.drop(handling.id, wanted_id, **given)
    with pytest.raises(Conflict):
        operations.drop(handling.id, taken_id, **given)
    with pytest.raises(NotFound):
        operations.drop(handling.id, wanted_id, **given)
    assert [name for name, *_ in stored()] == ["照片"]


def test_an_ended_dispute_takes_no_more_papers(handling: Handling, office: Office) -> None:
    note(handling, {"name": "借条", "state": "received"})
    handling.until(DisputeStatus.CLOSED)
    with pytest.raises(Conflict):
        note(handling, {"name": "照片", "state": "wanted"}, actor=office.director)


def test_originals_go_back_after_the_end_too(handling: Handling, office: Office) -> None:
    note(handling, {"name": "借条", "state": "received"})
    handling.until(DisputeStatus.CLOSED)
    note(handling, {"name": "借条", "state": "returned"}, actor=office.director)
    (row,) = db.session.scalars(sa.select(Material))
    assert row.state is MaterialState.RETURNED


def test_papers_are_kept_by_who_has_the_dispute_in_hand(handling: Handling, office: Office) -> None:
    item = {"name": "借条", "state": "wanted"}
    with pytest.raises(NotFound):
        note(handling, item, actor=office.mediator)
    handling.take(Step.DISPATCH)
    note(handling, item, actor=office.mediator)
    with pytest.raises((Forbidden, NotFound)):
        note(handling, item, actor=office.leader)
    assert len(stored()) == 1


def test_a_dispute_has_only_so_many_papers(handling: Handling) -> None:
    many = [{"name": f"照片 {n}", "state": "received"} for n in range(50)]
    note(handling, *many)
    note(handling, *[each | {"name": each["name"] + "甲"} for each in many])
    with pytest.raises(Invalid):
        note(handling, {"name": "再来一份", "state": "wanted"})
    assert len(stored()) == 100
