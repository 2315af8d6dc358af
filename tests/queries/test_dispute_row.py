"""Lists: complete over their pages, narrowed as asked, counted as shown, never beyond the scope."""

from datetime import date, timedelta
from typing import Any

import pytest

from config.vocabulary import Danger, DisputeStatus, Language, Role, Source, Step
from service.errors import Invalid
from service.queries import dispute_row
from service.queries.dispute_row import DisputeRow, Filters
from service.queries.page import Page, encode_cursor
from service.rules import access
from service.rules.access import Actor
from tests.factories.dispute import APPLICANT, RESPONDENT, registered
from tests.factories.moment import MONDAY, MONDAY_9AM, MONDAY_10AM, TUESDAY
from tests.factories.office import Office
from tests.operations.test_clock import BENEFIT

pytestmark = pytest.mark.usefixtures("inside")
S = DisputeStatus


def page(
    office: Office,
    actor: Actor | None = None,
    today: date = MONDAY,
    filters: dict[str, Any] | None = None,
    **more: Any,
) -> Page[DisputeRow]:
    """A page, as the director sees it on Monday."""
    scope = access.scope(actor or office.director, "dispute.list", office.desk.policy.access)
    return dispute_row.page(
        Filters(**(filters or {})), scope=scope, today=today, now=MONDAY_10AM, **more
    )


def numbers(found: Page[DisputeRow]) -> list[int]:
    """The last digits of the numbers shown, in their order."""
    return [int(row.number[-2:]) for row in found.items]


@pytest.mark.parametrize(
    ("sort", "order"), [("newest", [5, 4, 3, 2, 1]), ("oldest", [1, 2, 3, 4, 5])]
)
def test_pages_show_every_row_once_in_order(office: Office, sort: str, order: list[int]) -> None:
    for minute in range(5):
        registered(office, now=MONDAY_9AM + timedelta(minutes=minute))
    seen: list[int] = []
    cursor: str | None = None
    while True:
        found = page(office, filters={"sort": sort}, limit=2, cursor=cursor)
        seen += numbers(found)
        cursor = found.next_cursor
        if cursor is None:
            break
    assert seen == order


def test_rows_of_one_instant_are_not_lost_between_pages(office: Office) -> None:
    for _ in range(5):
        registered(office)
    first = page(office, limit=3)
    rest = page(office, limit=3, cursor=first.next_cursor)
    assert sorted(numbers(first) + numbers(rest)) == [1, 2, 3, 4, 5]


DANGER: dict[str, Any] = {"facts": {"danger": True}}


@pytest.mark.parametrize(
    ("sort", "order"), [("newest", [4, 2, 5, 3, 1]), ("oldest", [2, 4, 1, 3, 5])]
)
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_danger_to_people_comes_first_and_no_row_twice(
    office: Office, sort: str, order: list[int], limit: int
) -> None:
    for minute in range(5):
        told: dict[str, Any] = DANGER if minute in (1, 3) else {}
        registered(office, now=MONDAY_9AM + timedelta(minutes=minute), **told)
    seen: list[int] = []
    urgent: list[bool] = []
    cursor: str | None = None
    while True:
        filters = {"sort": sort, "urgent_first": True}
        found = page(office, filters=filters, limit=limit, cursor=cursor)
        seen += numbers(found)
        urgent += [row.danger is Danger.PRESENT for row in found.items]
        cursor = found.next_cursor
        if cursor is None:
            break
    assert (seen, urgent) == (order, [True, True, False, False, False])


def test_protection_found_by_the_rules_is_danger_too(office: Office) -> None:
    registered(office, category="family", facts={"domestic_violence": True})
    registered(office, facts={"crime_suspected": True})
    assert numbers(page(office, filters={"urgent": True})) == [1]
    assert numbers(page(office, filters={"urgent": False})) == [2]


