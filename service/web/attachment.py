"""Attachments 附件 at both doors: read from a form, told on pages, sent as bytes."""

from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from flask import Response, current_app, url_for
from werkzeug.datastructures import FileStorage

from config.settings import Settings
from config.vocabulary import AttachmentKind, DisputeStatus, Media
from config.words import label, labels
from schemas.attachment import KIND_MISSING
from service.gateways.attachment import Store
from service.operations import attachment as operations
from service.operations.attachment import AttachmentDraft
from service.queries import attachment as queries
from service.queries.attachment import AttachmentView
from service.queries.dispute import Opened
from service.rules.attachment import MIB, MOST_BYTES, SUFFIXES, TOO_LARGE, TYPES
from service.web import form as forms
from service.web import show
from service.web.door import actor, desk, now
from service.web.form import Form

FOLDER: Final = "attachments"
ACCEPTED: Final = ",".join([f".{suffix}" for suffix in SUFFIXES])
# nothing of it runs, loads or is embedded, whatever a browser makes of it
SANDBOX: Final = "sandbox; default-src 'none'; frame-ancestors 'none'"
FILE_HINT: Final = (
    "PDF、图片（jpg、png）、Word（docx）、Excel（xlsx）、文本、录音和录像（mp3、m4a、mp4），"
    "一次一个文件，20 MB 以内"
)


def store() -> Store:
    """Where the attachments of this deployment lie."""
    settings: Settings = current_app.extensions["settings"]
    return Store(settings.data_dir / FOLDER)


def draft(file: FileStorage, told: dict[str, Any]) -> AttachmentDraft:
    """An uploaded file with what was told about it."""
    file.stream.seek(0)
    return AttachmentDraft(name=file.filename or "", content=file.stream.read(), **told)


def sent(dispute_id: UUID, attachment_id: UUID) -> Response:
    """The bytes of an attachment as a file to be saved, never to be shown in our place."""
    given = operations.give(
        dispute_id, attachment_id, store=store(), actor=actor(), desk=desk(), now=now()
    )
    return saved(given.content, given.view.name, given.view.media)


def saved(content: bytes, name: str, media: Media) -> Response:
    """Bytes as a file to be saved under its name."""
    response = Response(content, content_type=TYPES[media])
    response.headers["Content-Disposition"] = disposition(name, media)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Accept-Ranges"] = "none"
    return response


def disposition(name: str, media: Media) -> str:
    """The name as RFC 6266 tells it: plain for old programs, in full for all others."""
    return f"attachment; filename=\"attachment.{media}\"; filename*=UTF-8''{quote(name, safe='')}"


def section(opened: Opened, form: Form | None = None) -> dict[str, Any] | None:
    """What components/attachments.html draws; None for who may not see attachments."""
    shelf = queries.shelf_of(opened, queries.READ)
    if shelf is None:
        return None
    views = queries.of_shelf(shelf)
    closed = opened.view.status is DisputeStatus.ARCHIVED
    may_add = queries.WRITE in opened.may and not closed
    shown = form or Form()
    return {
        "rows": [_row(each, opened.view.id) for each in queries.current(views)],
        "withdrawn": [_withdrawn(each) for each in views if each.withdrawal],
        "may_add": may_add,
        "most": MOST_BYTES,
        "too_large": TOO_LARGE,
        "kind_missing": KIND_MISSING,
        "form": shown,
        "fields": _fields(shown),
        "accepted": ACCEPTED,
        "file_hint": FILE_HINT,
        "post_url": url_for("attachment.add", dispute_id=opened.view.id),
        "page_url": url_for("attachment.listed", dispute_id=opened.view.id),
    }


def _fields(form: Form) -> list[dict[str, Any]]:
    """What is asked beside the file; about the place only who handed in one that tells it."""
    kinds = [("", "请选择"), *labels(AttachmentKind).items()]
    asked = "keep_location" in form.errors or "keep_location" in form.values
    place = forms.described("keep_location", "连同拍摄地点一起保存", "checkbox")
    return [
        forms.described("kind", "材料类型", "select", options=kinds, required=True),
        *([place] if asked else []),
    ]


def _row(each: AttachmentView, dispute_id: UUID) -> dict[str, Any]:
    here: dict[str, Any] = {"dispute_id": dispute_id, "attachment_id": each.id}
    return {
        "id": each.id,
        "name": each.name,
        "kind_label": label(each.kind),
        "media_label": label(each.media),
        "size_text": size(each.size),
        "located": each.located,
        "by": each.uploaded_by,
        "uploaded_text": show.moment(each.uploaded_at, desk().zone),
        "url": url_for("attachment.content", **here),
        "withdraw_url": url_for("attachment.withdraw", **here),
    }


def _withdrawn(each: AttachmentView) -> dict[str, Any]:
    back = each.withdrawal
    told = f"{back.by} {show.moment(back.at, desk().zone)} 撤销：{back.reason}" if back else ""
    return {"name": each.name, "kind_label": label(each.kind), "told": told}


def size(count: int) -> str:
    """So many bytes, as people say it: 3.4 MB, 120 KB."""
    return f"{count / MIB:.1f} MB" if count >= MIB else f"{-(-count // 1024)} KB"
