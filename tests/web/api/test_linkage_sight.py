"""What rooms of the linkage tell whom: nothing of other towns, other units, restricted disputes."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from config.mediator_word import Relation
from config.vocabulary import DisputeStatus, OrganisationKind, Role, SeatKind, Step
from models import DutyTurn, Organisation, User, db, transaction
from schemas.meeting import MinutesIn
from service.errors import Conflict, Invalid, NotFound
from service.operations import duty_list as duties
from service.operations import mediator as mediators
from service.operations import member as members
from service.operations import organisation as organisations
from service.operations import recusal as recusals
from service.operations.member import Terms
from service.operations.organisation import OrganisationDraft
from service.queries import candidate
from service.web.steps import load_body
from tests.factories import joint
from tests.factories.dispute import CLOSED_AS_AGREED, registered
from tests.factories.moment import MONDAY, MONDAY_9AM
from tests.factories.office import Office
from tests.factories.program import dispatched, of_role, program

S = DisputeStatus
K = OrganisationKind


def north(office: Office) -> UUID:
    """A committee of another town; the office's units are under a town of their own."""
    with office.app.app_context():
        made = {
            key: organisations.create(
                OrganisationDraft(kind=kind, name=name), actor=None, now=MONDAY_9AM
            )
            for key, kind, name in (
                ("town", K.TOWN_GOVERNMENT, "柳溪镇人民政府"),
                ("north", K.TOWN_GOVERNMENT, "北河镇人民政府"),
            )
        }
        with transaction() as session:
            for each in office.units.values():
                session.get_one(Organisation, each).parent_id = made["town"]
        draft = OrganisationDraft(
            kind=K.PEOPLE_MEDIATION_COMMITTEE, name="北河镇人民调解委员会", parent=made["north"]
        )
        office.units["north"] = organisations.create(draft, actor=None, now=MONDAY_9AM)
        db.session.rollback()
    return office.units["north"]


def test_who_may_mediate_is_told_of_ones_own_town_and_a_unit_is_told_of_its_own(
    office: Office,
) -> None:
    theirs = north(office)
    office.actor(Role.MEDIATOR, "north")
    office.actor(Role.MEDIATOR, "station")
    clerk, director = of_role(office, Role.WINDOW), of_role(office, Role.DIRECTOR)
    dispute_id = dispatched(office, clerk, director)
    path = f"/api/v1/disputes/{dispute_id}/mediators"

    def units(caller: Any, unit: UUID) -> set[str]:
        told = caller.get(path, query_string={"organisation": str(unit)}).get_json()
        return {each["organisation"] for each in (*told["offered"], *told["others"])}

    assert units(director, theirs) == set()
    assert units(director, office.units["station"]) == {"柳溪派出所"}
    liaison = of_role(office, Role.LIAISON, "committee")
    assert units(liaison, office.units["station"]) == {"柳溪镇人民调解委员会"}


@pytest.mark.usefixtures("inside")
def test_a_restricted_dispute_speaks_for_no_mediator(office: Office) -> None:
    shut = registered(office, restricted=True).until(S.AGREED)
    shut.take(Step.CLOSE, CLOSED_AS_AGREED)
    unit = office.units["committee"]
    asked: dict[str, Any] = {"unit": unit, "desk": office.desk, "now": MONDAY_9AM}
    (found,) = candidate.judged(registered(office).row, **asked)
    assert (found.candidate.agreed, found.candidate.ended) == (0, 0)


def test_a_request_about_who_has_it_no_more_changes_nobody(office: Office) -> None:
    second, third = (office.actor(Role.MEDIATOR, "committee", name=each) for each in "bc")
    clerk, director = of_role(office, Role.WINDOW), of_role(office, Role.DIRECTOR)
    dispute_id = dispatched(office, clerk, director)
    path = f"/api/v1/disputes/{dispute_id}/recusals"
    made = clerk.post(path, {"reason": "是对方的表弟"}, key=uuid4().hex).get_json()
    director.taken(dispute_id, "assign", {"mediator": str(second.user_id)})
    granted = {"granted": True, "words": "属实", "mediator": str(third.user_id)}
    told = director.post(f"{path}/{made['id']}/decide", granted)
    assert (told.status_code, told.get_json()["successor"]) == (200, second.name)
    shown = director.get(f"/api/v1/disputes/{dispute_id}").get_json()
    assert shown["mediator"]["id"] == str(second.user_id)
    back = director.take(dispute_id, "assign", {"mediator": str(office.mediator.user_id)})
    assert back.get_json()["errors"] == {"mediator": ["应当回避：这件纠纷已同意其回避，请另选一位"]}


