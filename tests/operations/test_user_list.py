"""A list of colleagues: everybody gets an account and a link, or nobody does."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from config.vocabulary import Role
from models import db
from service.errors import Forbidden, Invalid
from service.operations import user as users
from service.operations import user_list as operations
from service.operations.user import UserDraft
from service.queries import user as queries
from tests.factories.moment import MONDAY_10AM
from tests.factories.office import PASSWORD, Office
from tests.factories.sign_in_slip import set_first

pytestmark = pytest.mark.usefixtures("inside")
LIST = (
    "用户名\t姓名\t角色\t单位\n"
    "he\t何晓云\t窗口;调解员\t柳溪镇综治中心\nbai\t白玉莲\t调解员\t柳溪司法所"
)


def wrong(office: Office, text: str) -> list[tuple[int, list[str]]]:
    """The lines with something wrong, and the fields it is in."""
    found = operations.judged(text, actor=office.actor(Role.SYSADMIN), desk=office.desk)
    return [(each.line.number, list(each.problems)) for each in found if each.problems]


def test_everybody_gets_an_account_and_a_link(office: Office) -> None:
    admin = office.actor(Role.SYSADMIN)
    judged = operations.judged(LIST, actor=admin, desk=office.desk)
    drafts = [each.draft for each in judged if each.draft]
    made = operations.engage(drafts, actor=admin, desk=office.desk, now=MONDAY_10AM)
    assert [each.username for each in made] == ["he", "bai"]
    for each in made:
        set_first(
            each.username, each.sign_in_code or "", PASSWORD, desk=office.desk, now=MONDAY_10AM
        )
    found = queries.by_username("he")
    assert found is not None
    assert found.roles == {Role.WINDOW, Role.MEDIATOR}


def test_every_wrong_cell_is_told(office: Office) -> None:
    office.actor(Role.WINDOW)
    text = """username,name,roles,organisation,phone,password
window-centre,甲,window,柳溪镇综治中心
ok,乙,window,柳溪镇综治中心
ok,丙,window,柳溪镇综治中心
Bad,丁,clerk,没有这个所
ding,丁,window,柳溪镇综治中心,12
wu,戊,window,柳溪镇综治中心,,Tr4ctor-green"""
    assert wrong(office, text) == [
        (2, ["username"]),
        (4, ["username"]),
        (5, ["organisation", "roles"]),
        (6, ["phone"]),
        (7, ["password"]),
    ]


def test_one_wrong_account_keeps_all_out_and_is_told_at_its_row(office: Office) -> None:
    unit = office.units["centre"]
    drafts = [
        UserDraft(username="he", name="何", organisation=unit, roles=[Role.WINDOW]),
        UserDraft(username="B", name="白", organisation=unit, roles=[]),
    ]
    with pytest.raises(Invalid) as refusal:
        operations.engage(drafts, actor=None, desk=office.desk, now=MONDAY_10AM)
    assert list(refusal.value.fields) == ["rows.1.username", "rows.1.roles"]
    assert queries.by_username("he") is None


def test_a_director_takes_in_nobody(office: Office) -> None:
    with pytest.raises(Forbidden):
        operations.judged(LIST, actor=office.director, desk=office.desk)
    draft = UserDraft(
        username="he", name="何", organisation=office.units["centre"], roles=[Role.WINDOW]
    )
    with pytest.raises(Forbidden):
        users.create(draft, actor=office.director, desk=office.desk, now=MONDAY_10AM)


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements sent to the database meanwhile."""
    sent: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        sent.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(db.engine, "before_cursor_execute", note)


def test_trying_a_long_list_asks_twice_and_locks_nothing(office: Office) -> None:
    admin = office.actor(Role.SYSADMIN)
    text = "\n".join(f"he{place}\t何\t窗口\t柳溪镇综治中心" for place in range(300))
    db.session.rollback()
    with statements() as sent:
        found = operations.judged(text, actor=admin, desk=office.desk)
    assert [each.problems for each in found] == [{}] * 300
    asked = [each for each in sent if not each.startswith("BEGIN")]
    assert [each.split()[0] for each in asked] == ["SELECT", "SELECT"]
    assert [each for each in sent if "IMMEDIATE" in each or " FOR " in each] == []


def test_a_list_is_taken_in_or_told_by_its_rows(office: Office) -> None:
    admin = office.actor(Role.SYSADMIN)
    with pytest.raises(Invalid) as refusal:
        operations.take_in(
            LIST + "\nbai\t白\t窗口\t没有这个所", actor=admin, desk=office.desk, now=MONDAY_10AM
        )
    assert list(refusal.value.fields) == ["rows.2.organisation"]
    made = operations.take_in(LIST, actor=admin, desk=office.desk, now=MONDAY_10AM)
    assert [each.username for each in made] == ["he", "bai"]


def test_passwords_are_hashed_before_anything_is_locked(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, unit, hashing = office.actor(Role.SYSADMIN), office.units["centre"], PasswordHasher.hash
    drafts = [
        UserDraft(username=name, name="何", organisation=unit, roles=[role], password=PASSWORD)
        for name, role in (("he", Role.WINDOW), ("bai", Role.MEDIATOR), ("yu", Role.DIRECTOR))
    ]
    with statements() as sent:

        def noted(hasher: PasswordHasher, password: str) -> str:
            sent.append("hash")
            return hashing(hasher, password)

        monkeypatch.setattr(PasswordHasher, "hash", noted)
        made = operations.engage(drafts[:2], actor=admin, desk=office.desk, now=MONDAY_10AM)
        both = list(sent)
        sent.clear()
        operations.engage_one(drafts[2], actor=admin, desk=office.desk, now=MONDAY_10AM)
    assert [each.sign_in_code for each in made] == [None, None]
    assert ([*both[:2], *sent[:1]], (both + sent).count("hash")) == (["hash"] * 3, 3)
