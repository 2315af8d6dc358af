"""Look at the first-run set-up 初始设置: what the centre has, and what it still lacks."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa

from config.policy import HomePolicy, Policy
from config.vocabulary import OrganisationKind, Role
from models import Event, Organisation, User, UserRole, db
from service.queries import rulebook
from service.queries.user import PERSON
from service.rules import setup as rules

SUBJECT: Final = "setup"
# without somebody in each of these no dispute goes its way
NEEDED: Final = (Role.WINDOW, Role.DIRECTOR, Role.MEDIATOR)


@dataclass(frozen=True, slots=True)
class SetupView:
    """How far the set-up is: `lacking` must be mended, `kinds` are worth a look.

    `told`: the administrator has said what the centre is called, where it is and its telephone.
    """

    finished: bool
    told: bool
    units: int
    accounts: int
    lacking: tuple[Role, ...]
    kinds: tuple[OrganisationKind, ...]


def state(policy: Policy, today: date) -> SetupView:
    """What is there, what is missing, and the kinds the rules lead to that no unit is of."""
    kinds = set(db.session.scalars(sa.select(Organisation.kind).where(Organisation.active)))
    led = rules.kinds_led(rulebook.in_force(policy.rulebook).on(today), today)
    others = sa.select(sa.func.count()).where(Organisation.active, Organisation.prefix.is_(None))
    accounts = sa.select(sa.func.count()).where(User.active, PERSON)
    return SetupView(
        finished=is_finished(),
        told=_told(policy.home),
        units=db.session.scalar(others) or 0,
        accounts=db.session.scalar(accounts) or 0,
        lacking=_lacking(),
        kinds=tuple(kind for kind in OrganisationKind if kind in led - kinds),
    )


def is_unfinished() -> bool:
    """Whether an administrator who signs in should be led to the set-up."""
    return bool(_lacking()) and not is_finished()


def unsaid(home: HomePolicy) -> frozenset[str]:
    """Which of the centre's `name` and `prefix` nobody has told yet."""
    found = db.session.scalar(sa.select(Organisation).where(Organisation.prefix.is_not(None)))
    if found is None:
        return frozenset({"name", "prefix"})
    return rules.unsaid(
        name=found.name,
        prefix=found.prefix,
        address=found.address,
        version=found.version,
        home=home,
    )


def _told(home: HomePolicy) -> bool:
    placed = sa.select(Organisation.id).where(
        Organisation.prefix.is_not(None),
        Organisation.address.is_not(None),
        Organisation.phone.is_not(None),
    )
    return not unsaid(home) and db.session.scalar(placed) is not None


def is_finished() -> bool:
    """Whether an administrator has said that the set-up is done."""
    return bool(db.session.scalar(sa.select(sa.exists().where(Event.subject == SUBJECT))))


def _lacking() -> tuple[Role, ...]:
    held = set(
        db.session.scalars(
            sa.select(UserRole.role)
            .join(User, User.id == UserRole.user_id)
            .where(User.active, UserRole.role.in_(NEEDED))
            .distinct()
        )
    )
    return tuple(role for role in NEEDED if role not in held)
