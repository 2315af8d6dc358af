"""Which column is sealed under which key at which place: what a canonical export has to open.

Operations and queries seal and open with places they spell themselves; the same places stand here
once more, as a table, because an export goes through rows of every kind. A test walks the tables
and names a sealed column that is missing here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from service.gateways.keyring import KEY_PLACE


class Columns(Protocol):
    """A row of any kind: a value for the name of a column."""

    def __getitem__(self, name: str, /) -> Any:
        """The value."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The thing whose own key seals: `column` of `table` holds that key, sealed for `place`."""

    table: str
    place: str
    column: str = "sealed_key"


@dataclass(frozen=True, slots=True)
class SealedPlace:
    """One sealed column: `place` is filled from the row.

    `owner` None is the deployment's own key; else `owned_by` is the column with the owner's id.
    """

    place: str
    owner: Owner | None = None
    owned_by: str = "id"

    def of(self, row: Columns) -> str:
        """The place of the value in `row`."""
        return self.place.format_map(row)


DISPUTE: Final = Owner("dispute", "dispute:{id}")
CONSULTATION: Final = Owner("consultation", "consultation:{id}")
LAWSUIT: Final = Owner("lawsuit", "lawsuit:{id}")
OWNERS: Final = (DISPUTE, CONSULTATION, LAWSUIT)


def _own(owner: Owner, *names: str) -> dict[str, SealedPlace]:
    return {f"{name}_sealed": SealedPlace(f"{owner.table}.{name}:{{id}}", owner) for name in names}


SEALED: Final[Mapping[str, Mapping[str, SealedPlace]]] = {
    "agreement": {
        "terms_sealed": SealedPlace(
            "agreement.terms:{dispute_id}:{ordinal}", DISPUTE, "dispute_id"
        ),
    },
    "audit_entry": {
        "reason_sealed": SealedPlace("audit.reason:{subject_id}", DISPUTE, "subject_id"),
    },
    "consultation": _own(CONSULTATION, "name", "phone", "question", "answer"),
    "dispute": _own(DISPUTE, "code", "narrative", "place", "remark"),
    "draft": {"content_sealed": SealedPlace("draft:{user_id}:{form_key}")},
    "event": {"reason_sealed": SealedPlace("event.reason:{subject_id}", DISPUTE, "subject_id")},
    "idempotency_record": {
        "answer_sealed": SealedPlace("idempotency_record.answer:{user_id}:{route}:{key}"),
    },
    "key_check": {"sealed": SealedPlace(KEY_PLACE)},
    "lawsuit": _own(LAWSUIT, "plaintiffs"),
    "mediation_session": {
        "minutes_sealed": SealedPlace("session.minutes:{id}", DISPUTE, "dispute_id"),
    },
    "party": {
        f"{name}_sealed": SealedPlace(f"party.{name}:{{id}}", DISPUTE, "dispute_id")
        for name in ("name", "id_number", "phone", "address")
    },
    "shift_note": {"words_sealed": SealedPlace("shift_note.words:{id}")},
    "user_account": {"phone_sealed": SealedPlace("user.phone:{id}")},
    "visit": {"note_sealed": SealedPlace("visit.note:{id}", DISPUTE, "dispute_id")},
}
# wrapped keys: another wrapping of the same key is no other content
KEY_COLUMNS: Final = frozenset((owner.table, owner.column) for owner in OWNERS)
