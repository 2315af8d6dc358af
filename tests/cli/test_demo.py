"""The demo town: everything a user will meet is there, and all of it obeys the rules."""

import json
import stat
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import linkage
from config.court import ConfirmationState, CourtState
from config.exchange import ExchangeState
from config.lawsuit import Breach
from config.linkage import LinkageRegister
from config.settings import KEY_NAMES, Settings
from config.suggestion import SuggestionKind, SuggestionStatus
from config.vocabulary import (
    STAFF,
    BasisGround,
    ClockChangeKind,
    ClockChangeState,
    ClockKind,
    DataRequestKind,
    DataRequestStatus,
    DisputeStatus,
    HandoverKind,
    HandoverState,
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitStatus,
    Media,
    OrganisationKind,
    Outcome,
    SharePurpose,
    SupervisionKind,
    WithdrawalCause,
)
from models import (
    Agreement,
    Attachment,
    AuditEntry,
    Basis,
    CaseMend,
    CaseReview,
    Clock,
    ClockChange,
    ClockStep,
    Confirmation,
    Consultation,
    CourtReferral,
    DataRequest,
    Dispute,
    Episode,
    Event,
    Exchange,
    Glass,
    Grant,
    Handover,
    Hearing,
    Hold,
    Interest,
    Lawsuit,
    LawsuitDuty,
    Linkage,
    LinkageStep,
    Litigation,
    MediationSession,
    Mediator,
    MediatorLeave,
    Named,
    Organisation,
    Party,
    PlanEntry,
    PlanEvidence,
    Recusal,
    Replay,
    Route,
    RulebookVersion,
    Share,
    ShiftNote,
    Subscription,
    Substitution,
    Suggestion,
    Supervision,
    User,
    Visit,
    db,
)
from service.app import create_app
from service.cli.demo import prepared
from service.cli.demo.office import Account
from service.cli.deployment import Deployment
from service.clock import utc_now
from service.desk import Desk
from service.gateways import anchor as anchors
from service.gateways.attachment import Store
from service.operations.archive import ATTACHMENTS
from service.operations.sign_in import sign_in
from service.queries import audit_chain, calendar, calendar_move, replay, retention, setup
from service.queries import plan_entry as plan_entries
from service.queries.replay import Asked
from service.queries.restricted import times
from service.rules import identity, rulebook
from service.rules import password as password_rules
from service.rules import restricted as rules
from service.rules.audit import Verdict
from service.rules.calendar import Week
from service.rules.origin import HERE
from service.rules.restricted import GlassState
from service.rules.supervision import SupervisionState
from service.rules.supervision import state as supervision_state
from service.web import deed
from tests.cli.conftest import Kept, free_port, start

WAITING = [DisputeStatus.REGISTERED, DisputeStatus.DISPATCHED, DisputeStatus.ACCEPTED]


