"""A small made-up town for tests of figures: units, people, disputes with their episodes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from config.vocabulary import (
    Channel,
    DisputeStatus,
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStatus,
    OrganisationKind,
    Outcome,
    Role,
    Source,
    WithdrawalCause,
)
from models import (
    Dispute,
    Episode,
    Lawsuit,
    Organisation,
    Subscription,
    User,
    UserRole,
    transaction,
)
from service.rules.access import Actor

K, L = OrganisationKind, LawsuitOutcome


@dataclass(frozen=True)
class Stretch:
    """One episode: opened, and closed with an outcome or not."""

    opened_on: date
    closed_on: date | None = None
    outcome: Outcome | None = None


@dataclass
class Town:
    """The ids of what was made; every method is a transaction of its own."""

    centre: UUID = field(default_factory=uuid4)
    committee: UUID = field(default_factory=uuid4)
    station: UUID = field(default_factory=uuid4)
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        rows = (
            (self.centre, K.GOVERNANCE_CENTRE, "柳溪镇综治中心", "LXZ"),
            (self.committee, K.PEOPLE_MEDIATION_COMMITTEE, "柳溪镇人民调解委员会", None),
            (self.station, K.POLICE_STATION, "柳溪派出所", None),
        )
        with transaction() as session:
            session.add_all(
                Organisation(id=key, kind=kind, name=name, prefix=prefix, position=place)
                for place, (key, kind, name, prefix) in enumerate(rows)
            )

    def user(self, role: Role, organisation: UUID | None = None, email: str | None = None) -> Actor:
        """Somebody with one role, as an actor."""
        key = uuid4()
        home = organisation or self.centre
        with transaction() as session:
            user = User(id=key, username=key.hex, name="某某", organisation_id=home, email=email)
            user.grants = [UserRole(role=role)]
            session.add(user)
        return Actor(key, "某某", home, frozenset({role}))

    def subscriber(self, email: str) -> Actor:
        """A leader who gets the letter."""
        leader = self.user(Role.LEADER, email=email)
        with transaction() as session:
            session.add(Subscription(user_id=leader.user_id, email=email))
        return leader

    def dispute(self, *stretches: Stretch, organisation: UUID | None = None, **more: Any) -> UUID:
        """A dispute with its episodes; what is not named is ordinary."""
        first, last, key = stretches[0], stretches[-1], uuid4()
        restricted = more.pop("restricted", False)
        given = {
            "category": "neighbour",
            "channel": Channel.PEOPLE,
            "source": Source.WALK_IN,
            "organisation_id": organisation,
            "status": DisputeStatus.CLOSED if last.closed_on else DisputeStatus.REGISTERED,
        } | more
        with transaction() as session:
            session.add(
                Dispute(
                    id=key,
                    number=f"LXZ-{next(self.numbers):05d}",
                    code_sealed=b"-",
                    sealed_key=b"-",
                    registered_at=datetime.combine(first.opened_on, time(4), UTC),
                    registered_on=first.opened_on,
                    registered_at_organisation_id=self.centre,
                    restricted=restricted,
                    narrative=None if restricted else "院墙滴水，起了口角",
                    narrative_sealed=b"-" if restricted else None,
                    outcome=last.outcome,
                    closed_on=last.closed_on,
                    due_rule="ADM.DEFAULT" if given.get("due_on") else None,
                    **given,
                )
            )
            session.flush()
            session.add_all(_episodes(key, stretches))
        return key

    def lawsuit(self, served_on: date, **more: Any) -> UUID:
        """A first-instance suit against the station; `withdrawal_cause` withdraws it."""
        key = uuid4()
        cause: WithdrawalCause | None = more.get("withdrawal_cause")
        recorder = self.user(Role.LEGAL)
        decided = more.get("decided_on") is not None
        given = {
            "procedure": LawsuitProcedure.LITIGATION,
            "instance": LawsuitInstance.FIRST,
            "organisation_id": self.station,
            "outcome": (L.WITHDRAWN if cause else L.UPHELD) if decided else None,
            "status": LawsuitStatus.DECIDED if decided else LawsuitStatus.PENDING,
        } | more
        with transaction() as session:
            session.add(
                Lawsuit(
                    id=key,
                    court="某旗人民法院",
                    cause="行政处罚",
                    act="罚款决定",
                    plaintiffs_sealed=b"-",
                    sealed_key=b"-",
                    served_on=served_on,
                    recorded_at=datetime.combine(served_on, time(4), UTC),
                    recorded_by=recorder.user_id,
                    **given,
                )
            )
        return key


def _episodes(dispute_id: UUID, stretches: Sequence[Stretch]) -> list[Episode]:
    return [
        Episode(
            dispute_id=dispute_id,
            ordinal=ordinal,
            opened_on=each.opened_on,
            closed_on=each.closed_on,
            outcome=each.outcome,
        )
        for ordinal, each in enumerate(stretches, start=1)
    ]
