"""备份状态: who may see it sees it, and the administrator decides."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from config.vocabulary import OutboxState, Role
from models import HeldMessage, OutboxMessage, Restoration, db, transaction
from service.operations import outbox
from service.rules.access import Actor
from service.rules.outbox import Message
from tests.factories.caller import Caller
from tests.factories.moment import MONDAY_9AM, TUESDAY_9AM
from tests.factories.office import Office
from tests.factories.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Visit = Callable[[Actor], Visitor]
READERS = {Role.DIRECTOR, Role.LEADER, Role.AUDITOR, Role.SYSADMIN}


@pytest.fixture
def keeper(office: Office, visit: Visit) -> Visitor:
    """The administrator at a browser."""
    return visit(office.actor(Role.SYSADMIN))


@pytest.fixture
def _held(office: Office) -> Iterator[None]:
    """Two letters that a restore left to be decided."""
    with office.app.app_context():
        with transaction() as session:
            for name in ("a", "b"):
                key = f"weekly-letter:{name}"
                message = Message(key, f"<{name}@f>", f"{name}@town.test", b"")
                outbox.promise(session, message, desk=office.desk, now=MONDAY_9AM, hold=True)
            session.add(
                Restoration(
                    id=uuid4(),
                    restored_at=TUESDAY_9AM,
                    cut_off=MONDAY_9AM,
                    archive="daily.backup",
                    held=2,
                )
            )
        yield


def test_a_young_deployment_says_that_there_is_no_backup_yet(keeper: Visitor) -> None:
    page = keeper.get("/backups")
    assert "还没有备份过；还没有做过恢复演练。磁盘剩余" in page.text
    assert ("msg-stop" in page.html, "暂扣的邮件" in page.text) == (True, False)


def test_the_administrator_asks_for_a_backup_once(keeper: Visitor) -> None:
    first = keeper.follow(keeper.fill(keeper.get("/backups"), "/backups"))
    assert "已交给后台，一分钟内开始" in first.text
    assert ("手动备份" in first.text, "等待中" in first.text) == (True, True)
    assert keeper.fill(keeper.get("/backups"), "/backups").status == 409


@pytest.mark.usefixtures("_held")
def test_held_letters_are_let_go_or_thrown_away_one_by_one(keeper: Visitor) -> None:
    page = keeper.get("/backups")
    assert page.text.count("周报") >= 2
    first, second = (
        db.session.scalars(db.select(HeldMessage.outbox_id).order_by(HeldMessage.outbox_id))
    ).all()
    keeper.fill(page, f"/backups/held/{first}/release")
    last = keeper.follow(keeper.fill(page, f"/backups/held/{second}/discard"))
    assert ("已作废，不会再发" in last.text, "暂扣的邮件" in last.text) == (True, False)
    db.session.rollback()
    states = {row.id: row.state for row in db.session.execute(db.select(OutboxMessage)).scalars()}
    assert states == {first: OutboxState.NEW, second: OutboxState.DEAD}


@pytest.mark.usefixtures("_held")
def test_readers_see_and_nobody_but_the_administrator_decides(office: Office, visit: Visit) -> None:
    auditor = visit(office.actor(Role.AUDITOR))
    page = auditor.get("/backups")
    assert ("暂扣的邮件" in page.text, "立即备份" in page.text, "放行" in page.html) == (
        True,
        False,
        False,
    )


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PLATFORM])
def test_the_status_is_for_those_who_answer_for_it(office: Office, role: Role) -> None:
    answer = Caller(office.app, office.actor(role)).get("/backups")
    assert (answer.status_code == 200) == (role in READERS)


@pytest.mark.usefixtures("inside")
def test_the_answer_for_programs_tells_what_is_red(office: Office) -> None:
    answer = Caller(office.app, office.actor(Role.SYSADMIN)).get("/backups").json
    assert answer == {"items": [], "next_cursor": None, "red": True, "held": 0}
