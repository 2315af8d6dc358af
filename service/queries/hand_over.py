"""What somebody who leaves still has in hand 交接: number, category, unit and stage alone."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from config.access import Reach
from config.vocabulary import DisputeStatus, Role
from models import Dispute, Notice, Organisation, ShiftNote, User, UserRole, db
from service.desk import Desk
from service.errors import NotFound
from service.queries import sight
from service.rules import access
from service.rules.access import Actor, Scope
from service.rules.dispute import ENDED


@dataclass(frozen=True, slots=True)
class Carried:
    """One open dispute of somebody who leaves."""

    id: UUID
    number: str
    category: str
    status: DisputeStatus
    due_on: date | None
    due_paused: bool
    restricted: bool
    organisation_id: UUID | None
    organisation: str


@dataclass(frozen=True, slots=True)
class Successor:
    """Somebody who may take over what is at their unit."""

    id: UUID
    name: str
    organisation_id: UUID


@dataclass(frozen=True, slots=True)
class InHand:
    """Everything open of one person; only the disputes have to be handed over."""

    disputes: list[Carried]
    unread_notices: int
    open_shift_notes: int

    @property
    def restricted(self) -> int:
        """How many of the disputes only the director may give to somebody."""
        return sum(each.restricted for each in self.disputes)


@sight.whole("handing over")
def in_hand(user_id: UUID, *, actor: Actor, desk: Desk) -> InHand:
    """What the person has in hand; NotFound for somebody the actor's rights do not reach."""
    scope = access.scope(actor, "user.hand_over", desk.policy.access)
    home = db.session.scalar(sa.select(User.organisation_id).where(User.id == user_id))
    if home is None or not reaches(scope, home):
        raise NotFound("没有找到这个账户")
    notices = sa.select(sa.func.count()).where(Notice.user_id == user_id, Notice.read_at.is_(None))
    notes = sa.select(sa.func.count()).where(
        ShiftNote.written_by == user_id, ShiftNote.taken_by.is_(None)
    )
    return InHand(carried(user_id), db.session.scalar(notices) or 0, db.session.scalar(notes) or 0)


def reaches(scope: Scope, organisation_id: UUID) -> bool:
    """Whether `scope` reaches the people of an organisation."""
    town = Reach.TOWN in scope.reach and access.is_of_town(scope.actor, organisation_id)
    return Reach.ALL in scope.reach or town


@sight.whole("handing over")
def carried(user_id: UUID) -> list[Carried]:
    """The open disputes the person mediates, what is due first in front."""
    found = db.session.execute(
        sa.select(
            Dispute.id,
            Dispute.number,
            Dispute.category,
            Dispute.status,
            Dispute.due_on,
            Dispute.due_paused,
            Dispute.restricted,
            Dispute.organisation_id,
            sa.func.coalesce(Organisation.name, Dispute.office_text, ""),
        )
        .outerjoin(Organisation, Organisation.id == Dispute.organisation_id)
        .where(Dispute.mediator_id == user_id, Dispute.status.not_in(ENDED))
        .order_by(Dispute.due_on.is_(None), Dispute.due_on, Dispute.number)
    )
    return [Carried(*row) for row in found]


def successors(user_id: UUID, disputes: list[Carried]) -> list[Successor]:
    """Who may take over some of these: active mediators of the units that handle them."""
    units = {each.organisation_id for each in disputes if each.organisation_id}
    own = sa.select(User.organisation_id).where(User.id == user_id).scalar_subquery()
    found = db.session.execute(
        sa.select(User.id, User.name, User.organisation_id)
        .join(UserRole, (UserRole.user_id == User.id) & (UserRole.role == Role.MEDIATOR))
        .where(
            User.active,
            User.id != user_id,
            User.organisation_id.in_(units) | (User.organisation_id == own),
        )
        .order_by(User.name, User.id)
    )
    return [Successor(*row) for row in found]