class Demo(NamedTuple):
    accounts: list[Account]
    folder: Path
    deployment: Deployment
    desk: Desk
    session: Session
    today: date


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One town, made once for every test here; they only look."""
    folder = tmp_path_factory.mktemp("town") / "demo"
    settings = Settings.for_test(folder)
    keep_keys(folder.parent, settings)  # the command below finds the keys this town is made with
    deployment = Deployment(create_app, Kept(settings))
    accounts = prepared.accounts(deployment, fresh=False)
    with deployment.open() as desk:
        yield Demo(accounts, folder, deployment, desk, db.session(), desk.today(utc_now()))


def keep_keys(folder: Path, settings: Settings) -> None:
    """Put the keys where a command in `folder` looks for them."""
    (folder / "keys").mkdir(parents=True)
    for name in KEY_NAMES:
        (folder / "keys" / name).write_text(getattr(settings, f"{name}_key").hex())


def count(demo: Demo, *conditions: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).select_from(Dispute).where(*conditions)
    return demo.session.scalar(query) or 0


def test_there_are_about_three_hundred_disputes_over_a_year(demo: Demo) -> None:
    first, last = demo.session.execute(
        sa.select(sa.func.min(Dispute.registered_on), sa.func.max(Dispute.registered_on))
    ).one()
    assert 280 <= count(demo) <= 365
    assert demo.today - first > timedelta(days=340)
    assert Week.of(last) == Week.of(demo.today)


def test_every_status_and_every_outcome_is_there(demo: Demo) -> None:
    assert set(demo.session.scalars(sa.select(Dispute.status))) == set(DisputeStatus)
    outcomes = set(demo.session.scalars(sa.select(Dispute.outcome))) - {None}
    assert outcomes == set(Outcome)


def test_the_administrator_has_nothing_left_to_set_up(demo: Demo) -> None:
    with demo.deployment.open() as desk:
        state = setup.state(desk.policy, demo.today)
    assert (state.finished, state.told, state.lacking) == (True, True, ())


def test_every_unit_of_the_contract_is_there(demo: Demo) -> None:
    kinds = Counter(demo.session.scalars(sa.select(Organisation.kind)))
    assert kinds[OrganisationKind.VILLAGE_COMMITTEE] == 3
    assert kinds[OrganisationKind.PEOPLE_MEDIATION_COMMITTEE] == 4
    named = """governance_centre police_station justice_office law_firm legal_service people_court
        traffic_committee town_government market_regulator traffic_police agriculture
        forestry_grassland natural_resources human_resources labour_inspection civil_affairs
        environment womens_federation procuratorate court"""
    assert {kind for kind in named.split() if not kinds[OrganisationKind(kind)]} == set()


@pytest.mark.parametrize("status", WAITING)
def test_some_wait_for_their_next_step(demo: Demo, status: DisputeStatus) -> None:
    assert count(demo, Dispute.status == status) >= 4


def test_some_are_late_some_are_due_soon_and_some_are_not(demo: Demo) -> None:
    mediating = Dispute.status == DisputeStatus.MEDIATING
    soon = demo.today + timedelta(days=3)
    assert count(demo, mediating, Dispute.due_on < demo.today) >= 4
    assert count(demo, mediating, Dispute.due_on.between(demo.today, soon)) >= 1
    assert count(demo, mediating, Dispute.due_on > soon) >= 4


def test_some_agreements_wait_for_performance_and_some_of_them_too_long(demo: Demo) -> None:
    waiting = demo.session.scalars(
        sa.select(Agreement.performed_by)
        .join(Dispute, Dispute.id == Agreement.dispute_id)
        .where(Dispute.status == DisputeStatus.AGREED, Agreement.performed_on.is_(None))
    ).all()
    assert len(waiting) >= 4
    assert any(day is not None and day < demo.today for day in waiting)


def test_restricted_disputes_are_sealed_and_of_both_kinds(demo: Demo) -> None:
    found = demo.session.scalars(sa.select(Dispute).where(Dispute.restricted)).all()
    assert {fact for each in found for fact in each.facts if each.facts[fact] is True} >= {
        "domestic_violence",
        "minor_victim",
    }
    assert {each.narrative for each in found} == {None}
    assert {party.name for each in found for party in each.parties} == {None}


def test_one_visit_brought_several_disputes(demo: Demo) -> None:
    grouped = sa.select(Dispute.visit_group).where(Dispute.visit_group.is_not(None))
    groups = Counter(demo.session.scalars(grouped))
    assert sorted(groups.values()) == [2, 2, 2]


def test_some_were_sent_elsewhere_than_the_rules_said_with_a_reason(demo: Demo) -> None:
    overridden = demo.session.execute(
        sa.select(Route.lead, Route.chosen_kind).where(Route.override_reason.is_not(None))
    ).all()
    assert len(overridden) >= 4
    assert all(lead != chosen for lead, chosen in overridden)


def test_some_were_returned_and_some_reopened(demo: Demo) -> None:
    actions = Counter(demo.session.scalars(sa.select(Event.action)))
    assert (actions["return"] >= 2, actions["reopen"] >= 2) == (True, True)


def test_the_arithmetic_of_episodes_holds(demo: Demo) -> None:
    by_dispute: dict[UUID, list[Episode]] = {}
    for each in demo.session.scalars(sa.select(Episode).order_by(Episode.ordinal)):
        by_dispute.setdefault(each.dispute_id, []).append(each)
    disputes = {each.id: each for each in demo.session.scalars(sa.select(Dispute))}
    assert by_dispute.keys() == disputes.keys()
    for key, episodes in by_dispute.items():
        assert [each.ordinal for each in episodes] == list(range(1, len(episodes) + 1))
        assert all(each.closed_on is not None for each in episodes[:-1])
        assert (episodes[-1].closed_on, episodes[-1].outcome) == (
            disputes[key].closed_on,
            disputes[key].outcome,
        )
        assert episodes[0].opened_on == disputes[key].registered_on
    assert max(len(each) for each in by_dispute.values()) == 2


def test_numbers_have_no_gaps_and_follow_time(demo: Demo) -> None:
    numbers = demo.session.scalars(
        sa.select(Dispute.number).order_by(Dispute.registered_at, Dispute.number)
    ).all()
    by_year: dict[str, list[int]] = {}
    for number in numbers:
        prefix, _, place = number.partition("-")
        by_year.setdefault(prefix, []).append(int(place))
    assert all(places == list(range(1, len(places) + 1)) for places in by_year.values())
    assert {prefix[:3] for prefix in by_year} == {"QLS"}


def test_some_only_asked_and_the_window_was_handed_over(demo: Demo) -> None:
    asked = demo.session.scalars(sa.select(Consultation.number).order_by(Consultation.asked_at))
    assert len(asked.all()) == 6
    takers = demo.session.scalars(sa.select(ShiftNote.taken_by).order_by(ShiftNote.written_at))
    assert [taker is not None for taker in takers] == [True, False]


def test_nothing_happened_in_the_future_nor_out_of_order(demo: Demo) -> None:
    happened = demo.session.scalars(sa.select(Event.happened_at).order_by(Event.id)).all()
    assert happened[-1] <= utc_now()
    deeds = [each for each in happened if each > happened[0]]
    assert deeds == sorted(deeds)


def test_mediation_left_its_traces(demo: Demo) -> None:
    for table in (MediationSession, Agreement, Visit, Subscription):
        assert demo.session.scalar(sa.select(sa.func.count()).select_from(table)), table


def test_lawsuits_are_pending_lost_and_withdrawn_for_every_cause(demo: Demo) -> None:
    suits = demo.session.scalars(sa.select(Lawsuit)).all()
    assert {each.status for each in suits} == set(LawsuitStatus)
    assert {each.withdrawal_cause for each in suits} - {None} == set(WithdrawalCause)
    assert {LawsuitOutcome.REVOKED, LawsuitOutcome.CONFIRMED_ILLEGAL, LawsuitOutcome.UPHELD} <= {
        each.outcome for each in suits
    }
    appeal = next(each for each in suits if each.instance is LawsuitInstance.SECOND)
    assert appeal.previous_id in {each.id for each in suits}
    assert any(each.dispute_id is not None for each in suits)
    assert {True, False, None} == {each.answered_late for each in suits}
    breaches = demo.session.scalars(sa.select(Hearing.breach)).all()
    assert Breach.LAWYER_ONLY in breaches
    duties = demo.session.scalars(sa.select(LawsuitDuty)).all()
    assert {each.done_on is None for each in duties} == {True, False}
    for table in (CaseReview, CaseMend, Litigation):
        assert demo.session.scalar(sa.select(sa.func.count()).select_from(table)), table


def test_letters_are_in_every_state_one_in_its_second_round_one_overdue(demo: Demo) -> None:
    letters = demo.session.scalars(sa.select(Suggestion)).all()
    assert {each.status for each in letters} == set(SuggestionStatus)
    assert {each.kind for each in letters} == set(SuggestionKind)
    open_second = [each for each in letters if each.round == 2 and each.replied_on is None]
    assert [each.status for each in open_second] == [SuggestionStatus.RETURNED]
    assert any(each.late for each in letters)
    assert any(each.due_provisional for each in letters)
    waits = [each for each in letters if each.status is SuggestionStatus.ASSIGNED]
    assert any(each.due_on is not None and each.due_on < demo.today for each in waits)


def test_every_register_of_the_linkage_came_to_every_stage(demo: Demo) -> None:
    rows = demo.session.scalars(sa.select(Linkage)).all()
    came = demo.session.execute(
        sa.select(Linkage.register, LinkageStep.stage).join(
            LinkageStep, LinkageStep.linkage_id == Linkage.id
        )
    )
    registers = linkage.load().registers
    wanted = {(each.id, stage) for each in registers.values() for stage in each.stages}
    assert {tuple(each) for each in came} == wanted
    late = {each.register for each in rows if each.due_on and each.ended_on is None}
    assert {LinkageRegister.INQUIRY, LinkageRegister.COURT_AID} <= late
    states = demo.session.scalars(sa.select(Exchange.state).order_by(Exchange.read_at)).all()
    assert states == [ExchangeState.KEPT, ExchangeState.READ]


def test_every_register_of_the_plan_has_rows_of_every_state(demo: Demo) -> None:
    registers = demo.desk.policy.registers
    rows = demo.session.scalars(sa.select(PlanEntry)).all()
    assert {each.register for each in rows} == set(registers.by_id)
    states = {"voided" if each.voided_at else "ended" if each.ended_on else "open" for each in rows}
    assert states == {"open", "ended", "voided"}
    assert any(each.due_on and each.due_on < demo.today for each in rows)
    assert any(each.due_on and each.due_on >= demo.today for each in rows)
    told = [plan_entries.row_of(each, registers[each.register], None) for each in rows]
    assert any(each.gaps for each in told)
    assert any(step.excuse for each in told for step in each.taken.values())


def test_the_trail_is_whole_and_every_deed_of_it_has_words(demo: Demo) -> None:
    settings = demo.deployment.settings
    assert audit_chain.verify(settings.audit_key, anchors.read(settings.anchors)).verdict is (
        Verdict.WHOLE
    )
    entries = demo.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.seq)).all()
    lived = [each.happened_at for each in entries if each.happened_at > entries[0].happened_at]
    assert lived == sorted(lived)
    actions = {(each.action, each.subject) for each in entries}
    assert {each for each, _ in actions if deed.did(each).startswith("其他操作")} == set()
    assert {each for _, each in actions} - deed.THINGS.keys() == set()


def test_papers_lie_sealed_in_the_store_and_one_was_taken_back(demo: Demo) -> None:
    papers = demo.session.scalars(sa.select(Attachment).order_by(Attachment.uploaded_at)).all()
    assert [each.media for each in papers] == [Media.JPEG, Media.DOCX, Media.PDF, Media.JPEG]
    assert [each.withdrawn_at is not None for each in papers] == [False, False, False, True]
    files = Store(demo.folder / ATTACHMENTS)
    proofs = set(demo.session.scalars(sa.select(PlanEvidence.stored_as)))
    assert set(files.names()) == {each.stored_as for each in papers} | proofs


def test_requests_of_people_stand_at_every_stage_and_one_is_late(demo: Demo) -> None:
    asked = demo.session.scalars(sa.select(DataRequest).order_by(DataRequest.received_at)).all()
    assert {each.status for each in asked} == set(DataRequestStatus)
    assert {each.kind for each in asked} == set(DataRequestKind)
    waiting = [each for each in asked if each.status is DataRequestStatus.RECEIVED]
    assert [each.due_on < demo.today for each in waiting] == [True, False]


def test_something_is_shared_for_every_purpose_of_the_demo_and_one_share_is_over(
    demo: Demo,
) -> None:
    shares = demo.session.scalars(sa.select(Share).where(Share.until.is_not(None))).all()
    assert {each.purpose for each in shares} >= {
        SharePurpose.COURT,
        SharePurpose.ADVICE,
        SharePurpose.REFERRAL,
        SharePurpose.ASSIST,
    }
    assert {each.purpose for each in shares if each.ended_at} == {SharePurpose.ADVICE}


def test_restricted_disputes_name_people_and_one_glass_waits_and_one_is_over(demo: Demo) -> None:
    named = demo.session.scalars(sa.select(Named).order_by(Named.named_at)).all()
    assert [each.ended_at is not None for each in named] == [True, False]
    over, waits = demo.session.scalars(sa.select(Glass).order_by(Glass.asked_at)).all()
    policy, now = demo.desk.policy.restricted, utc_now()
    assert [rules.glass_state(times(each), now, policy) for each in (over, waits)] == [
        GlassState.OVER,
        GlassState.PENDING,
    ]


def test_consents_were_given_one_taken_back_and_one_given_for_a_child(demo: Demo) -> None:
    told = demo.session.scalars(sa.select(Basis).where(Basis.ground != BasisGround.STATUTORY)).all()
    assert Counter(each.ground for each in told) == {
        BasisGround.CONSENT: 2,
        BasisGround.GUARDIAN: 1,
    }
    assert sum(each.withdrawn_on is not None for each in told) == 1


def test_one_is_away_one_has_left_and_one_waits_for_more_rights(demo: Demo) -> None:
    away = demo.session.scalars(sa.select(Substitution)).one()
    assert away.from_on <= demo.today <= away.until_on
    left = demo.session.scalars(sa.select(User).where(~User.active)).one()
    assert left.username not in {each.username for each in demo.accounts}
    held = sa.select(sa.func.count()).where(Dispute.mediator_id == left.id)
    assert demo.session.scalar(held) == 0
    assert demo.session.scalars(sa.select(Grant.decided_at)).all() == [None]


def test_of_what_is_over_its_time_one_is_forgotten_one_held_and_one_due(demo: Demo) -> None:
    forgotten = demo.session.scalars(sa.select(Dispute).where(Dispute.erased_at.is_not(None))).one()
    held = demo.session.scalars(sa.select(Hold).where(Hold.lifted_at.is_(None))).one()
    assert forgotten.id != held.dispute_id
    (mistaken,) = (
        each
        for each in retention.summary(desk=demo.desk, now=utc_now())
        if each.keep.kept.value == Outcome.MISTAKEN.value
    )
    assert (mistaken.due, mistaken.stopped) == (2, 1)


def test_terms_are_paused_extended_refused_asked_for_and_late(demo: Demo) -> None:
    asked = demo.session.scalars(sa.select(ClockChange)).all()
    assert Counter((each.kind, each.state) for each in asked) == {
        (ClockChangeKind.PAUSE, ClockChangeState.GRANTED): 1,
        (ClockChangeKind.PAUSE, ClockChangeState.ASKED): 1,
        (ClockChangeKind.EXTEND, ClockChangeState.GRANTED): 1,
        (ClockChangeKind.EXTEND, ClockChangeState.REFUSED): 1,
        (ClockChangeKind.EXTEND, ClockChangeState.ASKED): 1,
    }
    (longer,) = (each for each in asked if each.due_before and each.due_after)
    assert longer.due_after == demo.session.get_one(Clock, longer.clock_id).due_on
    paused = sa.select(Dispute.number).where(Dispute.due_paused)
    assert len(demo.session.scalars(paused).all()) == 1
    late = sa.select(sa.func.count()).where(Dispute.due_on < demo.today, ~Dispute.due_paused)
    assert (demo.session.scalar(late) or 0) >= 5


def test_a_review_runs_out_in_two_days_and_another_office_wrote_down_a_date(demo: Demo) -> None:
    soon = sa.select(Dispute).where(
        Dispute.remedy_rule == "REC.APPLY",
        Dispute.remedy_on == demo.desk.calendar.next_working_day(demo.today + timedelta(days=2)),
        Dispute.status == DisputeStatus.DISPATCHED,
    )
    assert demo.session.scalars(soon).one().category == "social_security"
    outside = (Clock.kind == ClockKind.OUTSIDE, Clock.dispute_id.is_not(None))
    stated = demo.session.scalars(sa.select(Clock).where(*outside)).one()
    assert (stated.rule, stated.due_on) == ("OUT.12345", demo.today + timedelta(days=4))


def test_papers_press_at_every_stage_and_the_ladder_has_told(demo: Demo) -> None:
    papers = demo.session.scalars(sa.select(Supervision).order_by(Supervision.ordered_at)).all()
    states = [
        supervision_state(
            replied=each.replied_at is not None,
            ended=each.ended_at is not None,
            reply_by=each.reply_by,
            today=demo.today,
        )
        for each in papers
    ]
    assert Counter(each.kind for each in papers) == {
        SupervisionKind.ORDER: 4,
        SupervisionKind.LISTED: 1,
        SupervisionKind.URGE: 1,
    }
    assert set(states) == set(SupervisionState)
    told = demo.session.scalars(sa.select(ClockStep.step).distinct())
    assert {"half", "T-1", "T", "T+1", "T+3"} <= set(told)


def test_disputes_are_handed_over_with_every_answer_and_one_is_the_directors(demo: Demo) -> None:
    handed = sa.select(Handover).where(Handover.kind != HandoverKind.DISPATCH)
    rows = demo.session.scalars(handed.order_by(Handover.sent_at)).all()
    assert Counter(each.state for each in rows) == {
        HandoverState.ACCEPTED: 4,
        HandoverState.RETURNED: 4,
        HandoverState.OPEN: 2,
        HandoverState.BOUNCED: 1,
        HandoverState.WITHDRAWN: 1,
    }
    assert [each.times_back for each in rows if each.to_director] == [3]
    now = utc_now()
    assert all(each.due_at and each.due_at > now for each in rows if each.look_at is not None)


def test_mediators_are_in_the_register_away_or_experts_and_parties_asked_for_others(
    demo: Demo,
) -> None:
    def counted(query: sa.Select[int]) -> int:
        return demo.session.scalar(query) or 0

    number = sa.select(sa.func.count())
    assert counted(number.select_from(Mediator)) == 8
    assert counted(number.select_from(Mediator).where(Mediator.user_id.is_(None))) == 2
    assert counted(number.select_from(MediatorLeave)) == 1
    assert counted(number.select_from(Interest)) == 1
    states = demo.session.scalars(sa.select(Recusal.state)).all()
    assert sorted(each.value for each in states) == ["asked", "granted", "refused"]


def test_what_the_court_sends_and_confirms_is_met_in_every_state(demo: Demo) -> None:
    sent = Counter(demo.session.scalars(sa.select(CourtReferral.state)))
    assert sent == {
        CourtState.WAITING: 2,
        CourtState.SENT_BACK: 1,
        CourtState.RUNNING: 4,
        CourtState.REPORTED: 1,
    }
    assert set(demo.session.scalars(sa.select(Confirmation.state))) == set(ConfirmationState)


def test_a_made_up_year_waits_for_a_signature_and_would_move_dates(demo: Demo) -> None:
    (waits,) = calendar.drafts()
    assert "演示用草稿" in waits.source
    then, tally = calendar.with_draft(waits, demo.desk.calendar), calendar_move.Tally()
    for rows in calendar_move.batches(demo.session, waits.year):
        tally.take(calendar_move.changed(demo.session, rows, then, {}))
    assert tally.counts().dates >= 1


def test_the_people_are_made_up(demo: Demo) -> None:
    numbers, phones = [], []
    for dispute in demo.session.scalars(sa.select(Dispute)):
        key = demo.desk.keyring.field_key(dispute.sealed_key, f"dispute:{dispute.id}")
        for party in dispute.parties:
            numbers.append(key.open_optional(party.id_number_sealed, f"party.id_number:{party.id}"))
            phones.append(key.open_optional(party.phone_sealed, f"party.phone:{party.id}"))
    people = [each for each in numbers if each and each.startswith("150525")]
    firms = [each for each in numbers if each and each.startswith("92150525MA")]
    assert len(people) + len(firms) == len([each for each in numbers if each])
    assert [each for each in people if identity.clean_resident_id(each, demo.today) != each] == []
    assert [each for each in firms if identity.clean_uscc(each) != each] == []
    assert {each[:8] for each in phones if each} == {"13900000"}
    names = set(demo.session.scalars(sa.select(Party.name)))
    assert "乌云其木格" in names


def test_every_role_signs_in_with_the_password_that_is_shown(demo: Demo) -> None:
    shown = {each.username: each for each in demo.accounts}
    assert [each.username for each in demo.accounts[: len(STAFF)]] == [role.value for role in STAFF]
    for role in STAFF:
        begun = sign_in(
            role.value, shown[role.value].password, origin=HERE, desk=demo.desk, now=utc_now()
        )
        assert begun.actor.roles == {role}
    mediator, liaison = shown["mediator"], shown["liaison"]
    assert (mediator.organisation, liaison.organisation) == (
        "青龙山镇人民调解委员会",
        "青龙山司法所",
    )


def test_passwords_are_strong_and_all_different(demo: Demo) -> None:
    passwords = [each.password for each in demo.accounts]
    assert len(set(passwords)) == len(passwords)
    assert min(map(len, passwords)) >= 12
    weak = [
        each.username
        for each in demo.accounts
        if password_rules.problem(
            each.password, username=each.username, policy=demo.desk.policy.passwords
        )
    ]
    assert weak == []


def test_the_accounts_stand_in_a_file_that_only_its_owner_reads(demo: Demo) -> None:
    kept = demo.folder / "accounts.json"
    rows = json.loads(kept.read_text(encoding="utf-8"))
    assert [(row["username"], row["password"]) for row in rows] == [
        (each.username, each.password) for each in demo.accounts
    ]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_every_unit_that_holds_a_dispute_has_somebody_to_take_it(demo: Demo) -> None:
    holding = set(
        demo.session.scalars(
            sa.select(Dispute.organisation_id).where(Dispute.organisation_id.is_not(None))
        )
    )
    mediators = sa.select(User.organisation_id).where(User.username.startswith("mediator"))
    assert holding - set(demo.session.scalars(mediators)) == set()


def test_a_second_start_keeps_the_town(demo: Demo) -> None:
    before = count(demo)
    assert prepared.accounts(demo.deployment, fresh=False) == demo.accounts
    assert count(demo) == before


def test_the_command_shows_the_accounts_once_the_service_answers(
    demo: Demo, program: list[str]
) -> None:
    port = free_port()
    process = start(program, demo.folder.parent, "demo", "--port", str(port))
    assert process.stdout is not None
    lines = [process.stdout.readline().rstrip() for _ in range(len(demo.accounts) + 1)]
    process.terminate()
    process.communicate(timeout=60)
    assert lines[0] == f"Fengqiao ready: http://127.0.0.1:{port}"
    assert lines[1:] == [f"{each.username} {each.password}" for each in demo.accounts]
    assert process.returncode == 0


def test_the_rules_in_force_replayed_change_nothing(demo: Demo) -> None:
    live = demo.desk.rulebooks.on(demo.today)
    again = rulebook.read(rulebook.canonical(live.text, 9), 9)
    found = replay.run(
        again, live, Asked(), as_of=demo.today, scope=None, desk=demo.desk, now=utc_now()
    )
    standing = (Dispute.erased_at.is_(None), Dispute.merged_into_id.is_(None))
    assert (found.compared, found.changed) == (count(demo, *standing), 0)


def test_the_rules_were_published_taken_back_and_wait(demo: Demo) -> None:
    found = demo.session.execute(
        sa.select(RulebookVersion.number, RulebookVersion.state).order_by(RulebookVersion.number)
    )
    assert [(row.number, row.state.value) for row in found] == [
        (2, "published"),
        (3, "withdrawn"),
        (4, "checked"),
    ]
    assert demo.desk.rulebooks.on(demo.today).version == 2
    used = demo.session.scalars(sa.select(Route.rule_version).distinct()).all()
    assert sorted(used) == ["1", "2"]
    moved = demo.session.scalars(sa.select(Replay.changed)).one()
    assert moved > 5
