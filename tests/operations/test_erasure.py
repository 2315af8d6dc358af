"""Forgetting: three people, then no word and no key is left, while figures and the trail stand."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from config.settings import Settings
from config.vocabulary import (
    DataRequestStatus,
    DisputeStatus,
    HoldGround,
    LawsuitStatus,
    Role,
    Step,
)
from models import (
    AuditEntry,
    AuditHead,
    Base,
    Consultation,
    DataRequest,
    Dispute,
    ErasureItem,
    Lawsuit,
    Party,
    TextDuty,
    db,
    transaction,
)
from models import Erasure as ErasureRow
from service.errors import Conflict, Erased, Forbidden, Invalid, NotFound
from service.gateways.attachment import Store
from service.gateways.keyring import CannotOpen
from service.operations import attachment, hold, text_duty
from service.operations import erasure as operations
from service.queries import canonical, metric, paper
from service.queries import data_request as data_requests
from service.queries import dispute as disputes
from service.queries import retention as queries
from service.queries.metric import Question
from service.queries.retention import Standing
from service.rules import audit as trail
from service.rules import metric as dictionary
from service.rules.access import Actor
from service.rules.audit import Head, Verdict
from service.rules.statistics import Period
from tests.factories.canary import CANARIES, REQUESTED, canary_dispute
from tests.factories.consultation import asked
from tests.factories.dispute import registered
from tests.factories.lawsuit import sheepfold
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
# an agreement of 2026 is kept to the end of 2056
DAY_BEFORE = datetime(2056, 12, 31, 2, 0, tzinfo=UTC)
IN_2057 = datetime(2057, 1, 1, 2, 0, tzinfo=UTC)


def propose(office: Office, now: datetime = IN_2057) -> UUID:
    return operations.propose(actor=office.actor(Role.SYSADMIN), desk=office.desk, now=now)


def agree(office: Office, erasure_id: UUID, *actors: Actor, now: datetime = IN_2057) -> None:
    for actor in actors or (office.director, office.actor(Role.SECADMIN)):
        operations.agree(erasure_id, actor=actor, desk=office.desk, now=now)


def run(office: Office, erasure_id: UUID, now: datetime = IN_2057) -> operations.Done:
    return operations.run(erasure_id, actor=office.actor(Role.SYSADMIN), desk=office.desk, now=now)


def forgotten(office: Office, now: datetime = IN_2057) -> operations.Done:
    """Everything that is due, by the three who have to."""
    erasure_id = propose(office, now)
    agree(office, erasure_id, now=now)
    return run(office, erasure_id, now)


def texts() -> str:
    """Every value of every row of every table."""
    db.session.remove()
    rows = [
        value
        for table in Base.metadata.sorted_tables
        for row in db.session.execute(sa.select(*table.c))
        for value in row
    ]
    return "\0".join(
        value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        for value in rows
    )


def exported(office: Office) -> str:
    """Every row of every table that lasts, with what is sealed opened by every key there is."""
    db.session.remove()
    with canonical.snapshot() as connection:
        return b"\n".join(canonical.export(connection, office.desk.keyring)).decode()


def figures(office: Office) -> dict[str, Any]:
    """Every figure there is, split by everything it may be split by."""
    found: dict[str, Any] = {}
    for each in dictionary.METRICS.values():
        for by in (None, *each.groups):
            question = Question(
                metric=each,
                period=Period(date(2026, 1, 1), date(2058, 1, 1)),
                today=date(2057, 1, 1),
            )
            found[f"{each.id} {by}"] = metric.figure(question, by=by, policy=office.desk.policy)
    return found


def chain(settings: Settings) -> Verdict:
    """What a look at the whole trail finds."""
    db.session.remove()
    rows = [
        {column.key: getattr(row, column.key) for column in AuditEntry.__table__.columns}
        for row in db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.seq))
    ]
    head = db.session.get_one(AuditHead, 1)
    whole = Head(head.seq, head.hash, head.mac)
    found = trail.verify(rows, whole, settings.audit_key, None)
    assert found.checked == len(rows) > 0
    return found.verdict


@pytest.mark.parametrize("restricted", [False, True])
def test_no_word_and_no_key_of_it_is_left(office: Office, restricted: bool) -> None:
    handling = canary_dispute(office, restricted=restricted)
    alive = registered(office)
    old_key, old_code = handling.row.sealed_key, handling.row.code_sealed
    canaries = CANARIES if restricted else CANARIES | REQUESTED
    before = exported(office)
    assert [name for name, told in canaries.items() if told not in before] == []
    assert forgotten(office) == operations.Done(erased=1, spared=0)
    after = texts() + exported(office)
    assert [name for name, told in canaries.items() if told in after] == []
    assert canonical.UNOPENED["sealed"] not in after
    assert old_key.hex() not in after
    assert handling.row.sealed_key != old_key
    key = office.desk.keyring.field_key(handling.row.sealed_key, f"dispute:{handling.id}")
    with pytest.raises(CannotOpen):
        key.open(old_code, f"dispute.code:{handling.id}")
    assert alive.row.narrative
    asked_before = db.session.scalars(sa.select(Consultation)).one()
    assert (asked_before.question, asked_before.erased_at) == ("", IN_2057)


def test_the_files_of_it_are_gone_with_the_next_sweep(office: Office, settings: Settings) -> None:
    canary_dispute(office)
    store = Store(settings.data_dir / "attachments")
    assert len(list(store.names())) == 2
    forgotten(office)
    assert attachment.sweep(store, IN_2057) == attachment.Swept(removed=2, missing=[])
    assert list(store.names()) == []


def test_who_waits_for_an_answer_about_it_is_answered_first(office: Office) -> None:
    canary_dispute(office)
    with transaction() as session:
        session.execute(
            sa.update(DataRequest).values(status=DataRequestStatus.DECIDED, answered_on=None)
        )
    with pytest.raises(Conflict):
        propose(office)


def test_a_request_about_two_is_forgotten_with_the_second(office: Office) -> None:
    handling, other = canary_dispute(office), registered(office)
    both = [str(handling.id), str(other.id)]
    with transaction() as session:
        session.execute(sa.update(DataRequest).values(dispute_ids=both))
    forgotten(office)
    assert REQUESTED["wish"] in exported(office)
    other.until(DisputeStatus.CLOSED)
    assert forgotten(office, datetime(2058, 1, 1, 2, 0, tzinfo=UTC)).erased == 1
    assert REQUESTED["wish"] not in exported(office)
    day = date(2058, 1, 1)
    (view,) = data_requests.page(actor=office.director, desk=office.desk, today=day).items
    assert (view.name, view.wish, view.reason) == ("已销毁", None, None)


def test_no_index_and_no_fingerprint_finds_anybody_again(office: Office) -> None:
    handling = canary_dispute(office)
    forgotten(office)
    parties = db.session.scalars(sa.select(Party).where(Party.dispute_id == handling.id)).all()
    told = ("id_number_index", "phone_index", "phone_tail_index", "initials", "name_sealed")
    assert [(each.role.value, each.name) for each in parties] == [
        ("applicant", ""),
        ("respondent", ""),
    ]
    assert {getattr(each, name) for each in parties for name in told} == {None}
    assert (handling.row.fingerprint, handling.row.platform_index) == (None, None)


def test_figures_and_the_trail_stay_true(office: Office, settings: Settings) -> None:
    canary_dispute(office)
    registered(office).until(DisputeStatus.MEDIATING)
    before = figures(office)
    assert before["disputes_closed None"].numerator == 1
    assert chain(settings) is Verdict.WHOLE
    forgotten(office)
    assert figures(office) == before
    assert chain(settings) is Verdict.WHOLE


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("restricted", [False, True])
def test_no_file_of_sqlite_holds_it(
    office: Office, database_url: str, tmp_path: Path, restricted: bool
) -> None:
    canary_dispute(office, restricted=restricted)
    forgotten(office)
    db.session.remove()
    text_duty.purge(1_000)
    assert db.session.scalars(sa.select(TextDuty.kind)).all() == []
    db.session.remove()
    path = Path(str(make_url(database_url).database))
    files = [*path.parent.glob(f"{path.name}*"), *tmp_path.rglob("*")]
    content = b"\0".join(each.read_bytes() for each in files if each.is_file())
    assert "东街社区".encode() in content
    assert [name for name, told in CANARIES.items() if told.encode() in content] == []


def test_it_is_read_and_changed_by_nobody_any_more(office: Office) -> None:
    handling = canary_dispute(office)
    forgotten(office)
    with pytest.raises(Erased):
        disputes.one(handling.id, actor=office.director, desk=office.desk, now=IN_2057)
    with pytest.raises(Erased):
        handling.take(Step.REOPEN, {"reason": "又吵起来了"}, now=IN_2057)
    with pytest.raises(NotFound):
        paper.guidance(handling.id, actor=office.director, desk=office.desk, now=IN_2057)
    with pytest.raises(NotFound):
        disputes.one(
            handling.id, actor=office.actor(Role.LIAISON, "station"), desk=office.desk, now=IN_2057
        )


def test_what_is_left_says_what_happened_and_names_no_party(office: Office) -> None:
    handling = canary_dispute(office)
    forgotten(office)
    left = queries.tombstone(handling.id, actor=office.director, desk=office.desk, now=IN_2057)
    assert (left.number, left.category, left.erased_at) == (
        handling.row.number,
        "neighbour",
        IN_2057,
    )
    assert (left.director, left.secadmin, left.due_from) == (
        office.director.name,
        office.actor(Role.SECADMIN).name,
        date(2057, 1, 1),
    )


def test_nothing_is_due_a_day_early(office: Office) -> None:
    canary_dispute(office)
    with pytest.raises(Conflict):
        propose(office, DAY_BEFORE)
    due = {
        each.keep.kept.value: each.due for each in queries.summary(desk=office.desk, now=IN_2057)
    }
    assert {kept for kept, count in due.items() if count} == {"agreed"}


@pytest.mark.parametrize("ground", [HoldGround.PETITION, HoldGround.OTHER])
def test_what_is_held_back_is_not_proposed_until_it_is_let_go(
    office: Office, ground: HoldGround
) -> None:
    handling = canary_dispute(office)
    told: dict[str, Any] = {"actor": office.director, "desk": office.desk, "now": IN_2057}
    held = hold.place(handling.row.number, ground, **told)
    with pytest.raises(Conflict):
        hold.place(handling.row.number, ground, **told)
    with pytest.raises(Conflict):
        propose(office)
    (due,) = [each for each in queries.summary(desk=office.desk, now=IN_2057) if each.due]
    assert (due.due, due.stopped) == (1, 1)
    hold.lift(held, **told)
    assert queries.holds(actor=office.director) == []
    assert forgotten(office).erased == 1
    with pytest.raises(Erased):
        hold.place(handling.row.number, ground, **told)
    with pytest.raises(Invalid):
        hold.place("没有这件", ground, **told)


def test_what_is_in_court_is_kept_until_the_case_is_closed(office: Office) -> None:
    handling = canary_dispute(office)
    suit = sheepfold(office)  # lost, and a duty is owed

    def becomes(**changes: Any) -> None:
        db.session.execute(sa.update(Lawsuit).where(Lawsuit.id == suit).values(**changes))
        db.session.commit()

    becomes(dispute_id=handling.row.id)
    with pytest.raises(Conflict):
        propose(office)
    becomes(status=LawsuitStatus.CLOSED)
    assert forgotten(office).erased == 1


def test_what_is_held_back_after_it_was_agreed_to_is_spared(office: Office) -> None:
    handling = canary_dispute(office)
    erasure_id = propose(office)
    agree(office, erasure_id)
    hold.place(
        handling.row.number,
        HoldGround.REQUEST,
        actor=office.director,
        desk=office.desk,
        now=IN_2057,
    )
    assert run(office, erasure_id) == operations.Done(erased=0, spared=1)
    assert handling.row.narrative == CANARIES["narrative"]


def test_three_people_have_to_agree(office: Office) -> None:
    canary_dispute(office)
    both = replace(office.actor(Role.SYSADMIN), roles=frozenset({Role.SYSADMIN, Role.DIRECTOR}))
    erasure_id = operations.propose(actor=both, desk=office.desk, now=IN_2057)
    with pytest.raises(Conflict):
        agree(office, erasure_id, both)
    with pytest.raises(Conflict):
        run(office, erasure_id)
    two_hats = replace(
        office.actor(Role.DIRECTOR, name="b"), roles=frozenset({Role.SECADMIN, Role.DIRECTOR})
    )
    agree(office, erasure_id, two_hats)
    with pytest.raises(Conflict):
        agree(office, erasure_id, two_hats)
    with pytest.raises(Conflict):
        agree(office, erasure_id, office.director)
    with pytest.raises(Conflict):
        run(office, erasure_id)
    agree(office, erasure_id, office.actor(Role.SECADMIN))
    assert queries.erasure(erasure_id).standing is Standing.AGREED
    assert run(office, erasure_id).erased == 1
    assert queries.erasure(erasure_id).standing is Standing.FINISHED
    with pytest.raises(Conflict):
        run(office, erasure_id)


def test_a_list_that_was_sent_back_forgets_nothing(office: Office) -> None:
    handling = canary_dispute(office)
    erasure_id = propose(office)
    with pytest.raises(Conflict):  # one list at a time
        propose(office)
    operations.refuse(erasure_id, actor=office.director, desk=office.desk, now=IN_2057)
    assert queries.erasure(erasure_id).standing is Standing.REFUSED
    with pytest.raises(Conflict):
        run(office, erasure_id)
    assert handling.row.erased_at is None
    assert forgotten(office).erased == 1


def proposed_from_elsewhere(office: Office, proposer: Actor) -> str:
    """What another connection is told that proposes too."""
    with office.app.app_context():
        try:
            operations.propose(actor=proposer, desk=office.desk, now=IN_2057)
        except Conflict as refused:
            return str(refused)
    return "proposed"


def test_who_proposes_while_another_list_is_being_written_is_refused(office: Office) -> None:
    handling = canary_dispute(office)
    other = people(office)
    with ThreadPoolExecutor(1) as elsewhere:
        with transaction():
            erasure_id = propose(office)
            second = elsewhere.submit(proposed_from_elsewhere, office, other)
            time.sleep(0.3)  # until it waits for this one
            assert not second.done()
        assert second.result() == operations.ANOTHER
    on_lists = db.session.execute(sa.select(ErasureItem.erasure_id, ErasureItem.subject_id)).all()
    assert [tuple(each) for each in on_lists] == [(erasure_id, handling.id)]


def test_of_many_who_propose_at_once_one_list_comes_to_be(office: Office) -> None:
    canary_dispute(office)
    people = [office.actor(Role.SYSADMIN, name=name) for name in "abcdef"]
    with ThreadPoolExecutor(len(people)) as together:
        told = list(together.map(lambda who: proposed_from_elsewhere(office, who), people))
    assert sorted(told) == sorted(["proposed"] + [operations.ANOTHER] * 5)
    (erasure_id,) = db.session.scalars(sa.select(ErasureRow.id))
    agree(office, erasure_id)
    assert run(office, erasure_id) == operations.Done(erased=1, spared=0)


def test_who_waited_for_a_list_that_came_to_nothing_makes_one(office: Office) -> None:
    canary_dispute(office)
    other = people(office)
    with ThreadPoolExecutor(1) as elsewhere:
        second = propose_and_fail(office, other, elsewhere)
        assert second.result() == "proposed"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ErasureItem)) == 1


def people(office: Office) -> Actor:
    """Who proposes, here before anything is held, and somebody else who does."""
    office.actor(Role.SYSADMIN)
    return office.actor(Role.SYSADMIN, name="b")


def propose_and_fail(office: Office, other: Actor, elsewhere: ThreadPoolExecutor) -> Future[str]:
    """Propose, have another wait for it, and undo it; what the other is told."""
    with suppress(ZeroDivisionError), transaction():
        propose(office)
        second = elsewhere.submit(proposed_from_elsewhere, office, other)
        time.sleep(0.3)
        raise ZeroDivisionError
    return second


def test_the_database_itself_keeps_one_list_open_at_most(office: Office) -> None:
    canary_dispute(office)
    erasure_id = propose(office)
    me = office.actor(Role.SYSADMIN).user_id
    with pytest.raises(sa.exc.IntegrityError):
        db.session.execute(sa.insert(ErasureRow).values(proposed_by=me, proposed_at=IN_2057))
    db.session.rollback()
    for values in ({"open": None}, {"open": False}, {"refused_by": me, "refused_at": IN_2057}):
        with pytest.raises(sa.exc.IntegrityError):
            db.session.execute(
                sa.update(ErasureRow).where(ErasureRow.id == erasure_id).values(**values)
            )
        db.session.rollback()


@pytest.mark.parametrize("role", [Role.WINDOW, Role.MEDIATOR, Role.LEADER, Role.AUDITOR])
def test_nobody_else_proposes_agrees_or_runs(office: Office, role: Role) -> None:
    canary_dispute(office)
    erasure_id, actor = propose(office), office.actor(role)
    deeds = (operations.agree, operations.refuse, operations.run)
    for deed in deeds:
        with pytest.raises(Forbidden):
            deed(erasure_id, actor=actor, desk=office.desk, now=IN_2057)
    with pytest.raises(Forbidden):
        operations.propose(actor=actor, desk=office.desk, now=IN_2057)


def test_a_consultation_that_led_to_nothing_is_forgotten_by_itself(office: Office) -> None:
    asked(office, question=CANARIES["question"], now=MONDAY_9AM)
    in_2030 = datetime(2030, 1, 1, 2, 0, tzinfo=UTC)
    assert forgotten(office, in_2030) == operations.Done(erased=1, spared=0)
    assert CANARIES["question"] not in texts()


def test_the_database_itself_keeps_an_erased_one_blank(office: Office) -> None:
    handling = canary_dispute(office)
    forgotten(office)
    for values in (
        {"narrative": "又写上了"},
        {"fingerprint": b"x"},
        {"indexed_sealed": b"x"},
        {"status": "registered"},
    ):
        with pytest.raises(sa.exc.IntegrityError):
            db.session.execute(sa.update(Dispute).where(Dispute.id == handling.id).values(**values))
        db.session.rollback()


def test_the_database_itself_wants_three_people(office: Office) -> None:
    canary_dispute(office)
    erasure_id = propose(office)
    me = office.actor(Role.SYSADMIN).user_id
    with pytest.raises(sa.exc.IntegrityError):
        db.session.execute(
            sa.update(ErasureRow)
            .where(ErasureRow.id == erasure_id)
            .values(director_id=me, director_at=IN_2057)
        )
    db.session.rollback()


def test_running_again_takes_up_what_stopped_in_the_middle(
    office: Office, settings: Settings
) -> None:
    first, second = canary_dispute(office), canary_dispute(office)
    erasure_id = propose(office)
    agree(office, erasure_id)
    sysadmin = office.actor(Role.SYSADMIN)
    operations._forget_one(  # as far as it came when the power failed
        erasure_id, first.id, actor=sysadmin, desk=office.desk, now=IN_2057
    )
    view = queries.erasure(erasure_id)
    assert (view.erased, view.total, view.standing) == (1, 2, Standing.AGREED)
    assert run(office, erasure_id) == operations.Done(erased=2, spared=0)
    assert second.row.erased_at == IN_2057
    assert chain(settings) is Verdict.WHOLE
