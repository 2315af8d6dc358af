"""Importing an office's ledger: looking writes nothing, twice adds nothing, untouched is undone."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from config.vocabulary import DisputeStatus, LedgerFate, Outcome, Step
from models import Dispute, Episode, Event, LedgerBatch, db
from service.errors import Conflict, Forbidden, NotFound
from service.gateways.keyring import Keyring
from service.operations import correction, ledger_entry
from service.operations import ledger as operations
from service.rules.dispute import OPEN
from tests.factories.dispute import Handling, registered
from tests.factories.moment import MONDAY_9AM, TUESDAY_9AM
from tests.factories.office import Office

TESTS = Path(__file__).parents[1]
OWN = TESTS / "data"
GIVEN = TESTS.parents[1] / "shared" / "data"
given = pytest.mark.skipif(not GIVEN.exists(), reason="the given files are not beside us")
SAMPLES = [
    pytest.param(OWN / "ledger.xlsx", OWN / "ledger.expected.json", id="own"),
    pytest.param(
        GIVEN / "ledger_2024.xlsx", GIVEN / "ledger_2024.expected.json", id="given", marks=given
    ),
]
WORKBOOK = OWN / "ledger.xlsx"


def commit(office: Office, path: Path = WORKBOOK) -> operations.Imported:
    """Commit a workbook, as the director."""
    return operations.take_in(
        path.read_bytes(), path.name, actor=office.director, desk=office.desk, now=MONDAY_9AM
    )


def stored() -> int:
    """How many disputes there are."""
    return db.session.scalar(sa.select(sa.func.count(Dispute.id))) or 0


def ok_rows(path: Path) -> list[dict[str, Any]]:
    """The rows that the expectation calls ok."""
    told = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(told, list):  # the given file is flat and says `expect`
        return [row for row in told if row["expect"] == "ok"]
    return [row["values"] for row in told["rows"] if row["fate"] == "ok"]


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(("workbook", "expected"), SAMPLES)
def test_every_ok_row_becomes_a_dispute_and_a_second_import_adds_nothing(
    office: Office, workbook: Path, expected: Path
) -> None:
    accepted = len(ok_rows(expected))
    first = commit(office, workbook)
    assert (stored(), first.ledger.counts["ok"]) == (accepted, accepted)
    second = commit(office, workbook)
    assert (second.batch_id, second.ledger.counts["ok"], stored()) == (None, 0, accepted)
    assert {row.fate for row in second.ledger.rows} <= {LedgerFate.DUPLICATE, LedgerFate.ERROR}


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(("workbook", "expected"), SAMPLES)
def test_the_words_of_the_ledger_arrive_as_states_with_their_dates(
    office: Office, workbook: Path, expected: Path
) -> None:
    commit(office, workbook)
    wanted = [
        (
            row["registered_on"],
            *STATES[row["outcome"] or None],
            row["closed_on"] if STATES[row["outcome"] or None][1] else None,
        )
        for row in ok_rows(expected)
    ]
    found = [
        (
            str(registered_on),
            status.value,
            outcome.value if outcome else None,
            str(closed_on) if closed_on else None,
        )
        for registered_on, status, outcome, closed_on in db.session.execute(
            sa.select(Dispute.registered_on, Dispute.status, Dispute.outcome, Dispute.closed_on)
        )
    ]
    assert sorted(found, key=str) == sorted(wanted, key=str)


STATES: dict[str | None, tuple[str, str | None]] = {
    "达成协议": ("closed", "agreed"),
    "调解成功": ("closed", "agreed"),
    "已化解": ("closed", "agreed"),
    "调解不成": ("closed", "not_agreed"),
    "当事人撤回": ("closed", "withdrawn"),
    "引导诉讼": ("closed", "guided"),
    "和解": ("closed", "agreed"),
    "引导仲裁": ("closed", "guided"),
    "正在调解": ("mediating", None),
    "化解中": ("mediating", None),
    None: ("registered", None),
}


@pytest.mark.usefixtures("inside")
def test_looking_writes_nothing(office: Office) -> None:
    looked = operations.preview(
        WORKBOOK.read_bytes(), actor=office.director, desk=office.desk, now=MONDAY_9AM
    )
    assert looked.counts["ok"] > 0
    assert stored() == 0


@pytest.mark.usefixtures("inside")
def test_numbers_go_on_in_the_year_of_each_row(office: Office) -> None:
    commit(office)
    numbers = db.session.execute(sa.select(Dispute.number, Dispute.registered_on)).all()
    years: dict[int, list[int]] = {}
    for number, registered_on in numbers:
        prefix, _, value = number.partition("-")
        assert prefix == f"LXZ{registered_on.year}"
        years.setdefault(registered_on.year, []).append(int(value))
    assert {year: sorted(each) for year, each in years.items()} == {
        year: list(range(1, len(each) + 1)) for year, each in years.items()
    }


@pytest.mark.usefixtures("inside")
def test_a_batch_is_undone_as_a_whole_and_can_be_imported_again(office: Office) -> None:
    batch_id = commit(office).batch_id
    assert batch_id is not None
    count = stored()
    undone = operations.undo(batch_id, actor=office.director, desk=office.desk, now=TUESDAY_9AM)
    outcomes = set(db.session.scalars(sa.select(Dispute.outcome)))
    assert (undone, outcomes) == (count, {Outcome.MISTAKEN})
    assert set(db.session.scalars(sa.select(Dispute.status))) == {DisputeStatus.CLOSED}
    assert set(db.session.scalars(sa.select(Episode.outcome))) == {Outcome.MISTAKEN}
    assert commit(office).ledger.counts["ok"] == count


@pytest.mark.usefixtures("inside")
def test_undoing_is_told_in_the_timeline_of_every_dispute(office: Office) -> None:
    batch_id = commit(office).batch_id
    assert batch_id is not None
    operations.undo(batch_id, actor=office.director, desk=office.desk, now=TUESDAY_9AM)
    told = db.session.execute(
        sa.select(Event.action, Event.to_status, Event.version, sa.func.count())
        .where(Event.subject == "dispute")
        .group_by(Event.action, Event.to_status, Event.version)
        .having(Event.action == "void")
    ).all()
    assert [tuple(each) for each in told] == [("void", "closed", 2, stored())]


@pytest.mark.usefixtures("inside")
def test_a_batch_somebody_has_worked_on_stays(office: Office) -> None:
    batch_id = commit(office).batch_id
    assert batch_id is not None
    touched = sa.select(Dispute.id).where(Dispute.status.in_(OPEN)).limit(1)
    correction.correct(
        db.session.scalars(touched).one(),
        {"people_count": 3},
        version=1,
        actor=office.director,
        desk=office.desk,
        now=TUESDAY_9AM,
    )
    with pytest.raises(Conflict):
        operations.undo(batch_id, actor=office.director, desk=office.desk, now=TUESDAY_9AM)
    assert db.session.scalars(sa.select(LedgerBatch.withdrawn_at)).all() == [None]


@pytest.mark.usefixtures("inside")
def test_a_batch_is_undone_once(office: Office) -> None:
    batch_id = commit(office).batch_id
    assert batch_id is not None
    operations.undo(batch_id, actor=office.director, desk=office.desk, now=TUESDAY_9AM)
    with pytest.raises(Conflict):
        operations.undo(batch_id, actor=office.director, desk=office.desk, now=TUESDAY_9AM)


@pytest.mark.usefixtures("inside")
def test_a_batch_that_is_not_there_cannot_be_undone(office: Office) -> None:
    handling = registered(office)
    with pytest.raises(NotFound):
        operations.undo(handling.id, actor=office.director, desk=office.desk, now=TUESDAY_9AM)


@pytest.mark.usefixtures("inside")
def test_who_may_only_look_may_not_commit(office: Office) -> None:
    content = WORKBOOK.read_bytes()
    look = operations.preview(content, actor=office.window, desk=office.desk, now=MONDAY_9AM)
    assert look.counts["ok"] > 0
    with pytest.raises(Forbidden):
        operations.take_in(
            content, "台账.xlsx", actor=office.window, desk=office.desk, now=MONDAY_9AM
        )
    with pytest.raises(Forbidden):
        operations.preview(content, actor=office.mediator, desk=office.desk, now=MONDAY_9AM)


def test_the_same_workbook_twice_at_once_is_written_once(office: Office) -> None:
    office.director  # noqa: B018 -- hired before the rush

    def bring(_: int) -> int:
        with office.app.app_context():
            return commit(office).ledger.counts["ok"]

    with ThreadPoolExecutor(2) as clerks:
        written = sorted(clerks.map(bring, range(2)))
    with office.app.app_context():
        assert written == [0, stored()]


@pytest.mark.usefixtures("inside")
def test_an_imported_matter_of_no_known_unit_is_taken_on_by_the_mediator_it_is_given(
    office: Office,
) -> None:
    commit(office)
    orphaned = sa.select(Dispute.id).where(
        Dispute.status == DisputeStatus.MEDIATING, Dispute.organisation_id.is_(None)
    )
    handling = Handling(office, db.session.scalars(orphaned.limit(1)).one())
    handling.take(Step.ASSIGN, {"mediator": str(office.mediator.user_id)}, actor=office.director)
    handling.take(Step.AGREE, {"form": "oral"})
    assert handling.row.organisation_id == office.units["committee"]


@pytest.mark.parametrize(
    ("place", "village"),
    [
        ("古庙子村", "古庙子村"),
        ("棍都嘎查", "棍都嘎查"),
        ("古庙子村三组 12 号", None),
        (None, None),
    ],
)
def test_a_village_stays_readable_and_an_address_is_sealed(
    place: str | None, village: str | None
) -> None:
    _, key = Keyring(b"d" * 32, b"i" * 32).new_field_key("dispute:1")
    told = ledger_entry.place_of(UUID(int=1), place, key)
    sealed = told["place_sealed"]
    assert told["village"] == village
    assert (sealed is None) == (place is None or village is not None)
