"""Two disputes become one and two again: everything moves by its rule, and nothing is lost."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import orjson
import pytest
import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from config.vocabulary import (
    ClockEnd,
    DisputeStatus,
    HandoverState,
    JointState,
    Outcome,
    Role,
    Step,
)
from models import (
    Attachment,
    Base,
    Charge,
    Clock,
    Event,
    Handover,
    MediationSession,
    Party,
    db,
    transaction,
)
from service.errors import Conflict, Forbidden, Invalid, Merged, NotFound, Stale
from service.gateways.attachment import Store
from service.operations import attachment, charge, forgetting, mediation, progress, restricted
from service.operations import merge as operations
from service.operations import step as steps
from service.operations.event import record
from service.queries import canonical, dispute_row, event
from service.queries import dispute as disputes
from service.queries import platform as platforms
from service.queries.dispute_row import Filters
from service.queries.merge_rule import RULES, Fate
from service.queries.metric import Question, figure
from service.rules import access
from service.rules import metric as dictionary
from service.rules.statistics import Period
from tests.factories.belongings import CONTENT, Furnishing
from tests.factories.dispute import APPLICANT, RESPONDENT, Handling, let_in, registered
from tests.factories.joint import asked, rows
from tests.factories.moment import MONDAY, MONDAY_9AM
from tests.factories.office import Office
from tests.factories.person import mobile

pytestmark = pytest.mark.usefixtures("inside")
S = DisputeStatus
UNOPENED = b"does not open"
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


def in_charge(gone: Handling) -> None:
    """Put a dispute in the leader's charge."""
    told: dict[str, Any] = {"actor": gone.office.director, "desk": gone.office.desk}
    charge.name(gone.id, gone.office.leader.user_id, now=MONDAY_9AM, **told)


def charges() -> Sequence[Charge]:
    """Every charge, as it is stored."""
    return db.session.scalars(sa.select(Charge).execution_options(populate_existing=True)).all()


def test_a_merge_and_its_undoing_leave_everything_as_it_was(office: Office, store: Store) -> None:
    into, gone = registered(office), registered(office, parties=[APPLICANT, RESPONDENT, THIRD])
    gone.until(S.MEDIATING)
    asked(gone, "station", actor=office.director)
    in_charge(gone)
    before = exported(office)
    made = merge(into, gone, store)
    assert gone.row.merged_into_id == into.id
    assert [each.state for each in rows(gone)] == [JointState.WAIVED]
    assert [each.ended_as for each in charges()] == ["merged"]
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
    assert UNOPENED not in orjson.dumps(exported(office))
    left = sa.select(Clock.id).where(Clock.dispute_id == gone.id, Clock.stopped_at.is_(None))
    assert db.session.scalars(left).all() == []
    for rule in (e for e in RULES if e.fate is Fate.MOVE and not e.which and not e.hand):
        stays = sa.select(sa.func.count()).select_from(rule.table).where(*rule.of(gone.id))
        assert db.session.scalar(stays) == 0, rule.name
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


def test_the_merged_one_ends_leads_and_is_counted_nowhere(office: Office, store: Store) -> None:
    into, gone = registered(office), registered(office)
    gone.until(S.MEDIATING)
    merge(into, gone, store)
    row = gone.row
    assert (row.status, row.outcome, row.closed_on) == (S.CLOSED, Outcome.TERMINATED, MONDAY)
    assert (row.merged_into_id, row.due_on) == (into.id, None)
    stopped = sa.select(Clock.ended).where(Clock.dispute_id == gone.id, Clock.rule == "PM.DEFAULT")
    assert db.session.scalar(stopped) is ClockEnd.MERGED
    for name, counted in (
        ("disputes_received", 1),
        ("disputes_open", 1),
        ("disputes_closed", 0),
        ("mediation_success_rate", 0),
    ):
        question = Question(
            metric=dictionary.find(name),
            period=Period(MONDAY, MONDAY + timedelta(days=7)),
            today=MONDAY,
        )
        shown = figure(question, policy=office.desk.policy)
        assert (name, shown.denominator or shown.numerator) == (name, counted)


