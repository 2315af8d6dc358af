"""Shapes of notices 消息 in the staff inbox."""

from marshmallow import fields

from config.clock_subject import ClockSubject
from config.vocabulary import DisputeStatus, NoticeKind
from schemas.base import Id, Strict, Word


class NoticeOut(Strict):
    """One notice: kind, number, stage and the dispute to open; never what it is about.

    `term` is the name of the term 期限 it is about, for who may read the dispute.

    What another `subject` than a dispute owes is named by its noun in `number`.

    Without `kind` the dispute is no longer the reader's to see, and only its number is left.
    """

    id = Id()
    kind = Word(NoticeKind)
    number = fields.String()
    status = Word(DisputeStatus)
    term = fields.String()
    dispute = Id(attribute="dispute_id")
    subject = Word(ClockSubject)
    subject_id = Id()
    told_at = fields.AwareDateTime(format="iso")
    read_at = fields.AwareDateTime(format="iso")


class NoticePageOut(Strict):
    """A page of the inbox, unread first; `unread` counts up to 100."""

    items = fields.List(fields.Nested(NoticeOut))
    next_cursor = fields.String()
    unread = fields.Integer()
