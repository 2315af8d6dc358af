"""One entry of a ledger: its values, its errors in the order of the columns, and its fate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from config.ledger import Result
from config.money import yuan_text
from config.vocabulary import DisputeStatus, IdType, LedgerFate, Source

REGISTERED = Result(DisputeStatus.REGISTERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerValues:
    """What an entry says; None where it says nothing or what it says is an error.

    `narrative` and `outcome` are the words of the cell; `result` is what the outcome means.
    """

    registered_on: date | None = None
    source: Source | None = None
    applicant: str | None = None
    id_type: IdType | None = None
    id_number: str | None = None
    phone: str | None = None
    respondent: str | None = None
    respondent_id_type: IdType | None = None
    respondent_id_number: str | None = None
    respondent_phone: str | None = None
    category: str | None = None
    narrative: str | None = None
    amount_fen: int | None = None
    people_count: int | None = None
    place: str | None = None
    organisation: str | None = None
    mediator: str | None = None
    outcome: str | None = None
    result: Result = REGISTERED
    closed_on: date | None = None
    agreement_number: str | None = None
    judicial_confirmation: bool | None = None
    remark: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The eleven values of the contract: ISO dates, the amount in yuan."""
        return {
            "registered_on": self.registered_on and self.registered_on.isoformat(),
            "category": self.category,
            "applicant": self.applicant,
            "respondent": self.respondent,
            "id_number": self.id_number,
            "phone": self.phone,
            "amount": None if self.amount_fen is None else yuan_text(self.amount_fen),
            "people_count": self.people_count,
            "outcome": self.outcome,
            "closed_on": self.closed_on and self.closed_on.isoformat(),
            "narrative": self.narrative,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """An entry and its fate; `row` and `column` as Excel shows them.

    `field`, `column` and `reason` tell the leftmost error. `duplicate_of` is the sheet and row of
    the earlier entry, None when the fingerprint is that of a stored dispute.
    """

    sheet: str
    row: int
    fate: LedgerFate
    values: LedgerValues
    field: str | None = None
    column: str | None = None
    reason: str | None = None
    fingerprint: str | None = None
    duplicate_of: tuple[str, int] | None = None

    def as_json(self) -> dict[str, Any]:
        """The row as `ledger import --json` shows it."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "fate": self.fate.value,
            "field": self.field,
            "column": self.column,
            "reason": self.reason,
            "values": self.values.as_json(),
        }


def values_of(read: Mapping[str, Any]) -> LedgerValues:
    """The values of an entry from what its cells were read as."""
    values = dict(read)
    values["id_type"], values["id_number"] = values.get("id_number") or (None, None)
    other = values.get("respondent_id_number") or (None, None)
    values["respondent_id_type"], values["respondent_id_number"] = other
    values["outcome"], values["result"] = values.get("outcome") or (None, REGISTERED)
    values["amount_fen"] = values.pop("amount", None)
    return LedgerValues(**values)


def contradictions(values: LedgerValues) -> dict[str, str]:
    """Fields that are well by themselves and cannot be true together, with the reason."""
    closed = values.result.status is DisputeStatus.CLOSED
    if closed and values.closed_on is None:
        return {"closed_on": f"办理结果为“{values.outcome}”，却没有办结日期"}
    if values.closed_on is None:
        return {}
    if values.outcome is None:
        return {"outcome": "填了办结日期，却没有办理结果"}
    if not closed:
        return {"closed_on": f"办理结果为“{values.outcome}”，不应有办结日期"}
    if values.registered_on and values.closed_on < values.registered_on:
        return {"closed_on": "办结日期早于登记日期"}
    return {}
