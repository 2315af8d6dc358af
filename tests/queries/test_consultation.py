"""Consultations as each may see them, and their number beside every figure of disputes."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from config.vocabulary import Role, Source, Step
from models import transaction
from service.errors import Invalid, NotFound
from service.operations import consultation as operations
from service.queries import consultation as queries
from service.queries import metric, search
from service.queries.consultation import ConsultationView, Filters
from service.queries.figures import measure
from service.queries.metric import Question
from service.rules import access, weekly
from service.rules import metric as dictionary
from service.rules.access import Actor
from service.rules.calendar import Week
from service.rules.metric import Family
from service.rules.statistics import Period
from tests.factories.consultation import QUESTION, asked
from tests.factories.dispute import let_in, registered
from tests.factories.moment import MONDAY, MONDAY_9AM, TUESDAY, TUESDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
DISPUTE_FIGURES = [each for each in dictionary.METRICS.values() if each.family is Family.DISPUTE]
FIRST_WEEK = Period(date(2026, 11, 2), date(2026, 11, 9))


def one(office: Office, consultation_id: UUID, actor: Actor) -> ConsultationView:
    return queries.one(consultation_id, actor=actor, desk=office.desk, now=MONDAY_9AM)


def numbers(office: Office, actor: Actor, **filters: Any) -> list[str]:
    scope = access.scope(actor, "consultation.list", office.desk.policy.access)
    found = queries.page(Filters(**filters), scope=scope, desk=office.desk, now=MONDAY_9AM)
    return [row.number[-1] for row in found.items]


def asking(office: Office, metric_id: str, actor: Actor | None = None) -> Question:
    policy = office.desk.policy.access
    return Question(
        metric=dictionary.find(metric_id),
        period=FIRST_WEEK,
        today=TUESDAY,
        scope=access.scope(actor, "metric.read", policy) if actor else None,
    )


def test_name_and_phone_are_clear_to_its_registrar_only(office: Office) -> None:
    made = asked(office)
    seen = {
        actor.user_id: (view.name, view.phone)
        for actor in (office.window, office.director, office.actor(Role.WINDOW, name="second"))
        for view in [one(office, made, actor)]
    }
    clear, *masked = seen.values()
    assert clear == ("赵小满", "19900000001")
    assert set(masked) == {("赵**", "199****0001")}


def test_a_unit_sees_its_own_and_the_director_the_town_s(office: Office) -> None:
    asked(office)
    theirs = asked(office, actor=office.mediator, now=TUESDAY_9AM)
    assert numbers(office, office.window) == ["1"]
    assert numbers(office, office.mediator) == ["2"]
    assert numbers(office, office.director) == ["2", "1"]
    assert numbers(office, office.leader) == []
    with pytest.raises(NotFound):
        one(office, theirs, office.window)


def test_what_became_a_restricted_dispute_is_kept_from_colleagues(office: Office) -> None:
    made, quiet = asked(office), registered(office, restricted=True)
    with transaction() as session:
        operations.became(
            session, made, quiet.id, actor=office.window, desk=office.desk, now=MONDAY_9AM
        )
    colleague = office.actor(Role.WINDOW, name="second")
    assert [len(numbers(office, each)) for each in (office.window, office.director, colleague)] == [
        1,
        1,
        0,
    ]


def test_only_who_may_read_the_restricted_dispute_sees_what_it_came_from(office: Office) -> None:
    made = asked(office)
    case = registered(office, restricted=True, consultation=made)
    assert numbers(office, office.window) == ["1"]  # still theirs to correct
    case.take(Step.DISPATCH)
    assert numbers(office, office.window) == []
    with pytest.raises(NotFound):
        one(office, made, office.window)
    with pytest.raises(NotFound):
        one(office, made, office.director)
    let_in(case, office.director)
    assert one(office, made, office.director).question == QUESTION


def test_a_list_neither_shows_nor_searches_sealed_words(office: Office) -> None:
    made = asked(office)
    registered(office, restricted=True, consultation=made)
    scope = access.scope(office.director, "consultation.list", office.desk.policy.access)
    found = queries.page(Filters(), scope=scope, desk=office.desk, now=MONDAY_9AM)
    assert [row.question for row in found.items] == ["受限"]
    for gone in ("房东", "赵小满", "19900000001", "0001"):
        assert numbers(office, office.director, q=gone) == []
    assert numbers(office, office.director, q="LXZZX2026") == ["1"]


def test_a_list_masks_who_asked_in_their_own_words_too(office: Office) -> None:
    asked(office, question="我叫赵小满，房东不退押金")
    asked(office, question="一" * 58 + "赵小满", now=TUESDAY_9AM)
    scope = access.scope(office.window, "consultation.list", office.desk.policy.access)

    def told(**filters: Any) -> list[str]:
        wanted = Filters(**filters)
        page = queries.page(wanted, scope=scope, desk=office.desk, now=TUESDAY_9AM)
        return [row.question for row in page.items]

    assert told() == ["一" * 58 + "赵*", "我叫赵**，房东不退押金"]
    assert told(q="押金") == ["我叫赵**，房东不退押金"]


def test_the_list_is_narrowed_by_every_filter(office: Office) -> None:
    asked(office)
    asked(office, category=None, source=Source.PHONE, question="100% 的押金", now=TUESDAY_9AM)
    window = office.window
    assert numbers(office, window, category="housing") == ["1"]
    assert numbers(office, window, source=Source.PHONE) == ["2"]
    assert numbers(office, window, asked_from=TUESDAY) == ["2"]
    assert numbers(office, window, asked_to=MONDAY) == ["1"]
    assert numbers(office, window, q="房东 押金") == ["1"]
    assert numbers(office, window, q="lxzzx2026-00002") == ["2"]
    assert numbers(office, window, q="_") == []
    assert numbers(office, window, q="00%") == ["2"]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("押金", ["1"]),
        ("房东 押金", ["1"]),
        ("赵小满", ["1"]),
        ("赵小满 押金", ["1"]),
        ("小满", []),  # who asked is sealed: only the whole name is known
        ("zxm", []),
        ("0001", ["1"]),
        ("199 0000 0001", ["1"]),
        ("LXZZX2026", ["2", "1"]),
        ("工钱", ["2"]),
        ("司法所", []),  # of the answer, which is not searched
        ("房", []),  # one character is no word
    ],
)
@pytest.mark.parametrize("way", ["walked", "by the index"])
def test_what_is_known_of_a_consultation_finds_it(
    office: Office, way: str, q: str, found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "WALKS", (400,) if way == "walked" else ())
    monkeypatch.setattr(search, "RARE", -1 if way == "walked" else 1_000)
    asked(office)
    asked(office, question="工钱拖着不给，怎么要？", name=None, phone=None, now=TUESDAY_9AM)
    registered(office, narrative="为押金和工钱吵了起来")  # no consultation, though it has the words
    scope = access.scope(office.window, "consultation.list", office.desk.policy.access)
    page = queries.page(Filters(q=q), scope=scope, desk=office.desk, now=TUESDAY_9AM, count=True)
    assert ([each.number[-1] for each in page.items], page.total) == (found, len(found))


def test_a_unit_finds_only_its_own_by_words_and_pages_go_on(office: Office) -> None:
    for minute in range(3):
        asked(office, now=MONDAY_9AM + timedelta(minutes=minute))
    asked(office, actor=office.mediator, now=TUESDAY_9AM)
    assert numbers(office, office.mediator, q="押金") == ["4"]
    assert numbers(office, office.leader, q="押金") == []
    scope = access.scope(office.window, "consultation.list", office.desk.policy.access)
    seen, cursor = [], None
    while True:
        page = queries.page(
            Filters(q="押金"),
            scope=scope,
            desk=office.desk,
            now=TUESDAY_9AM,
            limit=2,
            cursor=cursor,
        )
        seen.append([each.number[-1] for each in page.items])
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [["3", "2"], ["1"]]


def test_pages_go_on_where_the_last_one_ended(office: Office) -> None:
    for minute in (0, 0, 1):
        asked(office, now=MONDAY_9AM + timedelta(minutes=minute))
    scope = access.scope(office.window, "consultation.list", office.desk.policy.access)
    whose: dict[str, Any] = {"scope": scope, "desk": office.desk, "now": MONDAY_9AM}
    first = queries.page(Filters(), **whose, limit=2, count=True)
    second = queries.page(Filters(), **whose, limit=2, cursor=first.next_cursor)
    found = [row.id for row in (*first.items, *second.items)]
    assert (first.total, len(set(found)), second.next_cursor) == (3, 3, None)


def test_a_cursor_made_elsewhere_is_refused(office: Office) -> None:
    scope = access.scope(office.window, "consultation.list", office.desk.policy.access)
    with pytest.raises(Invalid):
        queries.page(Filters(), scope=scope, desk=office.desk, now=MONDAY_9AM, cursor="WzEsMl0")


def test_the_intake_form_begins_with_what_was_asked(office: Office) -> None:
    made = asked(office)
    told = {
        "narrative": QUESTION,
        "category": "housing",
        "source": "walk_in",
        "place.village": "东街村",
    }
    named = {"parties.0.name": "赵小满", "parties.0.phone": "19900000001"}
    given = [
        queries.prefill(made, actor=actor, desk=office.desk, now=MONDAY_9AM)
        for actor in (office.window, office.director)
    ]
    assert given == [told | named, told]


def test_consultations_change_no_figure_of_disputes(office: Office) -> None:
    registered(office)

    def figures() -> list[tuple[int, int | None]]:
        views = [
            metric.figure(asking(office, each.id), policy=office.desk.policy)
            for each in DISPUTE_FIGURES
        ]
        return [(view.numerator, view.denominator) for view in views]

    before = figures()
    week = measure(Week(2026, 45), scope=None, desk=office.desk, now=MONDAY_9AM)
    asked(office)
    after = measure(Week(2026, 45), scope=None, desk=office.desk, now=MONDAY_9AM)
    assert figures() == before
    assert (week.consultations, after.consultations) == (0, 1)
    assert weekly.as_body(after) == weekly.as_body(week) | {"consultations": 1}


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("category", [("housing", "住房"), ("unset", "未分类别")]),
        ("source", [("walk_in", "来访"), ("phone", "来电")]),
        ("organisation", None),
    ],
)
def test_the_figure_is_split_like_the_others(
    office: Office, by: str, groups: list[tuple[str, str]] | None
) -> None:
    asked(office)
    asked(office, category=None, source=Source.PHONE)
    view = metric.figure(asking(office, "consultations"), by=by, policy=office.desk.policy)
    assert view.numerator == 2
    assert view.groups is not None
    found = [(each.key, each.numerator) for each in view.groups]
    expected = [(str(office.units["centre"]), 2)]
    assert found == (expected if groups is None else [(key, 1) for key, _ in groups])


def test_the_figure_counts_its_rows_and_not_what_became_a_dispute(office: Office) -> None:
    kept, turned = asked(office), asked(office)
    asked(office, now=MONDAY_9AM + timedelta(days=7))
    with transaction() as session:
        dispute = registered(office)
        operations.became(
            session, turned, dispute.id, actor=office.window, desk=office.desk, now=MONDAY_9AM
        )
    question = asking(office, "consultations", office.director)
    assert metric.figure(question, policy=office.desk.policy).numerator == 1
    assert [row.id for row in metric.page(question).items] == [kept]


def test_a_unit_counts_its_own_consultations(office: Office) -> None:
    asked(office)
    asked(office, actor=office.mediator)
    question = asking(office, "consultations", office.liaison)
    assert metric.figure(question, policy=office.desk.policy).numerator == 1
