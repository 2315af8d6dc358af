"""A unit 单位 on the pages that keep one: its form, and the course of its changes."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from flask import render_template, request, url_for

from config.vocabulary import OrganisationKind
from config.words import label, labels
from schemas.organisation import OrganisationChangeIn
from service.errors import Invalid, Stale
from service.operations import organisation as operations
from service.queries import event as events
from service.queries import organisation as queries
from service.queries.event import EventView
from service.queries.organisation import OrganisationCard, OrganisationView
from service.rules import access
from service.web import form as forms
from service.web import show
from service.web.door import actor, desk, now
from service.web.steps import load_body

FIELDS: Final = (
    "kind",
    "name",
    "parent",
    "address",
    "phone",
    "hours",
    "position",
    "letterhead",
    "seal",
    "seal_keeper",
)
LABELS: Final = {
    "kind": "类别",
    "name": "名称",
    "parent": "上级单位",
    "address": "地址",
    "phone": "电话",
    "hours": "办公时间",
    "position": "排列次序",
    "letterhead": "文头",
    "seal": "印章名称",
    "seal_keeper": "印章保管人",
    "prefix": "编号前缀",
    "active": "状态",
}
HINTS: Final = {
    "hours": "例如：周一至周五 8:30–12:00，14:30–17:30",
    "position": "数字小的排在前面",
    "letterhead": "印在文书最上面的名称，不填就用单位名称",
    "prefix": "编号的开头，2 到 8 个大写字母；编过号就不能再改",
}
LENGTHS: Final = {"address": 200, "phone": 40, "seal_keeper": 80, "prefix": 8, "position": 4}
DEEDS: Final = {
    "create": "登记",
    "change": "修改",
    "deactivate": "停用",
    "reactivate": "恢复使用",
}


def manages() -> bool:
    """Whether the caller keeps the register."""
    return access.may(actor(), "organisation.manage", desk().policy.access)


def fields(card: OrganisationCard | None) -> list[dict[str, Any]]:
    """The fields of the form: the centre keeps its kind, and its prefix once it gave numbers."""
    kinds = [("", "请选择"), *labels(OrganisationKind).items()]
    units = [each for each in queries.register(everything=True) if _may_lead(each, card)]
    above = [("", "没有"), *((str(each.id), each.name) for each in units)]
    numbers = card is not None and card.prefix is not None
    kind = [] if numbers else [_field("kind", "select", options=kinds, required=True)]
    prefix = [_field("prefix", required=True)] if numbers and not queries.numbered() else []
    return [
        *kind,
        _field("name", required=True),
        *prefix,
        _field("parent", "select", options=above),
        _field("address"),
        _field("phone"),
        _field("hours"),
        _field("position", "number"),
        _field("letterhead"),
        _field("seal"),
        _field("seal_keeper"),
    ]


def _field(name: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    about = {"maxlength": LENGTHS.get(name, 100), "hint": HINTS.get(name, "")}
    return forms.described(name, LABELS[name], kind, **(about | more))


def values_of(card: OrganisationCard) -> dict[str, str]:
    """What the register says, as the form holds it."""
    plain = {name: getattr(card, name) for name in (*FIELDS, "prefix")}
    plain["parent"] = card.parent.id if card.parent else None
    return {name: "" if value is None else str(value) for name, value in plain.items()}


def typed_body() -> dict[str, Any]:
    """The posted fields; the place among the others as a number when it is one."""
    raw = forms.body(request.form)
    place = raw.get("position", "")
    if isinstance(place, str) and place.isascii() and place.isdigit():
        raw["position"] = int(place[:9])
    return raw


def save(card: OrganisationCard, *, version: int, only: Sequence[str] = ()) -> None:
    """Change what the form shows: a field it left blank is emptied, one it lacks stays.

    Stale when somebody was quicker, unless all of it stands there already: a form sent twice.
    """
    shown = [each["name"] for each in fields(card)]
    named = [name for name in shown if name in only] if only else shown
    raw = typed_body()
    blank = {name: None for name in named if name not in ("kind", "name", "position")}
    body = load_body(OrganisationChangeIn, blank | raw | _missing(raw, named))
    try:
        operations.change(card.id, body, version=version, actor=actor(), desk=desk(), now=now())
    except Stale:
        if not _stands(card.id, body):
            raise


def _stands(organisation_id: UUID, body: dict[str, Any]) -> bool:
    card = queries.one(organisation_id)
    there = {name: getattr(card, name) for name in (*FIELDS, "prefix")}
    there["parent"] = card.parent.id if card.parent else None
    return body.items() <= there.items()


def conflict(organisation_id: UUID, version: int, *, retry_url: str) -> str:
    """Somebody was quicker: what they did, and what was typed here, ready to be sent again."""
    card = queries.one(organisation_id)
    given = set(request.form)
    return render_template(
        "conflict.html",
        title="别人刚刚改过",
        about={
            "url": url_for("organisation.detail", organisation_id=card.id),
            "number": card.name,
        },
        status_label="在用" if card.active else "已停用",
        events=history(card.id, after=version),
        action="修改单位",
        form=forms.typed(request.form),
        fields=[each for each in fields(card) if each["name"] in given],
        retry_url=retry_url,
        version=card.version,
    )


def posted_version() -> int:
    """The version the form was filled from."""
    text = request.form.get("version", "")
    if not (text.isascii() and text.isdigit()):
        raise Invalid({"version": ["页面不完整，请返回刷新后再试"]})
    return int(text[:9])


def _missing(raw: dict[str, Any], named: Sequence[str]) -> dict[str, Any]:
    """Fields that may not be blank and are: an empty text is refused at its field."""
    must = [name for name in ("name", "kind") if name in named and name not in raw]
    return dict.fromkeys(must, "") | ({} if "position" in raw else {"position": 0})


def _may_lead(each: OrganisationView, card: OrganisationCard | None) -> bool:
    if card is None:
        return each.active
    is_now = card.parent is not None and card.parent.id == each.id
    return is_now or (each.active and each.id != card.id)


def history(organisation_id: UUID, *, after: int = 0) -> list[dict[str, Any]]:
    """What was done to it, newest first; with `after` what came after that version."""
    names = {str(each.id): each.name for each in queries.register(everything=True)}
    found = events.of_subject("organisation", organisation_id)
    return [_entry(each, names) for each in reversed(found.items) if (each.version or 0) > after]


def _entry(event: EventView, names: dict[str, str]) -> dict[str, Any]:
    before, after = event.detail.get("from", {}), event.detail.get("to", {})
    changed = [
        f"{LABELS.get(name, name)}：{_told(name, before.get(name), names)}"
        f" → {_told(name, after.get(name), names)}"
        for name in event.detail.get("fields", [])
        if name != "active"
    ]
    return {
        "at_text": show.moment(event.happened_at, desk().zone),
        "actor": " ".join(part for part in (event.organisation, event.actor) if part) or "系统",
        "action": DEEDS.get(event.action, event.action),
        "said": "",
        "note": "\n".join(changed),
        "change": None,
    }


def _told(name: str, value: Any, names: dict[str, str]) -> str:
    if value is None or value == "":
        return "（空）"
    if name == "kind":
        return label(OrganisationKind(value))
    return names.get(str(value), str(value)) if name == "parent" else str(value)


def choices() -> list[tuple[str, str]]:
    """The organisations somebody may be hired at."""
    return [("", "请选择"), *((str(each.id), each.name) for each in queries.active())]
