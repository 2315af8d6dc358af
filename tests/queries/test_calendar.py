"""The calendar in force is the same in every process, at once and without restart."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from config.settings import Settings
from models import db
from service.app import create_app
from tests.factories.calendar import YEAR_2027, drafted, planner, signed
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

ROOT = Path(__file__).parents[2]
NEW_YEAR = date(2027, 1, 1)
ASKING = """
import json, sys
from datetime import date
from pathlib import Path
from config.settings import Settings
from service.app import create_app
app = create_app(Settings.for_test(Path(sys.argv[1]), database_url=sys.argv[2]))
for line in sys.stdin:
    with app.app_context():
        calendar = app.extensions["fengqiao"].calendar
        print(json.dumps([calendar.version, calendar.is_published(date(2027, 1, 1))]), flush=True)
"""


@contextmanager
def asked_of_the_database() -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    sa.event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(Engine, "before_cursor_execute", note)


def test_another_process_sees_a_signed_year_at_once(
    office: Office, settings: Settings, tmp_path: Path
) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", ASKING, str(tmp_path / "other"), settings.database_url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )

    def asks() -> Any:
        assert other.stdin is not None
        assert other.stdout is not None
        other.stdin.write("?\n")
        other.stdin.flush()
        return json.loads(other.stdout.readline())

    try:
        assert asks() == [1, False]
        with office.app.app_context():
            signed(office)
            assert office.desk.calendar.version == 2
        assert asks() == [2, True]
    finally:
        other.communicate()


def test_two_applications_of_one_process_keep_their_own(
    office: Office, settings: Settings, tmp_path: Path
) -> None:
    other = create_app(Settings.for_test(tmp_path / "twin", database_url=settings.database_url))
    with other.app_context():
        assert not other.extensions["fengqiao"].calendar.is_published(NEW_YEAR)
    with office.app.app_context():
        signed(office)
    with other.app_context():
        assert other.extensions["fengqiao"].calendar.is_published(NEW_YEAR)
        db.session.remove()
        db.engine.dispose()


def test_a_request_asks_for_it_once_and_only_when_it_needs_it(office: Office) -> None:
    with office.app.app_context():
        signed(office)
    with office.app.app_context():
        assert office.desk.calendar.version == 2  # it is made now
    with office.app.app_context(), asked_of_the_database() as sent:
        for _ in range(3):
            assert office.desk.calendar.is_published(NEW_YEAR)
    assert len([each for each in sent if "calendar_year" in each]) == 1
    with office.app.app_context(), asked_of_the_database() as sent:
        office.desk.today(MONDAY_9AM)
    assert sent == []


def test_a_draft_changes_nothing(office: Office) -> None:
    with office.app.app_context():
        planner(office)
        drafted(office, YEAR_2027)
        assert office.desk.calendar.version == 1
