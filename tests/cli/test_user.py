from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa

from models import AuditEntry, User, UserSession, transaction
from service.cli.deployment import Deployment
from service.clock import utc_now
from service.operations.sign_in import sign_in
from service.queries import organisation as organisations
from service.rules.origin import HERE
from tests.cli.conftest import Run
from tests.factories.sign_in_slip import set_first

PASSWORD = "Tr4ctor-green"
HEAD = "username,name,roles,organisation,phone,email,password\n"


def code_of(link: str) -> str:
    return link.strip().rpartition("/")[2]


def test_the_first_administrator_comes_in_by_a_link(run: Run, deployment: Deployment) -> None:
    done = run("user", "create-admin", "root-1", "--centre", "柳溪镇综治中心", "--prefix", "LXZ")
    assert done.exit_code == 0
    with deployment.open() as desk:
        now = utc_now()
        set_first("root-1", code_of(done.stdout), PASSWORD, desk=desk, now=now)
        roles = sign_in("root-1", PASSWORD, origin=HERE, desk=desk, now=now).actor.roles
        centre = organisations.centre()
    assert roles == {"sysadmin"}
    assert centre is not None
    assert centre.name == "柳溪镇综治中心"


def test_asked_again_the_administrator_gets_a_new_link(run: Run, deployment: Deployment) -> None:
    first = code_of(run("user", "create-admin", "root-1").stdout)
    second = code_of(run("user", "create-admin", "root-1").stdout)
    assert first != second
    with deployment.open() as desk:
        set_first("root-1", second, PASSWORD, desk=desk, now=utc_now())
        sign_in("root-1", PASSWORD, origin=HERE, desk=desk, now=utc_now())


def test_a_bad_name_is_refused_in_one_line(run: Run) -> None:
    done = run("user", "create-admin", "Root One")
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)


def test_a_lost_second_factor_is_taken_away_by_the_operator_and_that_is_written_down(
    run: Run, deployment: Deployment
) -> None:
    run("user", "create-admin", "root-1")
    with deployment.open() as desk, transaction() as session:
        user = session.scalars(sa.select(User)).one()
        user.second_factor_sealed = desk.keyring.seal(b"x", f"user.second_factor:{user.id}")
        user.second_factor_at = utc_now()
        session.add(
            UserSession(
                id=uuid4(),
                user_id=user.id,
                token_hash="0" * 64,
                started_at=utc_now(),
                seen_at=utc_now(),
                expires_at=utc_now(),
            )
        )
    done = run("user", "reset-second-factor", "root-1")
    assert (done.exit_code, "root-1 的动态口令已经重置" in done.stdout) == (0, True)
    with deployment.open(), transaction() as session:
        kept = session.execute(sa.select(User.second_factor_sealed, User.second_factor_at)).one()
        running = session.scalars(sa.select(UserSession).where(UserSession.ended_at.is_(None)))
        last = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
        assert (tuple(kept), running.all()) == ((None, None), [])
        assert last is not None
        assert (last.action, last.actor_id) == ("user.reset-second-factor", None)
    again = run("user", "reset-second-factor", "root-1")
    assert (again.exit_code, "什么都没有改" in again.stderr) == (1, True)


def test_nobody_is_reset_by_a_wrong_name(run: Run) -> None:
    done = run("user", "reset-second-factor", "nobody")
    assert (done.exit_code, "没有用户名是 nobody 的账户" in done.stderr) == (1, True)


def test_a_list_of_colleagues_is_imported_line_by_line(
    run: Run, deployment: Deployment, tmp_path: Path
) -> None:
    run("user", "create-admin", "root-1", "--centre", "柳溪镇综治中心", "--prefix", "LXZ")
    file = tmp_path / "colleagues.csv"
    file.write_text(
        HEAD + f"window-1,何晓云,window;mediator,柳溪镇综治中心,,a@town.test,{PASSWORD}\n"
        "window-2,冯立春,window,柳溪镇综治中心,,,\n"
        "window-3,卢志强,clerk,柳溪镇综治中心,,,\n"
        "window-4,叶春生,window,没有这个单位,,,\n"
        "window-1,阎桂芝,window,柳溪镇综治中心,,,\n",
        encoding="utf-8-sig",
    )
    done = run("user", "import", str(file))
    lines = done.stdout.splitlines()
    assert done.exit_code == 0
    assert lines[0] == "第 2 行 window-1"
    assert lines[2:] == [
        "第 4 行 未导入 roles：没有这个角色：clerk",
        "第 5 行 未导入 organisation：没有这个单位",
        "第 6 行 未导入 username：用户名已经有人使用",
        "导入 2 个账户，未导入 3 行",
    ]
    with deployment.open() as desk:
        now = utc_now()
        assert sign_in("window-1", PASSWORD, origin=HERE, desk=desk, now=now).actor.roles == {
            "window",
            "mediator",
        }
        assert lines[1].startswith("第 3 行 window-2 http://127.0.0.1:8000/first-sign-in/")
        set_first("window-2", code_of(lines[1]), PASSWORD, desk=desk, now=now)


def test_a_file_without_the_columns_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "colleagues.csv"
    file.write_text("name\n何晓云\n", encoding="utf-8")
    done = run("user", "import", str(file))
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)


def test_a_file_that_is_not_there_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    assert run("user", "import", str(tmp_path / "nobody.csv")).exit_code == 2


def test_the_link_leads_to_where_the_service_listens(run: Run, deployment: Deployment) -> None:
    at_first = run("user", "create-admin", "root-1").stdout
    (deployment.settings.data_dir / "address").write_text("http://127.0.0.1:8123")
    later = run("user", "create-admin", "root-1").stdout
    heads = [link.partition("/first-sign-in/")[0] for link in (at_first, later)]
    assert heads == ["http://127.0.0.1:8000", "http://127.0.0.1:8123"]
