"""Some of everything that may belong to a dispute, for tests that move all of it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from config.mediator_word import RecusalState
from config.vocabulary import (
    AttachmentKind,
    BasisGround,
    ClockChangeKind,
    ClockChangeState,
    ClockKind,
    ConsentForm,
    HoldGround,
    LinkRelation,
    MaterialForm,
    MaterialState,
    Media,
    OutsideSystem,
    SharePurpose,
    VisitResult,
)
from models import (
    Attachment,
    Basis,
    Clock,
    ClockChange,
    ClockStep,
    Hold,
    Link,
    Material,
    MediationSession,
    OutsideEntry,
    Party,
    Recusal,
    RepeatVisit,
    Share,
    Visit,
    db,
    transaction,
)
from service.gateways.attachment import Store
from service.gateways.keyring import FieldKey
from service.operations import clock
from service.operations.event import record
from tests.factories.dispute import Handling
from tests.factories.moment import MONDAY, MONDAY_9AM

CONTENT = b"%PDF-1.7"


@dataclass(frozen=True)
class Furnishing:
    """One dispute, and what decides how much of what it gets; `third` is what it may be tied to."""

    handling: Handling
    third: Handling
    store: Store
    dice: Random

    @property
    def mine(self) -> UUID:
        """The dispute's id."""
        return self.handling.id

    @property
    def by(self) -> UUID:
        """Who wrote it all."""
        return self.handling.office.director.user_id

    @property
    def key(self) -> FieldKey:
        """The key of the dispute."""
        sealed = self.handling.row.sealed_key
        return self.handling.office.desk.keyring.field_key(sealed, f"dispute:{self.mine}")

    def some(self) -> range:
        """None, one or two."""
        return range(self.dice.randint(0, 2))

    def people(self) -> list[UUID]:
        """Its parties."""
        mine = sa.select(Party.id).where(Party.dispute_id == self.mine)
        return list(db.session.scalars(mine.order_by(Party.position)))

    def all(self) -> None:
        """Write it."""
        makers = (self.sessions, self.visits, self.bases, self.papers, self.beside, self.clocks)
        made = [each for maker in (*makers, self.recusals) for each in maker()]
        with transaction() as session:
            for each in made:
                session.add(each)
                session.flush()
            desk = self.handling.office.desk
            clock.settle(session, self.handling.row, desk=desk, now=MONDAY_9AM)
            told: dict[str, Any] = {"actor": None, "now": MONDAY_9AM}
            record(session, self.mine, subject="dispute", action="correct", **told)

    def sessions(self) -> Iterator[Any]:
        """Sessions of mediation, with who came."""
        for place in self.some():
            one = uuid4()
            yield MediationSession(
                id=one,
                dispute_id=self.mine,
                ordinal=place + 1,
                held_at=MONDAY_9AM,
                place="村委会",
                attendance={str(each): self.dice.random() < 0.5 for each in self.people()},
                minutes_sealed=self.key.seal("双方都说了", f"session.minutes:{one}"),
                recorded_by=self.by,
            )

    def visits(self) -> Iterator[Any]:
        """Visits of ours, and of people who came again."""
        for _ in self.some():
            one = uuid4()
            yield Visit(
                id=one,
                dispute_id=self.mine,
                visited_on=MONDAY,
                result=VisitResult.PERFORMED,
                note_sealed=self.key.seal("已履行", f"visit.note:{one}"),
                recorded_by=self.by,
            )
        for place in self.some():
            one = uuid4()
            yield RepeatVisit(
                id=one,
                dispute_id=self.mine,
                ordinal=place + 2,
                came_on=MONDAY,
                party_id=self.dice.choice([None, *self.people()]),
                words_sealed=self.key.seal("又来问", f"repeat_visit.words:{one}"),
                organisation_id=self.handling.office.units["centre"],
                recorded_by=self.by,
                recorded_at=MONDAY_9AM,
            )

    def recusals(self) -> Iterator[Any]:
        """A mediator who was not wanted by the first of its people, and was kept."""
        one = uuid4()
        yield Recusal(
            id=one,
            dispute_id=self.mine,
            mediator_id=self.handling.office.mediator.user_id,
            party_id=self.people()[0],
            state=RecusalState.REFUSED,
            asked_on=MONDAY,
            reason_sealed=self.key.seal("是对方的亲戚", f"recusal.reason:{one}"),
            asked_at=MONDAY_9AM,
            asked_by=self.by,
            decided_at=MONDAY_9AM,
            decided_by=self.by,
            decision_sealed=self.key.seal("查过，不是", f"recusal.decision:{one}"),
        )

    def bases(self) -> Iterator[Any]:
        """Consents, each of somebody."""
        for _ in self.some():
            one = uuid4()
            yield Basis(
                id=one,
                dispute_id=self.mine,
                ground=BasisGround.CONSENT,
                version=1,
                party_id=self.dice.choice(self.people()),
                form=ConsentForm.WRITTEN,
                scope_sealed=self.key.seal("核实身份", f"basis.scope:{one}"),
                obtained_on=MONDAY,
                recorded_by=self.by,
                recorded_at=MONDAY_9AM,
            )

    def papers(self) -> Iterator[Any]:
        """Files in the store, and papers that are wanted."""
        for _ in self.some():
            one, stored_as = uuid4(), uuid4()
            self.store.keep(stored_as, CONTENT, self.key)
            yield Attachment(
                id=one,
                subject="dispute",
                subject_id=self.mine,
                name_sealed=self.key.seal("借条.pdf", f"attachment.name:{one}"),
                kind=AttachmentKind.CONTRACT,
                media=Media.PDF,
                located=False,
                size=len(CONTENT),
                sha256=hashlib.sha256(CONTENT).hexdigest(),
                stored_as=stored_as,
                uploaded_by=self.by,
                uploaded_at=MONDAY_9AM,
            )
        for place in self.some():
            yield Material(
                dispute_id=self.mine,
                position=place,
                name=f"身份证{place}",
                form=MaterialForm.COPY,
                state=MaterialState.WANTED,
                told_on=MONDAY,
            )

    def beside(self) -> Iterator[Any]:
        """What ties it to others: systems, units, another dispute; and what holds it back."""
        for _ in self.some()[:1]:
            yield OutsideEntry(
                dispute_id=self.mine,
                system=OutsideSystem.MENGQITONG,
                number=self.dice.choice(["A1", str(self.mine)]),
                entered_on=MONDAY,
                entered_by=self.by,
                recorded_at=MONDAY_9AM,
            )
            yield Share(
                dispute_id=self.mine,
                organisation_id=self.handling.office.units["justice"],
                purpose=self.dice.choice([SharePurpose.ASSIST, SharePurpose.ADVICE]),
                shared_by=self.by,
                shared_at=MONDAY_9AM,
            )
        for _ in self.some()[:1]:
            ground = self.dice.choice(list(HoldGround))
            yield Hold(dispute_id=self.mine, ground=ground, placed_by=self.by, placed_at=MONDAY_9AM)
            ours, theirs = self.handling, self.third
            newer = (ours.row.registered_at, ours.id) >= (theirs.row.registered_at, theirs.id)
            first, second = (ours.id, theirs.id) if newer else (theirs.id, ours.id)
            yield Link(
                dispute_id=first,
                other_id=second,
                relation=LinkRelation.LINKED,
                reasons=[],
                decided_by=self.by,
                decided_at=MONDAY_9AM,
            )

    def clocks(self) -> Iterator[Any]:
        """Clocks with a pause that lasts or a wish that waits, and a step that was told."""
        for kind in (ClockKind.REMEDY, ClockKind.OUTSIDE, ClockKind.STATUTORY):
            for _ in self.some():
                yield from self._clock(kind, lasts=self.dice.random() < 0.5)

    def _clock(self, kind: ClockKind, *, lasts: bool) -> Iterator[Any]:
        one, change, due_on = uuid4(), uuid4(), date(2026, 12, self.dice.randint(1, 28))
        yield Clock(
            id=one,
            dispute_id=self.mine,
            episode=1,
            rule="OFFICE.DATE",
            kind=kind,
            stated=True,
            made_under={},
            start_on=MONDAY,
            raw_due_on=due_on,
            due_on=due_on,
            paused_from=MONDAY if lasts else None,
        )
        yield ClockChange(
            id=change,
            clock_id=one,
            dispute_id=self.mine,
            kind=ClockChangeKind.PAUSE,
            state=ClockChangeState.GRANTED if lasts else ClockChangeState.ASKED,
            ground="appraisal",
            words_sealed=self.key.seal("等鉴定", f"clock_change.words:{change}"),
            from_on=MONDAY,
            asked_by=self.handling.office.mediator.user_id,
            asked_at=MONDAY_9AM,
            decided_by=self.by if lasts else None,
            decided_at=MONDAY_9AM if lasts else None,
        )
        yield ClockStep(
            clock_id=one, step="T-3", due_on=due_on, dispute_id=self.mine, told_at=MONDAY_9AM
        )
