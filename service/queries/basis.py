"""Look at what data of a dispute is processed on 处理依据, and whose consent is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from config.privacy import Duty
from config.vocabulary import BasisGround, ConsentForm
from models import Basis, User, db
from service.desk import Desk
from service.gateways.keyring import FieldKey
from service.queries.dispute import Opened


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisView:
    """One basis; parties by their id, as the dispute shows them. A duty is told by its law."""

    id: UUID | None
    ground: BasisGround
    duty: Duty | None = None
    party: UUID | None = None
    given_by: UUID | None = None
    form: ConsentForm | None = None
    scope: str | None = None
    obtained_on: date | None = None
    recorded_by: str | None = None
    recorded_at: datetime | None = None
    withdrawn_on: date | None = None
    withdrawal: str | None = None


def of_dispute(opened: Opened, desk: Desk) -> list[BasisView]:
    """The bases of a dispute, the duty first. One from before they were kept has the default."""
    key = opened.key
    if key is None:  # a sealed view tells nothing of the people
        return []
    found = db.session.execute(
        sa.select(Basis, User.name)
        .outerjoin(User, User.id == Basis.recorded_by)
        .where(Basis.dispute_id == opened.view.id)
        .order_by(Basis.recorded_at, Basis.id)
    )
    views = [_view(each, name, key, desk) for each, name in found]
    if not any(each.ground is BasisGround.STATUTORY for each in views):
        views.append(
            BasisView(id=None, ground=BasisGround.STATUTORY, duty=desk.policy.privacy.default)
        )
    return sorted(views, key=lambda each: each.ground is not BasisGround.STATUTORY)


def without_consent(opened: Opened, bases: Iterable[BasisView]) -> list[int]:
    """Places of the children under fourteen for whom no guardian's consent stands."""
    given = {
        each.party
        for each in bases
        if each.ground is BasisGround.GUARDIAN and each.withdrawn_on is None
    }
    return [place for place in opened.children if opened.view.parties[place].id not in given]


def _view(basis: Basis, recorder: str | None, key: FieldKey, desk: Desk) -> BasisView:
    return BasisView(
        id=basis.id,
        ground=basis.ground,
        duty=desk.policy.privacy.duty(basis.code) if basis.code else None,
        party=basis.party_id,
        given_by=basis.given_by_id,
        form=basis.form,
        scope=key.open_optional(basis.scope_sealed, f"basis.scope:{basis.id}"),
        obtained_on=basis.obtained_on,
        recorded_by=recorder,
        recorded_at=basis.recorded_at,
        withdrawn_on=basis.withdrawn_on,
        withdrawal=key.open_optional(basis.withdrawal_sealed, f"basis.withdrawal:{basis.id}"),
    )
