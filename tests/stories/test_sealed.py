"""What is personal stands nowhere in clear: in no file, in no row of a table, in no log."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from config.vocabulary import Role
from models import Base, db
from tests.factories.dispute import APPLICANT, RESPONDENT
from tests.factories.office import Office
from tests.factories.person import resident_id
from tests.factories.program import DISPUTES, Program, dispatched, of_role

ALWAYS = {
    "id_number": resident_id(77),
    "phone": "19900000777",
    "address": "柳溪镇桦树巷七十七号",
    "place": "桦树巷尽头的碾坊",
    "terms": "每月初七付七百七十七元",
    "minutes": "谈到碾坊的旧账便吵起来",
    "note": "碾坊的门已经修好",
}
WHEN_RESTRICTED = {"name": "白桦生", "narrative": "白桦生夜里砸了碾坊的门"}


def tell(office: Office, *, restricted: bool) -> None:
    """A whole life of a dispute with something personal at every place that takes text."""
    clerk, director = of_role(office, Role.WINDOW), of_role(office, Role.DIRECTOR)
    mediator = of_role(office, Role.MEDIATOR, "committee")
    person = {name: ALWAYS[name] for name in ("id_number", "phone", "address")}
    name, narrative = WHEN_RESTRICTED["name"], WHEN_RESTRICTED["narrative"]
    place = {"village": "东街社区", "detail": ALWAYS["place"]}
    dispute_id = dispatched(
        office,
        clerk,
        director,
        parties=[APPLICANT | person | {"name": name}, RESPONDENT],
        place=place,
        narrative=narrative,
        restricted=restricted,
    )
    path = f"{DISPUTES}/{dispute_id}"
    mediator.taken(dispute_id, "accept")
    mediator.taken(dispute_id, "start")
    held = {"held_at": "2026-01-05T09:00:00+08:00", "place": "调解室", "minutes": ALWAYS["minutes"]}
    assert mediator.post(f"{path}/sessions", held, key=uuid4().hex).status_code == 201
    mediator.taken(dispute_id, "agree", {"form": "written", "terms": ALWAYS["terms"]})
    visited = {"visited_on": "2026-01-05", "result": "performed", "note": ALWAYS["note"]}
    assert mediator.post(f"{path}/visits", visited, key=uuid4().hex).status_code == 201
    correction(mediator, path, {"place": place, "narrative": narrative})


def correction(program: Program, path: str, changes: dict[str, Any]) -> None:
    """Correct the dispute as it is now."""
    tag = program.get(path).headers["ETag"]
    assert program.patch(path, changes, version=tag).status_code == 200


def found(stored: Callable[[str], bool], *, restricted: bool) -> list[str]:
    """Which of the things that must be sealed stand in clear."""
    sealed = ALWAYS | (WHEN_RESTRICTED if restricted else {})
    return [name for name, canary in sealed.items() if stored(canary)]


@pytest.mark.parametrize("restricted", [False, True])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_file_of_sqlite_holds_it(
    office: Office, database_url: str, tmp_path: Path, restricted: bool
) -> None:
    tell(office, restricted=restricted)
    database = Path(str(make_url(database_url).database))
    files = [*database.parent.glob(f"{database.name}*"), *tmp_path.rglob("*")]
    content = b"\0".join(path.read_bytes() for path in files if path.is_file())
    assert "东街社区".encode() in content  # what is not sealed is found, so the scan can find
    assert found(lambda canary: canary.encode() in content, restricted=restricted) == []
    assert found(lambda canary: canary.encode("utf-16-le") in content, restricted=restricted) == []


@pytest.mark.parametrize("restricted", [False, True])
def test_no_row_of_any_table_holds_it(office: Office, restricted: bool) -> None:
    tell(office, restricted=restricted)
    with office.app.app_context():
        rows = [
            row
            for table in Base.metadata.sorted_tables
            for row in db.session.execute(sa.select(*table.c))
        ]
    texts = [
        value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        for row in rows
        for value in row
    ]
    content = "\0".join(texts)
    assert "东街社区" in content
    assert found(lambda canary: canary in content, restricted=restricted) == []


def test_the_log_holds_none_of_it(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    tell(office, restricted=True)
    clerk = of_role(office, Role.WINDOW)
    clerk.intake(parties=[APPLICANT | {"id_number": ALWAYS["id_number"] + "1"}])
    clerk.intake(narrative=WHEN_RESTRICTED["narrative"] + "\0")
    assert found(lambda canary: canary in caplog.text, restricted=True) == []
