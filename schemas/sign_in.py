"""Shapes of signing in 登录."""

from marshmallow import fields, validate

from schemas.base import Id, Strict
from schemas.dispute import OrganisationOut


class SignInIn(Strict):
    """A name and a password; what is typed is taken as it is."""

    username = fields.String(required=True, validate=validate.Length(1, 60))
    password = fields.String(required=True, validate=validate.Length(1, 200))
    totp = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=10))


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
