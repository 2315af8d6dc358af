"""What PostgreSQL prepared outlives a reading; what was written and given up is taken back."""

from contextlib import suppress

import pytest
import sqlalchemy as sa

from models import Organisation, db, prepared, transaction

ENOUGH = 7  # psycopg prepares what it is asked more than five times

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture(params=["postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """SQLite prepares in the same process, and forgets nothing."""
    return str(request.param)


def _wrote() -> bool:
    raw = db.session.connection().connection.driver_connection
    assert isinstance(raw, prepared.Reader)
    return raw.wrote


def _names() -> set[str]:
    return set(db.session.scalars(sa.select(Organisation.name)))


def test_reading_keeps_what_is_prepared() -> None:
    for _ in range(ENOUGH):
        _names()
        db.session.remove()
    asked = sa.text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE :names")
    assert db.session.scalar(asked, {"names": "%FROM organisation%"}) >= 1


@pytest.mark.usefixtures("office")
def test_what_is_written_and_given_up_is_not_kept() -> None:
    before = _names()
    renamed = Organisation.name + "改名"
    with suppress(RuntimeError), transaction() as session:
        session.execute(sa.update(Organisation).values(name=renamed))
        raise RuntimeError
    assert before
    assert _names() == before
    db.session.execute(sa.text("UPDATE organisation SET name = name || '改名'"))
    db.session.rollback()
    assert _names() == before


def test_who_wrote_only_reads_in_the_next_transaction() -> None:
    _names()
    assert not _wrote()
    with transaction() as session:
        session.execute(sa.update(Organisation).values(active=True))
        assert _wrote()
    _names()
    assert not _wrote()
    db.session.execute(sa.update(Organisation).values(active=False))
    assert _wrote()
    db.session.rollback()
    _names()
    assert not _wrote()
