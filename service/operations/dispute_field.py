"""The registered fields of a dispute, written where they belong: sealed, renamed, or plain."""

from typing import Any

from config.vocabulary import PartyRole
from models import Dispute
from service.desk import Desk
from service.gateways.keyring import FieldKey
from service.operations import party
from service.rules import ledger
from service.rules.fact import written
from service.rules.party import PartyDraft


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


def restrict(dispute: Dispute, key: FieldKey) -> None:
    """Put it into the restricted class 受限: its names and its story are sealed from now on."""
    party.seal_names(dispute, key)
    told, dispute.restricted = dispute.narrative, True
    write(dispute, "narrative", told, key)


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
