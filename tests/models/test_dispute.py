"""What each status requires is refused by the database itself, by name, on either kind."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from config.vocabulary import DisputeStatus, Outcome
from models import Dispute, LedgerBatch, db, transaction
from tests.factories.dispute import Handling, registered
from tests.factories.moment import MONDAY, MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
S = DisputeStatus
BEFORE = date(2026, 10, 30)
ENDED = ("closed", "archived")


def complete(office: Office) -> dict[str, Any]:
    """Everything an open dispute of any status could have to have."""
    return {
        "organisation_id": office.units["committee"],
        "mediator_id": office.mediator.user_id,
        "accepted_on": MONDAY,
    }


def refusal(handling: Handling, **values: Any) -> str | None:
    """The constraint that refuses the dispute changed to `values`, by name; None: it is taken."""
    try:
        with transaction() as session:
            session.execute(sa.update(Dispute).where(Dispute.id == handling.id).values(**values))
    except IntegrityError as refused:
        words = str(refused.orig).replace('"', " ").split()
        return next(word for word in words if word.startswith(("ck_", "uq_", "fk_", "pk_")))
    return None


def test_every_status_is_refused_without_what_it_requires(office: Office) -> None:
    handling, all_of_it = registered(office), complete(office)
    ended = {"outcome": Outcome.GUIDED, "closed_on": MONDAY}
    found: dict[str, set[str]] = {}
    for status in S:
        whole = all_of_it | (ended if status.value in ENDED else {})
        assert refusal(handling, status=status, **whole) is None
        needed = {name: refusal(handling, status=status, **whole | {name: None}) for name in whole}
        found[status.value] = {f"{name}: {each}" for name, each in needed.items() if each}
    unit = "organisation_id: ck_dispute_unit_if_handed_over"
    taken = "accepted_on: ck_dispute_accepted_on_if_taken_on"
    mediator = "mediator_id: ck_dispute_mediator_if_in_mediation"
    outcome = "outcome: ck_dispute_outcome_iff_closed"
    day = "closed_on: ck_dispute_closed_on_iff_closed"
    assert found == {
        "registered": set(),
        "dispatched": {unit},
        "accepted": {unit, taken},
        "mediating": {unit, taken, mediator},
        "agreed": {unit, taken, mediator},
        "closed": {outcome, day},
        "archived": {outcome, day},
    }


def test_what_is_open_has_neither_outcome_nor_day_of_ending(office: Office) -> None:
    handling, all_of_it = registered(office), complete(office)
    for status in [each for each in S if each.value not in ENDED]:
        with_outcome = refusal(handling, status=status, outcome=Outcome.AGREED, **all_of_it)
        assert with_outcome == "ck_dispute_outcome_iff_closed"
        with_day = refusal(handling, status=status, closed_on=MONDAY, **all_of_it)
        assert with_day == "ck_dispute_closed_on_iff_closed"


def test_what_cannot_be_is_refused_by_its_name(office: Office) -> None:
    handling = registered(office)
    impossible: list[tuple[dict[str, Any], str]] = [
        (
            {"closed_on": BEFORE, "outcome": Outcome.GUIDED, "status": S.CLOSED},
            "closed_not_before_registered",
        ),
        ({"accepted_on": BEFORE}, "accepted_not_before_registered"),
        ({"narrative": None}, "narrative_clear_iff_open"),
        ({"narrative_sealed": b"-"}, "narrative_sealed_iff_restricted"),
        ({"restricted": True, "narrative": None}, "narrative_sealed_iff_restricted"),
        ({"due_on": MONDAY}, "due_on_has_its_rule"),
        ({"due_rule": "PM.DEFAULT"}, "due_on_has_its_rule"),
        ({"amount_fen": -1}, "amount_not_negative"),
        ({"people_count": 0}, "people_count_positive"),
    ]
    for values, name in impossible:
        assert refusal(handling, **values) == f"ck_dispute_{name}"


def test_the_words_of_an_imported_ledger_stand_for_unit_and_mediator(office: Office) -> None:
    batch = uuid4()
    handling = registered(office)
    with transaction() as session:
        session.add(
            LedgerBatch(
                id=batch, file_name="台账.xlsx", file_hash="0", row_count=1, imported_at=MONDAY_9AM
            )
        )
        session.flush()
        session.execute(
            sa.update(Dispute)
            .where(Dispute.id == handling.id)
            .values(status=S.MEDIATING, batch_id=batch, accepted_on=MONDAY)
        )
    assert handling.row.status is S.MEDIATING


def test_a_word_that_the_vocabulary_lacks_is_refused(office: Office) -> None:
    registered(office)
    for column in ("status", "channel", "level", "source"):
        with pytest.raises(IntegrityError, match=f"ck_dispute_{column}"), transaction() as session:
            session.execute(sa.text(f"UPDATE dispute SET {column} = 'nonsense'"))


def test_a_number_is_given_once(office: Office) -> None:
    first, second = registered(office), registered(office)
    number = first.row.number
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(sa.update(Dispute).where(Dispute.id == second.id).values(number=number))


def test_a_row_that_somebody_else_changed_meanwhile_is_not_overwritten(office: Office) -> None:
    handling = registered(office)
    with pytest.raises(StaleDataError):
        overwrite(handling)
    assert handling.row.village is None


def overwrite(handling: Handling) -> None:
    """Change a row that was read before somebody else changed it."""
    with transaction() as session:
        row = session.get_one(Dispute, handling.id)
        session.execute(
            sa.update(Dispute)
            .where(Dispute.id == handling.id)
            .values(version=Dispute.version + 1)
            .execution_options(synchronize_session=False)
        )
        row.village = "东街社区"


def test_ids_are_random(office: Office) -> None:
    ids = [registered(office).id for _ in range(3)]
    assert {each.version for each in ids} == {4}
    assert len(set(ids)) == len(ids)
    assert isinstance(ids[0], UUID)
    assert db.session.scalar(sa.select(sa.func.count(Dispute.id))) == 3
