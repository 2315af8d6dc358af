"""Masking: the mediator in charge sees names and phones, nobody sees a whole ID number."""

import pytest

from config.vocabulary import DisputeStatus, PartyKind, Role, Step
from service.errors import NotFound
from service.queries import dispute as queries
from service.queries.party import masked_name
from service.rules.access import Actor
from tests.factories.dispute import APPLICANT, RESPONDENT, Handling, let_in, registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office


def shown(handling: Handling, actor: Actor) -> list[tuple[object, ...]]:
    """The personal fields of the parties, as this actor sees them."""
    view = queries.one(handling.id, actor=actor, desk=handling.office.desk, now=MONDAY_9AM)
    return [(each.name, each.id_number, each.phone, each.address) for each in view.parties]


@pytest.mark.usefixtures("inside")
def test_the_assigned_mediator_sees_names_and_phones_in_clear(office: Office) -> None:
    handling = registered(office).until(DisputeStatus.DISPATCHED)
    assert shown(handling, office.mediator) == [
        ("王小满", "150525********0016", "19900000001", "柳溪镇东街 3 号"),
        ("李大有", None, "19900000002", None),
    ]


@pytest.mark.usefixtures("inside")
def test_everybody_else_sees_them_masked(office: Office) -> None:
    handling = registered(office).until(DisputeStatus.DISPATCHED)
    masked = [
        ("王**", "150525********0016", "199****0001", "已登记，不显示"),
        ("李**", None, "199****0002", None),
    ]
    for reader in (office.window, office.director, office.liaison):
        assert shown(handling, reader) == masked


@pytest.mark.usefixtures("inside")
def test_a_restricted_dispute_is_masked_and_cleared_alike(office: Office) -> None:
    handling = registered(office, restricted=True).until(DisputeStatus.DISPATCHED)
    assert shown(handling, office.director) == []
    assert shown(let_in(handling, office.director), office.director)[0][0] == "王**"
    assert shown(handling, office.mediator)[0][0] == "王小满"


@pytest.mark.usefixtures("inside")
def test_the_name_of_a_unit_is_public_its_phone_is_not(office: Office) -> None:
    unit = RESPONDENT | {"kind": "organisation", "name": "柳溪建材有限公司"}
    handling = registered(office, parties=[APPLICANT, unit])
    assert shown(handling, office.director)[1] == ("柳溪建材有限公司", None, "199****0002", None)


@pytest.mark.usefixtures("inside")
def test_who_mediated_it_before_sees_nothing_after_it_was_given_to_another(
    office: Office,
) -> None:
    handling = registered(office).until(DisputeStatus.ACCEPTED)
    successor = office.actor(Role.MEDIATOR, "committee", name="second")
    handling.take(Step.ASSIGN, {"mediator": str(successor.user_id)}, actor=office.liaison)
    assert shown(handling, successor)[0][0] == "王小满"
    with pytest.raises(NotFound):
        shown(handling, office.mediator)


@pytest.mark.parametrize(
    ("name", "masked"),
    [("王小满", "王**"), ("李四", "李*"), ("欧阳春江", "欧阳**"), ("其木格", "其**"), ("王", "王")],
)
def test_a_name_keeps_its_surname(name: str, masked: str) -> None:
    assert masked_name(PartyKind.PERSON, name) == masked
