"""Disputes for tests, registered and taken along by the operations; inside an app context."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from config.vocabulary import AgreementForm, DisputeStatus, Outcome, Role, Source, Step
from models import Dispute, Named, db, transaction
from schemas.step import SHAPES
from service.operations import dispute as operations
from service.operations import step as steps
from service.operations.dispute import Registered, Visit
from service.rules.access import Actor
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office
from tests.factories.person import mobile, resident_id

S = DisputeStatus
NARRATIVE = "两家因院墙滴水发生争执，墙根已经泡软"
APPLICANT = {
    "role": "applicant",
    "kind": "person",
    "name": "王小满",
    "id_number": resident_id(1),
    "phone": mobile(1),
    "address": "柳溪镇东街 3 号",
}
RESPONDENT = {"role": "respondent", "kind": "person", "name": "李大有", "phone": mobile(2)}

# the main way, and what each step on it says
MAIN_WAY: tuple[tuple[S, Step, dict[str, Any]], ...] = (
    (S.REGISTERED, Step.DISPATCH, {}),
    (S.DISPATCHED, Step.ACCEPT, {}),
    (S.ACCEPTED, Step.START, {}),
    (S.MEDIATING, Step.AGREE, {"form": "oral"}),
    (S.AGREED, Step.CLOSE, {"outcome": "agreed"}),
    (S.CLOSED, Step.ARCHIVE, {}),
)


def visit(**changes: Any) -> Visit:
    """A neighbours' quarrel; what is named is otherwise."""
    told: dict[str, Any] = {
        "category": "neighbour",
        "narrative": NARRATIVE,
        "source": Source.WALK_IN,
        "parties": [APPLICANT, RESPONDENT],
    }
    return Visit(**told | changes)


@dataclass(frozen=True)
class Handling:
    """One dispute in an office, and who takes which step of it."""

    office: Office
    id: UUID

    @property
    def row(self) -> Dispute:
        """The stored row as it is now."""
        return db.session.get_one(Dispute, self.id, populate_existing=True)

    def take(
        self,
        step: Step,
        body: dict[str, Any] | None = None,
        *,
        actor: Actor | None = None,
        now: datetime = MONDAY_9AM,
        version: int | None = None,
    ) -> None:
        """Take one step, by whoever takes it usually, on the version that is stored."""
        raw = {} if body is None else body
        if step is Step.DISPATCH:
            raw = {
                "organisation": str(self.office.units["committee"]),
                "mediator": str(self.office.mediator.user_id),
            } | raw
        steps.take(
            self.id,
            step,
            SHAPES[step]().load(raw),
            version=self.row.version if version is None else version,
            actor=actor or self._usual(step),
            desk=self.office.desk,
            now=now,
        )

    def until(self, status: DisputeStatus, *, now: datetime = MONDAY_9AM) -> "Handling":
        """Take the main way until `status`."""
        for before, step, body in MAIN_WAY:
            if self.row.status is status:
                break
            if self.row.status is before:
                self.take(step, body, now=now)
        return self

    def _usual(self, step: Step) -> Actor:
        by_director = self.row.restricted and step is Step.CLOSE
        if by_director or step in (Step.DISPATCH, Step.ARCHIVE, Step.REOPEN, Step.VOID):
            return self.office.director
        return self.office.mediator


def registered(
    office: Office, *, actor: Actor | None = None, now: datetime = MONDAY_9AM, **changes: Any
) -> Handling:
    """A dispute that the window, or somebody else, has just registered."""
    made = every(office, actor=actor, now=now, **changes)[0]
    return Handling(office, made.id)


def every(
    office: Office, *, actor: Actor | None = None, now: datetime = MONDAY_9AM, **changes: Any
) -> list[Registered]:
    """All disputes of one visit."""
    return operations.register(
        visit(**changes), actor=actor or office.window, desk=office.desk, now=now
    )


def let_in(handling: Handling, *people: Actor) -> Handling:
    """Name people for a restricted dispute, as somebody else may."""
    second = handling.office.actor(Role.SECADMIN).user_id
    with transaction() as session:
        session.add_all(
            Named(
                dispute_id=handling.id,
                user_id=each.user_id,
                named_by=second,
                named_at=MONDAY_9AM,
            )
            for each in people
        )
    return handling


AGREED_ORALLY = {"form": AgreementForm.ORAL.value}
CLOSED_AS_AGREED = {"outcome": Outcome.AGREED.value}