def test_a_leader_is_told_of_danger_neither_by_word_nor_by_order(office: Office) -> None:
    for minute in range(3):
        told: dict[str, Any] = DANGER if minute == 1 else {}
        registered(office, now=MONDAY_9AM + timedelta(minutes=minute), **told)
    found = page(office, office.leader, filters={"urgent_first": True})
    assert (numbers(found), [row.danger for row in found.items]) == ([3, 2, 1], [Danger.NONE] * 3)
    assert numbers(page(office, office.leader, filters={"urgent": True})) == []


def test_a_cursor_of_another_order_is_refused(office: Office) -> None:
    for _ in range(2):
        registered(office)
    plain = page(office, limit=1).next_cursor
    with pytest.raises(Invalid):
        page(office, filters={"urgent_first": True}, cursor=plain)


def test_names_in_the_story_are_masked_but_for_the_mediator_in_charge(office: Office) -> None:
    mother = {"role": "agent", "kind": "person", "name": "王秀兰", "represents": 0}
    shop = {"role": "third_party", "kind": "organisation", "name": "柳溪粮油店"}
    story = "李大有占了王小满家院墙，王秀兰来说，柳溪粮油店看见了"
    parties = [APPLICANT, RESPONDENT, mother, shop]
    registered(office, narrative=story, parties=parties).until(S.DISPATCHED)
    shown = "李**占了王**家院墙，王**来说，柳溪粮油店看见了"
    assert page(office).items[0].summary == shown
    assert page(office, office.liaison).items[0].summary == shown
    assert page(office, office.mediator).items[0].summary == story


def test_a_name_that_the_end_of_the_summary_cuts_through_is_masked(office: Office) -> None:
    registered(office, narrative="去" * 58 + "王小满不还钱")
    assert page(office).items[0].summary == "去" * 58 + "王*"


def test_who_needs_a_translation_is_told(office: Office) -> None:
    parties = [APPLICANT, RESPONDENT | {"language": "mn"}]
    registered(office, parties=parties, interpreter="其木格")
    registered(office, parties=parties, restricted=True, now=MONDAY_9AM + timedelta(minutes=1))
    rows = page(office, filters={"sort": "oldest"}).items
    assert [(row.languages, row.interpreter) for row in rows] == [
        ((Language.MONGOLIAN,), "其**"),
        ((Language.MONGOLIAN,), None),
    ]
    assert [row.languages for row in page(office, office.leader).items] == [(), ()]


def test_the_total_is_counted_only_when_asked(office: Office) -> None:
    for _ in range(3):
        registered(office)
    assert page(office, limit=2).total is None
    assert page(office, limit=2, count=True).total == 3


def test_by_due_date_only_what_has_one_is_listed_and_counted(office: Office) -> None:
    registered(office)
    registered(office).until(S.ACCEPTED)
    found = page(office, filters={"sort": "due"}, count=True)
    assert (numbers(found), found.total) == ([2], 1)


def test_by_date_the_parties_own_terms_count_for_who_advises_people(office: Office) -> None:
    registered(office).until(S.ACCEPTED)  # a month
    registered(office, **BENEFIT)  # the review of a decision is lost in two weeks
    assert numbers(page(office, filters={"sort": "due"}, limit=1, count=True)) == [2]
    first = page(office, filters={"sort": "due"}, limit=1)
    rest = page(office, filters={"sort": "due"}, limit=1, cursor=first.next_cursor)
    assert (numbers(first), numbers(rest), rest.next_cursor) == ([2], [1], None)
    # a brief row says nothing of what people may still do, not by its place either
    assert numbers(page(office, office.leader, filters={"sort": "due"})) == [1]


