"""The word index keeps in step with the disputes, and never knows a restricted one."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from config.settings import Settings
from config.vocabulary import DisputeStatus
from models import Dispute, DisputeText, Duty, Party, TextDuty, db, migrate, transaction
from service.app import create_app
from service.errors import Conflict
from service.gateways.keyring import Keyring
from service.operations import consultation as consultations
from service.operations import correction as operations
from service.operations import dispute_text, ledger
from service.operations.base import check_keys
from tests.factories.consultation import QUESTION, asked
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


def test_of_who_asked_the_index_knows_keyed_hashes_only(office: Office) -> None:
    asked(office)
    made = db.session.scalars(sa.select(DisputeText)).one()
    assert (made.names, made.words) == ("", QUESTION.replace("，", ",").replace("？", "?"))
    index = office.desk.keyring.index
    hashes = [
        index(kind, told)
        for kind, told in (("name", "赵小满"), ("phone", "19900000001"), ("phone_tail", "0001"))
    ]
    assert {each for each in made.terms if each.startswith("＄")} == {
        f"＄{each.hex()}" for each in hashes
    }
    assert not any("小" in each for each in made.terms)


def test_a_corrected_question_is_found_by_its_new_words_and_a_sealed_one_by_none(
    office: Office,
) -> None:
    made = asked(office)
    consultations.correct(
        made,
        {"question": "为一棵树的归属"},
        version=1,
        actor=office.window,
        desk=office.desk,
        now=MONDAY_9AM,
    )
    assert (words_known("押金"), words_known("一棵")) == (0, 1)
    registered(office, restricted=True, consultation=made)
    assert words_known("一棵") == 0
    assert db.session.scalars(sa.select(DisputeText)).all() == []
    on_sqlite = db.engine.dialect.name == "sqlite"
    assert db.session.scalars(sa.select(TextDuty.kind)).all() == [Duty.MERGE] * on_sqlite


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


def seeded(engine: Engine, source: Engine) -> None:
    """Write the rows of `source` into a database at the first revision, by bare SQL."""
    migrate.upgrade(engine, "0001")
    first, newest = sa.MetaData(), sa.MetaData()
    first.reflect(engine)
    newest.reflect(source, only=lambda name, _: name in first.tables)
    gone = {"dispute_assist"}  # who assists is one of those with whom a dispute is shared
    with source.connect() as old, engine.begin() as new:
        for table in first.sorted_tables:
            if table.name == "alembic_version" or table.name in gone:
                continue
            columns = [newest.tables[table.name].c[column.name] for column in table.c]
            for row in old.execute(sa.select(*columns)).mappings():
                told = {name: value for name, value in row.items() if value is not None}
                new.execute(sa.insert(table).values(told))


@pytest.fixture
def town(office: Office, request: pytest.FixtureRequest) -> Office:
    """Disputes of every kind that the index knows or must not know."""
    for place in range(3):
        registered(office, narrative=f"第 {place} 件：ＡＢＣ 公司欠款，草场·边界\U0002c029不清")
    registered(office, restricted=True)
    registered(office).until(DisputeStatus.MEDIATING)
    correct(registered(office), facts={"minor_victim": True})
    content = (request.config.rootpath / "tests/data/ledger.xlsx").read_bytes()
    for withdrawn in (True, False):
        made = ledger.take_in(content, "ledger.xlsx", actor=None, desk=office.desk, now=MONDAY_9AM)
        assert made.batch_id is not None
        if withdrawn:
            ledger.undo(made.batch_id, actor=None, desk=office.desk, now=MONDAY_9AM)
    return office


def test_a_database_of_the_first_revision_is_filled_as_registering_does(
    town: Office, settings: Settings, empty_database_url: str
) -> None:
    written = kept()
    source = db.engine
    db.session.remove()
    older = create_app(replace(settings, database_url=empty_database_url))
    with older.app_context():
        seeded(db.engine, source)
        for _ in range(2):
            migrate.upgrade(db.engine)
            assert kept() != written
            while dispute_text.fill_missing(town.desk, 4):
                db.session.rollback()
            assert kept() == written
            assert words_known("\U0002c029不") == 3
            assert db.session.scalars(sa.select(TextDuty.kind)).all() == []
            db.session.remove()
            migrate.downgrade(db.engine, "0001")
        db.engine.dispose()


def missing(count: int) -> None:
    """Forget what is derived of everything, as if there had never been an index."""
    with transaction() as session:
        session.execute(sa.delete(DisputeText))
        session.execute(sa.update(Party).values(initials=None, phone_tail_index=None))
        session.add(TextDuty(kind=Duty.FILL))
    assert count == db.session.scalar(sa.select(sa.func.count()).select_from(Dispute))
    db.session.rollback()


def test_the_newest_are_filled_first_and_the_next_round_goes_on(office: Office) -> None:
    handlings = [registered(office, now=MONDAY_9AM + timedelta(hours=n)) for n in range(3)]
    missing(3)
    assert dispute_text.fill_missing(office.desk, 2) == 2
    assert [row(each) is None for each in handlings] == [True, False, False]
    assert dispute_text.fill_missing(office.desk, 2) == 1
    assert [row(each) is None for each in handlings] == [False, False, False]
    assert dispute_text.fill_missing(office.desk, 2) == 0


def test_a_phone_that_does_not_open_keeps_no_other_from_being_filled(office: Office) -> None:
    registered(office)
    missing(1)
    with transaction() as session:
        session.execute(sa.update(Party).where(Party.position == 0).values(phone_sealed=b"broken"))
    dispute_text.fill_missing(office.desk, 10)
    tails = sa.select(Party.phone_tail_index).order_by(Party.position)
    known = office.desk.keyring.index("phone_tail", "0002")
    assert db.session.scalars(tails).all() == [None, known]


def test_nothing_is_filled_under_another_data_key(office: Office) -> None:
    check_keys(office.desk.keyring)
    registered(office)
    missing(1)
    other = replace(office.desk, keyring=Keyring(b"x" * 32, b"i" * 32))
    with pytest.raises(Conflict):
        dispute_text.fill_missing(other, 10)


def kept() -> list[tuple[str, ...]]:
    """Every entry, and what is derived of every party."""
    entries = db.session.execute(
        sa.select(
            DisputeText.dispute_id, DisputeText.names, DisputeText.words, DisputeText.terms
        ).order_by(DisputeText.dispute_id)
    )
    parties = db.session.execute(
        sa.select(Party.id, Party.initials, Party.phone_tail_index).order_by(Party.id)
    )
    found = [tuple(map(str, each)) for each in (*entries, *parties)]
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
