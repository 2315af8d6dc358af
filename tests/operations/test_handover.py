"""Handovers: one row for every move, one lead always, and nothing moves before it is accepted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from config.vocabulary import (
    Channel,
    ClockEnd,
    DisputeStatus,
    HandoverConsent,
    HandoverKind,
    HandoverState,
    NoticeKind,
    Role,
    SharePurpose,
    Step,
)
from models import Clock, Event, Handover, Notice, Share, db, transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, Stale, StepNotAllowed
from service.operations import handover as operations
from service.operations import restricted
from service.operations import supervision as supervisions
from service.queries import dispatch
from service.queries import dispute as disputes
from service.queries.dispatch import Returned
from service.rules.access import Actor
from service.rules.handover import Agreed
from tests.factories.dispute import Handling, registered
from tests.factories.handover import (
    REASON,
    RISK,
    accepted,
    returned,
    rows,
    sent,
    signed,
    withdrawn,
)
from tests.factories.moment import MONDAY_9AM, MONDAY_10AM, TUESDAY, TUESDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
S, H, X = DisputeStatus, HandoverState, HandoverKind
TUESDAY_1030 = datetime(2026, 11, 3, 2, 30, tzinfo=UTC)  # eight office hours after Monday at nine
TUESDAY_0930 = TUESDAY_1030 - timedelta(hours=1)
WORKERS, RUNS = 4, 50
CITED = "（《人民调解法》第 18 条、《公安机关办理行政案件程序规定》第 178 条）"


@pytest.fixture
def station(office: Office) -> Actor:
    """The liaison of the police station."""
    return office.actor(Role.LIAISON, "station")


@pytest.fixture
def case(office: Office, station: Actor) -> Handling:
    """A dispute that the committee mediates; its people and those of the station are there."""
    assert office.liaison.user_id != station.user_id
    return registered(office).until(S.MEDIATING)


def told(handling: Handling, kind: NoticeKind) -> set[UUID]:
    """Whom a notice of a kind waits for."""
    db.session.rollback()
    waiting = sa.select(Notice.user_id).where(
        Notice.dispute_id == handling.id, Notice.kind == kind, Notice.read_at.is_(None)
    )
    return set(db.session.scalars(waiting))


def states(handling: Handling) -> list[HandoverState]:
    return [each.state for each in rows(handling)]


def deeds(handling: Handling) -> list[str]:
    found = sa.select(Event.action).where(Event.subject_id == handling.id).order_by(Event.id)
    return list(db.session.scalars(found))


# -- a dispatch is a row -------------------------------------------------------------------------


def test_a_dispatch_is_a_row_that_the_acceptance_answers(office: Office) -> None:
    case = registered(office).until(S.DISPATCHED)
    row = rows(case)[0]
    assert (row.kind, row.state, row.ordinal, row.episode) == (X.DISPATCH, H.OPEN, 1, 1)
    assert (row.from_organisation_id, row.to_organisation_id) == (
        office.units["centre"],
        office.units["committee"],
    )
    assert (row.from_channel, row.to_channel) == (None, Channel.PEOPLE)
    assert (row.due_at, row.look_at) == (TUESDAY_1030, TUESDAY_0930)
    case.take(Step.ACCEPT, now=MONDAY_10AM)
    row = rows(case)[0]
    assert (row.state, row.accepted_at, row.answered_by, row.look_at) == (
        H.ACCEPTED,
        MONDAY_10AM,
        office.mediator.user_id,
        None,
    )


def test_a_return_of_the_step_keeps_its_code_and_seals_its_words(office: Office) -> None:
    case = registered(office).until(S.ACCEPTED)
    case.take(Step.RETURN, {"reason": "不是我们辖区的事", "code": "wrong_place"})
    row = rows(case)[0]
    key = office.desk.keyring.field_key(case.row.sealed_key, f"dispute:{case.id}")
    assert (row.state, row.return_code, row.accepted_at, row.times_back) == (
        H.RETURNED,
        "wrong_place",
        MONDAY_9AM,
        1,
    )
    assert key.open_optional(row.return_sealed, f"handover.return:{row.id}") == "不是我们辖区的事"


def test_a_code_nobody_knows_is_refused_at_its_field(office: Office) -> None:
    case = registered(office).until(S.DISPATCHED)
    with pytest.raises(Invalid) as refusal:
        case.take(Step.RETURN, {"reason": "不想办", "code": "mood"})
    assert list(refusal.value.fields) == ["code"]


def test_the_director_takes_a_dispatch_back(office: Office) -> None:
    case = registered(office).until(S.DISPATCHED)
    made = rows(case)[0].id
    with pytest.raises(Forbidden):
        withdrawn(case, made, actor=office.liaison)
    withdrawn(case, made, actor=office.director)
    row = case.row
    assert (row.status, row.organisation_id, row.mediator_id) == (S.REGISTERED, None, None)
    assert states(case) == [H.WITHDRAWN]
    case.take(Step.DISPATCH)
    assert states(case) == [H.WITHDRAWN, H.OPEN]


def test_the_row_of_a_dispatch_answers_by_its_own_door_too(office: Office) -> None:
    case = registered(office).until(S.DISPATCHED)
    returned(case, rows(case)[0].id, actor=office.liaison, code="overload")
    assert (case.row.status, states(case)) == (S.REGISTERED, [H.RETURNED])
    assert rows(case)[0].to_director
    case.take(Step.DISPATCH)
    accepted(case, rows(case)[1].id, actor=office.mediator)
    assert (case.row.status, states(case)) == (S.ACCEPTED, [H.RETURNED, H.ACCEPTED])


# -- a handover from unit to unit ----------------------------------------------------------------


def test_until_it_is_accepted_everything_stays_with_the_sender(
    case: Handling, office: Office, station: Actor
) -> None:
    before = (case.row.organisation_id, case.row.mediator_id, case.row.due_on, case.row.status)
    made = sent(case)
    row = rows(case)[1]
    assert row.id == made
    assert (row.kind, row.state, row.from_channel, row.to_channel) == (
        X.TRANSFER,
        H.OPEN,
        Channel.PEOPLE,
        Channel.ADMINISTRATIVE,
    )
    assert (
        case.row.organisation_id,
        case.row.mediator_id,
        case.row.due_on,
        case.row.status,
    ) == before
    assert told(case, NoticeKind.HANDED) == {station.user_id}
    view = disputes.one(case.id, actor=station, desk=office.desk, now=MONDAY_10AM)
    assert (view.clear, view.parties[0].name, view.steps) == (False, "王**", [])


def test_the_words_are_sealed_and_stand_nowhere_in_clear(case: Handling, office: Office) -> None:
    sent(case)
    row = rows(case)[1]
    key = office.desk.keyring.field_key(case.row.sealed_key, f"dispute:{case.id}")
    assert key.open_optional(row.reason_sealed, f"handover.reason:{row.id}") == REASON
    assert key.open_optional(row.risk_sealed, f"handover.risk:{row.id}") == RISK
    assert key.open_optional(row.papers_sealed, f"handover.papers:{row.id}") == (
        "询问笔录\n现场照片 3 张"
    )
    assert row.consent_parties == [str(each) for each in signed(case).parties]
    event = db.session.scalars(sa.select(Event).where(Event.action == "handover-send")).one()
    assert (event.reason, event.detail) == (
        None,
        {
            "ordinal": 2,
            "kind": "transfer",
            "from": str(office.units["committee"]),
            "organisation": str(office.units["station"]),
        },
    )


def test_acceptance_moves_lead_channel_mediator_shares_terms_and_what_presses(
    case: Handling, office: Office, station: Actor
) -> None:
    supervisions.order(
        [case.id],
        supervisions.Order(kind=next(iter(office.desk.policy.supervisions.by_kind)), words="快办"),
        actor=office.director,
        desk=office.desk,
        now=MONDAY_9AM,
    )
    with transaction() as session:
        session.add_all(
            Share(
                dispute_id=case.id,
                organisation_id=office.units[unit],
                purpose=SharePurpose.ASSIST,
                shared_at=MONDAY_9AM,
            )
            for unit in ("station", "justice")
        )
    version = case.row.version
    made = sent(case)
    accepted(case, made, actor=station, now=TUESDAY_9AM)
    row = case.row
    assert (row.organisation_id, row.channel, row.mediator_id, row.status) == (
        office.units["station"],
        Channel.ADMINISTRATIVE,
        None,
        S.ACCEPTED,
    )
    assert (row.accepted_on, row.due_rule, row.version) == (TUESDAY, "ADM.DEFAULT", version + 2)
    running = sa.select(Share.organisation_id).where(Share.ended_at.is_(None))
    assert db.session.scalars(running).all() == [office.units["justice"]]
    clocks = sa.select(Clock.rule, Clock.ended).where(Clock.dispute_id == case.id)
    ended = {each.rule: each.ended for each in db.session.execute(clocks)}
    assert (ended["PM.DEFAULT"], ended["ADM.DEFAULT"]) == (ClockEnd.REPLACED, None)
    assert told(case, NoticeKind.HANDED) == set()
    assert office.liaison.user_id in told(case, NoticeKind.HANDOVER_ACCEPTED)
    with pytest.raises(NotFound):
        disputes.one(case.id, actor=office.mediator, desk=office.desk, now=TUESDAY_9AM)


def test_a_mediator_who_accepts_mediates_it(case: Handling, office: Office) -> None:
    officer = office.actor(Role.MEDIATOR, "station")
    accepted(case, sent(case), actor=officer)
    assert case.row.mediator_id == officer.user_id


def test_a_return_leaves_everything_as_it_was(
    case: Handling, office: Office, station: Actor
) -> None:
    before = (case.row.organisation_id, case.row.mediator_id, case.row.due_on, case.row.status)
    returned(case, sent(case), actor=station, code="papers_missing", words="缺伤情鉴定")
    assert (
        case.row.organisation_id,
        case.row.mediator_id,
        case.row.due_on,
        case.row.status,
    ) == before
    assert (rows(case)[1].state, rows(case)[1].return_code) == (H.RETURNED, "papers_missing")
    assert told(case, NoticeKind.HANDOVER_RETURNED) == {
        office.liaison.user_id,
        office.mediator.user_id,
    }
    with pytest.raises(NotFound):
        disputes.one(case.id, actor=station, desk=office.desk, now=MONDAY_10AM)


def test_who_may_not_answer_or_take_back_does_not(
    case: Handling, office: Office, station: Actor
) -> None:
    made = sent(case)
    justice = office.actor(Role.LIAISON, "justice")
    with pytest.raises(Forbidden):
        accepted(case, made, actor=office.mediator)
    with pytest.raises(NotFound):
        accepted(case, made, actor=justice)
    with pytest.raises(Forbidden):
        withdrawn(case, made, actor=station)
    with pytest.raises(NotFound):
        withdrawn(case, uuid4())
    withdrawn(case, made)
    with pytest.raises(Conflict) as refusal:
        withdrawn(case, made)
    assert refusal.value.detail == "这次移交已经撤回，不能再办"
    assert states(case) == [H.ACCEPTED, H.WITHDRAWN]


def test_only_what_is_in_work_and_open_to_read_is_handed_over(office: Office) -> None:
    case = registered(office).until(S.AGREED)
    with pytest.raises(StepNotAllowed) as refusal:
        sent(case)
    assert refusal.value.detail == "受理以后、达成协议以前的纠纷才能移交"
    closed = registered(office, restricted=True).until(S.MEDIATING)
    with pytest.raises(Conflict) as conflict:
        sent(closed, actor=office.director)
    assert conflict.value.detail == "受限纠纷由中心主任改派，单位之间不移交"


def test_out_of_the_police_nothing_goes_without_consent(
    case: Handling, office: Office, station: Actor
) -> None:
    accepted(case, sent(case), actor=station)
    urgent = Agreed(how=HandoverConsent.NOT_NEEDED, ground="来不及问")
    with pytest.raises(Invalid) as refusal:
        sent(case, "justice", actor=station, consent=urgent)
    assert refusal.value.fields == {
        "consent.how": [
            f"这样移交要先征得当事人同意{CITED}",
        ]
    }
    sent(case, "justice", actor=station)
    assert states(case) == [H.ACCEPTED, H.ACCEPTED, H.OPEN]


@pytest.mark.parametrize("step", [Step.AGREE, Step.WITHDRAW])
def test_what_settles_the_dispute_takes_back_what_is_open(case: Handling, step: Step) -> None:
    sent(case)
    body = {"form": "oral"} if step is Step.AGREE else {"reason": "两家和好了"}
    case.take(step, body)
    assert states(case) == [H.ACCEPTED, H.WITHDRAWN]


def test_a_return_to_the_centre_takes_back_what_is_open(office: Office, station: Actor) -> None:
    case = registered(office).until(S.ACCEPTED)
    sent(case)
    case.take(Step.RETURN, {"reason": "当事人要求中心来办"})
    assert states(case) == [H.RETURNED, H.WITHDRAWN]


def test_what_becomes_restricted_is_taken_back(case: Handling, office: Office) -> None:
    sent(case)
    restricted.restrict(
        case.id, "涉及未成年人", actor=office.director, desk=office.desk, now=MONDAY_10AM
    )
    assert states(case) == [H.ACCEPTED, H.WITHDRAWN]


def test_the_third_return_is_the_directors(case: Handling, office: Office, station: Actor) -> None:
    for _ in range(3):
        returned(case, sent(case), actor=station)
    assert [each.times_back for each in rows(case)] == [0, 1, 2, 3]
    assert told(case, NoticeKind.HANDOVER_MANY) == {office.director.user_id}
    with pytest.raises(Conflict) as refusal:
        sent(case)
    assert refusal.value.detail == "这件纠纷已经退回 3 次，移到哪里由中心主任决定"
    sent(case, actor=office.director)
    assert rows(case)[4].kind is X.DIRECTED
    assert told(case, NoticeKind.HANDOVER_MANY) == set()


# -- two at once ---------------------------------------------------------------------------------


def at_once(office: Office, deeds: list[Any]) -> list[str]:
    """What each of several deeds says that are done at the same time; "" when it was done."""

    def do(deed: Any) -> str:
        with office.app.app_context():
            try:
                deed()
            except Refusal as refusal:
                return f"{type(refusal).__name__} {refusal.detail}"
            finally:
                db.session.remove()
        return ""

    db.session.rollback()
    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(do, deeds))


def test_of_two_who_send_at_once_one_is_told_where_it_went(case: Handling, office: Office) -> None:
    version, agreed, people = case.row.version, signed(case), [office.liaison, office.mediator]
    said = at_once(
        office,
        [lambda who=who: sent(case, actor=who, version=version, consent=agreed) for who in people],
    )
    assert sorted(said) == [
        "",
        "Conflict 已经移交给柳溪派出所，正在等对方签收；要改送别的单位，请先撤回",
    ]
    assert states(case) == [H.ACCEPTED, H.OPEN]


def test_the_database_itself_keeps_a_second_open_one_out(case: Handling) -> None:
    sent(case)
    row = rows(case)[1]
    values = {c.key: getattr(row, c.key) for c in Handover.__table__.columns}
    twin = values | {"id": uuid4(), "ordinal": 9}
    with pytest.raises(sa.exc.IntegrityError), transaction() as session:
        session.add(Handover(**twin))


def test_who_read_an_older_version_is_told(case: Handling) -> None:
    with pytest.raises(Stale):
        sent(case, version=case.row.version - 1)


# -- what nobody answers -------------------------------------------------------------------------


def look(office: Office, now: datetime) -> int:
    return operations.look_at_due(desk=office.desk, now=now)


def test_an_hour_before_it_reminds_and_then_it_bounces(
    case: Handling, office: Office, station: Actor
) -> None:
    sent(case)
    assert look(office, TUESDAY_0930 - timedelta(minutes=1)) == 0
    assert told(case, NoticeKind.HANDOVER_DUE) == set()
    assert look(office, TUESDAY_0930) == 0
    assert told(case, NoticeKind.HANDOVER_DUE) == {station.user_id}
    assert look(office, TUESDAY_1030) == 1
    assert told(case, NoticeKind.HANDOVER_DUE) == set()
    assert told(case, NoticeKind.HANDOVER_BOUNCED) == {
        office.liaison.user_id,
        office.mediator.user_id,
        office.director.user_id,
    }
    assert (case.row.organisation_id, case.row.status) == (office.units["committee"], S.MEDIATING)
    assert states(case) == [H.ACCEPTED, H.BOUNCED]


def test_a_dispatch_nobody_answers_goes_back_to_the_centre(office: Office) -> None:
    case = registered(office).until(S.DISPATCHED)
    assert look(office, TUESDAY_1030) == 1
    row = case.row
    assert (row.status, row.organisation_id, row.mediator_id) == (S.REGISTERED, None, None)
    assert (deeds(case)[-1], states(case)) == ("handover-bounce", [H.BOUNCED])
    assert told(case, NoticeKind.HANDOVER_BOUNCED) == {office.director.user_id}
    back = dispatch.returns([case.id], actor=office.director, desk=office.desk, now=TUESDAY_1030)
    assert back[case.id] == Returned("柳溪镇人民调解委员会", "到时没有签收，自动退回", 1)
    case.take(Step.DISPATCH, now=TUESDAY_1030)
    assert told(case, NoticeKind.HANDOVER_BOUNCED) == set()


def test_at_night_nothing_is_told_until_morning(case: Handling, office: Office) -> None:
    sent(case)
    night = datetime(2026, 11, 3, 18, 0, tzinfo=UTC)  # two o'clock, the worker had stood still
    assert look(office, night) == 0
    assert look(office, night + timedelta(hours=7)) == 1


def test_what_is_from_before_has_its_term_from_the_first_look(office: Office) -> None:
    case = registered(office).until(S.DISPATCHED)
    with transaction() as session:
        row = session.get_one(Handover, rows(case)[0].id)
        row.due_at, row.look_at = None, MONDAY_9AM - timedelta(days=90)
    assert look(office, MONDAY_9AM) == 0
    assert rows(case)[0].due_at == TUESDAY_1030
    assert look(office, TUESDAY_1030) == 1


def test_fifty_looks_of_four_workers_bounce_once(case: Handling, office: Office) -> None:
    others = [registered(office).until(S.MEDIATING) for _ in range(2)]
    for each in (case, *others):
        sent(each)
    db.session.rollback()

    def worker(_: int) -> int:
        with office.app.app_context():
            found = sum(look(office, TUESDAY_1030) for _ in range(RUNS // WORKERS + 1))
            db.session.remove()
            return found

    with ThreadPoolExecutor(WORKERS) as workers:
        assert sum(workers.map(worker, range(WORKERS))) == 3
    for each in (case, *others):
        assert states(each) == [H.ACCEPTED, H.BOUNCED]
        assert deeds(each).count("handover-bounce") == 1
