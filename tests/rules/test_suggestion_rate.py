"""办复率 and its kin: what is counted, what stands beside, and what may never happen to a rate."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.rules.statistics import Period, Rate
from service.rules.suggestion_rate import Letter, Place, is_objected, place, rates

DUE = date(2026, 11, 30)
NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))
LATER = date(2026, 12, 7)
PLAIN = Letter(owed_on=DUE)
DAY = timedelta(days=1)

days = st.dates(date(2026, 10, 20), date(2026, 12, 20))


@st.composite
def letters(draw: st.DrawFn) -> Letter:
    owed = draw(st.none() | days)
    replied = draw(st.none() | days)
    return Letter(
        owed_on=owed,
        replied_on=replied,
        late=draw(st.booleans()),
        accepted_on=draw(st.none() | days) if replied else None,
        objected_on=draw(st.none() | days),
    )


@pytest.mark.parametrize(
    ("letter", "today", "where"),
    [
        (PLAIN, LATER, Place.DUE),
        (PLAIN, DUE, Place.NOT_DUE),  # the last day lasts to its end
        (PLAIN, DUE + DAY, Place.DUE),
        (replace(PLAIN, owed_on=None), LATER, Place.OUTSIDE),
        (replace(PLAIN, owed_on=date(2026, 12, 1)), LATER, Place.OUTSIDE),
        (replace(PLAIN, owed_on=date(2026, 11, 1)), LATER, Place.DUE),
        (replace(PLAIN, objected_on=DUE), LATER, Place.OBJECTED),
        (replace(PLAIN, objected_on=DUE + DAY), LATER, Place.DUE),  # too late to be excused by it
        (replace(PLAIN, objected_on=DUE), DUE - DAY, Place.OBJECTED),
        # to a later round, in its time: the first reply stays what it was
        (replace(PLAIN, late=True, objected_on=LATER), LATER, Place.DUE),
    ],
)
def test_where_a_letter_stands(letter: Letter, today: date, where: Place) -> None:
    assert place(letter, NOVEMBER, today) is where


def test_a_reply_a_day_late_is_a_reply_and_is_not_in_time() -> None:
    """L2: due 2026-11-30, went out 2026-12-01."""
    found = rates([replace(PLAIN, replied_on=DUE + DAY, late=True)], NOVEMBER, LATER)
    assert (found.replied, found.on_time) == (Rate(1, 1), Rate(0, 1))


def test_no_rate_is_whole_while_a_round_is_open() -> None:
    done = replace(PLAIN, replied_on=DUE, accepted_on=DUE)
    found = rates([done] * 200 + [PLAIN], NOVEMBER, LATER)
    for rate in (found.replied, found.on_time, found.rectified):
        assert rate.value is not None
        assert rate.value < 1


@given(st.lists(letters(), max_size=12), letters(), days)
@settings(max_examples=60)
def test_what_is_not_due_or_objected_changes_no_rate(
    given_: list[Letter], more: Letter, today: date
) -> None:
    before, after = rates(given_, NOVEMBER, today), rates([*given_, more], NOVEMBER, today)
    where = place(more, NOVEMBER, today)
    if where is not Place.DUE:
        assert (after.replied, after.on_time, after.rectified) == (
            before.replied,
            before.on_time,
            before.rectified,
        )
    assert after.not_yet_due - before.not_yet_due == (where is Place.NOT_DUE)
    assert after.objected - before.objected == (where is Place.OBJECTED)


@given(st.lists(letters(), max_size=12), days)
@settings(max_examples=60)
def test_every_letter_of_the_period_stands_in_one_place_and_no_rate_says_more(
    given_: list[Letter], today: date
) -> None:
    found = rates(given_, NOVEMBER, today)
    inside = [each for each in given_ if place(each, NOVEMBER, today) is not Place.OUTSIDE]
    assert found.replied.denominator + found.not_yet_due + found.objected == len(inside)
    assert found.on_time.numerator <= found.replied.numerator <= found.replied.denominator
    assert found.replied.denominator == found.on_time.denominator == found.rectified.denominator


@given(letters(), days, st.integers(1, 60))
@settings(max_examples=60)
def test_late_is_for_ever(letter: Letter, today: date, ahead: int) -> None:
    late = replace(letter, late=True)
    then = today + ahead * DAY
    assert rates([late], NOVEMBER, then).on_time.numerator == 0
    if place(late, NOVEMBER, today) is Place.DUE:
        assert place(late, NOVEMBER, then) is Place.DUE
    assert is_objected(late) == is_objected(letter)
