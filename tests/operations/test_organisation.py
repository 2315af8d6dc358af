"""The register of organisations: taken in, changed, given up; and every change leaves its trace."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from config.vocabulary import DisputeStatus, OrganisationKind, Role, Step
from models import Event, db, transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from service.operations import organisation as operations
from service.operations import user as users
from service.operations.ledger import LOCK
from service.operations.number import take
from service.operations.organisation import OrganisationDraft
from service.queries import organisation as queries
from service.rules.access import Actor
from tests.factories.dispute import registered
from tests.factories.moment import MONDAY_10AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
K = OrganisationKind
VILLAGE = OrganisationDraft(kind=K.VILLAGE_COMMITTEE, name="东村")


def add(office: Office, draft: OrganisationDraft = VILLAGE) -> UUID:
    return operations.add(draft, actor=office.director, desk=office.desk, now=MONDAY_10AM)


def change(office: Office, unit: UUID, *, actor: Actor | None = None, **changes: Any) -> None:
    """On the version that stands, unless one is named."""
    version = changes.pop("version", None) or queries.one(unit).version
    operations.change(
        unit,
        changes,
        version=version,
        actor=actor or office.director,
        desk=office.desk,
        now=MONDAY_10AM,
    )


def refused(office: Office, unit: UUID, **changes: Any) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        change(office, unit, **changes)
    return list(refusal.value.fields)


def last_event(unit: UUID) -> Event:
    found = db.session.scalars(
        sa.select(Event).where(Event.subject_id == unit).order_by(Event.id.desc())
    ).first()
    assert found is not None
    return found


def test_a_change_keeps_old_and_new_in_its_event(office: Office) -> None:
    unit = add(office)
    change(office, unit, name="东街村", address="东街 1 号", phone=None)
    card, event = queries.one(unit), last_event(unit)
    assert (card.name, card.address, card.version) == ("东街村", "东街 1 号", 2)
    assert (event.action, event.version, event.detail) == (
        "change",
        2,
        {
            "fields": ["address", "name"],
            "from": {"name": "东村", "address": None},
            "to": {"name": "东街村", "address": "东街 1 号"},
        },
    )


def test_what_is_so_already_leaves_no_trace(office: Office) -> None:
    unit = add(office)
    change(office, unit, name="东村", phone=None)
    assert (queries.one(unit).version, last_event(unit).action) == (1, "create")


def test_the_slower_one_is_told_what_changed(office: Office) -> None:
    unit = add(office)
    change(office, unit, address="东街 1 号")
    with pytest.raises(Stale) as refusal:
        change(office, unit, phone="0475-1", version=1)
    assert refusal.value.changed == ["address"]
    assert queries.one(unit).phone is None


def test_a_name_stands_once(office: Office) -> None:
    assert refused(office, add(office), name="柳溪派出所") == ["name"]
    with pytest.raises(Invalid):
        add(office)


def test_nobody_stands_above_themselves(office: Office) -> None:
    east = add(office)
    group = add(office, OrganisationDraft(kind=K.PARTY_BRANCH, name="东村党支部", parent=east))
    assert refused(office, east, parent=group) == ["parent"]
    assert refused(office, east, parent=east) == ["parent"]
    assert refused(office, east, parent=uuid4()) == ["parent"]
    change(office, group, parent=None)
    change(office, east, parent=group)
    above = queries.one(east).parent
    assert above is not None
    assert (above.id, above.name) == (group, "东村党支部")


def test_the_prefix_changes_until_the_first_number_is_given_out(office: Office) -> None:
    centre = office.units["centre"]
    change(office, centre, prefix="LXX")
    assert refused(office, centre, prefix="lx") == ["prefix"]
    assert refused(office, centre, prefix=None) == ["prefix"]
    assert refused(office, office.units["station"], prefix="ABC") == ["prefix"]
    assert registered(office).row.number.startswith("LXX")
    assert refused(office, centre, prefix="LXY") == ["prefix"]


def test_a_lock_is_no_number(office: Office) -> None:
    with transaction() as session:
        take(session, *LOCK)
    assert not queries.numbered()
    change(office, office.units["centre"], prefix="LXX")
    assert registered(office).row.number.startswith("LXX")
    assert queries.numbered()


def test_the_centre_stays_the_centre(office: Office) -> None:
    assert refused(office, office.units["centre"], kind=K.TOWN_GOVERNMENT) == ["kind"]
    with pytest.raises(Conflict):
        change(office, office.units["centre"], active=False)


def test_only_a_centre_is_taken_in_with_a_prefix(office: Office) -> None:
    for kind in (K.VILLAGE_COMMITTEE, K.GOVERNANCE_CENTRE):
        with pytest.raises(Invalid) as refusal:
            add(office, OrganisationDraft(kind=kind, name="另一个", prefix="XX"))
        assert list(refusal.value.fields) == ["prefix"]


def test_what_leads_open_disputes_or_has_accounts_is_not_given_up(office: Office) -> None:
    handling = registered(office).until(DisputeStatus.DISPATCHED)
    unit = office.units["committee"]
    assert handling.row.organisation_id == unit
    with pytest.raises(Conflict) as refusal:
        operations.deactivate(
            unit, version=1, actor=office.director, desk=office.desk, now=MONDAY_10AM
        )
    accounts = queries.burden(unit, now=MONDAY_10AM).accounts
    assert refusal.value.detail == (
        "“柳溪镇人民调解委员会”还主办着 1 件没有办结的纠纷，"
        f"还有 {accounts} 个在用的账户，现在不能停用"
    )
    assert queries.one(unit).active


def test_what_was_given_up_is_offered_no_more_and_comes_back(office: Office) -> None:
    unit = add(office)
    named = {"actor": office.director, "desk": office.desk, "now": MONDAY_10AM}
    operations.deactivate(unit, version=1, **named)  # type: ignore[arg-type]  # the three of a deed
    assert unit not in {each.id for each in queries.active()}
    assert "东村" not in queries.named()
    assert last_event(unit).action == "deactivate"
    operations.reactivate(unit, version=2, **named)  # type: ignore[arg-type]  # as above
    assert unit in {each.id for each in queries.villages()} | {each.id for each in queries.active()}


def test_nobody_is_hired_where_nobody_works_any_more(office: Office) -> None:
    unit = add(office)
    change(office, unit, active=False)
    draft = users.UserDraft(username="li", name="李", organisation=unit, roles=[Role.WINDOW])
    with pytest.raises(Invalid) as refusal:
        users.create(draft, actor=None, desk=office.desk, now=MONDAY_10AM)
    assert list(refusal.value.fields) == ["organisation"]


@pytest.mark.parametrize("role", [Role.WINDOW, Role.MEDIATOR, Role.LEADER, Role.SECADMIN])
def test_who_does_not_keep_the_register_changes_nothing(office: Office, role: Role) -> None:
    actor = office.actor(role)
    with pytest.raises(Forbidden):
        operations.add(VILLAGE, actor=actor, desk=office.desk, now=MONDAY_10AM)
    with pytest.raises(Forbidden):
        change(office, office.units["station"], actor=actor, name="别的")


def test_what_is_not_there_is_not_changed(office: Office) -> None:
    with pytest.raises(NotFound):
        change(office, uuid4(), name="别的", version=1)


@pytest.mark.parametrize("first", ["sent", "given up"])
def test_nothing_is_sent_to_a_unit_while_it_is_given_up(office: Office, first: str) -> None:
    unit, handling = add(office), registered(office)
    body: dict[str, Any] = {"organisation": str(unit), "mediator": None, "reason": "就在东村"}
    deeds: dict[str, Callable[[], None]] = {
        "sent": lambda: handling.take(Step.DISPATCH, body),
        "given up": lambda: change(office, unit, active=False),
    }
    (second,) = deeds.keys() - {first}

    def elsewhere() -> None:
        with office.app.app_context():
            deeds[second]()

    with ThreadPoolExecutor(1) as other:
        with transaction():
            deeds[first]()
            later = other.submit(elsewhere)
            assert wait([later], timeout=0.3).not_done == {later}
        with pytest.raises(Conflict if first == "sent" else Invalid):
            later.result()
    assert (queries.one(unit).active, handling.row.organisation_id) == (
        (True, unit) if first == "sent" else (False, None)
    )
