"""Numbers are distinct, without gaps, one series each year of the office's own calendar."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from models import Dispute, Organisation, db, transaction
from service.errors import Conflict
from service.operations import number
from tests.factories.dispute import every, registered
from tests.factories.office import Office

MIDNIGHT = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # New Year in Asia/Shanghai


@pytest.mark.usefixtures("inside")
def test_numbers_count_up_under_the_prefix_of_the_centre(office: Office) -> None:
    numbers = [registered(office).row.number for _ in range(3)]
    assert numbers == ["LXZ2026-00001", "LXZ2026-00002", "LXZ2026-00003"]


@pytest.mark.usefixtures("inside")
def test_every_matter_of_a_visit_has_its_own(office: Office) -> None:
    matters = [{"category": "neighbour", "facts": {}}, {"category": "debt", "facts": {}}]
    made = every(office, matters=matters)
    assert [each.number for each in made] == ["LXZ2026-00001", "LXZ2026-00002"]


@pytest.mark.usefixtures("inside")
def test_a_new_year_begins_at_midnight_of_the_office(office: Office) -> None:
    around = [timedelta(seconds=second) for second in (-10, -1, 0, 10)]
    numbers = [registered(office, now=MIDNIGHT + moment).row.number for moment in around]
    assert numbers == ["LXZ2026-00001", "LXZ2026-00002", "LXZ2027-00001", "LXZ2027-00002"]


@pytest.mark.usefixtures("inside")
def test_a_number_taken_by_what_fails_is_given_again(office: Office) -> None:
    with pytest.raises(ZeroDivisionError):
        take_and_fail()
    assert registered(office).row.number == "LXZ2026-00001"


def take_and_fail() -> None:
    """Take a number, then fail."""
    with transaction() as session:
        assert number.next_number(session, 2026) == "LXZ2026-00001"
        raise ZeroDivisionError


@pytest.mark.usefixtures("inside", "office")
def test_series_and_years_count_apart() -> None:
    with transaction() as session:
        taken = [
            number.take(session, *series)
            for series in (("LXZ", 2026), ("LXZ", 2027), ("QT", 2026), ("LXZ", 2026))
        ]
    assert taken == [1, 1, 1, 2]


@pytest.mark.usefixtures("inside")
def test_a_block_is_taken_at_once(office: Office) -> None:
    with transaction() as session:
        assert number.take(session, "LXZ", 2026, count=162) == 162
    assert registered(office).row.number == "LXZ2026-00163"


@pytest.mark.usefixtures("inside")
def test_after_the_last_number_of_five_digits_comes_one_of_six(office: Office) -> None:
    with transaction() as session:
        number.take(session, "LXZ", 2026, count=99_999)
    assert registered(office).row.number == "LXZ2026-100000"


@pytest.mark.usefixtures("inside")
def test_without_a_prefix_nothing_is_numbered(office: Office) -> None:
    with transaction() as session:
        session.execute(sa.update(Organisation).values(prefix=None))
    with pytest.raises(Conflict):
        registered(office)


def test_two_years_at_once_stay_without_gaps(office: Office) -> None:
    """Eight clerks register around midnight, on either side of it."""
    office.window  # noqa: B018 -- hired before the rush
    moments = [MIDNIGHT + timedelta(seconds=0.5 * place - 10) for place in range(40)]

    def register(now: datetime) -> None:
        with office.app.app_context():
            registered(office, now=now)

    with ThreadPoolExecutor(8) as clerks:
        list(clerks.map(register, moments))
    assert numbers(office.app) == [
        *(f"LXZ2026-{value:05d}" for value in range(1, 21)),
        *(f"LXZ2027-{value:05d}" for value in range(1, 21)),
    ]


@pytest.mark.deep
def test_a_thousand_around_new_year_stay_without_gaps(office: Office) -> None:
    office.window  # noqa: B018 -- hired before the rush
    moments = [MIDNIGHT + timedelta(milliseconds=20 * place - 10_000) for place in range(1000)]

    def register(now: datetime) -> None:
        with office.app.app_context():
            registered(office, now=now)

    with ThreadPoolExecutor(16) as clerks:
        list(clerks.map(register, moments))
    assert numbers(office.app) == [
        *(f"LXZ2026-{value:05d}" for value in range(1, 501)),
        *(f"LXZ2027-{value:05d}" for value in range(1, 501)),
    ]


def numbers(app: Flask) -> list[str]:
    """Every number given, sorted."""
    with app.app_context():
        return list(db.session.scalars(sa.select(Dispute.number).order_by(Dispute.number)))
