"""Look at merges 并案: what one would do, what was merged, where a merged one leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import DisputeStatus
from models import Dispute, Merge, Organisation, Party, User, db
from service.desk import Desk
from service.errors import Forbidden, Invalid, NotFound
from service.gateways.keyring import FieldKey
from service.queries import dispute as disputes
from service.queries import party, sight
from service.queries.access import in_full, visible
from service.queries.dispute import DisputeView, Opened
from service.queries.merge_rule import RULES, Fate, MergeRule
from service.rules import access
from service.rules import merge as rules
from service.rules.access import Actor

ACTION: Final = "dispute.merge"
UNKNOWN: Final = "没有这个编号，请核对"
UNTOLD: Final = frozenset(
    {"event", "audit_entry", "erasure_item", "text_duty", "clock_change", "clock_step"}
)
NO_MERGE: Final = "没有找到这次并案"


@dataclass(frozen=True, slots=True)
class Going:
    """What becomes of one table: how many rows there are, and by which rule."""

    rule: MergeRule
    count: int
    stay: int

    @property
    def go(self) -> int:
        """How many may go to the one that remains."""
        return self.count - self.stay


@dataclass(frozen=True, slots=True)
class Compared:
    """Two disputes side by side, and what a merge would do; `obstacle`: why it cannot be."""

    into: DisputeView
    gone: DisputeView
    going: tuple[Going, ...]
    twins: tuple[tuple[str, str], ...]
    obstacle: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedView:
    """A dispute that went into another, as who may read that one sees it."""

    merge_id: UUID
    id: UUID
    number: str
    category: str
    registered_on: date
    narrative: str
    place: str
    facts: dict[str, Any]
    amount_fen: int | None
    people_count: int | None
    occurred_on: date | None
    merged_at: datetime
    merged_by: str
    reason: str
    undone_until: date
    directly: bool


@dataclass(frozen=True, slots=True)
class Leads:
    """Where a merged dispute leads; `id` only for who may read that one."""

    number: str
    organisation: str | None
    status: DisputeStatus
    id: UUID | None


def reason_place(merge_id: UUID) -> str:
    """Where the reason of a merge is sealed for."""
    return f"merge.reason:{merge_id}"


def undo_place(merge_id: UUID) -> str:
    """Where the reason of its undoing is."""
    return f"merge.undo:{merge_id}"


def mergeable(number: str, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """The dispute of a number that the actor may merge and read in full; Invalid at `number`."""
    scopes = [access.require(actor, ACTION, desk.policy.access)]
    scopes.append(access.scope(actor, "dispute.read", desk.policy.access))
    found = db.session.scalar(
        sa.select(Dispute.id).where(
            Dispute.number == number,
            Dispute.erased_at.is_(None),
            *(in_full(scope, now) for scope in scopes),
        )
    )
    if found is None:
        raise Invalid({"number": [UNKNOWN]})
    return found


def keys(
    dispute_id: UUID, gone_id: UUID, *, actor: Actor, desk: Desk, now: datetime
) -> tuple[FieldKey, FieldKey]:
    """The keys of both; NotFound or Forbidden for who may not read them."""
    told: dict[str, Any] = {"actor": actor, "desk": desk, "now": now}
    into, gone = (disputes.opened(each, **told) for each in (dispute_id, gone_id))
    if into.key is None or gone.key is None:
        raise Forbidden("这件纠纷不由您办理")
    return into.key, gone.key


def gone_of(dispute_id: UUID, merge_id: UUID) -> UUID:
    """Which dispute went into this one by that merge; NotFound when none did."""
    found = db.session.scalar(
        sa.select(Merge.merged_id).where(Merge.id == merge_id, Merge.dispute_id == dispute_id)
    )
    if found is None:
        raise NotFound(NO_MERGE)
    return found


def compare(dispute_id: UUID, number: str, *, actor: Actor, desk: Desk, now: datetime) -> Compared:
    """The two beside each other. Raises as the merge would."""
    told: dict[str, Any] = {"actor": actor, "desk": desk, "now": now}
    gone_id = mergeable(number, **told)
    if gone_id == dispute_id:
        raise Invalid({"number": ["不能并入自己"]})
    into, gone = disputes.opened(dispute_id, **told), disputes.opened(gone_id, **told)
    if ACTION not in into.may or into.key is None or gone.key is None:
        raise Forbidden("这件纠纷不由您办理")
    sides = (rules.Side(e.view.number, e.view.status, e.view.restricted) for e in (into, gone))
    twins = _twins(into, gone)
    return Compared(
        into.view,
        gone.view,
        tuple(_without(each, len(twins)) for each in _going(gone_id) if each.count),
        twins,
        rules.obstacle(*sides),
    )


def of_opened(opened: Opened, *, desk: Desk) -> list[MergedView]:
    """What went into a dispute that was opened in full, the first to come first."""
    if opened.key is None:
        return []
    found = db.session.execute(
        sa.select(Dispute, Merge, User.name)
        .join(Merge, sa.and_(Merge.merged_id == Dispute.id, Merge.undone_at.is_(None)))
        .join(User, User.id == Merge.merged_by)
        .where(Dispute.merged_into_id == opened.view.id)
        .order_by(Merge.merged_at, Dispute.number)
    )
    return [_merged(row, opened, desk) for row in found]


@sight.whole("the number a merged one leads to")
def leads(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> Leads | None:
    """Where a merged dispute leads; None of one that was not. The caller may see the merged one."""
    into = sa.select(Dispute.merged_into_id).where(Dispute.id == dispute_id)
    scope = access.scope(actor, "dispute.read", desk.policy.access)
    row = db.session.execute(
        sa.select(
            Dispute.id,
            Dispute.number,
            Dispute.status,
            sa.func.coalesce(Organisation.name, Dispute.office_text).label("organisation"),
            sa.case((visible(scope, now), 1), else_=0).label("seen"),
        )
        .outerjoin(Organisation, Organisation.id == Dispute.organisation_id)
        .where(Dispute.id == into.scalar_subquery())
    ).one_or_none()
    if row is None:
        return None
    return Leads(row.number, row.organisation, row.status, row.id if row.seen else None)


def _merged(row: Any, opened: Opened, desk: Desk) -> MergedView:
    gone, made, by = row
    key = desk.keyring.field_key(gone.sealed_key, f"dispute:{gone.id}")
    directly = made.dispute_id == opened.view.id and opened.key is not None
    told = key.open_optional(gone.narrative_sealed, f"dispute.narrative:{gone.id}")
    place = key.open_optional(gone.place_sealed, f"dispute.place:{gone.id}")
    reason = opened.key.open(made.reason_sealed, reason_place(made.id)) if directly else ""  # type: ignore[union-attr]  # `directly` says it is there
    return MergedView(
        merge_id=made.id,
        id=gone.id,
        number=gone.number,
        category=gone.category,
        registered_on=gone.registered_on,
        narrative=gone.narrative or told or "",
        place="　".join(filter(None, (gone.village, place))),
        facts=gone.facts,
        amount_fen=gone.amount_fen,
        people_count=gone.people_count,
        occurred_on=gone.occurred_on,
        merged_at=made.merged_at,
        merged_by=by,
        reason=reason,
        undone_until=rules.last_day(desk.today(made.merged_at)),
        directly=directly,
    )


@sight.whole("merging")
def _going(gone_id: UUID) -> list[Going]:
    """What belongs to the one that would go, by rule; what is in nobody's sight is counted too."""
    asked = [
        sa.select(
            sa.literal(place).label("place"), sa.func.count(), sa.func.count(sa.case((goes, 1)))
        )
        .select_from(rule.table)
        .where(*rule.of(gone_id))
        for place, rule in enumerate(RULES)
        if rule.holder is not None and rule.fate is not Fate.REMAKE and not _is_trail(rule)
        for goes in [sa.and_(sa.true(), *rule.which) if rule.goes else sa.false()]
    ]
    found = db.session.execute(sa.union_all(*asked)).all()
    return [Going(RULES[place], count, count - go) for place, count, go in sorted(found)]


def _without(going: Going, twins: int) -> Going:
    """Of the people those stay who stand in both."""
    is_party = going.rule.table is Party
    return Going(going.rule, going.count, twins) if is_party else going


def _is_trail(rule: MergeRule) -> bool:
    """What no merge touches, or what goes with its clock: nobody has to be told of it."""
    return rule.table.__tablename__ in UNTOLD


def _twins(into: Opened, gone: Opened) -> tuple[tuple[str, str], ...]:
    """The same people as they are shown: of the one that remains, and of the one that goes."""
    ours, theirs = (_parties(each) for each in (into, gone))
    same = rules.twins([each for each, _ in ours], [each for each, _ in theirs])
    return tuple((ours[mine][1], theirs[place][1]) for place, mine in same.items())


def _parties(opened: Opened) -> Sequence[tuple[rules.Identity, str]]:
    rows = db.session.scalars(
        sa.select(Party).where(Party.dispute_id == opened.view.id).order_by(Party.position)
    )
    names = {each.id: each.name for each in opened.view.parties}
    return [
        (party.identity_of(each, opened.key), names.get(each.id, "")) for each in rows if opened.key
    ]
