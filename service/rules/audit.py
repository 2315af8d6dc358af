"""The chain of the trail 审计链: what of an entry is hashed, and whether a chain is whole.

Every entry carries the keyed hash of itself and of the one before it, so a changed, dropped,
inserted or moved one is found by who holds the key. That the end was cut off is told by the head,
and by anchors 锚点 that were written elsewhere day by day. Every anchor is told of in the chain as
well, so one that was taken out of the file or changed there is missed.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from config.vocabulary import AuditKind

BEGINNING: Final = bytes(32)
ANCHORED: Final = "audit.anchor"
VERIFIED: Final = "audit.verify"
RESTORED: Final = "backup.restore"
# what of an entry its hash speaks for, besides its number and the hash before it
HASHED: Final = (
    "happened_at",
    "actor_id",
    "actor_name",
    "organisation_id",
    "roles",
    "address",
    "action",
    "subject",
    "subject_id",
    "result",
    "fields",
    "detail",
    "reason_sealed",
    "reason_mac",
    "event_id",
    "request_id",
)


# deeds by their last part; whatever is none of these writes something
_OF_SIGN_IN: Final = frozenset(
    {
        "sign-in",
        "sign-in-half-way",
        "sign-in-refused",
        "sign-out",
        "end-session",
        "end-sessions",
        "use-recovery-code",
    }
)
_EXPORTS: Final = frozenset({"download", "export", "print", "readout"})
_LOOKS: Final = frozenset(
    {
        "check",
        "clear",
        "duplicate-shown",
        "identity",
        "list",
        "look",
        "looks",
        "open",
        "oversee",
        "preview",
        "provisions",
        "read",
        "receipt",
        "reveal",
        "verify",
    }
)
# who may do or see what is changed by these
_RIGHTS: Final = frozenset(
    {
        "user.ask-roles",
        "user.change-roles",
        "user.create",
        "user.disable",
        "user.enable",
        "user.refuse-roles",
        "dispute.glass-agree",
        "dispute.glass-ask",
        "dispute.glass-end",
        "dispute.glass-refuse",
        "dispute.name",
        "dispute.name-end",
        "dispute.restrict",
        "dispute.share",
        "dispute.share-end",
        "dispute.unrestrict",
    }
)


def kind_of(action: str) -> AuditKind:
    """What sort of deed it is 种类, by its name; whether it was refused says its result."""
    thing, _, rest = action.partition(".")
    verb = rest.rpartition(".")[2]
    if thing == "job":
        return AuditKind.JOB
    if verb in _OF_SIGN_IN:
        return AuditKind.SIGN_IN
    if action in _RIGHTS or thing == "token":
        return AuditKind.RIGHTS
    if verb in _EXPORTS:
        return AuditKind.EXPORT
    return AuditKind.LOOK if verb in _LOOKS else AuditKind.WRITE


class Verdict(IntEnum):
    """What a look at the chain found; the numbers are exit codes."""

    WHOLE = 0
    MISMATCH = 1
    TRUNCATED = 2
    ANCHOR_MISMATCH = 3


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain is said to end; `mac` proves that the one who said it holds the key."""

    seq: int
    hash: bytes
    mac: bytes


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the chain ended at the time it was written down elsewhere."""

    seq: int
    hash: bytes
    at: str = ""


START: Final = Anchor(0, BEGINNING)


@dataclass(frozen=True, slots=True)
class Anchors:
    """What a file of anchors holds, in its order; `bad_line` is the first that cannot be one.

    An `older_copy` was put away before the newest anchors were written: they are not missed.
    `outlived` tell of entries that a restore 恢复 took away, and said so in the trail.
    """

    kept: tuple[Anchor, ...] = ()
    bad_line: int | None = None
    older_copy: bool = False
    outlived: frozenset[Anchor] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """What a look found: up to which entry all is well, and the first that is not.

    The entries before `begins_at` were not looked at; of the anchors `outlived` tell of others.
    """

    verdict: Verdict
    checked: int
    first_bad: int | None = None
    why: str = ""
    begins_at: int = 1
    outlived: int = 0


def anchor_of(seq: int, entry_hash: bytes, at: datetime) -> Anchor:
    """The end of the chain as it is written down elsewhere at the instant `at`."""
    return Anchor(seq, entry_hash, at.astimezone(UTC).isoformat(timespec="microseconds"))


def told_of(anchor: Anchor) -> dict[str, Any]:
    """What an anchor says, as a line of the file and as the detail of its entry in the chain."""
    return {"at": anchor.at, "seq": anchor.seq, "hash": anchor.hash.hex()}


def line_of(anchor: Anchor) -> str:
    """The one line of the file that an anchor is."""
    return json.dumps(told_of(anchor)) + "\n"


def read_anchors(text: str, *, older_copy: bool = False) -> Anchors:
    """The anchors of a file; nothing after a line that is not as it was written is believed."""
    kept: list[Anchor] = []
    *lines, unfinished = text.split("\n")
    for number, line in enumerate(lines, 1):
        anchor = _anchor_in(line)
        if anchor is None:
            return Anchors(tuple(kept), number, older_copy)
        kept.append(anchor)
    return Anchors(tuple(kept), len(lines) + 1 if unfinished else None, older_copy)


def bad_line(anchors: Anchors) -> int | None:
    """The first line of a file that is not as it was written, or not where.

    A line tells of a later end than the one before it, unless a restore lies between them.
    """
    for number, (before, each) in enumerate(pairwise(anchors.kept), 2):
        if each.seq < before.seq and before not in anchors.outlived:
            return number
    return anchors.bad_line


def outlived_in(detail: Any) -> Iterator[Anchor]:
    """The anchors that the entry of a restore tells of, whatever somebody made of it."""
    told = detail.get("outlived") if isinstance(detail, Mapping) else None
    for each in told if isinstance(told, list) else ():
        anchor = _anchor_told(each)
        if anchor is not None:
            yield anchor


def entry_hash(seq: int, prev_hash: bytes, entry: Mapping[str, Any], key: bytes) -> bytes:
    """The keyed hash of one entry; `entry` has every name of HASHED."""
    told = {name: _plain(entry[name]) for name in HASHED}
    message = json.dumps(
        {"seq": seq, "prev_hash": prev_hash.hex(), **told},
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hmac.digest(key, message.encode(), hashlib.sha256)


def head_mac(seq: int, entry_hash: bytes, key: bytes) -> bytes:
    """What proves a head to be ours."""
    return hmac.digest(key, b"head\0%d\0" % seq + entry_hash, hashlib.sha256)


def reason_mac(reason: str, key: bytes) -> bytes:
    """What of a reason stays in the trail when its words stand, or are forgotten, elsewhere."""
    return hmac.digest(key, b"reason\0" + reason.encode(), hashlib.sha256)


def verify(
    entries: Iterable[Mapping[str, Any]],
    head: Head | None,
    key: bytes,
    anchors: Anchors | None,
    after: Anchor = START,
) -> Found:
    """Walk the chain from its first entry; the first thing that is wrong is told.

    `entries` come in the order of `seq`, with `seq`, `prev_hash`, `hash` and every name of HASHED.
    Without `anchors` only the chain itself is looked at. Up to `after` the chain is believed.
    """
    waiting = _by_number(anchors, after)
    told: list[Anchor] = []
    last, at = after.hash, after.seq
    for entry, wrong in _walked(entries, key, after):
        if wrong:
            return Found(Verdict.MISMATCH, at, at + 1, wrong)
        at, last = entry["seq"], entry["hash"]
        if any(each.hash != last for each in waiting.pop(at, ())):
            return Found(Verdict.ANCHOR_MISMATCH, at, at, "与锚点不符")
        if entry["action"] == ANCHORED and entry["result"] == "done":
            told.append(_anchor_from(entry["detail"]))
    ended = _ended(at, last, head, key)
    if ended is not None or anchors is None:
        return ended or Found(Verdict.WHOLE, at)
    return _anchored(at, anchors, told, waiting)


def _by_number(anchors: Anchors | None, after: Anchor) -> dict[int, list[Anchor]]:
    """The anchors of a file beyond `after`, by the number they tell of."""
    found: dict[int, list[Anchor]] = {}
    if anchors is None:
        return found
    for each in anchors.kept:
        if each.seq > after.seq and each not in anchors.outlived:
            found.setdefault(each.seq, []).append(each)
    return found


def _anchored(
    at: int, anchors: Anchors, told: Sequence[Anchor], waiting: Mapping[int, Any]
) -> Found:
    """Whether the file holds what the chain says was written to it, and no more than the chain."""
    known = set(anchors.kept)
    newest = max((each.seq for each in known), default=0) if anchors.older_copy else at
    every = [*told, *anchors.outlived]
    missing = sorted(each.seq for each in every if each not in known and each.seq <= newest)
    if missing:
        return Found(
            Verdict.ANCHOR_MISMATCH, at, missing[0], "锚点文件里少了这一条的锚点或已被改动"
        )
    if waiting:
        return Found(Verdict.ANCHOR_MISMATCH, at, min(waiting), "写下锚点时有的记录不见了")
    wrong = bad_line(anchors)
    if wrong is not None:
        why = f"锚点文件第 {wrong} 行不是原来写下的样子"
        return Found(Verdict.ANCHOR_MISMATCH, at, None, why)
    return Found(Verdict.WHOLE, at, outlived=len(anchors.outlived))


def _walked(
    entries: Iterable[Mapping[str, Any]], key: bytes, after: Anchor
) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Each entry with what is wrong with it, if anything."""
    before = after.hash
    for expected, entry in enumerate(entries, after.seq + 1):
        if entry["seq"] != expected:
            yield entry, "序号不连续"
        elif not hmac.compare_digest(entry["prev_hash"], before):
            yield entry, "与前一条接不上"
        elif not hmac.compare_digest(entry["hash"], entry_hash(expected, before, entry, key)):
            yield entry, "内容被改动"
        else:
            yield entry, ""
        before = entry["hash"]