def test_the_same_person_stands_once_and_the_others_come_along(
    office: Office, store: Store
) -> None:
    into = registered(office)
    turned = [RESPONDENT | {"role": "applicant"}, APPLICANT | {"role": "respondent"}]
    gone = registered(office, parties=[*turned, THIRD])
    merge(into, gone, store)
    names = sa.select(Party.name).where(Party.dispute_id == into.id).order_by(Party.position)
    assert db.session.scalars(names).all() == ["王小满", "李大有", "赵三"]


def test_both_slips_tell_the_one_stage(office: Office, store: Store) -> None:
    into, gone = registered(office).until(S.MEDIATING), registered(office)
    code = disputes.receipt_code(gone.id, actor=office.director, desk=office.desk, now=MONDAY_9AM)
    number = gone.row.number
    merge(into, gone, store)
    told = progress.ask(number, code, address="10.0.0.9", desk=office.desk, now=MONDAY_9AM)
    assert (told.number, told.status) == (number, S.MEDIATING)


def test_neither_list_nor_words_show_the_merged_one_but_its_number_does(
    office: Office, store: Store
) -> None:
    into, gone = registered(office), registered(office, narrative="门前的老榆树被砍了两棵")
    merge(into, gone, store)

    def listed(**filters: Any) -> list[UUID]:
        scope = access.scope(office.director, "dispute.list", office.desk.policy.access)
        told: dict[str, Any] = {"scope": scope, "today": MONDAY, "now": MONDAY_9AM}
        return [each.id for each in dispute_row.page(Filters(**filters), **told).items]

    assert listed() == [into.id]
    assert listed(status=S.CLOSED) == []
    assert listed(q="老榆树") == [into.id]
    assert listed(q=gone.row.number) == [gone.id]


def test_what_was_merged_takes_no_step_and_names_where_to_go(office: Office, store: Store) -> None:
    into, gone = registered(office), registered(office)
    merge(into, gone, store)
    with pytest.raises(Merged) as refusal:
        gone.take(Step.DISPATCH)
    assert refusal.value.into == into.row.number
    with pytest.raises(Merged):
        merge(registered(office), gone, store)
    with pytest.raises(Merged):
        merge(gone, registered(office), store)


def test_a_restricted_one_is_refused_as_one_that_is_not_there(office: Office, store: Store) -> None:
    into, hidden = registered(office), registered(office, restricted=True)
    with pytest.raises(Invalid) as refusal:
        merge(into, hidden, store)
    assert refusal.value.fields == {"number": ["没有这个编号，请核对"]}
    with pytest.raises(Forbidden):
        merge(hidden, into, store)
    let_in(hidden, office.director)
    with pytest.raises(Conflict, match="只有一件限制查阅"):
        merge(into, hidden, store)


def test_two_restricted_ones_become_one_for_who_was_named_for_both(
    office: Office, store: Store
) -> None:
    into, gone = (
        registered(office, restricted=True, parties=p)
        for p in ([APPLICANT, RESPONDENT], [APPLICANT, THIRD])
    )
    for each in (into, gone):
        let_in(each, office.director)
    before = exported(office)
    made = merge(into, gone, store)
    assert UNOPENED not in orjson.dumps(exported(office))
    undo(into, made)
    assert exported(office) == before


@pytest.mark.parametrize("role", [Role.WINDOW, Role.MEDIATOR, Role.LIAISON, Role.LEADER])
def test_nobody_but_the_director_merges(office: Office, store: Store, role: Role) -> None:
    into, gone = registered(office), registered(office)
    with pytest.raises(Forbidden):
        merge(into, gone, store, actor=office.actor(role))
    assert gone.row.merged_into_id is None


def test_a_merge_is_refused_with_the_reason(office: Office, store: Store) -> None:
    into, gone = registered(office), registered(office)
    with pytest.raises(Stale):
        merge(into, gone, store, version=7)
    with pytest.raises(Invalid) as refusal:
        merge(into, into, store)
    assert refusal.value.fields == {"number": ["不能并入自己"]}
    gone.until(S.AGREED)
    with pytest.raises(Conflict, match="已经达成协议"):
        merge(into, gone, store)
    gone.until(S.CLOSED)
    with pytest.raises(Conflict, match="已经办结"):
        merge(into, gone, store)


