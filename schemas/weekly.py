"""Shapes of the weekly letter 周报 and of subscriptions to it."""

from marshmallow import fields, validate

from config.text import EMAIL
from config.weekly import Letter
from schemas.base import Flag, Id, Strict, Word


class SubscribeIn(Strict):
    """Who gets which letter, and where; without an address it goes to the one of the account."""

    user = Id(required=True)
    kind = Word(Letter, load_default=Letter.WEEK)
    email = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(rf"\A{EMAIL}\Z", error="邮箱地址不对"),
    )


class SubscriptionOut(Strict):
    """One standing order."""

    id = Id()
    user = Id(attribute="user_id")
    name = fields.String()
    kind = Word(Letter)
    email = fields.String()
    active = Flag()


class FileQuery(Strict):
    """Which letter of the week: the whole one, or that of suits and letters alone."""

    letter = Word(Letter, load_default=Letter.WEEK)


class PublishIn(Strict):
    """Publishing takes no words: the week stands in the address."""


class RevisionOut(Strict):
    """One frozen letter without its figures."""

    week = fields.String()
    revision = fields.Integer()
    sha256 = fields.String()
    cut_off = fields.AwareDateTime(format="iso")
    published_at = fields.AwareDateTime(format="iso")
    published_by = Id()


class ReportOut(RevisionOut):
    """One frozen letter; `sha256` is over `body` as JSON: UTF-8, keys sorted, no blanks."""

    body = fields.Dict()
