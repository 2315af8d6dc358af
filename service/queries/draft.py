"""Look at drafts 草稿: one's own and nobody else's."""

import logging
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

import sqlalchemy as sa

from models import Draft, IdempotencyRecord, db
from service.desk import Desk
from service.errors import NotFound
from service.gateways.keyring import CannotOpen
from service.rules.access import Actor

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DraftView:
    """What stands in one form: its one-time key, its fields in order, and when it was kept."""

    form_key: str
    fields: tuple[tuple[str, str], ...]
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class LostDraft:
    """A draft that cannot be read any more: its key and when it was kept."""

    form_key: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Drafts:
    """Everything somebody began, the latest first: what can go on, and what cannot be read."""

    open: tuple[DraftView, ...]
    lost: tuple[LostDraft, ...]


def one(form_key: str, *, actor: Actor, desk: Desk, now: datetime) -> DraftView:
    """A draft of the actor; NotFound for another's, an old one, one sent, one nobody can read."""
    found = db.session.scalar(_unsent(actor, desk, now).where(Draft.form_key == form_key))
    if found is None or isinstance(shown := _shown(found, desk), LostDraft):
        raise NotFound
    return shown


def mine(*, actor: Actor, desk: Desk, now: datetime) -> Drafts:
    """All drafts of the actor; one that is lost closes the form to no new ones."""
    query = _unsent(actor, desk, now).order_by(Draft.saved_at.desc(), Draft.form_key)
    shown = [_shown(found, desk) for found in db.session.scalars(query)]
    return Drafts(
        open=tuple(each for each in shown if isinstance(each, DraftView)),
        lost=tuple(each for each in shown if isinstance(each, LostDraft)),
    )


def count(*, actor: Actor, desk: Desk, now: datetime) -> int:
    """How many drafts the actor has begun and not sent; none of them is opened for it."""
    begun = _unsent(actor, desk, now).with_only_columns(sa.func.count())
    return db.session.scalar(begun) or 0


def _unsent(actor: Actor, desk: Desk, now: datetime) -> sa.Select[Draft]:
    """A form whose key was used up is no draft any more, even if it was saved at that instant."""
    sent = sa.exists().where(
        IdempotencyRecord.user_id == Draft.user_id, IdempotencyRecord.key == Draft.form_key
    )
    return sa.select(Draft).where(
        Draft.user_id == actor.user_id,
        Draft.saved_at > now - desk.policy.draft_kept,
        ~sent,
    )


def _shown(draft: Draft, desk: Desk) -> DraftView | LostDraft:
    place = f"draft:{draft.user_id}:{draft.form_key}"
    try:
        content = desk.keyring.open(draft.content_sealed, place).decode()
    except CannotOpen:
        log.warning("draft cannot be read", extra={"user": str(draft.user_id)})
        return LostDraft(draft.form_key, draft.saved_at)
    return DraftView(
        draft.form_key, tuple(parse_qsl(content, keep_blank_values=True)), draft.saved_at
    )
