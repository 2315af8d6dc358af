"""Keep accounts 账户: create, invite, reset, lock out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.text import Malformed
from config.vocabulary import Kept, Role
from models import Organisation, User, UserRole, UserSession, db, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid, NotFound, WorkLeft
from service.gateways.keyring import new_code, new_token
from service.gateways.passwords import hash_password
from service.gateways.pinyin import reading
from service.operations import grant, restricted
from service.operations.event import record
from service.operations.password import keep
from service.operations.user_session import end_sessions
from service.queries import user as queries
from service.queries.sign_in_slip import code_hash
from service.rules import access
from service.rules import password as password_rules
from service.rules import user as rules
from service.rules.access import Actor
from service.rules.identity import clean_phone

TAKEN = "用户名已经有人使用"
AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDraft:
    """An account to create. Without a password its owner comes in by an invitation."""

    username: str
    name: str
    organisation: UUID
    roles: Collection[Role]
    email: str | None = None
    phone: str | None = None
    password: str | None = None


def create(draft: UserDraft, *, actor: Actor | None, desk: Desk, now: datetime) -> UUID:
    """Create an account with its roles; Invalid names every wrong field.

    `actor` is None when the operator of the machine does it by a command.
    """
    _may_create(actor, desk)
    return enter(draft, hashed(draft, desk=desk), actor=actor, desk=desk, now=now)


def hashed(draft: UserDraft, *, desk: Desk) -> str | None:
    """The draft's password as it is stored, if it has one; Invalid as `check`.

    Slow by design: whoever holds a transaction open around `enter` calls this before.
    """
    check(draft, desk=desk)
    return hash_password(draft.password) if draft.password else None


def enter(
    draft: UserDraft, stored: str | None, *, actor: Actor | None, desk: Desk, now: datetime
) -> UUID:
    """Create the account of a checked draft, its password `hashed` before."""
    _may_create(actor, desk)
    user_id = uuid4()
    with transaction() as session:
        _check_stored(session, draft)
        wanted = frozenset(draft.roles)
        begins_with = grant.given_at_once(session, user_id, wanted, actor=actor)
        session.add(
            User(
                id=user_id,
                username=draft.username,
                name=draft.name,
                organisation_id=draft.organisation,
                email=draft.email,
                phone_sealed=_sealed_phone(draft.phone, user_id, desk),
                password_hash=stored,
                grants=[UserRole(role=role) for role in sorted(begins_with)],
            )
        )
        session.flush()  # the event refers to nobody before
        if actor is not None and begins_with != wanted:
            user = session.get_one(User, user_id)
            grant.ask_for_new(session, user, wanted, actor=actor, now=now)
        keep(session, user_id, stored, now=now)
        record(
            session,
            user_id,
            subject="user",
            action="create",
            actor=actor,
            now=now,
            detail={"roles": sorted(begins_with)},
        )
    return user_id


def _sealed_phone(phone: str | None, user_id: UUID, desk: Desk) -> bytes | None:
    if phone is None:
        return None
    return desk.keyring.seal(clean_phone(phone).encode(), f"user.phone:{user_id}")


def _may_create(actor: Actor | None, desk: Desk) -> None:
    if actor is not None:
        access.require(actor, "user.create", desk.policy.access)


def invite(
    user_id: UUID,
    *,
    actor: Actor | None,
    desk: Desk,
    now: datetime,
    by_link: bool = False,
) -> str:
    """A one-time sign-in code 登录码, as it is printed; it ends after a day.

    It is short enough to be typed or, `by_link`, long enough to stand in an address. It replaces
    an earlier one, and lifts a lock: that counted guesses at what is no more.
    """
    _may_create(actor, desk)
    with transaction() as session:
        user = _one(session, user_id)
        if not user.active:
            raise NotFound("没有这个账户")
        code = _give_code(user, desk=desk, now=now, by_link=by_link)
        record(session, user_id, subject="user", action="invite", actor=actor, now=now)
    return code


def reset(user_id: UUID, *, actor: Actor, desk: Desk, now: datetime, by_link: bool = False) -> str:
    """Take an account's password away 重置密码; a one-time code as `invite` gives.

    Every session of the account ends and a lock is lifted. One's own is not reset this way: the
    session that asks would end with it.
    """
    access.require(actor, "user.reset", desk.policy.access)
    if user_id == actor.user_id:
        raise Conflict("自己的密码请另一位系统管理员重置，或者在服务器上用命令重发链接")
    with transaction() as session:
        user = _one(session, user_id)
        if not user.active:
            raise Conflict("这个账户已经停用，请先启用")
        user.password_hash = None
        code = _give_code(user, desk=desk, now=now, by_link=by_link)
        end_sessions(session, user_id, now)
        record(session, user_id, subject="user", action="reset", actor=actor, now=now)
    return code


def _give_code(user: User, *, desk: Desk, now: datetime, by_link: bool) -> str:
    code = new_token() if by_link else new_code(rules.CODE_ALPHABET, rules.CODE_LENGTH)
    user.failure_count, user.locked_until = 0, None
    user.invite_hash = code_hash(code)
    user.invite_expires_at = now + desk.policy.sign_in.invite
    return code if by_link else rules.grouped(code)


def disable(user_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Close an account 停用: its sessions and its code end at once.

    Conflict for oneself and for the last system administrator who could let anybody in again;
    WorkLeft while open disputes are in the person's hands: `hand_over.close` gives them to others.
    """
    access.require(actor, "user.disable", desk.policy.access)
    if user_id == actor.user_id:
        raise Conflict("不能停用自己的账户")
    with transaction() as session:
        administrators = _administrators(session)
        user = _one(session, user_id)
        if not user.active:
            return
        if administrators == {user_id}:
            raise Conflict("这是最后一个在用的系统管理员，不能停用")
        _refuse_with_work(user_id)
        user.active = False
        user.invite_hash, user.invite_expires_at = None, None
        end_sessions(session, user_id, now)
        restricted.end_glasses_of(session, user_id, (), actor=actor, desk=desk, now=now)
        record(session, user_id, subject="user", action="disable", actor=actor, now=now)


