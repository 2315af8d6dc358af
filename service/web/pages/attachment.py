"""附件: the files of one dispute; add one, save one, withdraw one."""

from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schemas.attachment import AttachmentIn, AttachmentWithdrawIn
from service.errors import Forbidden, Invalid, KeyReused, TooLarge
from service.operations import attachment as operations
from service.operations.attachment import AttachmentDraft, Candidate
from service.queries import attachment as queries
from service.queries import dispute as disputes
from service.queries.dispute import Opened
from service.web import attachment
from service.web import form as forms
from service.web.door import action, actor, bulky, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("attachment", __name__)
TWICE = "刚才已经上传过一次了。要再传一个，请重新选择文件后再点上传"
AGAIN = "浏览器不留住选过的文件，请重新选择"
NO_FILE = "请选择文件，或者拍一张照片"
TWO_FILES = "一次只能传一个文件：选了文件就不要再拍照"


@bp.get("/disputes/<uuid:dispute_id>/attachments")
@action("dispute.attachment_read")
def listed(dispute_id: UUID) -> ResponseReturnValue:
    """The attachments of one dispute, and the form for one more."""
    return _page(_opened(dispute_id), Form())


@bp.post("/disputes/<uuid:dispute_id>/attachments")
@action("dispute.attachment")
@bulky
def add(dispute_id: UUID) -> ResponseReturnValue:
    """Take one file in, once however often the form is sent."""
    try:
        with operations.taken_in(
            dispute_id,
            _draft(),
            store=attachment.store(),
            actor=actor(),
            desk=desk(),
            now=now(),
        ) as candidate:
            return forms.kept(lambda: _added(dispute_id, candidate))
    except Invalid as refusal:
        told = {"file": [AGAIN]} | refusal.fields
        return _page(_opened(dispute_id), forms.typed(request.form, told)), 422
    except TooLarge as refusal:
        told = {"file": [refusal.detail]}
        return _page(_opened(dispute_id), forms.typed(request.form, told)), 413
    except KeyReused:
        return _page(_opened(dispute_id), forms.renewed(request.form, TWICE)), 422


@bp.get("/disputes/<uuid:dispute_id>/attachments/<uuid:attachment_id>/content")
@action("dispute.attachment_read")
def content(dispute_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
    """The file, to be saved."""
    return attachment.sent(dispute_id, attachment_id)


@bp.post("/disputes/<uuid:dispute_id>/attachments/<uuid:attachment_id>/withdraw")
@action("dispute.attachment")
def withdraw(dispute_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
    """Take one back, with the reason."""
    try:
        body = load_body(AttachmentWithdrawIn, forms.body(request.form))
    except Invalid as refusal:
        told = {f"{name}-{attachment_id}": words for name, words in refusal.fields.items()}
        return _page(_opened(dispute_id), forms.typed(request.form, told)), 422
    operations.withdraw(
        dispute_id, attachment_id, body["reason"], actor=actor(), desk=desk(), now=now()
    )
    flash(
        "已撤销这个附件，不能再下载；名称和撤销的理由留在附件页上，文件加密留着，到纠纷销毁时一起销毁"
    )
    return forms.see(url_for("attachment.listed", dispute_id=dispute_id))


def _added(dispute_id: UUID, candidate: Candidate) -> Response:
    operations.add(dispute_id, candidate, actor=actor(), desk=desk(), now=now())
    flash(f"已加附件：{candidate.name}")
    return forms.see(url_for("attachment.listed", dispute_id=dispute_id))


def _draft() -> AttachmentDraft:
    """The file that was chosen or the picture that was taken, whichever there is."""
    given = [each for name in ("file", "photo") for each in request.files.getlist(name) if each]
    told: dict[str, list[str]] = {}
    if len(given) != 1:
        told["file"] = [TWO_FILES if given else NO_FILE]
    try:
        body = load_body(AttachmentIn, forms.body(request.form))
    except Invalid as refusal:
        raise Invalid(told | refusal.fields) from refusal
    if told:
        raise Invalid(told)
    return attachment.draft(given[0], body)


def _opened(dispute_id: UUID) -> Opened:
    """The dispute; Forbidden for who sees it but not its attachments."""
    found = disputes.opened(dispute_id, actor=actor(), desk=desk(), now=now())
    if queries.shelf_of(found, queries.READ) is None:
        raise Forbidden("这件纠纷的附件不归您看")
    return found


def _page(opened: Opened, form: Form) -> str:
    return render_template(
        "attachment/list.html",
        title=f"附件：{opened.view.number}",
        attachments=attachment.section(opened, form),
        dispute_url=url_for("dispute.detail", dispute_id=opened.view.id),
    )
