"""Keep what somebody is filling in 草稿 until it is sent: sealed whole, read by its owner only.

Saving is no deed of the office: it is not in the trail, and nobody else learns of it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Draft, IdempotencyRecord, insert, transaction
from service.desk import Desk
from service.errors import Invalid
from service.rules.access import Actor

MOST_DRAFTS: Final = 20  # of one user; the oldest go
MOST_BYTES: Final = 100 * 1024  # of one draft's names and values as UTF-8, about 34,000 characters
TOO_LONG: Final = "填写的内容太多，存不成草稿，请先登记"


def save(
    form_key: str, fields: Sequence[tuple[str, str]], *, actor: Actor, desk: Desk, now: datetime
) -> bool:
    """Keep the fields of the form `form_key`, in place of what was kept of it before.

    False when the form was sent meanwhile: saving is slow, and sending may overtake it.
    """
    if sum(len(name.encode()) + len(value.encode()) for name, value in fields) > MOST_BYTES:
        raise Invalid({"": [TOO_LONG]}, TOO_LONG)
    content = urlencode(fields).encode()
    kept = {
        "content_sealed": desk.keyring.seal(content, f"draft:{actor.user_id}:{form_key}"),
        "saved_at": now,
    }
    with transaction() as session:
        if _was_sent(session, actor.user_id, form_key):
            return False
        session.execute(
            insert(session, Draft)
            .values(user_id=actor.user_id, form_key=form_key, **kept)
            .on_conflict_do_update(index_elements=[Draft.user_id, Draft.form_key], set_=kept)
        )
        _drop_oldest(session, actor.user_id)
        return True


def discard(form_key: str, *, user_id: UUID) -> None:
    """Forget one draft, if there is one; within a transaction it goes when that commits."""
    with transaction() as session:
        session.execute(
            sa.delete(Draft).where(Draft.user_id == user_id, Draft.form_key == form_key)
        )


def forget_expired(*, desk: Desk, now: datetime) -> int:
    """Delete drafts nobody came back for; how many there were."""
    with transaction() as session:
        gone = session.execute(
            sa.delete(Draft)
            .where(Draft.saved_at <= now - desk.policy.draft_kept)
            .returning(Draft.form_key)
        )
        return len(gone.all())


def _was_sent(session: Session, user_id: UUID, form_key: str) -> bool:
    """Whether the key of the form was used up by registering it."""
    used = sa.exists().where(
        IdempotencyRecord.user_id == user_id, IdempotencyRecord.key == form_key
    )
    return bool(session.scalar(sa.select(used)))


def _drop_oldest(session: Session, user_id: UUID) -> None:
    beyond = session.scalars(
        sa.select(Draft.form_key)
        .where(Draft.user_id == user_id)
        .order_by(Draft.saved_at.desc(), Draft.form_key)
        .offset(MOST_DRAFTS)
    ).all()
    if beyond:
        session.execute(
            sa.delete(Draft).where(Draft.user_id == user_id, Draft.form_key.in_(beyond))
        )
