"""A restore brings back what was there, all of it, and sends nothing."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Event as Signal
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.pool import NullPool

from config.settings import Settings
from config.vocabulary import DisputeStatus, OutboxState, Role
from models import (
    AuditHead,
    Dispute,
    Event,
    HeldMessage,
    OutboxMessage,
    Party,
    UserSession,
    db,
    transaction,
)
from models.wall import SEEING
from service.errors import Conflict, NotFound
from service.gateways import anchor as anchors
from service.gateways import presence
from service.gateways.keyring import Keyring
from service.gateways.mail import smtp
from service.operations import backup, forgetting, outbox, restore, weekly
from service.operations import sign_in as sign_ins
from service.operations.archive import Vault, Written
from service.operations.event import record
from service.operations.outbox import Delivered
from service.operations.restore import NOT_EMPTY, Restored
from service.queries import audit_chain, canonical, job_run
from service.queries import backup as queries
from service.rules.audit import Anchor, Found, Verdict, line_of
from service.rules.calendar import Week
from service.rules.origin import HERE
from service.rules.outbox import Message
from tests.databases import DatabaseKinds
from tests.factories.dispute import NARRATIVE, registered
from tests.factories.moment import MONDAY_9AM, NEXT_MONDAY_9AM, TUESDAY_9AM
from tests.factories.office import PASSWORD, Office
from tests.factories.smtp import Sink, running
from tests.factories.trail import anchored
from tests.statements import owning

KEY, AUDIT_KEY = b"b" * 32, b"a" * 32
WRITERS = 20
# what files say, archive, letters, anchors or the directory, the database makes no difference to
OF_FILES = pytest.mark.daily("sqlite")
WRONG_BACKUP_KEY = "打不开：这个文件不是用现在的 FENGQIAO_BACKUP_KEY 加密的，或者文件开头已经损坏"


@dataclass
class Place:
    """A deployment with its archive store."""

    app: Flask
    vault: Vault

    @property
    def anchors(self) -> Path:
        """The file that tells where the trail ended."""
        return self.vault.data_dir / "anchors.jsonl"

    def create(self, path: Path) -> Written:
        """An archive by command."""
        with self.app.app_context():
            desk = self.app.extensions["fengqiao"]
            return backup.create(path, vault=self.vault, desk=desk, now=MONDAY_9AM)

    def verify(self, path: Path) -> restore.Proven:
        """The same, proven."""
        with self.app.app_context():
            keyring = self.app.extensions["fengqiao"].keyring
            return restore.verify(path, vault=self.vault, keyring=keyring, tell=_quietly)

    def restore(self, path: Path, *, replaced: bool = False) -> Restored:
        """What the archive holds, here."""
        with self.app.app_context():
            return restore.restore(
                path,
                vault=self.vault,
                anchors=self.anchors,
                desk=self.app.extensions["fengqiao"],
                now=TUESDAY_9AM,
                replace=replaced,
                tell=_quietly,
            )

    def export(self) -> bytes:
        """Everything, in the form that compares."""
        with self.app.app_context(), canonical.snapshot() as connection:
            keyring = self.app.extensions["fengqiao"].keyring
            return b"\n".join(canonical.export(connection, keyring))


def _quietly(_: float) -> None:
    pass


@pytest.fixture
def here(office: Office, tmp_path: Path) -> Place:
    """The office that is backed up."""
    return Place(office.app, Vault(tmp_path, KEY, AUDIT_KEY))


@pytest.fixture
def there(
    database: str,
    tmp_path: Path,
    put_together: Callable[[Settings], Flask],
    _databases: DatabaseKinds,
) -> Iterator[Place]:
    """A deployment with nothing in it, not even tables."""
    given, folder = _databases[database], tmp_path / "there"
    url = given.bare()
    app = put_together(Settings.for_test(folder, database_url=url))
    yield Place(app, Vault(folder, KEY, AUDIT_KEY))
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "one.backup"


def test_twenty_writers_during_a_backup_and_it_is_one_moment(
    office: Office, here: Place, there: Place, path: Path
) -> None:
    enough, window = Signal(), office.window

    def write(number: int) -> int:
        done = 0
        while not enough.is_set():
            with office.app.app_context():
                registered(office, actor=window)
            done += 1
        return done

    with ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(write, number) for number in range(WRITERS)]
        try:
            made = [here.create(path.with_name(f"{number}.backup")) for number in range(3)]
        finally:
            enough.set()
        done = [each.result() for each in writing]
    proven = [here.verify(each.path) for each in made]
    assert [each.rows for each in proven] == [each.row_count for each in made]
    assert made[0].row_count < made[1].row_count < made[2].row_count
    assert min(done) > 0
    there.restore(made[1].path)
    with there.app.app_context():
        counts = {
            sa.text("SELECT count(*) FROM party"): 2,
            sa.text("SELECT count(*) FROM episode"): 1,
            sa.text("SELECT count(*) FROM event WHERE action = 'register'"): 1,
        }
        whole = db.session.execute(sa.select(sa.func.count()).select_from(Dispute)).scalar_one()
        for statement, each in counts.items():
            assert db.session.scalar(statement) == each * whole


def test_an_export_after_the_restore_equals_the_one_before(
    office: Office, here: Place, there: Place, path: Path
) -> None:
    with office.app.app_context():
        registered(office)
        registered(office, restricted=True, actor=office.director)
    before = here.export()
    here.create(path)
    there.restore(path)
    assert (there.export() == before, here.export() == before) == (True, True)
    with there.app.app_context():
        registered(replace(office, app=there.app))  # numbers and ids go on


@OF_FILES
def test_files_come_back_with_the_rows(here: Place, there: Place, path: Path) -> None:
    kept = here.vault.attachments / "ab" / "笔录.docx"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"PK" * 300_000)
    (here.vault.data_dir / "keys").mkdir()
    (here.vault.data_dir / "keys" / "data").write_text("d" * 64)
    here.create(path)
    assert (here.verify(path).files, there.restore(path).files) == (1, 1)
    restored = there.vault.attachments / "ab" / "笔录.docx"
    assert restored.read_bytes() == kept.read_bytes()
    assert restored.stat().st_mode & 0o777 == 0o600
    assert not (there.vault.data_dir / "keys").exists()


@OF_FILES
def test_twenty_flips_are_found_and_nothing_is_written(
    office: Office, here: Place, there: Place, path: Path
) -> None:
    with office.app.app_context():
        registered(office)
    here.create(path)
    whole = path.read_bytes()
    drawn = random.Random(20)
    found = 0
    for _ in range(20):
        damaged = bytearray(whole)
        damaged[drawn.randrange(len(whole))] ^= 1 << drawn.randrange(8)
        path.write_bytes(damaged)
        with pytest.raises(Conflict):
            here.verify(path)
        found += 1
    path.write_bytes(whole[:-1])
    with pytest.raises(Conflict):
        there.restore(path)
    with there.app.app_context():
        assert (found, sa.inspect(db.engine).get_table_names()) == (20, [])


@OF_FILES
def test_without_the_backup_key_there_is_one_clear_refusal(
    here: Place, there: Place, path: Path
) -> None:
    here.create(path)
    there.vault = replace(there.vault, key=b"x" * 32)
    for work in (there.verify, there.restore):
        with pytest.raises(Conflict) as refusal:
            work(path)
        assert refusal.value.detail == WRONG_BACKUP_KEY


def test_under_another_data_key_nothing_is_restored(
    office: Office, here: Place, there: Place, path: Path
) -> None:
    with office.app.app_context():
        registered(office)
    here.create(path)
    desk = there.app.extensions["fengqiao"]
    there.app.extensions["fengqiao"] = replace(desk, keyring=Keyring(b"x" * 32, b"i" * 32))
    with pytest.raises(Conflict) as refusal:
        there.restore(path)
    assert "FENGQIAO_DATA_KEY" in refusal.value.detail
    with there.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Dispute)) == 0


def test_what_is_in_use_is_not_replaced_unless_that_is_meant(
    office: Office, here: Place, path: Path
) -> None:
    before = here.export()
    here.create(path)
    with office.app.app_context():
        registered(office)
    with pytest.raises(Conflict) as refusal:
        here.restore(path)
    assert refusal.value.detail == NOT_EMPTY
    here.restore(path, replaced=True)
    assert here.export() == before


def test_what_was_forgotten_since_the_backup_does_not_come_back(
    office: Office, here: Place, path: Path
) -> None:
    with office.app.app_context():
        gone, kept = (registered(office).until(DisputeStatus.CLOSED).id for _ in range(2))
    here.create(path)
    with office.app.app_context(), transaction() as session:
        dispute = session.get_one(Dispute, gone)
        forgetting.forget(session, dispute, desk=office.desk, now=MONDAY_9AM)
        session.flush()
        record(session, gone, subject="dispute", action="erase", actor=None, now=MONDAY_9AM)
    assert here.restore(path, replaced=True).forgotten == 1
    with office.app.app_context():
        rows = {each: db.session.get_one(Dispute, each) for each in (gone, kept)}
        assert (rows[gone].narrative, rows[gone].erased_at) == ("", TUESDAY_9AM)
        assert (rows[kept].narrative, rows[kept].erased_at) == (NARRATIVE, None)
        names = sa.select(Party.name).where(Party.dispute_id == gone)
        assert set(db.session.scalars(names)) == {""}
        told = sa.select(Event.subject_id).where(Event.action == "erase")
        assert db.session.scalars(told).all() == [gone]


def test_a_file_that_is_there_is_not_overwritten(here: Place, path: Path) -> None:
    path.write_bytes(b"kept")
    with pytest.raises(Conflict):
        here.create(path)
    assert (path.read_bytes(), [each.name for each in path.parent.iterdir()]) == (
        b"kept",
        [path.name],
    )


def test_an_archive_is_for_its_owner_alone(here: Place, path: Path) -> None:
    here.create(path)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running(Sink()) as server:
        yield server


def promise(office: Office, *names: str) -> None:
    with office.app.app_context(), transaction() as session:
        for name in names:
            message = Message(f"weekly-letter:{name}", f"<{name}@f>", f"{name}@t.test", b"A: b\n\n")
            outbox.promise(session, message, desk=office.desk, now=MONDAY_9AM)


def deliver(place: Place, sink: Sink) -> Delivered:
    with place.app.app_context():
        return outbox.deliver_due(
            smtp(sink.url, "zhoubao@fengqiao.test"),
            desk=place.app.extensions["fengqiao"],
            clock=lambda: TUESDAY_9AM,
        )


@OF_FILES
def test_a_restore_sends_no_mail_until_somebody_lets_it(
    office: Office, here: Place, there: Place, path: Path, sink: Sink
) -> None:
    admin = office.actor(Role.SYSADMIN)
    promise(office, "a", "b", "c")
    here.create(path)
    assert deliver(here, sink) == Delivered(3, 0)  # after the cut-off
    restored = there.restore(path)
    assert (restored.held, deliver(there, sink), len(sink.messages)) == (3, Delivered(), 3)
    with there.app.app_context():
        desk = there.app.extensions["fengqiao"]
        first, second, _ = queries.held()
        assert (first.kind, job_run.outbox().held, job_run.outbox().waiting) == (
            "weekly-letter",
            3,
            0,
        )
        backup.release(first.id, actor=admin, desk=desk, now=TUESDAY_9AM)
        backup.discard(second.id, actor=admin, desk=desk, now=TUESDAY_9AM)
        with pytest.raises(NotFound):
            backup.release(second.id, actor=admin, desk=desk, now=TUESDAY_9AM)
    assert (deliver(there, sink), sink.messages[-1][0]) == (Delivered(1, 0), first.recipient)
    with there.app.app_context():
        states = sa.select(OutboxMessage.state, sa.func.count()).group_by(OutboxMessage.state)
        assert {row[0]: row[1] for row in db.session.execute(states)} == {
            OutboxState.NEW: 1,
            OutboxState.SENT: 1,
            OutboxState.DEAD: 1,
        }


@OF_FILES
def test_a_letter_due_in_the_time_that_is_lost_is_held_too(
    office: Office, here: Place, there: Place, path: Path
) -> None:
    here.create(path)
    there.restore(path)
    with there.app.app_context(), transaction() as session:
        restored = queries.last_restoration()
        assert restored is not None
        session.get_one(type(restored), restored.id).restored_at = NEXT_MONDAY_9AM
    with there.app.app_context():
        desk = there.app.extensions["fengqiao"]
        lost, later = Week.parse("2026-W45"), Week.parse("2026-W46")
        assert [queries.is_doubtful(week.end_on, desk) for week in (lost, later)] == [True, False]
        assert weekly.send(
            lost, sender="a@f.test", desk=desk, now=NEXT_MONDAY_9AM + timedelta(days=1)
        ) == len(queries.held())


def test_sessions_end_and_the_trail_tells_of_the_restore(
    office: Office, here: Place, there: Place, path: Path
) -> None:
    office.actor(Role.DIRECTOR, name="x", password=PASSWORD)
    with office.app.app_context():
        sign_ins.sign_in(
            "director-centre-x", PASSWORD, origin=HERE, desk=office.desk, now=MONDAY_9AM
        )
    here.create(path)
    there.restore(path)
    with there.app.app_context():
        ended = db.session.scalars(sa.select(UserSession.ended_at)).all()
        told = sa.select(Event.action, Event.detail).where(Event.subject == "backup")
        assert ended == [TUESDAY_9AM]
        assert [tuple(each) for each in db.session.execute(told)] == [
            ("restore", {"cut_off": MONDAY_9AM.isoformat(), "held": 0, "outlived": []})
        ]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(HeldMessage)) == 0


@OF_FILES
def test_a_trail_that_was_changed_before_the_backup_is_told(
    office: Office, here: Place, there: Place, path: Path
) -> None:
    with office.app.app_context():
        registered(office)
        with transaction() as session:
            session.execute(sa.update(AuditHead).values(seq=AuditHead.seq + 1))
    here.create(path)
    with pytest.raises(Conflict) as refusal:
        here.verify(path)
    assert refusal.value.detail.startswith("备份文件完好，但里面的审计记录不完整：第 ")
    assert there.restore(path).chain_fault is not None


def test_the_chain_goes_on_after_a_restore(
    office: Office, here: Place, there: Place, path: Path
) -> None:
    with office.app.app_context():
        registered(office)
    here.create(path)
    assert there.restore(path).chain_fault is None
    there.create(path.with_name("two.backup"))
    there.verify(path.with_name("two.backup"))


def looked(place: Place) -> Found:
    with place.app.app_context():
        return audit_chain.verify(AUDIT_KEY, anchors.read(place.anchors))


@OF_FILES
def test_anchors_written_after_the_backup_are_told_of_by_the_restore(
    office: Office, here: Place, path: Path
) -> None:
    def anchor(minutes: int) -> int:
        with office.app.app_context():
            registered(office)
            return anchored(here.anchors, minutes=minutes)

    anchor(1)
    here.create(path)
    for minutes in (2, 3):
        anchor(minutes)
    restored = here.restore(path, replaced=True)
    again = anchor(4)
    assert restored.outlived == 2
    assert looked(here) == Found(Verdict.WHOLE, again + 1, outlived=2)
    assert here.restore(path, replaced=True).outlived == 3
    assert (anchor(5), looked(here).verdict) == (again, Verdict.WHOLE)


@OF_FILES
def test_an_old_database_put_back_by_hand_is_not_explained(
    office: Office, here: Place, path: Path
) -> None:
    with office.app.app_context():
        registered(office)
        anchored(here.anchors, minutes=1)
    here.create(path)
    here.restore(path, replaced=True)
    with here.anchors.open("a") as file:
        file.write(line_of(Anchor(2**20, b"x" * 32, MONDAY_9AM.isoformat())))
    assert looked(here).verdict is Verdict.ANCHOR_MISMATCH
    with office.app.app_context(), pytest.raises(Conflict):
        anchored(here.anchors, minutes=2)


@OF_FILES
def test_nothing_is_restored_while_somebody_serves(office: Office, here: Place, path: Path) -> None:
    here.create(path)
    with presence.serving(here.vault.data_dir), pytest.raises(Conflict) as refusal:
        here.restore(path, replaced=True)
    assert refusal.value.detail == presence.SERVED
    here.restore(path, replaced=True)


@pytest.fixture
def clerk(office: Office) -> Iterator[str]:
    """A role the service logs in as."""
    name = f"fengqiao_test_{uuid4().hex}"
    statements = (f"CREATE ROLE {name} LOGIN PASSWORD 'x'", f"GRANT {SEEING} TO {name}")
    with office.app.app_context():
        _run(*statements)
        yield name
        _run(f"DROP ROLE {name}")


def _run(*statements: str) -> None:
    with db.engine.begin() as connection:
        owning(connection)
        for each in statements:
            connection.exec_driver_sql(each)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_nothing_is_restored_while_the_service_is_connected_from_elsewhere(
    here: Place, path: Path, clerk: str, database_url: str
) -> None:
    here.create(path)
    url = sa.make_url(database_url).set(username=clerk, password="x")
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.connect() as elsewhere:
        elsewhere.exec_driver_sql("SELECT 1")
        with pytest.raises(Conflict) as refusal:
            here.restore(path, replaced=True)
    assert refusal.value.detail == f"{presence.SERVED}（数据库上还有 1 个连接）"
    assert refusal.value.detail.startswith("网页或后台进程还在运行")
