"""Record a letter 建议书: what it demands and of whom, and when the reply is due.

What is written about people is sealed with a key of the letter's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid4

from config.suggestion import SuggestionKind, SuggestionStatus
from models import Suggestion, SuggestionDemand, SuggestionRound, transaction
from service.desk import Desk
from service.gateways.keyring import FieldKey
from service.operations.load import unit_of_town
from service.operations.number import PATIENCE_S, wait_in_line
from service.operations.number import take as take_number
from service.operations.suggestion_work import begin_term, check_unknown, due, note
from service.rules import access
from service.rules import suggestion as rules
from service.rules.access import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandDraft:
    """One demand as the letter numbers it."""

    number: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionDraft:
    """A letter as it was written down."""

    kind: SuggestionKind
    issuer: str
    document_number: str
    title: str
    received_on: date
    organisation: UUID
    demands: Sequence[DemandDraft]
    stated_due_on: date | None = None
    urgent: bool = False
    served_how: str | None = None
    copied_to: str | None = None


def record(draft: SuggestionDraft, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Record a letter as received; its term begins. Raises Invalid naming the wrong fields."""
    access.require(actor, "suggestion.record", desk.policy.access)
    today = desk.today(now)
    rules.check_record(
        received_on=draft.received_on,
        stated_due_on=draft.stated_due_on,
        numbers=[each.number for each in draft.demands],
        today=today,
    )
    made = uuid4()
    sealed_key, key = desk.keyring.new_field_key(f"suggestion:{made}")
    with transaction() as session:
        unit_of_town(session, draft.organisation, actor)
        wait_in_line(session, PATIENCE_S)
        sign = desk.policy.suggestions.sign
        number = rules.number_text(sign, today.year, take_number(session, sign, today.year))
        # only now: whoever records the same letter in this moment has the counter, or waits for it
        check_unknown(session, draft.issuer, draft.document_number, actor)
        row = Suggestion(
            id=made,
            number=number,
            kind=draft.kind,
            issuer=draft.issuer,
            document_number=draft.document_number,
            title=draft.title,
            served_how=draft.served_how,
            copied_to=draft.copied_to,
            received_on=draft.received_on,
            urgent=draft.urgent,
            organisation_id=draft.organisation,
            status=SuggestionStatus.RECEIVED,
            round=1,
            due_provisional=False,
            late=False,
            sealed_key=sealed_key,
            recorded_by=actor.user_id,
            recorded_at=now,
        )
        first = SuggestionRound(
            id=uuid4(),
            suggestion_id=made,
            round=1,
            received_on=draft.received_on,
            stated_due_on=draft.stated_due_on,
        )
        with session.no_autoflush:
            begin_term(session, row, first, desk=desk, now=now)
        session.add(row)
        session.flush()  # the round and the demands name the letter
        session.add_all([first, *(_demand(made, each, key) for each in draft.demands)])
        detail = {"kind": draft.kind.value, "received_on": draft.received_on.isoformat()}
        note(session, row, "record", detail | due(row), actor=actor, now=now)
    return made


def _demand(suggestion_id: UUID, draft: DemandDraft, key: FieldKey) -> SuggestionDemand:
    made = uuid4()
    return SuggestionDemand(
        id=made,
        suggestion_id=suggestion_id,
        number=draft.number,
        text_sealed=key.seal(draft.text, f"suggestion_demand.text:{made}"),
    )