def _ended(at: int, last: bytes, head: Head | None, key: bytes) -> Found | None:
    """What is wrong with the end of the chain, if anything."""
    if head is None:
        return None if at == 0 else Found(Verdict.MISMATCH, at, at, "链尾记录不见了")
    if not hmac.compare_digest(head.mac, head_mac(head.seq, head.hash, key)):
        return Found(Verdict.MISMATCH, at, at, "链尾记录被改动")
    if head.seq > at:
        return Found(Verdict.TRUNCATED, at, at + 1, "末尾的记录不见了")
    if head.seq < at or not hmac.compare_digest(head.hash, last):
        return Found(Verdict.MISMATCH, at, head.seq + 1, "链尾记录与最后一条不符")
    return None


def _anchor_in(line: str) -> Anchor | None:
    """The anchor a line is, when it is exactly as it was written."""
    try:
        anchor = _anchor_told(json.loads(line))
    except ValueError:
        return None
    return anchor if anchor is not None and line_of(anchor) == f"{line}\n" else None


def _anchor_told(told: Any) -> Anchor | None:
    try:
        anchor = _anchor_from(told)
    except (ValueError, KeyError, TypeError):
        return None
    return anchor if type(anchor.seq) is int and type(anchor.at) is str else None


def _anchor_from(told: Mapping[str, Any]) -> Anchor:
    return Anchor(told["seq"], bytes.fromhex(told["hash"]), told["at"])


def _plain(value: Any) -> Any:
    """A value as every database gives it back."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    return value