def test_an_undoing_is_refused_with_what_stands_in_its_way(office: Office, store: Store) -> None:
    into, gone, last = (registered(office) for _ in range(3))
    made = merge(into, gone, store)
    with pytest.raises(Conflict, match="并案超过 30 天"):
        undo(into, made, now=MONDAY_9AM + timedelta(days=31))
    second = merge(last, into, store)
    assert gone.row.merged_into_id == last.id
    with pytest.raises(Merged):
        undo(into, made)
    with pytest.raises(NotFound):
        undo(last, made)
    undo(last, second)
    assert gone.row.merged_into_id == into.id
    undo(into, made, now=MONDAY_9AM + timedelta(days=30))
    with pytest.raises(Conflict, match="已经撤销过了"):
        undo(into, made)


def test_what_came_later_and_cannot_be_parted_is_named(office: Office, store: Store) -> None:
    into, gone = registered(office), registered(office, parties=[APPLICANT, THIRD])
    made = merge(into, gone, store)
    with transaction() as session:
        session.execute(sa.delete(Party).where(Party.name == "赵三"))
        told: dict[str, Any] = {"actor": None, "now": MONDAY_9AM}
        record(session, into.id, subject="dispute", action="correct", **told)
    with pytest.raises(Conflict, match="改动过并过来的当事人"):
        undo(into, made)


def test_a_dispatch_nobody_answered_is_taken_back_and_waits_anew_when_they_are_parted(
    office: Office, store: Store
) -> None:
    into, gone = registered(office), registered(office).until(S.DISPATCHED)
    sent = sa.select(Handover).where(Handover.dispute_id == gone.id)
    merge_id = merge(into, gone, store)
    row = db.session.scalars(sent).one()
    assert (row.state, row.answered_by, row.look_at) == (
        HandoverState.WITHDRAWN,
        office.director.user_id,
        None,
    )
    later = MONDAY_9AM + timedelta(days=20)
    undo(into, merge_id, now=later)
    row = db.session.scalars(sent.execution_options(populate_existing=True)).one()
    assert (row.state, row.answered_at, row.due_at, row.look_at) == (
        HandoverState.OPEN,
        None,
        None,
        later,
    )


def test_what_is_written_after_the_merge_stays_with_the_one_that_remained(
    office: Office, store: Store
) -> None:
    into, gone = registered(office).until(S.MEDIATING), registered(office)
    made = merge(into, gone, store)
    body = {"held_at": MONDAY_9AM, "place": "村委会", "attendance": [], "minutes": "谈妥一半"}
    told: dict[str, Any] = {"actor": office.mediator, "desk": office.desk, "now": MONDAY_9AM}
    mediation.hold_session(into.id, body, **told)
    undo(into, made)
    assert db.session.scalars(sa.select(MediationSession.dispute_id)).all() == [into.id]


def test_both_histories_tell_of_it_and_the_reason_is_sealed(office: Office, store: Store) -> None:
    into, gone = registered(office), registered(office)
    merge(into, gone, store)
    told = db.session.execute(
        sa.select(Event.subject_id, Event.reason, Event.detail).where(Event.action == "merge")
    ).all()
    assert {(row[0], row[1], row[2]["side"]) for row in told} == {
        (into.id, None, "into"),
        (gone.id, None, "gone"),
    }
    for each in (into, gone):
        events = event.of_dispute(
            each.id, actor=office.director, desk=office.desk, now=MONDAY_9AM
        ).items
        assert events[-1].reason == "同一件事两处登记"


