"""A chain tells the first entry that is not as it was written, and when its end is missing."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from config.vocabulary import AuditKind
from service.rules.audit import (
    BEGINNING,
    HASHED,
    Anchor,
    Anchors,
    Found,
    Head,
    Verdict,
    entry_hash,
    head_mac,
    kind_of,
    verify,
)

KEY = b"k" * 32
NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
Rows = list[dict[str, Any]]


def row(place: int) -> dict[str, Any]:
    """What one entry says."""
    return dict.fromkeys(HASHED) | {
        "happened_at": NOON,
        "actor_id": UUID(int=7),
        "roles": ["window"],
        "action": "dispute.register",
        "result": "done",
        "fields": [],
        "detail": {"place": place},
        "reason_sealed": b"\x01\x02",
    }


def chained(length: int, key: bytes = KEY) -> tuple[Rows, Head]:
    """A whole chain and its head."""
    rows: Rows = []
    last = BEGINNING
    for seq in range(1, length + 1):
        told = row(seq)
        made = entry_hash(seq, last, told, key)
        rows.append(told | {"seq": seq, "prev_hash": last, "hash": made})
        last = made
    return rows, Head(length, last, head_mac(length, last, key))


def test_a_chain_as_it_was_written_is_whole() -> None:
    assert verify(*chained(5), KEY, None) == Found(Verdict.WHOLE, 5)


def test_no_entries_are_a_whole_chain() -> None:
    assert verify([], None, KEY, None) == Found(Verdict.WHOLE, 0)


@pytest.mark.parametrize("name", HASHED)
def test_any_changed_part_of_an_entry_is_found(name: str) -> None:
    rows, head = chained(4)
    rows[2] |= {name: "changed" if rows[2][name] != "changed" else "other"}
    found = verify(rows, head, KEY, None)
    assert (found.verdict, found.first_bad) == (Verdict.MISMATCH, 3)


def test_a_dropped_entry_is_found() -> None:
    rows, head = chained(4)
    found = verify(rows[:1] + rows[2:], head, KEY, None)
    assert (found.verdict, found.first_bad) == (Verdict.MISMATCH, 2)


def test_a_dropped_end_is_told_from_a_change() -> None:
    rows, head = chained(4)
    found = verify(rows[:3], head, KEY, None)
    assert (found.verdict, found.first_bad) == (Verdict.TRUNCATED, 4)


def test_no_entries_under_a_head_are_a_dropped_end() -> None:
    assert verify([], chained(4)[1], KEY, None).verdict is Verdict.TRUNCATED


def test_entries_without_a_head_are_found() -> None:
    assert verify(chained(4)[0], None, KEY, None).verdict is Verdict.MISMATCH


def test_a_head_made_without_the_key_is_found() -> None:
    rows, _ = chained(4)
    forged = Head(2, rows[1]["hash"], head_mac(2, rows[1]["hash"], b"x" * 32))
    assert verify(rows[:2], forged, KEY, None).verdict is Verdict.MISMATCH


def test_a_chain_made_anew_under_another_key_is_found_at_its_first_entry() -> None:
    found = verify(*chained(4, b"x" * 32), KEY, None)
    assert (found.verdict, found.first_bad) == (Verdict.MISMATCH, 1)


def test_an_older_chain_that_is_whole_is_found_by_an_anchor_beyond_its_end() -> None:
    rows, _ = chained(4)
    found = verify(*chained(2), KEY, Anchors((Anchor(4, rows[3]["hash"]),)))
    assert (found.verdict, found.first_bad) == (Verdict.ANCHOR_MISMATCH, 4)


def test_an_anchor_that_says_otherwise_is_found() -> None:
    found = verify(*chained(4), KEY, Anchors((Anchor(3, b"\0" * 32),)))
    assert (found.verdict, found.first_bad) == (Verdict.ANCHOR_MISMATCH, 3)


def test_an_instant_is_hashed_alike_in_whatever_zone_it_is_told() -> None:
    told = row(1)
    elsewhere = told | {"happened_at": datetime.fromisoformat("2026-11-02T12:00:00+08:00")}
    assert entry_hash(1, BEGINNING, told, KEY) == entry_hash(1, BEGINNING, elsewhere, KEY)


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("dispute.register", AuditKind.WRITE),
        ("dispute.close", AuditKind.WRITE),
        ("dispute.look", AuditKind.LOOK),
        ("dispute.reveal", AuditKind.LOOK),
        ("audit.open", AuditKind.LOOK),
        ("audit.export", AuditKind.EXPORT),
        ("dispute.print", AuditKind.EXPORT),
        ("attachment.download", AuditKind.EXPORT),
        ("user.sign-in", AuditKind.SIGN_IN),
        ("user.sign-in-refused", AuditKind.SIGN_IN),
        ("user.change-roles", AuditKind.RIGHTS),
        ("dispute.glass-agree", AuditKind.RIGHTS),
        ("token.revoke", AuditKind.RIGHTS),
        ("token.make", AuditKind.RIGHTS),
        ("user.change-password", AuditKind.WRITE),
        ("job.run", AuditKind.JOB),
    ],
)
def test_what_sort_of_deed_it_is_says_its_name(action: str, kind: AuditKind) -> None:
    assert kind_of(action) is kind
