"""Take a list of colleagues in: an account and a one-time code each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from config.text import Malformed, clean_line
from models import transaction
from service.desk import Desk
from service.errors import Invalid
from service.operations import user as operations
from service.operations.user import UserDraft
from service.queries import organisation as organisations
from service.queries import user as accounts
from service.rules import access
from service.rules import user as rules
from service.rules.access import Actor
from service.rules.listing import Line

NAME_LENGTH: Final = 80
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Engaged:
    """Somebody who was given an account, with a sign-in code unless they have a password."""

    user_id: UUID
    username: str
    sign_in_code: str | None


@dataclass(frozen=True, slots=True)
class Judged:
    """One row of a list: the account it would become, or what is wrong with it by field."""

    line: Line
    draft: UserDraft | None
    problems: dict[str, list[str]]


def drafted(line: Line, units: Mapping[str, UUID]) -> UserDraft:
    """The account a row asks for at one of the `units`; Invalid names its wrong fields."""
    values, problems = line.values, dict[str, list[str]]()
    unit = units.get(values["organisation"])
    if unit is None:
        problems["organisation"] = ["没有这个单位"]
    name = _read(problems, "name", lambda: clean_line(values["name"], limit=NAME_LENGTH))
    roles = _read(problems, "roles", lambda: rules.roles_of(values["roles"]))
    if unit is None or name is None or roles is None or problems:
        raise Invalid(problems)
    return UserDraft(
        username=values["username"],
        name=name,
        organisation=unit,
        roles=roles,
        email=values.get("email") or None,
        phone=values.get("phone") or None,
        password=values.get("password") or None,
    )


def judged(text: str, *, actor: Actor, desk: Desk) -> list[Judged]:
    """What each row of a list would become; nothing is written. Invalid at `text` for no list.

    Passwords are no part of a list that passes through a browser: everybody gets a code.
    """
    access.require(actor, "user.create", desk.policy.access)
    lines = rules.listed(text)
    units = organisations.named()
    taken = dict.fromkeys(
        accounts.taken([line.values["username"] for line in lines]), operations.TAKEN
    )
    found = []
    for line in lines:
        found.append(_judged(line, units, taken, desk))
        taken.setdefault(line.values["username"], "和前面的一行用户名相同")
    return found


def take_in(text: str, *, actor: Actor, desk: Desk, now: datetime) -> list[Engaged]:
    """Create an account and a code for every row of a list, or none.

    Invalid at `text` for no list, and as `rows.<place from 0>.<field>`.
    """
    found = judged(text, actor=actor, desk=desk)
    problems = {
        f"rows.{place}.{name}": said
        for place, each in enumerate(found)
        for name, said in each.problems.items()
    }
    if problems:
        raise Invalid(problems)
    drafts = [each.draft for each in found if each.draft]
    return engage(drafts, actor=actor, desk=desk, now=now)


def engage(
    drafts: Sequence[UserDraft], *, actor: Actor | None, desk: Desk, now: datetime
) -> list[Engaged]:
    """Create every account of the list with its code, or none.

    Invalid names what is wrong as `rows.<place from 0>.<field>`.
    """
    problems: dict[str, list[str]] = {}
    hashed: dict[int, str | None] = {}
    engaged = []
    for place, draft in enumerate(drafts):  # slow, so before anything is locked
        with _told_at(problems, place):
            hashed[place] = operations.hashed(draft, desk=desk)
    with transaction():
        for place, stored in hashed.items():
            with _told_at(problems, place):
                engaged.append(_hired(drafts[place], stored, actor=actor, desk=desk, now=now))
        if problems:
            raise Invalid(problems)
    return engaged


def engage_one(
    draft: UserDraft, *, actor: Actor | None, desk: Desk, now: datetime, by_link: bool = False
) -> Engaged:
    """Create one account, with a code unless it came with a password."""
    stored = operations.hashed(draft, desk=desk)
    with transaction():
        return _hired(draft, stored, actor=actor, desk=desk, now=now, by_link=by_link)


def _hired(
    draft: UserDraft,
    stored: str | None,
    *,
    actor: Actor | None,
    desk: Desk,
    now: datetime,
    by_link: bool = False,
) -> Engaged:
    user_id = operations.enter(draft, stored, actor=actor, desk=desk, now=now)
    if draft.password:
        return Engaged(user_id, draft.username, None)
    sign_in_code = operations.invite(user_id, actor=actor, desk=desk, now=now, by_link=by_link)
    return Engaged(user_id, draft.username, sign_in_code)


@contextmanager
def _told_at(problems: dict[str, list[str]], place: int) -> Iterator[None]:
    try:
        yield
    except Invalid as refusal:
        problems.update({f"rows.{place}.{name}": said for name, said in refusal.fields.items()})


def _judged(line: Line, units: Mapping[str, UUID], taken: Mapping[str, str], desk: Desk) -> Judged:
    """`taken` says of every username that is gone why."""
    try:
        draft = drafted(line, units)
        operations.check(draft, desk=desk)
    except Invalid as refusal:
        return Judged(line, None, refusal.fields)
    problems: dict[str, list[str]] = {}
    if draft.username in taken:
        problems["username"] = [taken[draft.username]]
    if draft.password:
        problems["password"] = ["网页上不导入密码，每人用一次性登录条自己设置"]
    return Judged(line, None if problems else draft, problems)


def _read(problems: dict[str, list[str]], field: str, read: Callable[[], T]) -> T | None:
    """What `read` makes of a cell; what it refuses is noted at the field."""
    try:
        return read()
    except Malformed as refusal:
        problems[field] = [refusal.reason]
    except Invalid as refusal:
        problems.update(refusal.fields)
    return None