@pytest.mark.parametrize("limit", [1, 2, 4])
def test_what_people_may_lose_within_a_week_comes_after_danger(office: Office, limit: int) -> None:
    plain: dict[str, Any] = {}
    for minute, told in enumerate((plain, BENEFIT, DANGER, plain)):
        registered(office, now=MONDAY_9AM + timedelta(minutes=minute), **told)
    orders = {}
    for today in (date(2026, 11, 9), date(2026, 11, 10), date(2026, 11, 18)):
        seen, cursor = [], None
        while True:
            filters = {"sort": "oldest", "urgent_first": True}
            found = page(office, filters=filters, limit=limit, cursor=cursor, today=today)
            seen += numbers(found)
            cursor = found.next_cursor
            if cursor is None:
                break
        orders[today.day] = seen
    assert orders == {9: [3, 1, 2, 4], 10: [3, 2, 1, 4], 18: [3, 1, 2, 4]}


def test_a_row_says_by_when_the_next_step_is_wanted(office: Office) -> None:
    registered(office)
    registered(office).until(S.DISPATCHED)
    registered(office).until(S.MEDIATING)
    rows = page(office).items
    assert {int(row.number[-1]): row.step_on for row in rows} == {
        1: date(2026, 11, 3),
        2: date(2026, 11, 5),
        3: None,
    }
    assert {row.step_on for row in page(office, office.leader).items} == {None}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"status": S.DISPATCHED}, [2]),
        ({"category": "traffic"}, [3]),
        ({"village": "东街社区"}, [1]),
        ({"source": Source.GRID}, [3]),
        ({"registered_from": TUESDAY}, [3]),
        ({"registered_to": MONDAY}, [2, 1]),
        ({"registered_from": MONDAY, "registered_to": TUESDAY}, [3, 2, 1]),
        ({"due_before": date(2030, 1, 1)}, []),
        ({"overdue": False}, [3, 2, 1]),
        ({"overdue": True}, []),
        ({"q": "LXZ2026-00002"}, [2]),
        ({"q": "lxz2026"}, [3, 2, 1]),
        ({"q": "赵"}, [3]),
        ({"q": "赵铁"}, [3]),
        ({"q": "铁"}, [3]),
        ({"q": "柱"}, [3]),
        ({"q": "%"}, []),
        ({"q": "王小满", "category": "traffic"}, []),
    ],
)
def test_a_filter_keeps_what_it_says(
    office: Office, filters: dict[str, Any], found: list[int]
) -> None:
    registered(office, place={"village": "东街社区", "detail": None})
    registered(office, now=MONDAY_9AM + timedelta(minutes=1)).until(S.DISPATCHED)
    registered(
        office,
        now=MONDAY_9AM + timedelta(days=1),
        category="traffic",
        source=Source.GRID,
        parties=[APPLICANT | {"name": "赵铁柱"}, RESPONDENT],
    )
    assert numbers(page(office, filters=filters)) == found


def test_mine_are_those_i_mediate_and_a_unit_finds_its_own(office: Office) -> None:
    registered(office)
    registered(office).until(S.DISPATCHED)
    assert numbers(page(office, office.mediator, filters={"mine": True})) == [2]
    unit = {"organisation": office.units["committee"]}
    assert numbers(page(office, filters=unit)) == [2]


def test_what_is_past_its_day_is_overdue_from_the_next_day_on(office: Office) -> None:
    handling = registered(office).until(S.ACCEPTED)
    due_on = handling.row.due_on
    assert due_on is not None
    on_the_day = page(office, today=due_on).items[0]
    the_day_after = page(office, today=due_on + timedelta(days=1), filters={"overdue": True})
    assert on_the_day.overdue is False
    assert [row.overdue for row in the_day_after.items] == [True]


@pytest.mark.parametrize(
    "cursor",
    [
        ["2026-11-02T01:00:00", "00000000-0000-4000-8000-000000000000"],  # no zone
        ["0001-01-01T00:00:00+14:00", "00000000-0000-4000-8000-000000000000"],
        ["9999-12-31T23:59:59-12:00", "00000000-0000-4000-8000-000000000000"],
        ["2026-11-02", "00000000-0000-4000-8000-000000000000"],
        ["2026-11-02T01:00:00+00:00", "x"],
        [1, 2],
        [None, None],
    ],
)
def test_a_cursor_of_nowhere_is_refused_at_its_field(office: Office, cursor: list[Any]) -> None:
    with pytest.raises(Invalid) as refusal:
        page(office, cursor=encode_cursor(cursor))
    assert list(refusal.value.fields) == ["cursor"]


