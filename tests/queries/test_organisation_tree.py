"""Where an organisation stands: what is under it, and which town it belongs to."""

from uuid import UUID, uuid4

import pytest

from config.vocabulary import OrganisationKind
from models import Organisation, transaction
from service.queries.organisation_tree import Place, place, places

K = OrganisationKind
pytestmark = pytest.mark.usefixtures("inside")


def unit(name: str, kind: OrganisationKind, parent: UUID | None = None) -> UUID:
    """An organisation under another."""
    key = uuid4()
    with transaction() as session:
        session.add(Organisation(id=key, kind=kind, name=name, parent_id=parent))
    return key


def test_without_a_town_government_there_is_no_border() -> None:
    centre = unit("柳溪镇综治中心", K.GOVERNANCE_CENTRE)
    unit("柳溪派出所", K.POLICE_STATION)
    assert place(centre) == Place(below=frozenset(), town=None)


def test_a_town_is_its_government_with_all_under_it_and_a_banner_sees_every_town() -> None:
    banner = unit("某旗人民政府", K.BANNER_GOVERNMENT)
    here, there = (unit(name, K.TOWN_GOVERNMENT, banner) for name in ("柳溪镇政府", "桦林镇政府"))
    centre = unit("柳溪镇综治中心", K.GOVERNANCE_CENTRE, here)
    village = unit("东街村委会", K.VILLAGE_COMMITTEE, centre)
    town = frozenset({here, centre, village})
    assert place(village) == Place(frozenset(), town)
    assert place(centre) == Place(frozenset({village}), town)
    assert place(here) == Place(frozenset({centre, village}), town)
    assert place(there) == Place(frozenset(), frozenset({there}))
    assert place(banner) == Place(town | {there}, None)
    every = [banner, here, there, centre, village]
    assert places(every) == {each: place(each) for each in every}


def test_the_only_town_has_no_border_even_for_its_government() -> None:
    town = unit("柳溪镇政府", K.TOWN_GOVERNMENT)
    centre = unit("柳溪镇综治中心", K.GOVERNANCE_CENTRE)
    village = unit("东街村委会", K.VILLAGE_COMMITTEE, town)
    assert place(town) == Place(frozenset({village}), None)
    assert place(village) == Place(frozenset(), None)
    every = [town, centre, village]
    assert places(every) == {each: place(each) for each in every}


def test_a_circle_in_the_tree_ends() -> None:
    first = unit("甲单位", K.JUSTICE_OFFICE)
    second = unit("乙单位", K.LAW_FIRM, first)
    with transaction() as session:
        session.get_one(Organisation, first).parent_id = second
    assert place(first) == Place(frozenset({second}), None)
    assert places([first, second]) == {each: place(each) for each in (first, second)}
