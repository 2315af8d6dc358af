"""Look at the versions of the routing rules 分流规则: those in force, drafts, one of them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, aliased

from config.routing import Rulebook
from config.vocabulary import RulebookState
from models import RulebookVersion, User, db
from service.errors import NotFound
from service.rules import rulebook as rules
from service.rules.rulebook import Published, Rulebooks

SEEN: Final = "rulebooks in force"
MISSING: Final = "没有这一版分流规则"
HIGHEST: Final = 2**31 - 1
_published: Final = RulebookVersion.state == RulebookState.PUBLISHED
_REVISION: Final = (
    sa.select(
        RulebookVersion.id,
        RulebookVersion.number,
        RulebookVersion.in_force_from,
        RulebookVersion.version,
    )
    .where(_published)
    .order_by(RulebookVersion.number)
)
Revision = tuple[tuple[UUID, int, date, int], ...]
_made: Final[WeakKeyDictionary[Engine, tuple[Revision, Rulebooks]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """One version; `id` is None for what ships, which nobody here made or published."""

    id: UUID | None
    number: int
    title: str
    note: str | None
    state: RulebookState
    based_on: int | None
    in_force_from: date | None
    drafters: tuple[str, ...]
    made_by: str | None
    made_at: datetime | None
    changed_at: datetime | None
    published_by: str | None
    published_at: datetime | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    version: int

    @property
    def is_draft(self) -> bool:
        """Whether it may still be changed."""
        return self.state in (RulebookState.DRAFT, RulebookState.CHECKED)


def in_force(shipped: Rulebook) -> Rulebooks:
    """The published versions of this moment, after what ships.

    Asked once for a request, a tick or a transaction, by one small read; a version is read and
    parsed once by each process.
    """
    session = db.session()
    seen: Rulebooks | None = session.info.get(SEEN)
    if seen is None:
        seen = session.info[SEEN] = _read(session, shipped)
    return seen


def forget(session: Session) -> None:
    """A version was published in this transaction: what is asked for next knows it."""
    session.info.pop(SEEN, None)


def versions(shipped: Rulebook) -> list[VersionView]:
    """Every version, the newest first, and at the end what ships."""
    asked = _VIEWS.order_by(RulebookVersion.number.desc())
    return [*(_view(*row) for row in db.session.execute(asked)), shipped_view(shipped)]


def one(number: int, shipped: Rulebook) -> VersionView:
    """One version. Raises NotFound when there is none of that number."""
    must_be_storable(number)
    found = db.session.execute(_VIEWS.where(RulebookVersion.number == number)).first()
    if found is None:
        if number == shipped.version:
            return shipped_view(shipped)
        raise NotFound(MISSING)
    return _view(*found)


def content(number: int, shipped: Rulebook) -> str:
    """The text of a version, whatever its state. Raises NotFound."""
    must_be_storable(number)
    asked = sa.select(RulebookVersion.content).where(RulebookVersion.number == number)
    found = db.session.scalar(asked)
    if found is None:
        if number == shipped.version:
            return rules.canonical(shipped.text, number)
        raise NotFound(MISSING)
    return found


def book(number: int, shipped: Rulebook) -> Rulebook:
    """The rules of a version, whatever its state. Raises NotFound."""
    return rules.read(content(number, shipped), number)


def must_be_storable(number: int) -> None:
    """Raise NotFound for a number that no database could hold."""
    if number > HIGHEST:
        raise NotFound(MISSING)


def shipped_view(shipped: Rulebook) -> VersionView:
    """What ships, as a version."""
    return VersionView(
        id=None,
        number=shipped.version,
        title=shipped.title,
        note=None,
        state=RulebookState.PUBLISHED,
        based_on=None,
        in_force_from=None,
        drafters=(),
        made_by=None,
        made_at=None,
        changed_at=None,
        published_by=None,
        published_at=None,
        withdrawn_by=None,
        withdrawn_at=None,
        version=1,
    )


def _read(session: Session, shipped: Rulebook) -> Rulebooks:
    rows = session.execute(_REVISION).all()
    revision: Revision = tuple((each[0], each[1], each[2] or date.max, each[3]) for each in rows)
    engine = db.engine
    known = _made.get(engine)
    if known is None or known[0] != revision or known[1].shipped is not shipped:
        made = _parsed(session, revision, shipped, known[1] if known else None)
        known = _made[engine] = (revision, made)
    return known[1]


def _parsed(
    session: Session, revision: Revision, shipped: Rulebook, before: Rulebooks | None
) -> Rulebooks:
    """The rulebooks of a revision; one that was parsed already is that one again."""
    asked = sa.select(RulebookVersion.number, RulebookVersion.content).where(_published)
    texts = {row.number: row.content for row in session.execute(asked)}
    known = {each.book.version: each.book for each in before.published} if before else {}

    def parsed(number: int) -> Rulebook:
        found = known.get(number)
        same = found is not None and found.text == texts[number]
        return found if found and same else rules.read(texts[number], number)

    chain = tuple(Published(from_on, parsed(number)) for _, number, from_on, _ in revision)
    return Rulebooks(shipped, chain)


_MAKER, _PUBLISHER, _WITHDRAWER = (
    aliased(User, name=name) for name in ("maker", "publisher", "withdrawer")
)
_COLUMNS: Final[tuple[Any, ...]] = (
    RulebookVersion.id,
    RulebookVersion.number,
    RulebookVersion.title,
    RulebookVersion.note,
    RulebookVersion.state,
    RulebookVersion.based_on,
    RulebookVersion.in_force_from,
    RulebookVersion.drafters,
    RulebookVersion.made_at,
    RulebookVersion.changed_at,
    RulebookVersion.published_at,
    RulebookVersion.withdrawn_at,
    RulebookVersion.version,
)
_VIEWS: Final = (
    sa.select(
        *_COLUMNS,
        _MAKER.name.label("made_by"),
        _PUBLISHER.name.label("published_by"),
        _WITHDRAWER.name.label("withdrawn_by"),
    )
    .join(_MAKER, _MAKER.id == RulebookVersion.made_by)
    .outerjoin(_PUBLISHER, _PUBLISHER.id == RulebookVersion.published_by)
    .outerjoin(_WITHDRAWER, _WITHDRAWER.id == RulebookVersion.withdrawn_by)
)


def _view(*row: Any) -> VersionView:
    names = [column.key for column in _COLUMNS] + ["made_by", "published_by", "withdrawn_by"]
    told = dict(zip(names, row, strict=True))
    return VersionView(**told | {"drafters": tuple(told["drafters"])})