def test_names_are_masked_but_for_the_mediator_in_charge(office: Office) -> None:
    registered(office).until(S.DISPATCHED)
    assert page(office).items[0].parties == "王** 与 李**"
    assert page(office, office.liaison).items[0].parties == "王** 与 李**"
    assert page(office, office.mediator).items[0].parties == "王小满 与 李大有"


def test_several_on_one_side_are_counted(office: Office) -> None:
    registered(office, parties=[APPLICANT, APPLICANT | {"name": "赵铁柱"}, RESPONDENT])
    assert page(office).items[0].parties == "王**等 2 人 与 李**"


def test_a_restricted_row_names_nobody_and_tells_nothing(office: Office) -> None:
    registered(office, restricted=True)
    row = page(office).items[0]
    assert (row.parties, row.summary) == ("受限", "")


def test_a_restricted_dispute_is_found_by_no_name(office: Office) -> None:
    registered(office, restricted=True)
    assert numbers(page(office, filters={"q": "王小满"})) == []


def test_a_restricted_dispute_is_not_in_the_lists_of_its_unit(office: Office) -> None:
    registered(office, restricted=True).until(S.DISPATCHED)
    colleague = office.actor(Role.MEDIATOR, "committee", name="second")
    clerks = office.actor(Role.LIAISON, "centre")
    for reader in (office.liaison, colleague, clerks, office.window):
        found = page(office, reader, count=True)
        assert (numbers(found), found.total) == ([], 0)
    assert numbers(page(office, office.mediator)) == [1]


def test_a_leader_sees_brief_rows(office: Office) -> None:
    handling = registered(office).until(S.ACCEPTED)
    registered(office, restricted=True, now=MONDAY_9AM - timedelta(minutes=1))
    first, second = page(office, office.leader).items
    assert (first.brief, first.category, first.organisation, first.status, first.due_on) == (
        True,
        "neighbour",
        "柳溪镇人民调解委员会",
        S.ACCEPTED,
        handling.row.due_on,
    )
    assert (first.parties, first.summary, first.mediator, first.outcome) == ("", "", None, None)
    assert second.parties == "受限"


def test_a_leader_finds_by_number_and_by_no_name(office: Office) -> None:
    registered(office)
    assert numbers(page(office, office.leader, filters={"q": "LXZ2026-00001"})) == [1]
    assert numbers(page(office, office.leader, filters={"q": "王"})) == []


def test_a_leader_who_also_mediates_sees_in_full_what_is_theirs_and_the_rest_in_brief(
    office: Office,
) -> None:
    both = office.somebody("both", {Role.LEADER, Role.MEDIATOR}, "committee")
    registered(office).take(Step.DISPATCH, {"mediator": str(both.user_id)})
    registered(office, now=MONDAY_9AM + timedelta(minutes=1))
    theirs_not, theirs = page(office, both).items
    assert (theirs_not.brief, theirs_not.parties, theirs_not.summary) == (True, "", "")
    assert (theirs.brief, theirs.parties) == (False, "王小满 与 李大有")
    assert numbers(page(office, both, filters={"q": "王"})) == [1]


def test_counts_are_those_of_the_open_rows_in_the_scope(office: Office) -> None:
    registered(office)
    registered(office).until(S.ACCEPTED)
    registered(office).until(S.CLOSED)
    scope = access.scope(office.director, "dispute.list", office.desk.policy.access)
    counts = dispute_row.counts(scope, today=date(2027, 1, 1), now=MONDAY_10AM)
    assert {key: counts[key] for key in ("registered", "accepted", "open", "overdue", "soon")} == {
        "registered": 1,
        "accepted": 1,
        "open": 2,
        "overdue": 1,
        "soon": 0,
    }
