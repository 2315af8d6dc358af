"""Shapes of attachments 附件."""

from typing import Final

from marshmallow import fields

from config.vocabulary import AttachmentKind, Media
from schemas.base import Id, Strict, Text, Word

KIND_MISSING: Final = "请选择材料类型"


class AttachmentIn(Strict):
    """What paper the file is; `keep_location`: the place it was taken at is kept on purpose."""

    kind = Word(AttachmentKind, required=True, error_messages={"required": KIND_MISSING})
    keep_location = fields.Boolean(load_default=False)


class AttachmentFileIn(Strict):
    """The file itself, a part of the multipart body with its name."""

    file = fields.Raw(
        required=True,
        error_messages={"required": "请选择文件"},
        metadata={"type": "string", "format": "binary"},
    )


class AttachmentWithdrawIn(Strict):
    """Why an attachment is taken back."""

    reason = Text(
        lines=True, required=True, most=500, error_messages={"required": "请填写撤销理由"}
    )


class WithdrawalOut(Strict):
    """Who took an attachment back, when and why."""

    by = fields.String()
    at = fields.AwareDateTime(format="iso")
    reason = fields.String()


class AttachmentOut(Strict):
    """One attachment, `size` in bytes; `located` says that it tells where it was taken."""

    id = Id()
    name = fields.String()
    kind = Word(AttachmentKind)
    media = Word(Media)
    located = fields.Boolean()
    size = fields.Integer()
    sha256 = fields.String()
    uploaded_by = fields.String()
    uploaded_at = fields.AwareDateTime(format="iso")
    withdrawal = fields.Nested(WithdrawalOut, allow_none=True)


class AttachmentListOut(Strict):
    """The attachments of a dispute, oldest first; the withdrawn too."""

    items = fields.List(fields.Nested(AttachmentOut))
