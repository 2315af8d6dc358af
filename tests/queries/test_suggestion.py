"""Letters 建议书 counted by the database as the rules count them; each number has its rows."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from config.suggestion import SuggestionEnd, SuggestionKind, SuggestionStatus
from config.vocabulary import Role
from models import Suggestion, transaction
from service.queries import metric
from service.queries.metric import Question
from service.rules import access
from service.rules import metric as dictionary
from service.rules.access import Scope
from service.rules.statistics import Period, Rate
from service.rules.suggestion import AT_WORK, is_overdue
from service.rules.suggestion_rate import Letter, Place, is_objected, place, rates
from tests.factories.office import Office

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))
TODAY = date(2026, 11, 23)
S = SuggestionStatus
COUNTS = (
    "suggestions_due",
    "suggestions_replied",
    "suggestions_late",
    "suggestions_not_due",
    "suggestions_objected",
)
DICE = random.Random(7)


def some_day() -> date:
    return date(2026, 10, 20) + timedelta(days=DICE.randrange(60))


def a_letter(office: Office, place_: int) -> Suggestion:
    """One in any state its table allows."""
    status = DICE.choice(list(S))
    replied = some_day() if status in (S.REPLIED, S.ACCEPTED) else None
    closed = status is S.CLOSED
    first = replied or (some_day() if DICE.random() < 0.3 else None)
    due = None if DICE.random() < 0.1 else some_day()
    ended = DICE.choice(list(SuggestionEnd)) if closed else None
    objected = status is S.OBJECTED or ended is SuggestionEnd.WITHDRAWN
    return Suggestion(
        id=uuid4(),
        number=f"数〔2026〕{place_}号",
        kind=DICE.choice(list(SuggestionKind)),
        issuer="柳溪旗人民检察院",
        document_number=str(place_),
        title="事由",
        received_on=date(2026, 9, 1),
        urgent=False,
        organisation_id=office.units[DICE.choice(["committee", "station"])],
        status=status,
        round=DICE.choice([1, 2]),
        due_on=due,
        due_rule="PROC.GEN" if due else None,
        due_provisional=False,
        owed_on=some_day() if first else None,
        first_replied_on=first,
        replied_on=replied or (first if closed else None),
        late=bool(first) and DICE.random() < 0.4,
        objected_on=some_day() if objected else None,
        accepted_on=some_day() if status is S.ACCEPTED else None,
        closed_on=some_day() if closed else None,
        ended_as=ended,
        sealed_key=b"-",
        recorded_by=office.actor(Role.LEGAL, "justice").user_id,
        recorded_at=datetime(2026, 9, 1, tzinfo=UTC),
    )


def as_counted(row: Suggestion) -> Letter:
    stands = row.status is S.OBJECTED or row.ended_as is SuggestionEnd.WITHDRAWN
    return Letter(
        owed_on=row.owed_on or row.due_on,
        replied_on=row.replied_on,
        late=row.late,
        accepted_on=row.accepted_on,
        objected_on=row.objected_on if stands else None,
    )


def asked(name: str, scope: Scope | None = None, **narrowed: str) -> Question:
    found = dictionary.find(name)
    return Question(metric=found, period=NOVEMBER, today=TODAY, scope=scope, narrowed=narrowed)


@pytest.fixture
def letters(office: Office) -> Iterator[list[Suggestion]]:
    with office.app.app_context():
        rows = [a_letter(office, each) for each in range(150)]
        with transaction() as session:
            session.add_all(rows)
            session.flush()
            session.expunge_all()
        yield rows


def test_the_database_counts_as_the_rules_do(office: Office, letters: list[Suggestion]) -> None:
    policy = office.desk.policy
    told = [as_counted(each) for each in letters]
    expected = rates(told, NOVEMBER, TODAY)
    assert min(expected.replied.denominator, expected.not_yet_due, expected.objected) > 0
    for name, rate in (
        ("suggestion_reply_rate", expected.replied),
        ("suggestion_on_time_rate", expected.on_time),
        ("suggestion_rectified_rate", expected.rectified),
    ):
        found = metric.figure(asked(name), by="kind", policy=policy)
        assert Rate(found.numerator, found.denominator or 0) == rate
        assert (found.not_yet_due, found.objected) == (expected.not_yet_due, expected.objected)
        assert sum(each.denominator or 0 for each in found.groups or ()) == rate.denominator
        rows = metric.page(asked(name), limit=200).items
        assert (len(rows), sum(each.counted for each in rows)) == (
            rate.denominator,
            rate.numerator,
        )
    due = [
        (row, each)
        for row, each in zip(letters, told, strict=True)
        if place(each, NOVEMBER, TODAY) is Place.DUE
    ]
    late = sum(
        row.late or is_overdue(row.status, row.due_on, TODAY, replied_on=row.replied_on)
        for row, _ in due
    )
    counts = (
        expected.replied.denominator,
        expected.replied.numerator,
        late,
        expected.not_yet_due,
        expected.objected,
    )
    for name, number in zip(COUNTS, counts, strict=True):
        assert metric.figure(asked(name), policy=policy).numerator == number
        assert len(metric.page(asked(name), limit=200).items) == number
    assert any(is_objected(each) for each in told)
    assert any(row.status in AT_WORK for row, _ in due)


def test_a_unit_counts_its_own_letters_and_the_town_all(
    office: Office, letters: list[Suggestion]
) -> None:
    policy: Any = office.desk.policy
    mine = [each for each in letters if each.organisation_id == office.units["committee"]]
    whole = rates([as_counted(each) for each in letters], NOVEMBER, TODAY).replied
    own = rates([as_counted(each) for each in mine], NOVEMBER, TODAY).replied
    for actor, rate in (
        (office.liaison, own),
        (office.actor(Role.LEGAL, "justice"), whole),
        (office.leader, whole),
    ):
        scope = access.scope(actor, "metric.read", policy.access)
        found = metric.figure(asked("suggestion_reply_rate", scope), policy=policy)
        assert Rate(found.numerator, found.denominator or 0) == rate
    unit = str(office.units["committee"])
    narrowed = metric.figure(asked("suggestion_reply_rate", organisation=unit), policy=policy)
    assert narrowed.denominator == own.denominator
