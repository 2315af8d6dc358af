"""How the trail 审计 is told: who did what to what, in words of the office."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from flask import current_app

from config.settings import Settings
from config.vocabulary import AttachmentKind, AuditResult, Role, SharePurpose
from config.words import label, labels
from service.queries import audit as queries
from service.queries.audit import Asked, EntryView, LookView
from service.web import show
from service.web.deed import JOBS, THINGS, did, field
from service.web.door import actor, desk, now
from service.web.timeline import PAPERS

PAGING: Final = frozenset({"limit", "cursor", "count"})
# in the order in which they stand in the filter
SUBJECTS: Final = ("dispute", "user", "organisation", "token", "lawsuit", "weekly", "job", "audit")


def asked_in(query: Mapping[str, Any]) -> Asked | None:
    """What a query asks for; None when it names a dispute nobody knows, or not the caller."""
    told = {name: value for name, value in query.items() if name not in PAGING}
    number, first_on, last_on = (told.pop(name) for name in ("number", "first_on", "last_on"))
    if number is not None:
        told["subject_id"] = queries.dispute_of(number, actor=actor(), desk=desk(), now=now())
        if told["subject_id"] is None:
            return None
    until = last_on + timedelta(days=1) if last_on else None
    return Asked(since=_begins(first_on), until=_begins(until), **told)


def key_and_anchors() -> tuple[bytes, Path]:
    """What a verification needs of this deployment."""
    settings: Settings = current_app.extensions["settings"]
    return settings.audit_key, settings.anchors


def row(entry: EntryView) -> dict[str, Any]:
    """One entry as a row of the table."""
    return {
        "seq": entry.seq,
        "at_text": show.moment(entry.happened_at, desk().zone),
        "actor": entry.actor or "系统",
        "organisation": entry.organisation or "",
        "roles_text": roles(entry.roles),
        "deed": did(entry.action),
        "thing": thing(entry),
        "result": entry.result.value,
        "result_label": label(entry.result),
        "told": told(entry),
        "reason": entry.reason or "",
        "address": entry.address or "",
    }


def look(view: LookView) -> dict[str, str]:
    """One look at a dispute: when, who, from where, as what, how."""
    return {
        "at_text": show.moment(view.at, desk().zone),
        "actor": view.actor,
        "organisation": view.organisation or "",
        "roles_text": roles(view.roles),
        "deed": did(view.action),
    }


def thing(entry: EntryView) -> str:
    """What it was done to: 纠纷 LXZ-2026-00012."""
    noun = THINGS.get(entry.subject or "", "")
    kind = noun or THINGS.get(entry.action.partition(".")[0], "")
    return " ".join(filter(None, (kind, entry.name)))


def told(entry: EntryView) -> str:
    """The fields and codes of a deed in one line."""
    detail = entry.detail
    parts = ["、".join(field(each, detail.get("role")) for each in entry.fields)]
    parts += [words[detail[name]] for name, words in _CODED.items() if detail.get(name) in words]
    if "roles" in detail:
        parts.append(f"角色：{roles(detail['roles']) or '没有'}")
    if "job" in detail:
        name = JOBS.get(detail["job"], detail["job"])
        parts.append(f"{name} {detail.get('period', '')}".strip())
    if "seq" in detail:
        parts.append(f"第 {detail['seq']} 条")
    if "week" in detail:
        parts.append(str(detail["week"]))
    if entry.result is AuditResult.DENIED and "status" in detail:
        parts.append("没有权限" if detail["status"] == HTTPStatus.FORBIDDEN else "不在可见范围内")
    return "，".join(filter(None, parts))


# details that are one code, and the words for it
_CODED: Final[Mapping[str, Mapping[str, str]]] = {
    "kind": labels(AttachmentKind),
    "paper": PAPERS,
    "purpose": labels(SharePurpose),
}


def roles(words: Any) -> str:
    """窗口、调解员."""
    known = labels(Role)
    return "、".join(known.get(each, each) for each in words)


def _begins(day: date | None) -> datetime | None:
    """The instant a day of the office begins."""
    if day is None:
        return None
    return datetime.combine(day, time(), desk().zone).astimezone(UTC)
