"""What is personal stands nowhere in clear: in no file, in no row of a table, in no log."""

import json
import tempfile
from collections.abc import Callable
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from config.settings import Settings
from config.vocabulary import Role
from jobs.runner import run_due
from models import Base, db
from service.gateways import upload as uploads
from service.operations import draft as drafts
from service.operations import shift_note
from tests.factories.consultation import asked
from tests.factories.dispute import APPLICANT, RESPONDENT
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office
from tests.factories.person import resident_id
from tests.factories.program import DISPUTES, INTAKE, Program, dispatched, of_role
from tests.statements import owning
from tests.stories.test_rush import served

NEXT_MONDAY = MONDAY_9AM + timedelta(days=7)
ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "UTF-8": str.encode,
    "UTF-16": lambda text: text.encode("utf-16-le"),
    "GB 18030": lambda text: text.encode("gb18030"),
    "JSON": lambda text: json.dumps(text)[1:-1].encode(),
    "an address": lambda text: quote(text).encode(),
}

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


def hidden_in(content: bytes, *, everything: bool) -> list[str]:
    """Which canaries stand in these bytes, in whatever encoding."""
    return [
        f"{name} as {encoding}"
        for name, canary in (ALWAYS | (WHEN_RESTRICTED if everything else {})).items()
        for encoding, written in ENCODINGS.items()
        if written(canary) in content
    ]


def visit_the_rest(office: Office) -> None:
    """Everything else that takes something personal: asked, drafted, uploaded, noted, called."""
    with office.app.app_context():
        asked(office, name=WHEN_RESTRICTED["name"], phone=ALWAYS["phone"])
        fields = list((ALWAYS | WHEN_RESTRICTED).items())
        drafts.save("0" * 32, fields, actor=office.window, desk=office.desk, now=MONDAY_9AM)
        words = "；".join((ALWAYS | WHEN_RESTRICTED).values())
        shift_note.hand_over(words, actor=office.window, desk=office.desk, now=MONDAY_9AM)
        settings: Settings = office.app.extensions["settings"]
        uploads.keep(
            settings.data_dir / "uploads",
            words.encode(),
            office.window.user_id,
            office.desk.keyring,
        )


@pytest.mark.parametrize("restricted", [False, True])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_file_holds_it(
    office: Office,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    restricted: bool,
) -> None:
    """Database, log of the database, uploads, letters, what was put away for a while."""
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    tell(office, restricted=restricted)
    visit_the_rest(office)
    assert [each.job for each in run_due(office.app, NEXT_MONDAY) if each.error] == []
    running = raw(database_url, tmp_path)
    with office.app.app_context():
        db.engine.dispose()
    for content in (running, raw(database_url, tmp_path)):
        assert "东街社区".encode() in content  # what is not sealed is found, so the scan can find
        assert hidden_in(content, everything=restricted) == []


def raw(database_url: str, folder: Path) -> bytes:
    """The bytes of every file of the database and of the data directory."""
    database = Path(str(make_url(database_url).database))
    files = [*database.parent.glob(f"{database.name}*"), *folder.rglob("*")]
    return b"\0".join(path.read_bytes() for path in files if path.is_file())


def test_the_scan_sees_every_encoding() -> None:
    for encoding, written in ENCODINGS.items():
        content = b"..." + written(ALWAYS["address"]) + b"..."
        assert hidden_in(content, everything=False) == [f"address as {encoding}"]


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


BREAK = {
    # the row that is refused stands in the error: whole on PostgreSQL
    "postgresql": "ALTER TABLE party ADD CONSTRAINT broken CHECK (id IS NULL) NOT VALID",
    "sqlite": "CREATE TRIGGER broken BEFORE INSERT ON party BEGIN "
    "SELECT RAISE(ABORT, 'broken'); END",
}
MEND = {
    "postgresql": "ALTER TABLE party DROP CONSTRAINT broken",
    "sqlite": "DROP TRIGGER broken",
}
TWICE = "CREATE UNIQUE INDEX twice ON dispute (category)"
LOSE = "ALTER TABLE party RENAME COLUMN phone_sealed TO lost"


def test_no_log_of_a_running_service_holds_it_even_when_it_breaks(
    office: Office, settings: Settings, tmp_path: Path, database: str
) -> None:
    """Refused rows, numbers there already, a column that is gone, and what people mistype."""
    token, log = of_role(office, Role.WINDOW).token, tmp_path / "log"
    person = {name: ALWAYS[name] for name in ("id_number", "phone", "address")}
    named = APPLICANT | person | {"name": WHEN_RESTRICTED["name"]}
    whole = INTAKE | {"parties": [named, RESPONDENT], "narrative": WHEN_RESTRICTED["narrative"]}
    answers = []
    with served(settings, log) as port:

        def ask(body: object, path: str = DISPUTES) -> None:
            answers.append(posted(port, token, path, body))

        ask(whole)
        change(office, BREAK[database])
        ask(whole)
        change(office, MEND[database])
        change(office, TWICE)
        ask(whole)
        change(office, LOSE)
        ask(whole | {"category": "family"})
        ask(whole | {"category": WHEN_RESTRICTED["name"]})
        ask(f"{{{ALWAYS['phone']}")
        signing = {"username": WHEN_RESTRICTED["name"], "password": ALWAYS["address"]}
        ask(signing, "/api/v1/sign-in")
        ask(None, f"{DISPUTES}?q={quote(WHEN_RESTRICTED['name'])}")
    assert answers[0] == 201
    assert (answers[1] >= 400, answers[2] >= 400, answers[3] >= 500) == (True, True, True)
    content = log.read_bytes()
    assert content.count(b'"level": "error"') >= 3  # what went wrong was told
    assert hidden_in(content, everything=True) == []


def change(office: Office, statement: str) -> None:
    """Change the tables under the running service."""
    with office.app.app_context(), db.engine.begin() as connection:
        owning(connection)
        connection.execute(sa.text(statement))


def posted(port: int, token: str, path: str, body: object) -> int:
    """Post to the service; the status of its answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": uuid4().hex,
        "Content-Type": "application/json",
    }
    sent = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    connection.request("POST", path, sent.encode(), headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status
