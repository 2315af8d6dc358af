"""A draft is replayed on stored disputes: who would move, from where to where, and why."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from time import perf_counter, process_time
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from config import routing
from config.facts import FACTS, FactKind
from models import AuditEntry, Dispute, Replay, db, transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.operations import replay as operations
from service.queries import replay as queries
from service.queries.replay import Asked, BriefView, ReplayView
from service.rules import access
from service.rules import routing as rules
from service.rules.access import Actor
from service.rules.fact import checked
from tests.factories.dispute import registered
from tests.factories.moment import MONDAY, MONDAY_9AM, MONDAY_10AM
from tests.factories.office import Office
from tests.factories.routing import CATEGORIES
from tests.factories.rulebook import FIRM, SHIPPED, changed, drafted
from tests.statements import statements

pytestmark = pytest.mark.usefixtures("inside")
TO_FIRM = changed("debt", FIRM)
COMMITTEE, FIRM_PLACE = "yes/people/people_mediation_committee", "yes/people/law_firm"
DEBT = "债权债务纠纷，人民调解"


@pytest.fixture
def town(office: Office) -> Office:
    """Three debts, one of them restricted, a quarrel of neighbours and one about wages."""
    for changes in (
        {"category": "debt"},
        {"category": "debt", "people_count": 6},
        {"category": "debt", "restricted": True},
        {"category": "neighbour"},
        {"category": "wages", "facts": {"wages_owed": True}},
    ):
        registered(office, **changes)
    return office


def replayed(
    office: Office, content: str, *, asked: Asked | None = None, actor: Actor | None = None
) -> ReplayView:
    number = drafted(office, content)
    made = operations.run(
        number,
        asked or Asked(),
        as_of=None,
        actor=actor or office.director,
        desk=office.desk,
        now=MONDAY_10AM,
    )
    return shown(office, made)


def shown(office: Office, replay_id: UUID) -> ReplayView:
    scope = access.scope(office.director, "routing.replay", office.desk.policy.access)
    return queries.kept(replay_id, scope=scope, now=MONDAY_10AM)


def newest(office: Office, number: int) -> list[BriefView]:
    scope = access.scope(office.director, "routing.replay", office.desk.policy.access)
    return queries.newest(number, scope=scope)


def test_it_lists_who_would_move_and_why(town: Office) -> None:
    found = replayed(town, TO_FIRM).found
    asked = sa.select(Dispute.number).where(
        Dispute.category == "debt", Dispute.restricted.is_(False)
    )
    assert (found.compared, found.changed, found.against) == (4, 2, 1)
    assert found.as_of == MONDAY + timedelta(days=1)
    assert found.moves == [(COMMITTEE, FIRM_PLACE, 2)]
    assert {each.number for each in found.moved} == set(db.session.scalars(asked))
    assert Counter((each.before, each.after, each.because) for each in found.moved) == {
        (COMMITTEE, FIRM_PLACE, f"规则“{DEBT}”的去向改了"): 2,
    }
    leads = {each.lead: (each.before, each.after) for each in found.loads}
    assert leads["law_firm"] == (0, 2)
    assert sum(before for before, _ in leads.values()) == 4


def test_no_rule_can_be_made_up_that_sounds_out_a_restricted_dispute(office: Office) -> None:
    """Whose number moves under a rule about violence has told what it is about."""
    registered(office, category="family", facts={"domestic_violence": True})
    probe = changed("domestic_violence", ('lead = "police_station"', 'lead = "procuratorate"'))
    found = replayed(office, probe).found
    assert db.session.scalar(sa.select(Dispute.restricted)) is True
    assert (found.compared, found.changed, found.moved) == (0, 0, ())


def test_whose_shell_it_is_replays_restricted_ones_too_by_their_numbers(town: Office) -> None:
    draft, live = routing.parse(TO_FIRM), town.desk.policy.rulebook
    desk, asked = town.desk, Asked()
    found = queries.run(draft, live, asked, as_of=MONDAY, scope=None, desk=desk, now=MONDAY_10AM)
    assert (found.compared, found.changed) == (5, 3)
    assert [(each.before, each.because) for each in found.moved if each.restricted] == [
        ("restricted", "受限纠纷，不显示内容")
    ]


def test_a_replay_is_of_the_town_that_made_it(town: Office) -> None:
    kept = replayed(town, TO_FIRM)
    abroad = replace(town.director, town=frozenset({uuid4()}))
    scope = access.scope(abroad, "routing.replay", town.desk.policy.access)
    with pytest.raises(NotFound):
        queries.kept(kept.id, scope=scope, now=MONDAY_10AM)
    assert queries.newest(kept.draft, scope=scope) == []
    assert [each.id for each in newest(town, kept.draft)] == [kept.id]


def test_the_live_version_changes_nothing(town: Office) -> None:
    found = replayed(town, SHIPPED).found
    assert (found.compared, found.changed, found.moves, found.moved) == (4, 0, [], ())


def test_it_finds_what_an_independent_recount_finds(town: Office) -> None:
    text = changed("wages", ('channel = "administrative"', 'channel = "people"'), text=TO_FIRM)
    draft, live = routing.parse(text), routing.parse(SHIPPED)
    policy, calendar = town.desk.policy, town.desk.calendar
    expected: Counter[str] = Counter()
    for row in db.session.scalars(sa.select(Dispute).where(Dispute.restricted.is_(False))):
        request = rules.RoutingRequest(
            row.category,
            checked(row.facts),
            registered_on=row.registered_on,
            accepted_on=row.accepted_on,
            people_count=row.people_count,
        )
        was, becomes = (
            rules.preview(request, book, policy.clocks, calendar) for book in (live, draft)
        )
        if (was.accept, was.channel, was.lead) != (becomes.accept, becomes.channel, becomes.lead):
            expected[row.number] += 1
    found = replayed(town, text).found
    assert Counter(each.number for each in found.moved) == expected
    assert len(expected) == 3


def test_the_newest_are_replayed_or_those_of_a_range(town: Office) -> None:
    assert replayed(town, TO_FIRM, asked=Asked(newest=2)).found.compared == 2
    within = Asked(from_on=MONDAY, to_on=MONDAY)
    assert replayed(town, TO_FIRM, asked=within).found.compared == 4
    before = Asked(from_on=date(2026, 10, 1), to_on=date(2026, 10, 31))
    assert replayed(town, TO_FIRM, asked=before).found.compared == 0


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (Asked(newest=0), "last"),
        (Asked(newest=10_001), "last"),
        (Asked(newest=1, from_on=MONDAY, to_on=MONDAY), "last"),
        (Asked(from_on=MONDAY), "registered_to"),
        (Asked(from_on=MONDAY, to_on=date(2026, 11, 1)), "registered_to"),
    ],
)
def test_an_absurd_question_is_refused_at_its_field(
    office: Office, asked: Asked, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        replayed(office, TO_FIRM, asked=asked)
    assert list(refused.value.fields) == [field]


def test_it_reads_all_disputes_with_one_statement(town: Office) -> None:
    number = drafted(town, TO_FIRM)
    policy, desk = town.desk.policy, town.desk
    draft, live = routing.parse(TO_FIRM), policy.rulebook
    assert (desk.calendar.version, number) == (1, 2)
    with statements() as seen:
        queries.run(draft, live, Asked(), as_of=MONDAY, scope=None, desk=desk, now=MONDAY_10AM)
    assert len(seen) == 1


def test_a_draft_with_faults_is_not_replayed(town: Office) -> None:
    faulty = changed("debt", ('lead = "people_mediation_committee"', 'lead = "nobody"'))
    with pytest.raises(Conflict, match="先改好"):
        replayed(town, faulty)


def test_only_who_may_replays(town: Office) -> None:
    with pytest.raises(Forbidden):
        replayed(town, TO_FIRM, actor=town.leader)
    with pytest.raises(Conflict):
        operations.run(1, Asked(), as_of=None, actor=town.director, desk=town.desk, now=MONDAY_9AM)
    with pytest.raises(NotFound):
        shown(town, registered(town).id)


def test_what_became_restricted_meanwhile_is_not_told_any_more(town: Office) -> None:
    kept = replayed(town, TO_FIRM)
    asked = sa.select(Dispute).where(Dispute.category == "debt", Dispute.restricted.is_(False))
    with transaction() as session:
        for row in session.scalars(asked):
            row.restricted, row.narrative, row.narrative_sealed = True, None, b"x"
    assert shown(town, kept.id).found.moves == []


def test_a_handful_of_replays_is_kept_and_each_is_noted(town: Office) -> None:
    number = drafted(town, TO_FIRM)
    for _ in range(6):
        operations.run(
            number, Asked(), as_of=None, actor=town.director, desk=town.desk, now=MONDAY_10AM
        )
    assert len(newest(town, number)) == 5
    assert db.session.scalar(sa.select(sa.func.count(Replay.id))) == 5
    noted = sa.select(sa.func.count()).where(AuditEntry.action == "routing.replay")
    assert db.session.scalar(noted) == 6


@pytest.mark.deep
def test_ten_thousand_disputes_are_replayed_in_under_ten_seconds(office: Office) -> None:
    one = registered(office).row
    like = {column.key: getattr(one, column.key) for column in Dispute.__table__.c}
    chance = random.Random(6)
    with transaction() as session:
        rows = [like | _other(place, chance) for place in range(10_000)]
        session.connection().execute(sa.insert(Dispute), rows)
    text = changed("wages", ('channel = "administrative"', 'channel = "people"'), text=TO_FIRM)
    number = drafted(office, text)
    began, cpu = perf_counter(), process_time()
    made = operations.run(
        number,
        Asked(newest=10_000),
        as_of=None,
        actor=office.director,
        desk=office.desk,
        now=MONDAY_10AM,
    )
    took, used = perf_counter() - began, process_time() - cpu
    found = shown(office, made).found
    print(f"replay of 10,000: {took:.2f} s, CPU {used:.2f} s, {found.changed} moved")
    assert (found.compared, found.changed > 300) == (10_000, True)
    assert used < 10


def _other(place: int, chance: random.Random) -> dict[str, Any]:
    """A dispute unlike the others: category, a few facts and dates of any kind."""
    facts: dict[str, Any] = {}
    for name in chance.sample(sorted(FACTS), chance.randint(0, 6)):
        fact = FACTS[name]
        day = MONDAY - timedelta(days=chance.randint(1, 400))
        facts[name] = day.isoformat() if fact.kind is FactKind.DATE else chance.choice(fact.values)
    registered_on = MONDAY - timedelta(days=chance.randint(0, 365))
    return {
        "id": uuid4(),
        "number": f"X{place:06d}",
        "category": chance.choice(CATEGORIES),
        "facts": facts,
        "people_count": chance.choice([None, 1, 2, 7, 40]),
        "registered_on": registered_on,
        "registered_at": MONDAY_9AM - timedelta(days=(MONDAY - registered_on).days),
        "fingerprint": None,
        "platform_index": None,
    }
