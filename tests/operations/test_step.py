"""The steps: what each changes and asks, who may take it, and that a failure leaves nothing."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from config.vocabulary import Channel, DisputeStatus, Outcome, Role, Step
from models import (
    Agreement,
    Dispute,
    Episode,
    Event,
    Organisation,
    Route,
    Share,
    db,
    transaction,
)
from service.errors import Forbidden, Invalid, NotFound, Stale, StepNotAllowed
from service.queries import dispute as queries
from service.queries.access import standing
from tests.factories.dispute import AGREED_ORALLY, CLOSED_AS_AGREED, Handling, registered
from tests.factories.moment import MONDAY, MONDAY_9AM, TUESDAY, TUESDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
S = DisputeStatus

# a body that every step takes
BODIES: dict[Step, dict[str, Any]] = {
    Step.RETURN: {"reason": "不归我们"},
    Step.AGREE: AGREED_ORALLY,
    Step.FAIL: {"reasons": ["amount_apart"]},
    Step.WITHDRAW: {"reason": "两家和好了"},
    Step.TERMINATE: {"reason": "一方不再来"},
    Step.DECLINE: {"ground": "no_jurisdiction", "go_to": ["other_town"]},
    Step.REOPEN: {"reason": "又起争执"},
    Step.VOID: {"reason": "登记重复"},
}


def body_of(step: Step, handling: Handling) -> dict[str, Any]:
    """A body that the step takes now."""
    if step is Step.ASSIGN:
        return {"mediator": str(handling.office.mediator.user_id)}
    if step is Step.CLOSE:
        agreed = handling.row.status is S.AGREED
        return {"outcome": "agreed" if agreed else "guided"}
    return BODIES.get(step, {})


def steps_of(handling: Handling, *actors: Any) -> set[str]:
    """The steps that are offered to any of these."""
    desk, row = handling.office.desk, handling.row
    stand = standing(db.session(), row, MONDAY_9AM)
    return {
        step.value
        for actor in actors
        for step in queries.open_steps(row, stand, actor=actor, desk=desk, now=MONDAY_9AM)
    }


class Undone(Exception):
    """Ends a transaction whose effect nobody wants to keep."""


@pytest.mark.parametrize("status", list(S))
def test_every_step_that_is_offered_can_be_taken_and_no_other(office: Office, status: S) -> None:
    handling = registered(office).until(status)
    for actor in (office.director, office.mediator, office.liaison, office.window):
        offered = steps_of(handling, actor)
        for step in Step:
            taken = True
            try:
                with transaction():
                    handling.take(step, body_of(step, handling), actor=actor)
                    raise Undone
            except (Forbidden, NotFound, StepNotAllowed):
                taken = False
            except Undone:
                pass
            assert taken is (step.value in offered), (step, actor.roles)


def test_a_step_is_a_new_version_with_one_event(office: Office) -> None:
    handling = registered(office).until(S.DISPATCHED)
    before = db.session.scalar(sa.select(sa.func.count(Event.id)))
    handling.take(Step.ACCEPT)
    events = db.session.scalars(sa.select(Event).order_by(Event.id.desc())).all()
    newest = events[0]
    assert len(events) == (before or 0) + 1
    assert handling.row.version == 3
    assert (newest.action, newest.from_status, newest.to_status, newest.version) == (
        "accept",
        "dispatched",
        "accepted",
        3,
    )
    assert newest.actor_id == office.mediator.user_id


def test_a_step_on_an_old_version_is_refused(office: Office) -> None:
    handling = registered(office).until(S.DISPATCHED)
    with pytest.raises(Stale) as refusal:
        handling.take(Step.ACCEPT, version=1)
    assert refusal.value.changed == ["status"]


def test_an_illegal_step_names_the_legal_ones(office: Office) -> None:
    handling = registered(office).until(S.AGREED)
    with pytest.raises(StepNotAllowed) as refusal:
        handling.take(Step.WITHDRAW, BODIES[Step.WITHDRAW])
    assert refusal.value.allowed == ["perform", "close"]


def test_a_dispatch_names_unit_mediator_and_assistants(office: Office) -> None:
    handling = registered(office)
    assisting = [str(office.units["station"]), str(office.units["justice"])]
    handling.take(Step.DISPATCH, {"assist": [*assisting, assisting[0]]})
    row = handling.row
    assert (row.organisation_id, row.mediator_id, row.channel) == (
        office.units["committee"],
        office.mediator.user_id,
        Channel.PEOPLE,
    )
    assert {str(i) for i in db.session.scalars(sa.select(Share.organisation_id))} == set(assisting)


def test_a_second_dispatch_replaces_the_assistants(office: Office) -> None:
    handling = registered(office)
    station, justice = str(office.units["station"]), str(office.units["justice"])
    handling.take(Step.DISPATCH, {"assist": [station]})
    handling.take(Step.RETURN, BODIES[Step.RETURN])
    handling.take(Step.DISPATCH, {"assist": [station, justice]})
    assisting = db.session.scalars(sa.select(Share.organisation_id)).all()
    assert {str(each) for each in assisting} == {station, justice}


def test_another_unit_than_the_rules_name_needs_a_reason_that_is_kept(office: Office) -> None:
    handling = registered(office)
    elsewhere = {"organisation": str(office.units["station"]), "mediator": None}
    with pytest.raises(Invalid) as refusal:
        handling.take(Step.DISPATCH, elsewhere)
    assert list(refusal.value.fields) == ["reason"]
    handling.take(Step.DISPATCH, elsewhere | {"reason": "派出所已经出过警"})
    route = db.session.scalars(sa.select(Route)).one()
    assert (route.lead, route.chosen_kind, route.chosen_by, route.override_reason) == (
        "people_mediation_committee",
        "police_station",
        office.director.user_id,
        "派出所已经出过警",
    )
    assert handling.row.channel is Channel.ADMINISTRATIVE


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"organisation": "00000000-0000-4000-8000-000000000000"}, "organisation"),
        ({"assist": ["00000000-0000-4000-8000-000000000000"]}, "assist"),
        ({"mediator": "00000000-0000-4000-8000-000000000000"}, "mediator"),
    ],
)
def test_a_dispatch_to_nobody_we_know_is_refused_at_its_field(
    office: Office, changes: dict[str, Any], field: str
) -> None:
    handling = registered(office)
    with pytest.raises(Invalid) as refusal:
        handling.take(Step.DISPATCH, changes)
    assert list(refusal.value.fields) == [field]
    assert handling.row.status is S.REGISTERED


def test_a_closed_down_unit_gets_nothing(office: Office) -> None:
    handling = registered(office)
    with transaction() as session:
        session.execute(
            sa.update(Organisation)
            .where(Organisation.id == office.units["committee"])
            .values(active=False)
        )
    with pytest.raises(Invalid):
        handling.take(Step.DISPATCH)


def test_a_mediator_of_another_unit_cannot_be_named(office: Office) -> None:
    handling = registered(office).until(S.DISPATCHED)
    elsewhere = office.actor(Role.MEDIATOR, "station")
    with pytest.raises(Invalid) as refusal:
        handling.take(Step.ASSIGN, {"mediator": str(elsewhere.user_id)}, actor=office.liaison)
    assert list(refusal.value.fields) == ["mediator"]


def test_accepting_starts_the_term_of_the_channel(office: Office) -> None:
    handling = registered(office).until(S.DISPATCHED)
    handling.take(Step.ACCEPT, now=TUESDAY_9AM)
    row = handling.row
    assert (row.accepted_on, row.due_rule, row.due_on) == (TUESDAY, "PM.DEFAULT", date(2026, 12, 3))


def test_whoever_mediates_and_accepts_what_nobody_has_takes_it(office: Office) -> None:
    handling = registered(office)
    handling.take(Step.DISPATCH, {"mediator": None})
    handling.take(Step.ACCEPT, actor=office.mediator)
    assert handling.row.mediator_id == office.mediator.user_id


def test_a_liaison_who_accepts_names_nobody_until_somebody_is_assigned(office: Office) -> None:
    handling = registered(office)
    handling.take(Step.DISPATCH, {"mediator": None})
    handling.take(Step.ACCEPT, actor=office.liaison)
    assert handling.row.mediator_id is None
    handling.take(Step.ASSIGN, {"mediator": str(office.mediator.user_id)}, actor=office.liaison)
    handling.take(Step.START)
    assert handling.row.status is S.MEDIATING


def test_a_return_forgets_the_handling_but_not_who_gave_it_back(office: Office) -> None:
    handling = registered(office).until(S.ACCEPTED)
    handling.take(Step.RETURN, BODIES[Step.RETURN])
    row = handling.row
    assert (row.status, row.mediator_id, row.accepted_on, row.due_on, row.due_rule) == (
        S.REGISTERED,
        None,
        None,
        None,
        None,
    )
    event = db.session.scalars(sa.select(Event).where(Event.action == "return")).one()
    assert (event.reason, event.detail) == (
        "不归我们",
        {"organisation": str(office.units["committee"]), "code": "other"},
    )


def test_an_agreement_is_kept_with_its_episode(office: Office) -> None:
    handling = registered(office).until(S.MEDIATING)
    terms = {"terms": "王小满修好滴水檐，李大有出一半工钱", "amount": "800.50"}
    written = {"form": "written", "performed_by": "2026-12-01"} | terms
    handling.take(Step.AGREE, written)
    kept = db.session.scalars(sa.select(Agreement)).one()
    assert (kept.ordinal, kept.form, kept.amount_fen, kept.agreed_on, kept.performed_by) == (
        1,
        "written",
        80_050,
        MONDAY,
        date(2026, 12, 1),
    )
    assert "修好滴水檐".encode() not in (kept.terms_sealed or b"")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"form": "written"}, "terms"),
        ({"form": "oral", "performed_by": "2026-11-01"}, "performed_by"),
    ],
)
def test_an_agreement_that_cannot_be_is_refused_at_its_field(
    office: Office, body: dict[str, Any], field: str
) -> None:
    handling = registered(office).until(S.MEDIATING)
    with pytest.raises(Invalid) as refusal:
        handling.take(Step.AGREE, body)
    assert list(refusal.value.fields) == [field]
    assert db.session.scalar(sa.select(sa.func.count(Agreement.id))) == 0


def test_an_agreement_is_performed_once(office: Office) -> None:
    handling = registered(office).until(S.AGREED)
    handling.take(Step.PERFORM, now=TUESDAY_9AM)
    assert db.session.scalars(sa.select(Agreement.performed_on)).all() == [TUESDAY]
    assert steps_of(handling, office.mediator) == {"close"}
    with pytest.raises(StepNotAllowed) as refusal:
        handling.take(Step.PERFORM)
    assert refusal.value.allowed == ["close"]


@pytest.mark.parametrize(
    ("status", "step", "outcome"),
    [
        (S.REGISTERED, Step.VOID, Outcome.MISTAKEN),
        (S.DISPATCHED, Step.DECLINE, Outcome.DECLINED),
        (S.ACCEPTED, Step.WITHDRAW, Outcome.WITHDRAWN),
        (S.MEDIATING, Step.FAIL, Outcome.NOT_AGREED),
        (S.MEDIATING, Step.TERMINATE, Outcome.TERMINATED),
        (S.MEDIATING, Step.CLOSE, Outcome.GUIDED),
        (S.AGREED, Step.CLOSE, Outcome.AGREED),
    ],
)
def test_an_ending_gives_outcome_and_day_to_dispute_and_episode(
    office: Office, status: S, step: Step, outcome: Outcome
) -> None:
    handling = registered(office).until(status)
    handling.take(step, body_of(step, handling), now=TUESDAY_9AM)
    row, episode = handling.row, db.session.scalars(sa.select(Episode)).one()
    assert (row.status, row.outcome, row.closed_on) == (S.CLOSED, outcome, TUESDAY)
    assert (row.due_on, row.due_rule) == (None, None)
    assert (episode.outcome, episode.closed_on) == (outcome, TUESDAY)


def test_why_it_failed_is_kept_in_codes(office: Office) -> None:
    handling = registered(office).until(S.MEDIATING)
    handling.take(Step.FAIL, {"reasons": ["amount_apart", "went_to_court"]})
    assert db.session.scalars(sa.select(Episode.reasons)).all() == [
        ["amount_apart", "went_to_court"]
    ]


def test_a_declined_dispute_says_where_to_go(office: Office) -> None:
    handling = registered(office).until(S.DISPATCHED)
    handling.take(Step.DECLINE, BODIES[Step.DECLINE])
    assert handling.row.guided_to == ["other_town"]


def test_reopening_opens_a_second_episode_and_keeps_the_first(office: Office) -> None:
    handling = registered(office).until(S.CLOSED)
    handling.take(Step.REOPEN, BODIES[Step.REOPEN], now=TUESDAY_9AM)
    row = handling.row
    assert (row.status, row.outcome, row.closed_on, row.mediator_id) == (
        S.REGISTERED,
        None,
        None,
        None,
    )
    episodes = db.session.execute(
        sa.select(Episode.ordinal, Episode.opened_on, Episode.closed_on, Episode.outcome).order_by(
            Episode.ordinal
        )
    ).all()
    assert [tuple(each) for each in episodes] == [
        (1, MONDAY, MONDAY, Outcome.AGREED),
        (2, TUESDAY, None, None),
    ]


def test_a_reopened_dispute_goes_the_whole_way_again(office: Office) -> None:
    handling = registered(office).until(S.CLOSED)
    handling.take(Step.REOPEN, BODIES[Step.REOPEN], now=TUESDAY_9AM)
    handling.until(S.AGREED, now=TUESDAY_9AM)
    handling.take(Step.PERFORM, now=TUESDAY_9AM)
    handling.take(Step.CLOSE, CLOSED_AS_AGREED, now=TUESDAY_9AM)
    agreements = db.session.execute(
        sa.select(Agreement.ordinal, Agreement.performed_on).order_by(Agreement.ordinal)
    ).all()
    assert [tuple(each) for each in agreements] == [(1, None), (2, TUESDAY)]
    assert db.session.scalars(sa.select(Episode.closed_on).order_by(Episode.ordinal)).all() == [
        MONDAY,
        TUESDAY,
    ]


@pytest.mark.parametrize("step", [Step.WITHDRAW, Step.TERMINATE, Step.FAIL, Step.CLOSE])
def test_a_restricted_dispute_is_ended_by_the_director_alone(office: Office, step: Step) -> None:
    handling = registered(office, restricted=True).until(S.MEDIATING)
    body = body_of(step, handling)
    assert step.value not in steps_of(handling, office.mediator)
    with pytest.raises(Forbidden):
        handling.take(step, body, actor=office.mediator)
    handling.take(step, body, actor=office.director)
    assert handling.row.status is S.CLOSED


def test_a_restricted_dispute_waits_for_nobody_but_the_named_mediator(office: Office) -> None:
    handling = registered(office, restricted=True)
    handling.take(Step.DISPATCH, {"mediator": None})
    for stranger in (office.mediator, office.liaison):
        with pytest.raises(NotFound):
            handling.take(Step.ACCEPT, actor=stranger)
    handling.take(Step.ASSIGN, {"mediator": str(office.mediator.user_id)}, actor=office.director)
    handling.take(Step.ACCEPT, actor=office.mediator)
    assert handling.row.status is S.ACCEPTED


def test_a_failure_at_any_statement_leaves_everything_as_it_was(office: Office) -> None:
    """The n-th statement fails, for every n there is, until the step goes through."""
    handling = registered(office).until(S.MEDIATING)
    written = {"form": "written", "terms": "修好滴水檐", "performed_by": "2026-12-01"}
    before, failed, n = everything(), 0, 0
    while True:
        n += 1
        with failing_at(n):
            try:
                handling.take(Step.AGREE, written, version=4)
            except Broken:
                failed += 1
            else:
                break
        assert everything() == before, n
    assert failed >= 4  # the lock, the row, the agreement, the event at least
    assert handling.row.status is S.AGREED


class Broken(Exception):
    """A statement that the database did not get."""


class failing_at:  # noqa: N801 -- reads as a phrase after `with`
    """Let the n-th statement from now on fail."""

    def __init__(self, n: int) -> None:
        self.left = n

    def __enter__(self) -> None:
        sa.event.listen(db.engine, "before_cursor_execute", self._count)

    def __exit__(self, *_: object) -> None:
        sa.event.remove(db.engine, "before_cursor_execute", self._count)

    def _count(self, *arguments: Any) -> None:
        if str(arguments[2]).startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            return
        self.left -= 1
        if self.left == 0:
            raise Broken


def everything() -> list[list[tuple[Any, ...]]]:
    """Every row of every table a step may touch."""
    db.session.rollback()
    tables = (Dispute, Episode, Agreement, Route, Event)
    found = [
        sorted(map(tuple, db.session.execute(sa.select(*each.__table__.c)).all()), key=str)
        for each in tables
    ]
    db.session.rollback()
    return found


def test_a_mediator_chooses_the_unit_of_what_they_registered_and_of_nothing_else(
    office: Office,
) -> None:
    own = registered(office, actor=office.mediator)
    other_unit = {"organisation": str(office.units["station"]), "mediator": None}
    with pytest.raises(Invalid):
        own.take(Step.DISPATCH, other_unit, actor=office.mediator)
    own.take(
        Step.DISPATCH, other_unit | {"reason": "当场动手，先由派出所处置"}, actor=office.mediator
    )
    assert own.row.organisation_id == office.units["station"]
    with pytest.raises(NotFound):
        registered(office).take(Step.DISPATCH, {}, actor=office.mediator)


@pytest.mark.parametrize("step", [Step.DISPATCH, Step.ASSIGN])
def test_nobody_lets_themselves_into_a_restricted_dispute_as_its_mediator(
    office: Office, step: Step
) -> None:
    both = office.somebody("head-who-mediates", {Role.DIRECTOR, Role.MEDIATOR}, "committee")
    handling = registered(office, restricted=True)
    if step is Step.ASSIGN:
        handling.take(Step.DISPATCH)
    with pytest.raises(Invalid) as refusal:
        handling.take(step, {"mediator": str(both.user_id)}, actor=both)
    assert list(refusal.value.fields) == ["mediator"]
    open_one = registered(office)
    open_one.take(Step.DISPATCH, {"mediator": str(both.user_id)}, actor=both)
    assert open_one.row.mediator_id == both.user_id
