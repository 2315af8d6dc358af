"""Shapes of tokens 接口令牌: what making one takes, and what is shown of it."""

from marshmallow import fields, validate

from config.vocabulary import Source, TokenScope
from schemas.base import Day, Id, Strict, Text, Word
from schemas.dispute import OrganisationOut


class TokenIn(Strict):
    """A token to make; `replaces` names the one whose account it takes over."""

    name = Text(required=True, most=80, error_messages={"required": "请填写平台名称"})
    source = Word(Source, required=True, error_messages={"required": "请选择来源"})
    organisation = Id(required=True, error_messages={"required": "请选择所属单位"})
    scopes = fields.List(
        Word(TokenScope),
        required=True,
        error_messages={"required": "请至少选择一项"},
        validate=validate.Length(min=1, max=len(TokenScope), error="请至少选择一项"),
    )
    expires_on = Day(load_default=None, allow_none=True)
    replaces = Id(load_default=None, allow_none=True)


class TokenOut(Strict):
    """A token as the administrators see it; `token` only in the answer that made it."""

    id = Id()
    token = fields.String()
    name = fields.String()
    source = Word(Source)
    organisation = fields.Nested(OrganisationOut)
    scopes = fields.List(fields.String())
    account = fields.String()
    standing = fields.String()
    expires_on = Day()
    created_at = fields.AwareDateTime(format="iso")
    created_by = fields.String()
    used_at = fields.AwareDateTime(format="iso")
    revoked_at = fields.AwareDateTime(format="iso")


class TokenPageOut(Strict):
    """A page of tokens."""

    items = fields.List(fields.Nested(TokenOut))
    next_cursor = fields.String()
