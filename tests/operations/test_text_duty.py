"""What became restricted leaves nothing in clear in the files of the database."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from models import TextDuty, db, transaction
from service.operations import correction as operations
from service.operations import text_duty
from tests.factories.dispute import APPLICANT, RESPONDENT, Handling, registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
NAME, TOLD = "鬯鬻龘", "两家因瓛珵犇骉之事争执"
CANARIES = ("鬯鬻", "鬻龘", "瓛珵", "犇骉")


def canary(office: Office) -> Handling:
    """A dispute whose words stand in no other."""
    return registered(office, narrative=TOLD, parties=[{**APPLICANT, "name": NAME}, RESPONDENT])


def restrict(handling: Handling) -> None:
    operations.correct(
        handling.id,
        {"facts": {"domestic_violence": True}},
        version=handling.row.version,
        actor=handling.office.window,
        desk=handling.office.desk,
        now=MONDAY_9AM,
    )


def found(url: str) -> set[str]:
    """Which canaries the files of a SQLite database hold."""
    path = Path(str(make_url(url).database))
    content = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    return {each for each in CANARIES if each.encode() in content}


def purged() -> int:
    """How many steps it took until nothing waited."""
    db.session.remove()
    done = text_duty.purge(1_000)
    assert db.session.scalars(sa.select(TextDuty.kind)).all() == []
    db.session.remove()
    return done


@pytest.mark.parametrize("others", [0, 40])
def test_a_restricted_dispute_leaves_the_files_of_sqlite(
    office: Office, database: str, database_url: str, others: int
) -> None:
    if database != "sqlite":
        return
    for _ in range(others):
        registered(office)
    handling = canary(office)
    for _ in range(others):
        registered(office)
    assert found(database_url) == set(CANARIES)
    restrict(handling)
    assert purged() > 0
    assert found(database_url) == set()


def test_words_that_are_deleted_between_two_steps_go_as_well(
    office: Office, database: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database != "sqlite":
        return
    monkeypatch.setattr(text_duty, "PAGES", 1)
    handlings = [registered(office) for _ in range(30)]
    handling = canary(office)
    restrict(handlings[0])
    assert text_duty.purge(2) == 2
    restrict(handling)
    registered(office)
    assert purged() > 0
    assert found(database_url) == set()


def test_the_index_still_finds_the_others(office: Office, database: str) -> None:
    if database != "sqlite":
        return
    handling = canary(office)
    registered(office)
    restrict(handling)
    purged()
    query = sa.text("SELECT count(*) FROM dispute_words WHERE dispute_words MATCH '\"院墙\"'")
    assert db.session.scalar(query) == 1
    with transaction() as session:
        session.execute(
            sa.text("INSERT INTO dispute_words(dispute_words) VALUES('integrity-check')")
        )


def test_a_reader_delays_the_end_until_it_is_gone(
    office: Office, database: str, database_url: str
) -> None:
    if database != "sqlite":
        return
    handling = canary(office)
    db.session.remove()
    with db.engine.connect() as reader:
        reader.execute(sa.text("SELECT count(*) FROM dispute")).scalar_one()
        restrict(handling)
        db.session.remove()
        text_duty.purge(1_000)
        assert db.session.scalars(sa.select(TextDuty.kind)).all() == ["truncate"]
        db.session.remove()
    purged()
    assert found(database_url) == set()


def test_nothing_waits_while_nothing_became_restricted(office: Office) -> None:
    registered(office, restricted=True)
    registered(office)
    assert purged() == 0
