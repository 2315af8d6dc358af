"""Look at drafts 草稿: one's own and nobody else's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl

import sqlalchemy as sa

from models import Draft, IdempotencyRecord, db
from service.desk import Desk
from service.errors import NotFound
from service.gateways.keyring import CannotOpen
from service.rules.access import Actor

SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class DraftView:
    """What stands in one form: its one-time key, its fields in order, and when it was kept."""

    form_key: str
    fields: tuple[tuple[str, str], ...]
    saved_at: datetime


def one(form_key: str, *, actor: Actor, desk: Desk, now: datetime) -> DraftView:
    """A draft of the actor; NotFound for another's, an old one and one that was sent."""
    found = db.session.scalar(_unsent(actor, desk, now).where(Draft.form_key == form_key))
    if found is None:
        raise NotFound
    return _shown(found, desk)


def newest(*, actor: Actor, desk: Desk, now: datetime, most: int = SHOWN) -> list[DraftView]:
    """The actor's drafts, the latest first."""
    query = _unsent(actor, desk, now).order_by(Draft.saved_at.desc(), Draft.form_key).limit(most)
    views = []
    for found in db.session.scalars(query):
        try:
            views.append(_shown(found, desk))
        except CannotOpen:  # a draft that is lost must not close the form to new ones
            continue
    return views


def count(*, actor: Actor, desk: Desk, now: datetime) -> int:
    """How many drafts the actor has; none of them is opened for it."""
    unsent = _unsent(actor, desk, now).with_only_columns(Draft.form_key).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(unsent)) or 0


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


def _shown(draft: Draft, desk: Desk) -> DraftView:
    place = f"draft:{draft.user_id}:{draft.form_key}"
    content = desk.keyring.open(draft.content_sealed, place).decode()
    return DraftView(
        draft.form_key, tuple(parse_qsl(content, keep_blank_values=True)), draft.saved_at
    )
