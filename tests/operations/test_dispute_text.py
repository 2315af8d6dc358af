"""The word index keeps in step with the disputes, and never knows a restricted one."""

import pytest
import sqlalchemy as sa
from flask import Flask

from config.vocabulary import DisputeStatus
from models import DisputeText, Party, db, migrate, transaction
from service.operations import dispute as operations
from service.operations import dispute_text, ledger
from tests.factories.dispute import Handling, registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")


def row(handling: Handling) -> DisputeText | None:
    """The entry of a dispute as it is now."""
    return db.session.scalar(
        sa.select(DisputeText)
        .where(DisputeText.dispute_id == handling.id)
        .execution_options(populate_existing=True)
    )


def words_known(term: str) -> int:
    """How many entries the index itself finds by a term."""
    if db.engine.dialect.name == "postgresql":
        query = "SELECT count(*) FROM dispute_text WHERE terms @> ARRAY[:term]"
        return int(db.session.execute(sa.text(query), {"term": term}).scalar_one())
    query = "SELECT count(*) FROM dispute_words WHERE dispute_words MATCH :term"
    return int(db.session.execute(sa.text(query), {"term": f'"{term}"'}).scalar_one())


def correct(handling: Handling, **changes: object) -> None:
    operations.correct(
        handling.id,
        changes,
        version=handling.row.version,
        actor=handling.office.window,
        desk=handling.office.desk,
        now=MONDAY_9AM,
    )


def test_a_registered_dispute_has_its_words_and_the_names_their_initials(office: Office) -> None:
    handling = registered(office)
    made = row(handling)
    assert made is not None
    assert made.names == "王小满\n李大有"
    assert {"院墙", "＠小满", "＃wxm", "＃ldy"} <= set(made.terms)
    parties = db.session.execute(
        sa.select(Party.initials, Party.phone_tail_index).order_by(Party.position)
    ).all()
    tails = [office.desk.keyring.index("phone_tail", f"000{place}") for place in (1, 2)]
    assert [tuple(each) for each in parties] == [("wxm", tails[0]), ("ldy", tails[1])]


def test_ids_ascend_in_the_order_of_registration_and_stay(office: Office) -> None:
    first, second = registered(office), registered(office)
    correct(first, narrative="为一棵树的归属吵了起来")
    kept = [row(first), row(second)]
    assert [each.id for each in kept if each] == [1, 2]


def test_a_correction_takes_the_old_words_out_of_the_index(office: Office) -> None:
    handling = registered(office)
    assert (words_known("院墙"), words_known("一棵")) == (1, 0)
    correct(handling, narrative="为一棵树的归属吵了起来")
    assert (words_known("院墙"), words_known("一棵")) == (0, 1)


def test_a_restricted_dispute_is_not_in_the_index(office: Office) -> None:
    handling = registered(office, restricted=True)
    assert row(handling) is None
    assert db.session.scalars(sa.select(Party.initials)).all() == [None, None]


def test_a_dispute_that_becomes_restricted_leaves_the_index(office: Office) -> None:
    handling = registered(office)
    correct(handling, facts={"domestic_violence": True})
    assert row(handling) is None
    assert (words_known("院墙"), words_known("＠小满"), words_known("＃wxm")) == (0, 0, 0)
    assert db.session.scalars(sa.select(Party.initials)).all() == [None, None]


def test_the_index_of_sqlite_is_whole_after_many_changes(office: Office, database: str) -> None:
    if database != "sqlite":
        return
    handlings = [registered(office) for _ in range(3)]
    correct(handlings[0], facts={"minor_victim": True})
    correct(handlings[1], narrative="为一棵树的归属吵了起来")
    with transaction() as session:
        session.execute(
            sa.text("INSERT INTO dispute_words(dispute_words) VALUES('integrity-check')")
        )


def test_an_imported_ledger_is_found_and_a_withdrawn_one_is_not(
    office: Office, request: pytest.FixtureRequest
) -> None:
    content = (request.config.rootpath / "tests/data/ledger.xlsx").read_bytes()
    imported = ledger.take_in(content, "ledger.xlsx", actor=None, desk=office.desk, now=MONDAY_9AM)
    written = imported.ledger.counts["ok"]
    count = sa.select(sa.func.count()).select_from(DisputeText)
    assert db.session.scalar(count) == written > 0
    assert imported.batch_id is not None
    ledger.undo(imported.batch_id, actor=None, desk=office.desk, now=MONDAY_9AM)
    assert db.session.scalar(count) == 0


def test_the_revision_fills_the_index_as_registering_does(office: Office, app: Flask) -> None:
    for place in range(3):
        registered(office, narrative=f"第 {place} 件：ＡＢＣ 公司欠款，草场·边界\U0002c029不清")
    registered(office, restricted=True)
    registered(office).until(DisputeStatus.MEDIATING)
    before = kept()
    db.session.remove()
    migrate.downgrade(db.engine, "0002")
    with transaction() as session:
        session.execute(sa.update(Party).values(initials=None))
    migrate.upgrade(db.engine)
    assert kept() == before
    assert words_known("草场") == 3
    with transaction() as session:  # and it is kept in step from here on
        session.execute(sa.delete(DisputeText))
    assert words_known("草场") == 0


def kept() -> list[tuple[str, ...]]:
    """Every entry, and the initials of every name."""
    entries = db.session.execute(
        sa.select(
            DisputeText.dispute_id, DisputeText.names, DisputeText.words, DisputeText.terms
        ).order_by(DisputeText.dispute_id)
    )
    letters = db.session.execute(sa.select(Party.id, Party.initials).order_by(Party.id))
    found = [tuple(map(str, each)) for each in (*entries, *letters)]
    db.session.rollback()
    return found


def test_an_entry_made_for_many_equals_one_made_for_itself(office: Office) -> None:
    handling = registered(office)
    made = row(handling)
    assert made is not None
    told = handling.row.narrative or ""
    entry = dispute_text.entry(handling.id, told, [("王小满", "wxm"), ("李大有", "ldy")])
    assert entry == {
        "dispute_id": made.dispute_id,
        "names": made.names,
        "words": made.words,
        "terms": made.terms,
    }
