"""Shapes of grants 授权: what is asked for and what waits."""

from marshmallow import fields, validate

from config.vocabulary import Role
from schemas.base import Flag, Id, Strict, Text, Word

NONE_CHOSEN = "请至少选择一个角色"


class GrantIn(Strict):
    """The roles, and the unit if it changes, that an account is to have."""

    roles = fields.List(
        Word(Role, required=True),
        required=True,
        validate=validate.Length(min=1, max=len(Role), error=NONE_CHOSEN),
        error_messages={"required": NONE_CHOSEN, "null": NONE_CHOSEN},
    )
    organisation = Id(load_default=None, allow_none=True)
    reason = Text(load_default=None, allow_none=True, most=200)


class GrantDecisionIn(Strict):
    """Whether a second person agrees."""

    agree = Flag(required=True, error_messages={"required": "请选择同意或者不同意"})


class GrantOut(Strict):
    """One change of roles: for whom, asked and decided by whom."""

    id = Id()
    user_id = Id()
    name = fields.String()
    username = fields.String()
    roles = fields.List(fields.String())
    organisation = fields.String()
    reason = fields.String()
    asked_by = fields.String()
    asked_at = fields.AwareDateTime(format="iso")
    decided_by = fields.String()
    decided_at = fields.AwareDateTime(format="iso")
    agreed = Flag()


class GrantListOut(Strict):
    """What waits, then what was decided last."""

    items = fields.List(fields.Nested(GrantOut))
    next_cursor = fields.String()
