"""Shapes of backups 备份: what is shown of one."""

from marshmallow import fields

from config.vocabulary import BackupKind
from schemas.base import Id, Strict, Word


class BackupOut(Strict):
    """One backup; `verified_at` when it was restored to a scratch place and compared."""

    id = Id()
    kind = Word(BackupKind)
    standing = fields.String()
    asked_at = fields.AwareDateTime(format="iso")
    asked_by = fields.String()
    started_at = fields.AwareDateTime(format="iso")
    ended_at = fields.AwareDateTime(format="iso")
    file = fields.String()
    size = fields.Integer()
    rows = fields.Integer()
    verified_at = fields.AwareDateTime(format="iso")
    error = fields.String()


class BackupPageOut(Strict):
    """A page of backups, and how the centre's memory stands as a whole."""

    items = fields.List(fields.Nested(BackupOut))
    next_cursor = fields.String()
    red = fields.Boolean()
    held = fields.Integer()
