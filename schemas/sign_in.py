"""Shapes of signing in 登录."""

from marshmallow import ValidationError, fields, validate

from config.text import Malformed, clean_text
from schemas.base import Id, Strict
from schemas.dispute import OrganisationOut


def _storable(text: str) -> None:
    """Refuse what no keyboard types: half characters, controls."""
    try:
        clean_text(text)
    except Malformed as refusal:
        raise ValidationError(refusal.reason) from refusal


class SignInIn(Strict):
    """A name and a password; what is typed is taken as it is."""

    username = fields.String(required=True, validate=validate.Length(1, 60))
    password = fields.String(required=True, validate=[validate.Length(1, 200), _storable])
    totp = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 20))


class PasswordIn(Strict):
    """The old password and a new one; what is typed is taken as it is."""

    old = fields.String(required=True, validate=[validate.Length(1, 200), _storable])
    password = fields.String(required=True, validate=[validate.Length(1, 200), _storable])


class UserOut(Strict):
    """Who is signed in."""

    id = Id()
    username = fields.String()
    name = fields.String()
    roles = fields.List(fields.String())
    organisation = fields.Nested(OrganisationOut)


class SessionStartOut(Strict):
    """A fresh session: the token is shown once."""

    token = fields.String()
    user = fields.Nested(UserOut)
    expires_at = fields.AwareDateTime(format="iso")
