"""Attachments: a row and a file or neither, who may, taken back with a reason, swept."""

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from config.settings import Settings
from config.vocabulary import AttachmentKind, DisputeStatus, Media, Role, Step
from jobs.attachment import FilesMissing
from jobs.registry import TIMETABLE
from jobs.runner import make_bench, run_due
from models import Attachment, AuditEntry, Event, db, transaction
from service.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from service.gateways.attachment import Store
from service.operations import attachment as operations
from service.operations.attachment import AttachmentDraft
from service.queries import attachment as queries
from service.queries import event, job_run
from service.queries.attachment import AttachmentView
from service.queries.job_run import Standing
from service.rules import attachment as rules
from service.rules.access import Actor
from tests.factories import file
from tests.factories.dispute import Handling, registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
ROOT = Path(__file__).parents[2]
NAME = "调解协议书（张三）.pdf"
HOUR = timedelta(hours=1)


@pytest.fixture
def store(settings: Settings) -> Store:
    return Store(settings.data_dir / "attachments")


@pytest.fixture
def handling(office: Office) -> Handling:
    return registered(office)


def files(store: Store) -> list[Path]:
    return sorted(path for path in store.folder.rglob("*") if path.is_file())


def added(handling: Handling, store: Store, actor: Actor | None = None, **changes: Any) -> UUID:
    told = {"name": NAME, "content": file.PDF, "kind": AttachmentKind.AGREEMENT} | changes
    office, who = handling.office, actor or handling.office.director
    with operations.taken_in(
        handling.id,
        AttachmentDraft(**told),
        store=store,
        actor=who,
        desk=office.desk,
        now=MONDAY_9AM,
    ) as candidate:
        return operations.add(handling.id, candidate, actor=who, desk=office.desk, now=MONDAY_9AM)


def given(
    handling: Handling, store: Store, attachment_id: UUID, actor: Actor | None = None
) -> operations.Given:
    office = handling.office
    return operations.give(
        handling.id,
        attachment_id,
        store=store,
        actor=actor or office.director,
        desk=office.desk,
        now=MONDAY_9AM,
    )


def withdrawn(handling: Handling, attachment_id: UUID, actor: Actor | None = None) -> None:
    office = handling.office
    operations.withdraw(
        handling.id,
        attachment_id,
        "传成了别家的协议",
        actor=actor or office.director,
        desk=office.desk,
        now=MONDAY_9AM,
    )


def views(handling: Handling, actor: Actor | None = None) -> list[AttachmentView]:
    office = handling.office
    found = queries.opened(
        handling.id,
        queries.READ,
        actor=actor or office.director,
        desk=office.desk,
        now=MONDAY_9AM,
    )
    return queries.of_shelf(found)


def deeds(handling: Handling) -> list[str]:
    return list(
        db.session.scalars(
            sa.select(Event.action)
            .where(Event.subject_id == handling.id, Event.action.startswith("attachment"))
            .order_by(Event.id)
        )
    )


def downloads(handling: Handling) -> list[dict[str, Any]]:
    """What the trail tells of bytes that were given."""
    told = sa.select(AuditEntry.detail).where(
        AuditEntry.subject_id == handling.id, AuditEntry.action == operations.DOWNLOAD
    )
    return list(db.session.scalars(told.order_by(AuditEntry.seq)))


def test_what_was_added_is_given_back_byte_for_byte(handling: Handling, store: Store) -> None:
    made = added(handling, store)
    back = given(handling, store, made)
    assert (back.content, back.view.name, back.view.media) == (file.PDF, NAME, Media.PDF)
    assert (back.view.size, back.view.uploaded_at) == (len(file.PDF), MONDAY_9AM)
    assert deeds(handling) == ["attachment"]
    assert downloads(handling) == [{"attachment": str(made), "kind": "agreement"}]
    row = db.session.get_one(Attachment, made)
    assert NAME.encode() not in row.name_sealed
    assert [path.name for path in files(store)] == [row.stored_as.hex]


