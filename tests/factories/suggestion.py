"""Letters 建议书 in tests: the least there is to say of one, and its whole way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from config.suggestion import Adoption, SuggestionKind, SuggestionStatus, SuggestionStep
from config.vocabulary import Role
from models import Suggestion, db
from service.operations import suggestion as operations
from service.operations import suggestion_step as steps
from service.operations.suggestion import DemandDraft, SuggestionDraft
from service.rules.access import Actor
from tests.factories.office import Office

TEXTS = ("清理牤牛河边堆放的垃圾", "在岸边立起禁止倾倒的牌子")
MEASURE = "已出动车辆清运，并请河长每周巡查"
DISPATCHED = {"method": "邮政特快专递", "document_number": "柳政函〔2026〕7号"}
_told: list[int] = []


def draft(office: Office, unit: str = "committee", **changes: Any) -> SuggestionDraft:
    """A letter of the procuratorate; what is named is otherwise."""
    _told.append(len(_told))
    told: dict[str, Any] = {
        "kind": SuggestionKind.PROCURATORIAL_PUBLIC_INTEREST,
        "issuer": "柳溪旗人民检察院",
        "document_number": f"柳检建〔2026〕{len(_told)}号",
        "title": "河道垃圾治理",
        "received_on": date(2026, 9, 30),
        "organisation": office.units[unit],
        "demands": [DemandDraft(number=n, text=each) for n, each in enumerate(TEXTS, 1)],
    }
    return SuggestionDraft(**told | changes)


@dataclass(frozen=True)
class Lettered:
    """A letter that was recorded, and what is done with it, each step by whoever takes it."""

    office: Office
    id: UUID

    @property
    def row(self) -> Suggestion:
        """Its row as it is now."""
        return db.session.get_one(Suggestion, self.id, populate_existing=True)

    @property
    def legal(self) -> Actor:
        """Who handles letters."""
        return self.office.actor(Role.LEGAL, "justice")

    def take(
        self,
        step: SuggestionStep,
        body: Mapping[str, Any] | None = None,
        *,
        now: datetime,
        actor: Actor | None = None,
    ) -> "Lettered":
        """One step, by the legal desk unless somebody else is named."""
        steps.take(
            self.id,
            step,
            body or {},
            version=self.row.version,
            actor=actor or self.legal,
            desk=self.office.desk,
            now=now,
        )
        return self

    def answered(self, *, now: datetime, actor: Actor | None = None) -> "Lettered":
        """Every demand is taken up."""
        for number in range(1, len(TEXTS) + 1):
            told = {"number": number, "measure": MEASURE, "adopted": Adoption.YES}
            self.take(SuggestionStep.ANSWER_DEMAND, told, now=now, actor=actor)
        return self

    def replied(self, on: date, *, now: datetime) -> "Lettered":
        """Answered, approved by the director, gone out on a day."""
        self.answered(now=now)
        self.take(SuggestionStep.APPROVE, now=now, actor=self.office.director)
        return self.take(SuggestionStep.DISPATCH, DISPATCHED | {"dispatched_on": on}, now=now)

    def sent_back(self, on: date, *, now: datetime, stated: date | None = None) -> "Lettered":
        """The issuer wants more."""
        told = {"received_on": on, "reason": "还有两处没有清理", "stated_due_on": stated}
        return self.take(SuggestionStep.SEND_BACK, told, now=now)

    @property
    def status(self) -> SuggestionStatus:
        """Where it stands."""
        return self.row.status


def lettered(office: Office, *, now: datetime, unit: str = "committee", **changes: Any) -> Lettered:
    """A recorded letter."""
    legal = office.actor(Role.LEGAL, "justice")
    made = operations.record(draft(office, unit, **changes), actor=legal, desk=office.desk, now=now)
    return Lettered(office, made)