def test_of_two_merges_into_each_other_at_once_one_is_refused(office: Office, store: Store) -> None:
    one, other = registered(office), registered(office)
    start = Barrier(2)
    told: list[str] = []

    def at_once(into: UUID, number: str, version: int) -> None:
        with office.app.app_context():
            start.wait()
            try:
                operations.merge(
                    into,
                    {"number": number, "reason": "同一件"},
                    version=version,
                    store=store,
                    actor=director,
                    desk=office.desk,
                    now=MONDAY_9AM,
                )
                told.append("merged")
            except (Merged, Stale, Invalid, StaleDataError) as refusal:
                told.append(type(refusal).__name__)

    director = office.director
    pairs = ((one, other), (other, one))
    asked = [(into.id, gone.row.number, into.row.version) for into, gone in pairs]
    db.session.rollback()
    threads = [Thread(target=at_once, args=each) for each in asked]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(told) == ["Merged", "merged"]
    assert sum(each.row.merged_into_id is not None for each in (one, other)) == 1


def test_what_was_merged_is_forgotten_with_the_one_it_went_into(
    office: Office, store: Store
) -> None:
    into, gone = registered(office), registered(office)
    merge(into, gone, store)
    into.until(S.CLOSED)
    with transaction() as session:
        forgetting.forget(session, into.row, desk=office.desk, now=MONDAY_9AM)
        told: dict[str, Any] = {"actor": None, "now": MONDAY_9AM}
        record(session, into.id, subject="dispute", action="erase", **told)
    assert gone.row.erased_at == MONDAY_9AM


def test_the_old_files_are_kept_as_long_as_the_merge_can_be_undone(
    office: Office, store: Store
) -> None:
    into, gone = registered(office), registered(office)
    for each in Furnishing(gone, into, store, Random(0)).papers():
        with transaction() as session:
            session.add(each)
            told: dict[str, Any] = {"actor": None, "now": MONDAY_9AM}
            record(session, gone.id, subject="dispute", action="attachment", **told)
    before = set(store.names())
    merge(into, gone, store)
    copied = set(store.names())
    assert len(copied) == 2 * len(before) > 0
    attachment.sweep(store, datetime.now(UTC) + timedelta(hours=25))
    assert set(store.names()) >= copied - before


def test_what_restricts_one_of_the_two_restricts_both(office: Office, store: Store) -> None:
    into, gone = registered(office), registered(office)
    made = merge(into, gone, store)
    told: dict[str, Any] = {"actor": office.director, "desk": office.desk, "now": MONDAY_9AM}
    restricted.restrict(into.id, "当事人怕人知道", **told)
    assert (gone.row.restricted, gone.row.narrative) == (True, None)
    let_in(into, office.director)
    undo(into, made)
    assert gone.row.restricted


def test_a_step_taken_at_the_same_time_comes_before_or_is_refused(
    office: Office, store: Store
) -> None:
    into, gone = registered(office), registered(office).until(S.DISPATCHED)
    director, mediator, number = office.director, office.mediator, gone.row.number
    versions, start = (into.row.version, gone.row.version), Barrier(2)
    told: list[str] = []
    db.session.rollback()
    common: dict[str, Any] = {"desk": office.desk, "now": MONDAY_9AM}

    def stepping() -> None:
        steps.take(gone.id, Step.ACCEPT, {}, version=versions[1], actor=mediator, **common)

    def merging() -> None:
        body = {"number": number, "reason": "同一件"}
        more: dict[str, Any] = {"version": versions[0], "store": store, "actor": director}
        operations.merge(into.id, body, **more, **common)

    def at_once(deed: Callable[[], None]) -> None:
        with office.app.app_context():
            start.wait()
            try:
                deed()
            except (Merged, Stale, StaleDataError) as refusal:
                told.append(type(refusal).__name__)

    threads = [Thread(target=at_once, args=[each]) for each in (stepping, merging)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    row = gone.row
    assert (row.merged_into_id, row.status, row.due_on) == (into.id, S.CLOSED, None)
    assert told in ([], ["Merged"])


def test_a_platform_reads_of_what_it_sent_how_the_one_that_remained_stands(
    office: Office, store: Store
) -> None:
    into, gone = registered(office).until(S.MEDIATING), registered(office)
    merge(into, gone, store)
    told = platforms.sent(gone.id, actor=office.window)
    assert (told.number, told.status, told.outcome) == (gone.row.number, S.MEDIATING, None)