def test_a_withdrawn_one_stays_in_the_list_with_the_reason_and_is_not_given(
    handling: Handling, store: Store
) -> None:
    made = added(handling, store)
    withdrawn(handling, made)
    (view,) = views(handling)
    assert view.withdrawal is not None
    assert (view.withdrawal.reason, view.withdrawal.by) == (
        "传成了别家的协议",
        handling.office.director.name,
    )
    with pytest.raises(Gone):
        given(handling, store, made)
    with pytest.raises(Conflict):
        withdrawn(handling, made)
    assert len(files(store)) == 1
    key = queries.opened(
        handling.id,
        queries.READ,
        actor=handling.office.director,
        desk=handling.office.desk,
        now=MONDAY_9AM,
    ).key
    told = event.of_subject("dispute", handling.id, limit=50, key=key).items
    assert [each.reason for each in told if each.action == "attachment-withdraw"] == [
        "传成了别家的协议"
    ]


def test_a_damaged_file_is_not_given_and_nothing_is_noted(
    handling: Handling, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    made = added(handling, store)
    (path,) = files(store)
    sealed = bytearray(path.read_bytes())
    sealed[len(sealed) // 2] ^= 1
    path.write_bytes(sealed)
    with pytest.raises(Gone):
        given(handling, store, made)
    assert (deeds(handling), downloads(handling)) == (["attachment"], [])
    assert [each.levelname for each in caplog.records] == ["ERROR"]


def test_a_refused_file_leaves_nothing(handling: Handling, store: Store) -> None:
    for changes in (
        {"content": b"<html><script>alert(1)</script>"},
        {"name": "../甲.pdf"},
        {"name": "甲.jpg"},
        {"content": b""},
    ):
        with pytest.raises(Invalid) as refused:
            added(handling, store, **changes)
        assert list(refused.value.fields) == ["file"]
    assert (files(store), views(handling), deeds(handling)) == ([], [], [])


def test_the_place_of_a_photo_is_kept_only_on_purpose(handling: Handling, store: Store) -> None:
    photo: dict[str, Any] = {"content": file.picture(gps=True), "name": "界桩.jpg"}
    with pytest.raises(Invalid) as refused:
        added(handling, store, **photo)
    assert list(refused.value.fields) == ["keep_location"]
    assert files(store) == []
    made = added(handling, store, **photo, keep_location=True)
    back = given(handling, store, made)
    assert (back.content, back.view.located) == (photo["content"], True)


def test_a_deed_that_fails_after_the_file_was_stored_leaves_nothing(
    handling: Handling, store: Store
) -> None:
    director = handling.office.director

    def fail() -> None:
        with transaction():
            added(handling, store, director)
            raise LookupError("something later in the same transaction")

    with pytest.raises(LookupError):
        fail()
    assert views(handling) == []
    swept = operations.sweep(store, datetime.now(UTC) + 25 * HOUR)
    assert (swept.missing, files(store)) == ([], [])


def test_who_may_add_and_look_is_what_the_table_says(office: Office, store: Store) -> None:
    mine = registered(office)
    made = added(mine, store, office.window)
    with pytest.raises(NotFound):
        added(mine, store, office.mediator)
    mine.until(DisputeStatus.MEDIATING)
    added(mine, store, office.mediator)
    added(mine, store, office.liaison)
    for reader in (office.window, office.mediator, office.liaison, office.director):
        assert given(mine, store, made, reader).content == file.PDF
    for stranger in (office.actor(Role.LIAISON, "station"), office.leader):
        with pytest.raises(NotFound):
            given(mine, store, made, stranger)
        with pytest.raises(NotFound):
            withdrawn(mine, made, stranger)


def test_who_only_waits_for_a_dispute_reads_it_without_its_attachments(
    office: Office, store: Store
) -> None:
    mine = registered(office)
    made = added(mine, store)
    mine.take(Step.DISPATCH, {"mediator": None})
    with pytest.raises(Forbidden):
        given(mine, store, made, office.mediator)


def test_those_of_a_restricted_dispute_are_for_who_may_read_it(
    office: Office, store: Store
) -> None:
    mine = registered(office, restricted=True).until(DisputeStatus.MEDIATING)
    made = added(mine, store, office.mediator)
    assert given(mine, store, made, office.mediator).content == file.PDF
    for other in (office.liaison, office.window):
        with pytest.raises(NotFound):
            given(mine, store, made, other)
    with pytest.raises(Forbidden):  # sees that it is there, not what it is about
        given(mine, store, made, office.director)


def test_one_of_another_dispute_is_not_there(
    office: Office, handling: Handling, store: Store
) -> None:
    made = added(registered(office), store)
    with pytest.raises(NotFound):
        given(handling, store, made)
    with pytest.raises(NotFound):
        withdrawn(handling, made)
    with pytest.raises(NotFound):
        given(handling, store, uuid4())


def test_an_archived_dispute_takes_no_more(office: Office, store: Store) -> None:
    mine = registered(office)
    made = added(mine, store)
    mine.until(DisputeStatus.ARCHIVED)
    with pytest.raises(Conflict):
        added(mine, store)
    with pytest.raises(Conflict):
        withdrawn(mine, made)
    assert len(files(store)) == 1
    assert given(mine, store, made).content == file.PDF


def test_a_dispute_takes_so_many_and_no_more(
    handling: Handling, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_OF_ONE", 2)
    for _ in range(2):
        added(handling, store)
    with pytest.raises(Conflict):
        added(handling, store)
    assert len(files(store)) == 2


POINTS = {  # how many rows are there after the power came back
    "temporary file open": 0,
    "temporary file written": 0,
    "renamed": 0,
    "stored": 0,
    "row inserted": 0,
    "about to commit": 0,
    "committed": 1,
}


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.daily("sqlite")
def test_whenever_the_process_dies_no_row_is_without_its_file(
    office: Office, settings: Settings, database_url: str, store: Store, point: str
) -> None:
    handling, director = registered(office, now=datetime.now(UTC)), office.director
    given_ = [str(settings.data_dir), database_url, str(handling.id), "director-centre", point]
    command = [sys.executable, "-W", "error", "-m", "tests.stories.uploader", *given_]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == -signal.SIGKILL, done.stderr
    left = views(handling, director)
    assert len(left) == POINTS[point]
    for each in left:
        assert given(handling, store, each.id).content == file.PDF
    db.session.rollback()
    assert operations.sweep(store, datetime.now(UTC)).removed == 0  # it may still be on its way
    swept = operations.sweep(store, datetime.now(UTC) + 25 * HOUR)
    assert swept.missing == []
    assert len(files(store)) == POINTS[point]


@pytest.fixture
def swept(app: Flask) -> Callable[[datetime], list[str | None]]:
    job = [each for each in TIMETABLE if each.name == "sweep-attachments"]
    return lambda at: [ran.error or ran.summary for ran in run_due(app, at, job)]


def test_the_job_sweeps_and_stays_red_while_a_file_is_missing(
    handling: Handling,
    store: Store,
    swept: Callable[[datetime], list[str | None]],
) -> None:
    made = added(handling, store)
    tomorrow = datetime.now(UTC) + 30 * HOUR
    store.keep(uuid4(), b"nobody's", handling.office.desk.keyring.new_field_key("x")[1])
    assert swept(tomorrow) == ["已清理 1 个没有登记的文件，附件都在"]
    (path,) = files(store)
    content = path.read_bytes()
    path.unlink()
    for _ in range(2):
        assert swept(tomorrow) == [FilesMissing.__name__]
        db.session.rollback()
        assert [each.standing for each in job_run.health(tomorrow)] == [Standing.FAILED]
    path.write_bytes(content)
    assert swept(tomorrow) == ["已清理 0 个没有登记的文件，附件都在"]
    path.unlink()
    withdrawn(handling, made)
    assert swept(tomorrow) == ["已清理 0 个没有登记的文件，附件都在"]


def test_the_job_looks_where_the_doors_store(app: Flask, store: Store) -> None:
    assert make_bench(app, MONDAY_9AM).vault.attachments == store.folder
