"""Drafts: what stands in a form is kept, sealed, for its owner and for a while."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from jobs.registry import TIMETABLE
from models import Draft, db
from service.errors import Invalid, NotFound
from service.operations import draft as operations
from service.operations.idempotency import Answer, Claim, once
from service.queries import draft as queries
from service.queries.draft import DraftView, LostDraft
from service.rules.access import Actor
from tests.factories.moment import MONDAY_9AM, MONDAY_10AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
KEY = "0123456789abcdef0123456789abcdef"
TYPED = [
    ("category", "neighbour"),
    ("parties.0.name", "孙德山"),
    ("reasons", "a"),
    ("reasons", "b"),
]
MINUTE, WEEK = timedelta(minutes=1), timedelta(days=7)


def save(
    office: Office,
    fields: list[tuple[str, str]] = TYPED,
    *,
    key: str = KEY,
    later: timedelta = timedelta(),
    actor: Actor | None = None,
) -> bool:
    who = actor or office.window
    return operations.save(key, fields, actor=who, desk=office.desk, now=MONDAY_9AM + later)


def kept(office: Office, *, later: timedelta = timedelta()) -> list[DraftView]:
    found = queries.mine(actor=office.window, desk=office.desk, now=MONDAY_9AM + later)
    return list(found.open)


def resume(office: Office, actor: Actor | None = None) -> DraftView:
    return queries.one(KEY, actor=actor or office.window, desk=office.desk, now=MONDAY_10AM)


def test_a_draft_comes_back_field_by_field_in_order_and_with_blanks(office: Office) -> None:
    fields = [*TYPED, ("narrative", ""), ("place.detail", "东街 3 号 & 院内=后\n排")]
    save(office, fields)
    assert resume(office) == DraftView(KEY, tuple(fields), MONDAY_9AM)


def test_a_later_save_takes_the_place_of_the_earlier(office: Office) -> None:
    save(office)
    save(office, [("category", "family")], later=MINUTE)
    assert kept(office) == [DraftView(KEY, (("category", "family"),), MONDAY_9AM + MINUTE)]


def test_the_latest_draft_comes_first(office: Office) -> None:
    keys = [uuid4().hex for _ in range(3)]
    for minute, key in enumerate(keys):
        save(office, key=key, later=minute * MINUTE)
    assert [each.form_key for each in kept(office)] == keys[::-1]


def test_nobody_else_sees_it_nor_can_throw_it_away_or_write_into_it(office: Office) -> None:
    save(office)
    with pytest.raises(NotFound):
        resume(office, office.director)
    operations.discard(KEY, user_id=office.director.user_id)
    save(office, [("category", "debt")], actor=office.director)
    assert resume(office).fields == tuple(TYPED)


def test_it_stands_sealed_in_its_row(office: Office) -> None:
    save(office, [("parties.0.name", "白桦生"), ("narrative", "baihua by night")])
    sealed = db.session.scalars(sa.select(Draft.content_sealed)).one()
    assert not any(
        canary in sealed for canary in ("白桦生".encode(), b"%E7%99%BD", b"baihua", b"narrative")
    )


def test_a_row_moved_to_another_user_does_not_open_closes_nothing_and_is_told(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    save(office)
    save(office, [("category", "debt")], actor=office.director, key=KEY[::-1], later=MINUTE)
    moved = sa.update(Draft).values(user_id=office.director.user_id)
    db.session.execute(moved.where(Draft.form_key == KEY))
    caplog.set_level("WARNING", "service.queries.draft")
    shown = queries.mine(actor=office.director, desk=office.desk, now=MONDAY_10AM)
    assert shown.lost == (LostDraft(KEY, MONDAY_9AM),)
    assert [each.form_key for each in shown.open] == [KEY[::-1]]
    assert [each.message for each in caplog.records] == ["draft cannot be read"]
    with pytest.raises(NotFound):
        resume(office, office.director)


def test_twenty_are_kept_and_the_oldest_goes(office: Office) -> None:
    keys = [uuid4().hex for _ in range(21)]
    for minute, key in enumerate(keys):
        save(office, key=key, later=minute * MINUTE)
    assert [each.form_key for each in kept(office)] == keys[:0:-1]


def test_what_is_too_long_is_refused_and_the_earlier_draft_stays(office: Office) -> None:
    save(office)
    most = 100 * 1024 - len("narrative")
    with pytest.raises(Invalid) as refusal:
        save(office, [("narrative", "x" * (most + 1))])
    assert refusal.value.detail == "填写的内容太多，存不成草稿，请先登记"
    assert resume(office).fields == tuple(TYPED)
    save(office, [("narrative", "x" * most)])
    assert resume(office).fields == (("narrative", "x" * most),)


def test_a_form_that_was_sent_is_no_draft_and_is_not_saved_any_more(office: Office) -> None:
    assert save(office)
    claim = Claim(office.window.user_id, "page:/disputes/new", KEY, "")
    once(claim, lambda: Answer(303, b"", {}), desk=office.desk, now=MONDAY_9AM)
    assert not save(office, [("category", "family")], later=MINUTE)
    assert db.session.scalars(sa.select(Draft.saved_at)).all() == [MONDAY_9AM]
    assert kept(office) == []
    with pytest.raises(NotFound):
        resume(office)


def test_a_draft_that_was_thrown_away_is_gone_and_so_is_one_that_never_was(office: Office) -> None:
    save(office)
    operations.discard(KEY, user_id=office.window.user_id)
    operations.discard(KEY, user_id=office.window.user_id)
    assert db.session.scalars(sa.select(Draft.form_key)).all() == []


def test_after_seven_days_it_is_not_shown_and_then_deleted(office: Office) -> None:
    save(office)
    save(office, key=uuid4().hex, later=MINUTE)
    assert [each.saved_at for each in kept(office, later=WEEK)] == [MONDAY_9AM + MINUTE]
    assert operations.forget_expired(desk=office.desk, now=MONDAY_9AM + WEEK) == 1
    assert db.session.scalars(sa.select(Draft.saved_at)).all() == [MONDAY_9AM + MINUTE]


def test_the_worker_forgets_drafts_and_spent_counters() -> None:
    assert {"forget-drafts", "forget-allowances"} <= {job.name for job in TIMETABLE}


def test_a_count_leaves_out_what_is_old_and_opens_none(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    def counted(later: timedelta = timedelta()) -> int:
        return queries.count(actor=office.window, desk=office.desk, now=MONDAY_9AM + later)

    save(office)
    save(office, key=KEY[::-1], later=MINUTE)
    save(office, actor=office.director, key="f" * 32)
    assert counted() == 2
    assert counted(WEEK) == 1
    assert counted(WEEK + MINUTE) == 0
    damaged = sa.update(Draft).values(content_sealed=b"damaged")
    db.session.execute(damaged.where(Draft.form_key == KEY))
    assert (counted(), caplog.records) == (2, [])
    assert len(kept(office)) == 1
    assert [each.message for each in caplog.records] == ["draft cannot be read"]
    db.session.rollback()
