"""Whether two may be one, and parted again: pure."""

from datetime import date

import pytest

from config.vocabulary import DisputeStatus
from service.rules.merge import Identity, Side, obstacle, parting, same, twins

S = DisputeStatus
OPEN = (S.REGISTERED, S.DISPATCHED, S.ACCEPTED, S.MEDIATING, S.AGREED)


def side(status: DisputeStatus, *, restricted: bool = False) -> Side:
    return Side("LXZ2026-00001", status, restricted)


def one(name: str = "张三", **told: str | None) -> Identity:
    role = told.get("role") or "applicant"
    return Identity(
        kind="person",
        side=role not in ("agent", "guardian"),
        role=role,
        name=name,
        id_number=told.get("id_number"),
        phone=told.get("phone"),
    )


@pytest.mark.parametrize("into", list(S))
@pytest.mark.parametrize("gone", list(S))
def test_two_open_ones_can_be_one_and_what_is_agreed_only_remains(
    into: DisputeStatus, gone: DisputeStatus
) -> None:
    can = into in OPEN and gone in OPEN and gone is not S.AGREED
    assert (obstacle(side(into), side(gone)) is None) is can


def test_the_restricted_and_the_open_do_not_mix() -> None:
    closed = side(S.REGISTERED, restricted=True)
    assert obstacle(side(S.REGISTERED), closed) is not None
    assert obstacle(closed, side(S.REGISTERED, restricted=True)) is None


@pytest.mark.parametrize(
    ("today", "lost", "expected"),
    [
        (date(2026, 12, 2), [], None),
        (date(2026, 12, 3), [], "并案超过 30 天，不能再撤销"),
        (date(2026, 11, 3), ["附件"], "并案之后改动过并过来的附件，不能再分开"),
    ],
)
def test_they_can_be_parted_on_the_thirtieth_day_and_not_on_the_next(
    today: date, lost: list[str], expected: str | None
) -> None:
    merged_on = date(2026, 11, 2)
    told = parting(
        side(S.MEDIATING),
        agreed_since=True,
        gone_restricted=False,
        merged_on=merged_on,
        today=today,
        lost=lost,
    )
    assert told == expected


def test_somebody_is_known_by_number_or_else_by_name_and_phone() -> None:
    assert same(one(id_number="1"), one("张叁", id_number="1"))
    assert not same(one(id_number="1", phone="2"), one(id_number="3", phone="2"))
    assert same(one(phone="2"), one(id_number="3", phone="2"))
    assert not same(one(), one())
    assert not same(one("张三", phone="2"), one("李四", phone="2"))
    assert same(one(id_number="1"), one(id_number="1", role="respondent"))
    assert not same(one(id_number="1"), one(id_number="1", role="agent"))


def test_two_namesakes_of_one_phone_meet_two_and_no_more() -> None:
    pair = [one(phone="2"), one(phone="2")]
    assert twins(pair[:1], pair) == {0: 0}
    assert twins(pair, pair) == {0: 0, 1: 1}