def _refuse_with_work(user_id: UUID) -> None:
    """The account is locked, so nothing new is given to the person meanwhile."""
    left = queries.carried_by_class(user_id)
    if sum(left.values()):
        raise WorkLeft(left)


def enable(user_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Open a closed account again 启用; the password it had still holds."""
    access.require(actor, "user.disable", desk.policy.access)
    with transaction() as session:
        user = _one(session, user_id)
        if user.active:
            return
        # held as in _check_stored
        unit = session.get_one(Organisation, user.organisation_id, with_for_update={"read": True})
        if not unit.active:
            raise Conflict("这个账户的单位已经停用，请先恢复单位")
        user.active = True
        user.failure_count, user.locked_until = 0, None
        record(session, user_id, subject="user", action="enable", actor=actor, now=now)


def unlock(user_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Lift the lock 解锁 that wrong passwords brought about."""
    access.require(actor, "user.reset", desk.policy.access)
    with transaction() as session:
        user = _one(session, user_id)
        if not user.failure_count:
            return
        user.failure_count, user.locked_until = 0, None
        record(session, user_id, subject="user", action="unlock", actor=actor, now=now)


def _one(session: Session, user_id: UUID) -> User:
    """The account of a person, locked; the one a program acts in is nobody's to open."""
    user = session.get(User, user_id, with_for_update=True)
    if user is None or any(grant.role is Role.PLATFORM for grant in user.grants):
        raise NotFound("没有这个账户")
    return user


def forget_sessions(*, desk: Desk, now: datetime) -> int:
    """Delete sessions that ended so long ago as the policy keeps them; how many there were.

    That somebody was signed in stands in the trail; at most 500 go at a time.
    """
    kept = timedelta(days=desk.policy.retention.all[Kept.SESSION].length)
    old = sa.select(UserSession.id).where(UserSession.expires_at < now - kept).limit(AT_ONCE)
    found = db.session.scalars(old).all()
    if found:
        with transaction() as session:
            session.execute(sa.delete(UserSession).where(UserSession.id.in_(found)))
    return len(found)


def _administrators(session: Session) -> set[UUID]:
    """Who may let others in, held still: two of them cannot close each other's account at once."""
    holders = sa.select(UserRole.user_id).where(UserRole.role == Role.SYSADMIN)
    return set(
        session.scalars(
            sa.select(User.id)
            .where(User.active, User.id.in_(holders))
            .order_by(User.id)
            .with_for_update()
        )
    )


def check(draft: UserDraft, *, desk: Desk) -> None:
    """Invalid names every field of the draft that could be written in no database."""
    found = {
        "username": rules.username_problem(draft.username),
        "name": None if draft.name else "请填写姓名",
        "roles": rules.roles_problem(draft.roles),
        "email": rules.email_problem(draft.email) if draft.email else None,
        "phone": _phone_problem(draft.phone) if draft.phone else None,
        "password": password_rules.problem(
            draft.password,
            username=draft.username,
            policy=desk.policy.passwords,
            known=(draft.name, reading(draft.name)),
        )
        if draft.password
        else None,
    }
    problems = {field: [problem] for field, problem in found.items() if problem}
    if problems:
        raise Invalid(problems)


def _phone_problem(phone: str) -> str | None:
    try:
        clean_phone(phone)
    except Malformed as refusal:
        return refusal.reason
    return None


def _check_stored(session: Session, draft: UserDraft) -> None:
    problems: dict[str, list[str]] = {}
    if session.scalar(sa.select(User.id).where(User.username == draft.username)) is not None:
        problems["username"] = [TAKEN]
    # held: a unit is not given up while somebody is hired there
    unit = session.get(Organisation, draft.organisation, with_for_update={"read": True})
    if unit is None or not unit.active:
        problems["organisation"] = ["没有这个单位"]
    if problems:
        raise Invalid(problems)
