"""Shapes of accounts 账户: what creating one takes and what is shown; never a password."""

from marshmallow import fields, validate

from config.vocabulary import Role
from schemas.base import Id, Strict, Text, Word


class AccountIn(Strict):
    """An account to create; its owner comes in by a one-time link."""

    username = Text(required=True, most=40)
    name = Text(required=True, most=80)
    organisation = Id(required=True)
    roles = fields.List(
        Word(Role, required=True),
        required=True,
        validate=validate.Length(min=1, max=len(Role), error="请至少选择一个角色"),
        error_messages={"required": "请至少选择一个角色", "null": "请至少选择一个角色"},
    )
    email = Text(load_default=None, allow_none=True, most=200)
    phone = Text(load_default=None, allow_none=True, most=40)


class DisableIn(Strict):
    """Closing an account: who takes over what is open in it."""

    successor = Id(load_default=None, allow_none=True)


class AccountOut(Strict):
    """An account without anything secret."""

    id = Id()
    username = fields.String()
    name = fields.String()
    organisation = fields.String()
    roles = fields.List(fields.String())
    active = fields.Boolean()
    locked = fields.Boolean()
    last_sign_in_at = fields.AwareDateTime(format="iso")


class InvitedOut(AccountOut):
    """An account with the one-time link its owner sets a password by; told once."""

    link = fields.String()
    link_expires_at = fields.AwareDateTime(format="iso")


class AccountListOut(Strict):
    """Every account, by username."""

    items = fields.List(fields.Nested(AccountOut))
    next_cursor = fields.String()
