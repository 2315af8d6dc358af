"""The registered fields of a dispute, written where they belong: sealed, renamed, or plain."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import PartyRole
from models import Dispute, Event, Route
from service.desk import Desk
from service.gateways.keyring import FieldKey
from service.operations import party
from service.operations.step import SEALED
from service.rules import ledger
from service.rules.fact import written
from service.rules.party import PartyDraft

# what of a correction its event may say in full, old and new
PLAIN: Final = ("category", "source", "occurred_on", "amount", "people_count")


def write(dispute: Dispute, name: str, value: Any, key: FieldKey) -> None:
    """Write one registered field where it belongs: sealed, renamed, or plain."""
    if name == "narrative":
        sealed = key.seal(value, f"dispute.narrative:{dispute.id}")
        dispute.narrative = None if dispute.restricted else value
        dispute.narrative_sealed = sealed if dispute.restricted else None
    elif name == "place":
        place = value or {}
        dispute.village = place.get("village")
        dispute.place_sealed = key.seal_optional(place.get("detail"), f"dispute.place:{dispute.id}")
    elif name == "amount":
        dispute.amount_fen = value
    elif name == "facts":
        dispute.facts = written(value)
    else:
        setattr(dispute, name, value)  # the schema of corrections lists what may come here


def narrative(dispute: Dispute, key: FieldKey) -> str | None:
    """The story, sealed or not."""
    if dispute.narrative_sealed is None:
        return dispute.narrative
    return key.open(dispute.narrative_sealed, f"dispute.narrative:{dispute.id}")


def as_stands(dispute: Dispute, key: FieldKey) -> dict[str, Any]:
    """What is registered, as CorrectIn says it."""
    return {
        "category": dispute.category,
        "narrative": narrative(dispute, key),
        "source": dispute.source,
        "source_reference": dispute.source_reference,
        "place": {
            "village": dispute.village,
            "detail": key.open_optional(dispute.place_sealed, f"dispute.place:{dispute.id}"),
        },
        "occurred_on": dispute.occurred_on,
        "amount": dispute.amount_fen,
        "people_count": dispute.people_count,
        "facts": dispute.facts,
        "interpreter": dispute.interpreter,
    }


def told_plainly(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Old and new of the fields that are no words about people, for the event."""
    named = [name for name in PLAIN if name in changes]
    if not named:
        return {}
    stood, stands = ({name: _coded(each[name]) for name in named} for each in (before, changes))
    return {"before": stood, "after": stands}


def _coded(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def restrict(session: Session, dispute: Dispute, key: FieldKey) -> None:
    """Put it into the restricted class 受限: names, story and earlier reasons are sealed now."""
    party.seal_names(dispute, key)
    told, dispute.restricted = dispute.narrative, True
    write(dispute, "narrative", told, key)
    _seal_reasons(session, dispute, key)


def unrestrict(dispute: Dispute, key: FieldKey) -> None:
    """Take it out of the restricted class: names and story stand in clear again."""
    party.open_names(dispute, key)
    told, dispute.restricted = narrative(dispute, key), False
    write(dispute, "narrative", told, key)


def _seal_reasons(session: Session, dispute: Dispute, key: FieldKey) -> None:
    """Seal the words of what happened until now; a chosen unit keeps its reason in its event."""
    spoken = sa.select(Event).where(
        Event.subject == "dispute", Event.subject_id == dispute.id, Event.reason.is_not(None)
    )
    for event in session.scalars(spoken):
        event.reason_sealed = key.seal_optional(event.reason, f"event.reason:{dispute.id}")
        event.reason = None
    chosen = sa.select(Route).where(
        Route.dispute_id == dispute.id, Route.override_reason.is_not(None)
    )
    for route in session.scalars(chosen):
        route.override_reason = SEALED


def fingerprint(parties: list[PartyDraft], narrative: str, desk: Desk) -> bytes | None:
    """What finds the same matter again in an imported ledger: applicant, respondent, narrative."""
    applicant = next((p for p in parties if p.role is PartyRole.APPLICANT), None)
    respondent = next((p for p in parties if p.role is PartyRole.RESPONDENT), None)
    if applicant is None or respondent is None:
        return None
    key = ledger.applicant_key(
        id_number=applicant.id_number, name=applicant.name, phone=applicant.phone
    )
    return desk.keyring.index("matter", ledger.fingerprint(key, respondent.name, narrative))