def test_of_a_restricted_dispute_credit_tells_no_more_than_its_number(office: Office) -> None:
    with office.app.app_context():
        registered(office, restricted=True).until(S.MEDIATING)
        db.session.rollback()
    path = "/api/v1/joint-tasks/credit/rows"
    asked = {"from": date(2026, 11, 1).isoformat(), "to": date(2026, 11, 30).isoformat()}
    asked |= {"unit": str(office.units["committee"])}
    (row,) = program(office, office.leader).get(path, query_string=asked).get_json()["items"]
    assert (row["restricted"], row["category"], row["outcome"]) == (True, "", None)


@pytest.mark.usefixtures("inside")
def test_a_turn_of_another_unit_is_missing_in_the_words_of_one_that_is_not_there(
    office: Office,
) -> None:
    told: dict[str, Any] = {"desk": office.desk, "now": MONDAY_9AM}
    unit = office.units["committee"]
    terms = Terms(joined_on=MONDAY, seat=SeatKind.ON_CALL)
    members.take_in(unit, terms, actor=office.director, **told)
    duties.write(unit, "周一", "甲一", holidays=False, actor=office.director, **told)
    turn = db.session.scalars(sa.select(DutyTurn.id)).one()
    said = set()
    for asked in (turn, uuid4()):
        with pytest.raises(NotFound) as refusal:
            duties.remove(asked, actor=office.actor(Role.LIAISON, "station"), **told)
        said.add(refusal.value.detail)
    assert said == {"没有这条值班安排"}


@pytest.mark.parametrize("held_at", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"])
def test_a_meeting_of_no_time_is_refused_in_words(office: Office, held_at: str) -> None:
    unit = str(office.units["station"])
    body = {"title": "联席会议", "place": "三楼", "members": [unit], "items": [{"words": "排班"}]}
    director = of_role(office, Role.DIRECTOR)
    told = director.post("/api/v1/meetings", body | {"held_at": held_at}, key=uuid4().hex)
    assert (told.status_code, list(told.get_json()["errors"])) == (422, ["held_at"])


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ([{"item": 99, "words": "甲"}], {"said.0.item": ["应在 1 到 30 之间"]}),
        (
            [{"item": 1, "words": "甲"}, {"item": 1, "words": "乙"}],
            {"said": ["同一项议程只写一次"]},
        ),
    ],
)
def test_minutes_that_would_lose_words_are_refused(said: list[Any], refused: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        load_body(MinutesIn, {"said": said})
    assert refusal.value.fields == refused


def test_what_is_said_of_a_mediator_is_not_told_a_unit_that_works_along(office: Office) -> None:
    police = office.actor(Role.LIAISON, "station")
    with office.app.app_context():
        one = registered(office).until(S.MEDIATING)
        joint.asked(one, "station")
        told: dict[str, Any] = {"desk": office.desk, "now": MONDAY_9AM}
        recusals.ask(one.id, {"reason": "是对方的表弟"}, actor=office.mediator, **told)
        path = f"/api/v1/disputes/{one.id}/recusals"
        db.session.rollback()
    seen = {
        each.user_id: program(office, each).get(path).get_json()["items"][0]["reason"]
        for each in (police, office.liaison)
    }
    assert seen == {police.user_id: None, office.liaison.user_id: "是对方的表弟"}


@pytest.mark.usefixtures("inside")
def test_who_must_step_aside_by_now_does_not_accept_what_they_were_named_for(
    office: Office,
) -> None:
    one = registered(office).until(S.DISPATCHED)
    told: dict[str, Any] = {"actor": office.director, "desk": office.desk, "now": MONDAY_9AM}
    mine = {"name": "甲一", "organisation": office.units["committee"]}
    made = mediators.add(mine | {"user": office.mediator.user_id}, **told)
    mediators.declare(made, {"relation": Relation.RELATIVE, "name": "王小满"}, **told)
    with pytest.raises(Conflict, match="您应当回避：申报过与申请人是近亲属"):
        one.take(Step.ACCEPT)


def test_who_went_to_another_unit_is_an_open_book_to_its_head_alone(office: Office) -> None:
    before, after = (of_role(office, Role.LIAISON, each) for each in ("committee", "station"))
    user = office.mediator.user_id
    body = {"organisation": str(office.units["committee"]), "name": "甲一", "user": str(user)}
    made = before.post("/api/v1/mediators", body | {"address": "东街一号"}, key=uuid4().hex)
    path = f"/api/v1/mediators/{made.get_json()['id']}"
    with office.app.app_context(), transaction() as session:
        session.get_one(User, user).organisation_id = office.units["station"]
    seen = [each.get(path).get_json() for each in (before, after)]
    assert [(e["address"], e["interests"]) for e in seen] == [(None, None), ("东街一号", [])]
    relation = {"relation": "relative", "name": "王小满"}
    told = [each.post(f"{path}/interests", relation, key=uuid4().hex) for each in (before, after)]
    assert [each.status_code for each in told] == [404, 201]
