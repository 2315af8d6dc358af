"""Keep the members 成员单位 of a centre: take one in, change its terms and what it takes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from config.access import Reach
from config.vocabulary import OrganisationKind, SeatKind
from models import Membership, Organisation, Seat, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid, NotFound, Stale
from service.operations.event import record
from service.operations.load import changed_since
from service.rules import access
from service.rules.access import Actor, Scope

GONE: Final = "没有找到这个成员单位"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms a unit is a member; `weekdays` are 1 to 7, of a rotating seat alone."""

    joined_on: date
    left_on: date | None = None
    inside_town: bool = True
    duty_phone: str | None = None
    takes: Collection[str] | None = None
    seat: SeatKind = SeatKind.ON_CALL
    weekdays: Collection[int] = ()

    @property
    def days(self) -> str:
        """The weekdays as the table keeps them: "135"."""
        return "".join(str(each) for each in sorted(set(self.weekdays)))

    @property
    def columns(self) -> dict[str, Any]:
        """What of it stands in the row of the membership."""
        return {
            "joined_on": self.joined_on,
            "left_on": self.left_on,
            "inside_town": self.inside_town,
            "duty_phone": self.duty_phone,
            "takes": sorted(set(self.takes)) if self.takes else None,
        }


def take_in(
    organisation_id: UUID, terms: Terms, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """Make an organisation a member of the caller's centre; Conflict when it is one already."""
    scope = access.require(actor, "member.manage", desk.policy.access)
    with transaction() as session:
        unit = session.get(Organisation, organisation_id, with_for_update={"key_share": True})
        if unit is None or not unit.active or not _may_become(scope, unit):
            raise Invalid({"organisation": ["请选择一个在用的单位"]})
        if _row(session, organisation_id) is not None:
            raise Conflict("这个单位已经是成员单位")
        _check(terms, desk)
        row = Membership(
            id=uuid4(),
            organisation_id=organisation_id,
            centre_id=actor.organisation_id,
            refuses={},
            **terms.columns,
        )
        session.add(row)
        session.flush()
        _sit(session, organisation_id, terms, terms.joined_on)
        _note(session, row, "join", actor=actor, now=now)


def change(
    organisation_id: UUID,
    terms: Terms,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Change the terms; how the unit sat until yesterday stays as it was.

    Stale when the membership is no longer at `version`, Invalid at the field that cannot be so.
    """
    with transaction() as session:
        row = _held(session, organisation_id, version, actor=actor, desk=desk)
        _check(terms, desk)
        if set(terms.takes or ()) & set(row.refuses):
            raise Invalid({"takes": ["有的类别已经写了不受理，请先取消不受理"]})
        new = terms.columns
        changed = sorted(name for name, value in new.items() if getattr(row, name) != value)
        for name in changed:
            setattr(row, name, new[name])
        if _sit(session, organisation_id, terms, max(desk.today(now), terms.joined_on)):
            changed.append("seat")
            flag_modified(row, "inside_town")
        if changed:
            session.flush()
            about = {"fields": changed}
            _note(session, row, "change", actor=actor, now=now, detail=about)


def refuse(
    organisation_id: UUID,
    category: str,
    *,
    words: str,
    go_to: OrganisationKind | None,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Note that a unit does not take a category, why, and who does."""
    with transaction() as session:
        row = _held(session, organisation_id, version, actor=actor, desk=desk)
        if category not in desk.policy.categories.by_code:
            raise Invalid({"category": ["没有这个类别"]})
        if category in (row.takes or ()):
            raise Invalid({"category": ["这个类别写了受理，请先在“只受理”里取消"]})
        said = {"words": words, "go_to": go_to.value if go_to else None}
        row.refuses = row.refuses | {category: said}
        session.flush()
        about = {"fields": ["refuses"], "category": category}
        _note(session, row, "scope", actor=actor, now=now, detail=about)


def take_again(
    organisation_id: UUID, category: str, *, version: int, actor: Actor, desk: Desk, now: datetime
) -> None:
    """A unit takes a category again; NotFound when it never refused it."""
    with transaction() as session:
        row = _held(session, organisation_id, version, actor=actor, desk=desk)
        if category not in row.refuses:
            raise NotFound("没有这一条不受理")
        row.refuses = {each: said for each, said in row.refuses.items() if each != category}
        session.flush()
        about = {"fields": ["refuses"], "category": category}
        _note(session, row, "scope", actor=actor, now=now, detail=about)


def reaches(scope: Scope, row: Membership) -> bool:
    """Whether a right reaches a member, as `queries.member.reached` asks it."""
    actor = scope.actor
    places = (row.organisation_id, row.centre_id)
    if Reach.TOWN in scope.reach and any(access.is_of_town(actor, each) for each in places):
        return True
    return Reach.ORGANISATION in scope.reach and row.organisation_id in actor.homes


def held(session: Session, organisation_id: UUID, scope: Scope, *, gone: str = GONE) -> Membership:
    """The membership of an organisation, locked; NotFound, as `gone`, when none is within reach."""
    row = _row(session, organisation_id)
    if row is None or not reaches(scope, row):
        raise NotFound(gone)
    return row


def _held(
    session: Session, organisation_id: UUID, version: int, *, actor: Actor, desk: Desk
) -> Membership:
    scope = access.require(actor, "member.manage", desk.policy.access)
    row = held(session, organisation_id, scope)
    if row.version != version:
        raise Stale(changed_since(session, row.id, version))
    return row


def _row(session: Session, organisation_id: UUID) -> Membership | None:
    found: Membership | None = session.scalar(
        sa.select(Membership)
        .where(Membership.organisation_id == organisation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


def _may_become(scope: Scope, unit: Organisation) -> bool:
    """Units of the town, and those from outside: under no unit of anybody's town."""
    return access.is_of_town(scope.actor, unit.id) or unit.parent_id is None


def _check(terms: Terms, desk: Desk) -> None:
    problems: dict[str, list[str]] = {}
    if terms.left_on is not None and terms.left_on < terms.joined_on:
        problems["left_on"] = ["退出的日期不能早于加入的日期"]
    if set(terms.takes or ()) - set(desk.policy.categories.by_code):
        problems["takes"] = ["有的类别不存在，请重新选择"]
    if (terms.seat is SeatKind.ROTATING) != bool(terms.weekdays):
        rotates = terms.seat is SeatKind.ROTATING
        said = "请选择星期几轮驻" if rotates else "只有轮驻才选星期几"
        problems["weekdays"] = [said]
    if problems:
        raise Invalid(problems)


def _sit(session: Session, organisation_id: UUID, terms: Terms, day: date) -> bool:
    """From `day` on it sits so; whether that is new. What began on or after `day` gives way."""
    last = session.scalar(
        sa.select(Seat).where(Seat.organisation_id == organisation_id, Seat.until_on.is_(None))
    )
    _reach_back(session, organisation_id, terms.joined_on)
    if last is not None and (last.kind, last.weekdays) == (terms.seat, terms.days):
        return False
    if last is not None and last.from_on >= day:
        last.kind, last.weekdays = terms.seat, terms.days
        return True
    if last is not None:
        last.until_on = day - timedelta(days=1)
        session.flush()
    session.add(
        Seat(
            id=uuid4(),
            organisation_id=organisation_id,
            kind=terms.seat,
            weekdays=terms.days,
            from_on=day,
        )
    )
    return True


def _reach_back(session: Session, organisation_id: UUID, joined_on: date) -> None:
    """The first seat holds from the first day, also where that turns out to be earlier."""
    first = session.scalar(
        sa.select(Seat)
        .where(Seat.organisation_id == organisation_id)
        .order_by(Seat.from_on)
        .limit(1)
    )
    if first is not None and first.from_on > joined_on:
        first.from_on = joined_on
        session.flush()


def _note(
    session: Session,
    row: Membership,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    record(
        session,
        row.id,
        subject="member",
        action=action,
        actor=actor,
        now=now,
        version=row.version,
        detail=(detail or {}) | {"organisation": str(row.organisation_id)},
    )
