"""The database tells whom it lets in: our own role, and accounts whose password one would guess."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
import sqlalchemy as sa

from config.vocabulary import Role
from models import User, db, transaction
from models.wall import SEEING, WHOLE_ROLE
from service.gateways.passwords import hash_password
from service.queries import start
from service.rules.access import Actor
from service.rules.start import Store
from tests.factories.office import Office
from tests.statements import owning

pytestmark = pytest.mark.usefixtures("inside")


def with_password(actor: Actor, password: str) -> None:
    """Give an account a password no rule would take."""
    with transaction() as session:
        user = session.get_one(User, actor.user_id)
        user.password_hash = hash_password(password) if password else ""


@pytest.mark.parametrize("password", ["", "123456", "sysadmin-centre", "password"])
def test_a_keeper_whose_password_one_would_guess_is_named(office: Office, password: str) -> None:
    keeper = office.actor(Role.SYSADMIN)
    assert start.store().guessable == ()
    with_password(keeper, password)
    assert start.store().guessable == ("sysadmin-centre",)
    with transaction() as session:
        session.get_one(User, keeper.user_id).active = False
    assert start.store().guessable == ()


def test_an_empty_password_is_named_of_anybody(office: Office) -> None:
    with_password(office.window, "")
    assert start.store().guessable == ("window-centre",)


def test_an_account_that_waits_for_its_first_sign_in_has_none(office: Office) -> None:
    keeper = office.actor(Role.SECADMIN)
    with transaction() as session:
        session.get_one(User, keeper.user_id).password_hash = None
    assert start.store().guessable == ()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_sqlite_knows_no_roles() -> None:
    assert start.store() == Store()


@pytest.fixture
def role() -> Iterator[str]:
    """A role of the server that may do nothing."""
    name = f"fengqiao_test_{uuid4().hex}"
    run(f"CREATE ROLE {name}", f"GRANT SELECT ON user_account, user_role TO {name}")
    yield name
    run(f"REASSIGN OWNED BY {name} TO CURRENT_USER", f"DROP OWNED BY {name}", f"DROP ROLE {name}")


def run(*statements: str) -> None:
    with db.engine.begin() as connection:
        owning(connection)
        for each in statements:
            connection.execute(sa.text(each))


def seen_by(role: str) -> Store:
    """What is told when we come as `role`."""
    db.session.execute(sa.text(f"SET LOCAL SESSION AUTHORIZATION {role}"))
    found = start.store()
    db.session.rollback()
    return found


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_role_is_seen_for_what_it_may(role: str) -> None:
    assert start.store() == Store(superuser=True)
    assert seen_by(role) == Store()
    run(f"ALTER ROLE {role} BYPASSRLS")
    assert seen_by(role) == Store(passes_by=True)
    run(f"ALTER ROLE {role} NOBYPASSRLS", f"ALTER TABLE draft OWNER TO {role}")
    assert seen_by(role) == Store(owner=True)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_role_that_sees_everything_without_entering_another_is_named(role: str) -> None:
    run(f"ALTER ROLE {role} NOINHERIT", f"GRANT {SEEING}, {WHOLE_ROLE} TO {role}")
    assert seen_by(role) == Store()
    run(f"REVOKE {SEEING}, {WHOLE_ROLE} FROM {role}", f"ALTER ROLE {role} INHERIT")
    run(f"GRANT {WHOLE_ROLE} TO {role}")
    assert seen_by(role) == Store(inherits=True)
