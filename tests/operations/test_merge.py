"""Two disputes become one and two again: everything moves by its rule, and nothing is lost."""

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import orjson
import pytest
import sqlalchemy as sa

from config.vocabulary import (
    DisputeStatus,
)
from models import (
    Attachment,
    Base,
    Clock,
    db,
)
from service.gateways.attachment import Store
from service.operations import merge as operations
from service.queries import canonical
from service.queries.merge_rule import RULES
from tests.factories.belongings import CONTENT, Furnishing
from tests.factories.dispute import APPLICANT, RESPONDENT, Handling, registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office
from tests.factories.person import mobile

pytestmark = pytest.mark.usefixtures("inside")
S = DisputeStatus
TRAIL = {"event", "audit_entry", "audit_head", "merge", "alembic_version"}
# what a merge writes, and the search index, which is made anew
MADE = {"event", "audit_entry", "merge", "notice", "dispute_text", "text_duty"}
AGENT_OF_FIRST = {
    "role": "agent",
    "kind": "person",
    "name": "钱四",
    "phone": mobile(4),
    "represents": 0,
    "authority": "general",
}
THIRD = {"role": "third_party", "kind": "person", "name": "赵三", "phone": mobile(3)}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Where attachments lie."""
    return Store(tmp_path / "attachments")


def merge(
    into: Handling, gone: Handling, store: Store, *, version: int | None = None, **told: Any
) -> UUID:
    """The director lets one go into the other."""
    return operations.merge(
        into.id,
        {"number": gone.row.number, "reason": "同一件事两处登记"},
        version=into.row.version if version is None else version,
        store=store,
        actor=told.get("actor", into.office.director),
        desk=into.office.desk,
        now=told.get("now", MONDAY_9AM),
    )


def undo(into: Handling, merge_id: UUID, **told: Any) -> UUID:
    """And parts them again."""
    return operations.undo(
        into.id,
        merge_id,
        "不是同一件",
        version=told.get("version", into.row.version),
        actor=told.get("actor", into.office.director),
        desk=into.office.desk,
        now=told.get("now", MONDAY_9AM),
    )


def counts() -> Counter[str]:
    """How many rows every table has."""
    return Counter(
        {
            each.name: db.session.scalar(sa.select(sa.func.count()).select_from(each)) or 0
            for each in Base.metadata.sorted_tables
        }
    )


def exported(office: Office) -> list[dict[str, Any]]:
    """Everything that is stored, opened, but for the trail and what counts changes."""
    db.session.rollback()
    told = []
    with canonical.snapshot() as connection:
        for line in canonical.export(connection, office.desk.keyring):
            each = orjson.loads(line)
            if each["table"] not in TRAIL:
                left_out = {"version"} | ({"id"} if each["table"] == "dispute_text" else set())
                each["row"] = {k: v for k, v in each["row"].items() if k not in left_out}
                told.append(each)
    return sorted(told, key=lambda each: orjson.dumps(each, option=orjson.OPT_SORT_KEYS))


def leading_to_a_dispute() -> set[str]:
    """Every table that belongs to disputes, by a foreign key however far, or by a plain column."""
    tables = Base.metadata.sorted_tables
    names = {"subject_id", "dispute_id", "dispute_ids"}
    found = {each.name for each in tables if names & set(each.columns.keys())}
    reached = {"dispute", "party", "clock", "mediation_session", "agreement", "basis"} & {
        each.name for each in tables
    }
    for each in tables:
        targets = {key.column.table.name for key in each.foreign_keys}
        if targets & reached and each.name != "dispute":
            found.add(each.name)
    return found


def test_every_table_that_leads_to_a_dispute_has_a_rule_and_every_rule_a_table() -> None:
    assert sorted(each.table.__tablename__ for each in RULES) == sorted(leading_to_a_dispute())


def test_a_merge_and_its_undoing_leave_everything_as_it_was(office: Office, store: Store) -> None:
    into, gone = registered(office), registered(office, parties=[APPLICANT, RESPONDENT, THIRD])
    gone.until(S.MEDIATING)
    before = exported(office)
    made = merge(into, gone, store)
    assert gone.row.merged_into_id == into.id
    undo(into, made)
    assert exported(office) == before


@pytest.mark.parametrize("seed", range(4))
def test_whatever_belongs_to_two_disputes_a_merge_loses_none_and_can_be_undone(
    office: Office, store: Store, seed: int
) -> None:
    dice = Random(seed)
    third = registered(office, narrative="另一件旧事")
    more: list[list[dict[str, Any]]] = [[THIRD], [THIRD, AGENT_OF_FIRST], []]
    pair = [
        registered(office, parties=[APPLICANT, RESPONDENT, *each])
        for each in dice.choices(more, k=2)
    ]
    for each in pair:
        each.until(dice.choice([S.REGISTERED, S.DISPATCHED, S.ACCEPTED, S.MEDIATING]))
        Furnishing(each, third, store, dice).all()
    into, gone = pair
    rows, before = counts(), exported(office)
    made = merge(into, gone, store)
    assert {name: n for name, n in counts().items() if name not in MADE} == {
        name: n for name, n in rows.items() if name not in MADE
    }
    assert b"does not open" not in orjson.dumps(exported(office))
    left = sa.select(Clock.id).where(Clock.dispute_id == gone.id, Clock.stopped_at.is_(None))
    assert db.session.scalars(left).all() == []
    assert [each.sha256 for each in _readable(into, store)] == sorted(
        each["row"]["sha256"] for each in before if each["table"] == "attachment"
    )
    undo(into, made)
    assert exported(office) == before
    assert _readable(gone, store) is not None


def _readable(handling: Handling, store: Store) -> list[Attachment]:
    """The attachments of a dispute, each of which opens with its key."""
    key = handling.office.desk.keyring.field_key(handling.row.sealed_key, f"dispute:{handling.id}")
    mine = sa.select(Attachment).where(Attachment.subject_id == handling.id)
    found = list(db.session.scalars(mine.order_by(Attachment.sha256)))
    for each in found:
        assert store.read(each.stored_as, each.sha256, key) == CONTENT
    return found
