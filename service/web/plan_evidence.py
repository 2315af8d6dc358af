"""Evidence 佐证 at both doors: read from a form, told on pages, sent as bytes."""

from typing import Any
from uuid import UUID

from flask import Response, url_for
from werkzeug.datastructures import FileStorage

from config.plan import EvidenceKind
from config.words import label, labels
from service.operations import plan_evidence as operations
from service.operations.plan_evidence import EvidenceDraft
from service.queries.plan_evidence import EvidenceView, Owner
from service.web import attachment, show
from service.web import form as forms
from service.web.door import actor, desk, now


def draft(file: FileStorage, told: dict[str, Any]) -> EvidenceDraft:
    """An uploaded file with what was told about it."""
    file.stream.seek(0)
    return EvidenceDraft(name=file.filename or "", content=file.stream.read(), **told)


def sent(owner: Owner, evidence_id: UUID) -> Response:
    """The bytes of a file to be saved, never to be shown in our place; its owner was opened."""
    who: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    given = operations.give(owner, evidence_id, store=attachment.store(), **who)
    return attachment.saved(given.content, given.view.name, given.view.media)


def upload_fields(at: str, milestones: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """The fields of one more file, named under `at`; `milestones` are those it may show."""
    made = forms.described
    kinds = [("", "请选择"), *labels(EvidenceKind).items()]
    found = [
        made(
            f"{at}.file",
            "文件",
            "file",
            required=True,
            hint=attachment.FILE_HINT,
            attrs={"accept": attachment.ACCEPTED},
        ),
        made(f"{at}.kind", "是什么材料", "select", options=kinds, required=True),
        made(f"{at}.about", "说明什么", maxlength=120, hint="一句话，不写个人信息"),
    ]
    if milestones:
        options = [("", "不针对哪个节点"), *milestones]
        found.append(made(f"{at}.milestone", "针对哪个节点", "select", options=options))
    return [*found, made(f"{at}.keep_location", "连同拍摄地点一起保存", "checkbox")]


def publication_fields(at: str) -> list[dict[str, Any]]:
    """The fields that say whether a file is public."""
    made = forms.described
    return [
        made(f"{at}.public", "已经主动公开", "checkbox"),
        made(f"{at}.published_on", "公开日期", "date"),
        made(f"{at}.published_at", "在哪里公开", maxlength=200, hint="例如网址、公示栏"),
    ]


def row(each: EvidenceView, urls: dict[str, str]) -> dict[str, Any]:
    """One file as a page tells it; `urls`: to get it, to say it is public, to take it back."""
    back = each.withdrawal
    where = "，".join(
        part
        for part in (
            show.long_day(each.published_on) if each.published_on else "",
            each.published_at or "",
        )
        if part
    )
    return {
        "id": each.id.hex,
        "name": each.name,
        "kind_label": label(each.kind),
        "about": each.about,
        "milestone": each.milestone_name or "",
        "size_text": attachment.size(each.size),
        "by": each.uploaded_by,
        "at_text": show.moment(each.uploaded_at, desk().zone),
        "public": each.public,
        "public_text": f"主动公开：{where}" if where else "主动公开",
        "withdrawn_text": f"{back.by} {show.moment(back.at, desk().zone)} 撤销：{back.reason}"
        if back
        else "",
    } | urls


def page_url(year: int, number: str, evidence_id: UUID, endpoint: str) -> str:
    """Where something is done with a file of a task."""
    return url_for(endpoint, year=year, number=number, evidence_id=evidence_id)
