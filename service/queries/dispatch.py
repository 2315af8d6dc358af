"""Look at what waits to be sent on 待分派: what the rules propose, and who gave it back."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import Step
from models import Dispute, Event, Organisation, Route, db
from service.desk import Desk
from service.queries.access import in_full, visible
from service.queries.dispute import told_of
from service.rules import access
from service.rules.access import Actor

BOUNCED: Final = "handover-bounce"  # nobody answered, so it went back by itself
UNANSWERED: Final = "到时没有签收，自动退回"


@dataclass(frozen=True, slots=True)
class Returned:
    """Who gave a dispute back 退回 last and why, and how often that has happened."""

    by: str
    reason: str
    times: int


def proposals(
    dispute_ids: Collection[UUID], *, actor: Actor, desk: Desk, now: datetime
) -> Mapping[UUID, dict[str, Any]]:
    """The newest answer of the rules for each of the disputes that the viewer may read.

    Of a sealed one it says where it goes, not on which facts that rests.
    """
    scope = access.scope(actor, "dispute.read", desk.policy.access)
    full = sa.case((in_full(scope, now), 1), else_=0)
    found = db.session.execute(
        sa.select(Route.dispute_id, Route.answer, full.label("full"))
        .join(Dispute, Dispute.id == Route.dispute_id)
        .where(Route.dispute_id.in_(dispute_ids), visible(scope, now))
        .order_by(Route.routed_at, Route.id.desc())  # the last one of each is kept
    )
    return {row.dispute_id: told_of(row.answer, sealed=not row.full) for row in found}


def returns(
    dispute_ids: Collection[UUID], *, actor: Actor, desk: Desk, now: datetime
) -> Mapping[UUID, Returned]:
    """Those of the disputes that came back, as far as the viewer may read them.

    Why a sealed one did is not told.
    """
    scope = access.scope(actor, "dispute.read", desk.policy.access)
    full = sa.case((in_full(scope, now), 1), else_=0)
    found = db.session.execute(
        sa.select(
            Event.subject_id,
            Event.action,
            Event.detail,
            Event.reason,
            Event.reason_sealed,
            Organisation.name.label("unit"),
            Dispute.sealed_key,
            full.label("full"),
        )
        .join(Dispute, Dispute.id == Event.subject_id)
        .outerjoin(Organisation, Organisation.id == Event.organisation_id)
        .where(
            Event.subject == "dispute",
            Event.subject_id.in_(dispute_ids),
            Event.action.in_((Step.RETURN.value, BOUNCED)),
            visible(scope, now),
        )
        .order_by(Event.id)
    ).all()
    last = {row.subject_id: row for row in found}
    times = Counter(row.subject_id for row in found)
    bounced = [each.detail["organisation"] for each in last.values() if each.action == BOUNCED]
    names = _names(bounced)
    return {
        each: Returned(
            names.get(row.detail.get("organisation"), "") if row.unit is None else row.unit,
            UNANSWERED if row.action == BOUNCED else _reason(row, desk),
            times[each],
        )
        for each, row in last.items()
    }


def _names(organisation_ids: Collection[str]) -> Mapping[str, str]:
    """The names of units by their written ids; nothing is asked where there are none."""
    if not organisation_ids:
        return {}
    wanted = sa.select(Organisation.id, Organisation.name).where(
        Organisation.id.in_([UUID(each) for each in organisation_ids])
    )
    return {str(each.id): each.name for each in db.session.execute(wanted)}


def _reason(row: Any, desk: Desk) -> str:
    if not row.full:
        return ""
    if row.reason_sealed is None:
        return row.reason or ""
    key = desk.keyring.field_key(row.sealed_key, f"dispute:{row.subject_id}")
    return key.open(row.reason_sealed, f"event.reason:{row.subject_id}")
