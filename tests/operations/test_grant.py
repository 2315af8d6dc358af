"""Roles change at once or when a second person agrees; nobody changes their own."""

from collections.abc import Callable
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from config.vocabulary import Role
from models import Event, Grant, User, UserRole, UserSession, db, transaction
from service.errors import Conflict, Forbidden, Invalid
from service.operations import grant as operations
from service.operations import user as users
from service.operations.grant import GrantDraft
from service.operations.sign_in import sign_in
from service.operations.user import UserDraft
from service.queries import grant as queries
from service.rules.access import Actor
from service.rules.origin import HERE
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import PASSWORD, Office

R = Role
pytestmark = pytest.mark.usefixtures("inside")


def change(
    office: Office, whom: UUID, *roles: Role, actor: Actor, unit: UUID | None = None
) -> UUID | None:
    draft = GrantDraft(roles=roles, organisation=unit)
    return operations.change(whom, draft, actor=actor, desk=office.desk, now=MONDAY_9AM)


def decide(office: Office, grant_id: UUID, actor: Actor, *, agreed: bool = True) -> None:
    operations.decide(grant_id, agreed=agreed, actor=actor, desk=office.desk, now=MONDAY_9AM)


def held(user_id: UUID) -> set[Role]:
    db.session.rollback()
    return set(db.session.scalars(sa.select(UserRole.role).where(UserRole.user_id == user_id)))


def secadmin(office: Office, name: str = "") -> Actor:
    return office.actor(R.SECADMIN, name=name, password=PASSWORD)


def test_an_ordinary_role_changes_at_once_and_signs_its_owner_out(office: Office) -> None:
    clerk = office.actor(R.WINDOW, password=PASSWORD)
    username = db.session.scalars(sa.select(User.username).where(User.id == clerk.user_id)).one()
    sign_in(username, PASSWORD, origin=HERE, desk=office.desk, now=MONDAY_9AM)
    unit = office.units["justice"]
    waits = change(office, clerk.user_id, R.MEDIATOR, actor=secadmin(office), unit=unit)
    assert (waits, held(clerk.user_id)) == (None, {R.MEDIATOR})
    assert db.session.get_one(User, clerk.user_id).organisation_id == unit
    assert db.session.scalars(sa.select(UserSession.ended_at)).one() == MONDAY_9AM
    event = db.session.scalars(sa.select(Event).where(Event.action == "change-roles")).one()
    assert event.detail == {"roles": ["mediator"], "before": ["window"]}


def test_a_director_is_made_by_two(office: Office) -> None:
    clerk, first, second = office.window, secadmin(office), secadmin(office, "second")
    grant_id = change(office, clerk.user_id, R.DIRECTOR, actor=first)
    assert grant_id is not None
    assert held(clerk.user_id) == {R.WINDOW}
    for nobody in (first, office.director):
        with pytest.raises(Forbidden):
            decide(office, grant_id, nobody)
    decide(office, grant_id, second)
    assert held(clerk.user_id) == {R.DIRECTOR}
    with pytest.raises(Conflict, match="已经有人办过"):
        decide(office, grant_id, second)


def test_a_refused_change_changes_nothing(office: Office) -> None:
    clerk, root = office.window, office.actor(R.SYSADMIN)
    grant_id = change(office, clerk.user_id, R.AUDITOR, actor=secadmin(office))
    assert grant_id is not None
    decide(office, grant_id, root, agreed=False)
    assert held(clerk.user_id) == {R.WINDOW}
    assert queries.waiting() == []


def test_while_one_change_waits_there_is_no_other(office: Office) -> None:
    clerk, first = office.window, secadmin(office)
    change(office, clerk.user_id, R.DIRECTOR, actor=first)
    with pytest.raises(Conflict, match="等人确认"):
        change(office, clerk.user_id, R.LEGAL, actor=first)


def test_nobody_changes_their_own_roles_nor_takes_the_last_administrator(office: Office) -> None:
    first, root = secadmin(office), office.actor(R.SYSADMIN)
    with pytest.raises(Conflict, match="自己的角色"):
        change(office, first.user_id, R.LEGAL, actor=first)
    with pytest.raises(Conflict, match="最后一个"):
        change(office, root.user_id, R.LEGAL, actor=first)
    with pytest.raises(Invalid) as refusal:
        change(office, root.user_id, R.AUDITOR, R.LEGAL, actor=first)
    assert list(refusal.value.fields) == ["roles"]


def test_who_has_no_right_to_it_changes_nothing(office: Office) -> None:
    with pytest.raises(Forbidden):
        change(office, office.window.user_id, R.LEGAL, actor=office.actor(R.SYSADMIN))


def hired(office: Office, *roles: Role) -> UUID:
    draft = UserDraft(
        username="he-1", name="何某", organisation=office.units["centre"], roles=roles
    )
    root = office.actor(R.SYSADMIN)
    return users.create(draft, actor=root, desk=office.desk, now=MONDAY_9AM)


def test_the_first_administrator_makes_a_director_alone(office: Office) -> None:
    assert held(hired(office, R.DIRECTOR)) == {R.DIRECTOR}


def test_once_somebody_keeps_the_rights_a_new_director_waits(office: Office) -> None:
    second = secadmin(office)
    made = hired(office, R.DIRECTOR, R.LEGAL)
    assert held(made) == {R.LEGAL}
    (waiting,) = queries.waiting()
    assert (waiting.user_id, waiting.roles) == (made, ["director", "legal"])
    decide(office, waiting.id, second)
    assert held(made) == {R.DIRECTOR, R.LEGAL}


def test_the_database_itself_knows_two_people(office: Office) -> None:
    clerk, first = office.window, secadmin(office)
    row = Grant(
        user_id=clerk.user_id,
        roles=["director"],
        organisation_id=office.units["centre"],
        asked_by=first.user_id,
        asked_at=MONDAY_9AM,
        decided_by=first.user_id,
        decided_at=MONDAY_9AM,
        agreed=True,
    )
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(row)


@pytest.mark.parametrize("taken_away", [users.disable, users.reset])
def test_taking_the_second_persons_account_away_makes_nobody_alone(
    office: Office, taken_away: Callable[..., object]
) -> None:
    root, second = office.actor(R.SYSADMIN), secadmin(office)
    taken_away(second.user_id, actor=root, desk=office.desk, now=MONDAY_9AM)
    assert held(hired(office, R.DIRECTOR, R.LEGAL)) == {R.LEGAL}
