"""Find disputes and consultations 检索 among those somebody may see.

A common word is found by walking, a rare one by index.

The newest rows of the scope are looked through first: a common word fills its page there, and a
small scope ends there. Only when that finds too little is the word index asked for every hit.
SQLite's index can say at once that a word is rare; then nothing is walked.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select

from models import Consultation, Dispute, DisputeText, Organisation, Party, db
from service.gateways.keyring import Keyring
from service.queries import party, sight
from service.queries.access import Within, asked_of_each, in_full, in_town
from service.queries.page import beyond
from service.rules import search as rules
from service.rules.access import Scope
from service.rules.narrative import masked
from service.rules.search import Asked, Part

# How many of the newest rows are looked through; the second time only when the first found some.
WALKS: Final = (400, 6_000)
RARE: Final = 1_000  # hits that are put in order faster than that
EVERYWHERE: Final = frozenset(Part)
_IDS: Final = sa.ARRAY(sa.Uuid())
_WORDS: Final = sa.table("dispute_words", sa.column("rowid"), sa.column("dispute_words"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is looked for: its id, its number, and the column by which the word index names it.

    Of a `sealed` kind the index knows name and phone as keyed hashes: whole, or not at all.
    """

    id: Any
    number: Any
    owner: Any
    sealed: bool


DISPUTES: Final = Kind(
    id=Dispute.id, number=Dispute.number, owner=DisputeText.dispute_id, sealed=False
)
CONSULTATIONS: Final = Kind(
    id=Consultation.id, number=Consultation.number, owner=DisputeText.consultation_id, sealed=True
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """The rows a search goes through: narrowed and in an order, after a place in it.

    They meet one of the `ways`, each of which an index of its own serves.

    `full` says which of them the caller sees in full; of the others only the number is searched.
    """

    ways: Sequence[ColumnElement[bool]] = (sa.true(),)
    narrowed: list[ColumnElement[bool]]
    full: ColumnElement[bool]
    column: Any
    descending: bool
    place: list[Any] | None = None
    kind: Kind = DISPUTES

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """What every row found meets, besides one of the `ways`."""
        return self.narrowed if self.place is None else [*self.narrowed, self._after(self.place)]

    def first(
        self, count: int, *conditions: ColumnElement[bool], offset: int = 0
    ) -> Select[*tuple[Any, ...]]:
        """Place and id of its first rows, those that meet `conditions` besides."""
        within = Within([*self.conditions, *conditions], self.ways)
        columns = (self.column, self.kind.id)
        return within.first(columns, descending=self.descending, limit=count, offset=offset)

    def up_to(self, place: list[Any]) -> ColumnElement[bool]:
        """Rows that come before or at `place`."""
        return sa.not_(self._after(place))

    def _after(self, place: list[Any]) -> ColumnElement[bool]:
        return beyond((self.column, self.kind.id), place, descending=self.descending)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for, and in which parts of a dispute."""

    asked: Asked
    parts: frozenset[Part] = EVERYWHERE
    keyring: Keyring | None = None

    def looks_in(self, part: Part) -> bool:
        """Whether a match may lie there."""
        return part in self.parts


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A dispute with the same ID number which the caller may not see: its number and unit only."""

    number: str
    organisation: str | None


def ids(search: Search, among: Among, count: int) -> list[UUID]:
    """The ids of the first `count` found, in their order."""
    for steps in () if _is_rare(search, among.kind) else WALKS:
        found, complete = _walked(search, among, steps, count)
        if complete or len(found) == count:
            return found
        if not found:
            break
    hits = _indexed(search, among)
    return list(
        db.session.scalars(sa.select(hits.c.id).order_by(*_order(hits, among)).limit(count))
    )


def total(search: Search, among: Among) -> int:
    """How many there are."""
    hits = _indexed(search, replace(among, place=None))
    return db.session.scalar(sa.select(sa.func.count()).select_from(hits)) or 0


def with_identity(number: str, keyring: Keyring) -> ColumnElement[bool]:
    """The condition on disputes in which a party has this ID number, whoever may see them."""
    known = keyring.indexes("id_number", number)
    return Dispute.id.in_(sa.select(Party.dispute_id).where(Party.id_number_index.in_(known)))


@sight.whole("an ID number elsewhere")
def elsewhere(
    number: str, *, scope: Scope, now: datetime, keyring: Keyring, limit: int
) -> list[Elsewhere]:
    """The open-class disputes of the town with this ID number which the caller does not see.

    The newest come first.
    """
    found = db.session.execute(
        sa.select(
            Dispute.number,
            sa.func.coalesce(Organisation.name, Dispute.office_text).label("organisation"),
        )
        .outerjoin(Organisation, Organisation.id == Dispute.organisation_id)
        .where(
            with_identity(number, keyring),
            Dispute.restricted.is_(False),
            Dispute.merged_into_id.is_(None),
            in_town(scope.actor),
            sa.case((in_full(scope, now), 1), else_=0) == 0,  # what is null is not seen either
        )
        .order_by(Dispute.registered_at.desc(), Dispute.id)
        .limit(limit)
    )
    return [Elsewhere(row.number, row.organisation) for row in found]


def narratives(dispute_ids: Collection[UUID], reader: UUID) -> dict[UUID, str]:
    """The narratives of disputes the caller has been found to see in full, unless sealed.

    The people of a dispute are masked in its own, as beside it: not for `reader`, its mediator.
    """
    found = db.session.execute(
        sa.select(Dispute.id, Dispute.narrative, Dispute.mediator_id).where(
            Dispute.id.in_(dispute_ids), Dispute.narrative.is_not(None)
        )
    ).all()
    named = party.named([row.id for row in found if row.mediator_id != reader])
    return {
        row.id: masked(row.narrative or "", party.people(named.get(row.id, ()))) for row in found
    }


def _is_rare(search: Search, kind: Kind) -> bool:
    """Whether the indexes alone are sure to be quick; only SQLite's can be asked for a few hits."""
    if search.parts <= {Part.PHONE} or search.asked.phone is not None:
        return True
    if _on_postgresql():
        return False
    text = _in_text(search, kind, indexed=True)
    numbers = [sa.select(kind.id).where(_begins(search, kind))] if search.asked.number else []
    worded = [] if text is None else [_of_text(text, kind)]
    return all(_few(hits) for hits in (*numbers, *worded))


def _few(hits: Select[*tuple[Any, ...]]) -> bool:
    some = hits.limit(RARE + 1).subquery()
    return (db.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0) <= RARE


def _walked(search: Search, among: Among, steps: int, count: int) -> tuple[list[UUID], bool]:
    """What is found within so many rows, and whether those were all there are."""
    last = db.session.execute(among.first(1, offset=steps)).first()
    within = [] if last is None else [among.up_to(list(last))]
    found = db.session.execute(among.first(count, _matches(search, among), *within))
    return [row[-1] for row in found], last is None


def _matches(search: Search, among: Among) -> ColumnElement[bool]:
    """Whether a row matches, asked of each row by itself: never of the whole index."""
    kind, full = among.kind, among.full
    text, phone = _in_text(search, kind, indexed=False), _phones(search, kind)
    ways: list[ColumnElement[bool]] = [_begins(search, kind)]
    if text is not None:
        ways.append(
            full
            & sa.select(text)
            .where(kind.owner == kind.id)
            .correlate(kind.id.table)
            .scalar_subquery()
        )
    if phone is not None:
        ways.append(full & kind.id.in_(sa.select(phone.subquery().c.id)))
    return sa.or_(*ways)


def _indexed(search: Search, among: Among) -> Any:
    """Every hit of the indexes that meets the conditions, found before it is put in order.

    Both steps are materialised, or a database would rather walk all rows in their order.
    """
    kind = among.kind
    query = _hits(search, kind)
    if _on_postgresql():
        query = _looked_up(query)
    hits = query.cte("hits").prefix_with("MATERIALIZED")
    return (
        sa.select(kind.id, among.column.label("place"))
        .distinct()
        .join_from(hits, kind.id.table, kind.id == hits.c.id)
        .where(*map(asked_of_each, Within(among.conditions, among.ways).every))
        .where(asked_of_each(sa.or_(hits.c.public, among.full)))
        .cte("seen")
        .prefix_with("MATERIALIZED")
    )


def _hits(search: Search, kind: Kind) -> sa.CompoundSelect[*tuple[Any, ...]]:
    """What the indexes hold of it, whosever it is, and whether its number alone was asked for."""
    text, phone = _in_text(search, kind, indexed=True), _phones(search, kind)
    branches: list[Select[*tuple[Any, ...]]] = [
        sa.select(kind.id.label("id"), sa.true().label("public")).where(_begins(search, kind))
    ]
    if text is not None:
        branches.append(_of_text(text, kind))
    if phone is not None:
        branches.append(phone)
    return sa.union_all(*branches)


@sight.whole("the index of words")
def _looked_up(hits: sa.CompoundSelect[*tuple[Any, ...]]) -> sa.CompoundSelect[*tuple[Any, ...]]:
    """The same as the ids that were found.

    Behind the wall PostgreSQL asks an index of words only after the policy of every row, since the
    operators of such an index might tell of what they compare: it would read the whole town.
    """
    found = db.session.execute(hits).all()
    return sa.union_all(
        *(
            sa.select(
                sa.func.unnest(
                    sa.literal([row.id for row in found if row.public is public], _IDS)
                ).label("id"),
                sa.literal(public).label("public"),
            )
            for public in (True, False)
        )
    )


def _order(hits: Any, among: Among) -> list[Any]:
    pair = (hits.c.place, hits.c.id)
    return [key.desc() if among.descending else key.asc() for key in pair]


def _begins(search: Search, kind: Kind) -> ColumnElement[bool]:
    return begins(search.asked.number, kind) if search.looks_in(Part.NUMBER) else sa.false()


def begins(number: str | None, kind: Kind = DISPUTES) -> ColumnElement[bool]:
    """The number begins so: a range that an ordinary index serves on both databases."""
    if number is None:
        return sa.false()
    return sa.and_(kind.number >= number, kind.number < number + "\U0010ffff")


def _phones(search: Search, kind: Kind) -> Select[*tuple[Any, ...]] | None:
    """Disputes in which a party has the phone, or one of open class that ends so."""
    asked, keyring = search.asked, search.keyring
    if kind.sealed or keyring is None or not search.looks_in(Part.PHONE):
        return None
    query = sa.select(Party.dispute_id.label("id"), sa.false().label("public"))
    if asked.phone is not None:
        return query.where(Party.phone_index.in_(keyring.indexes("phone", asked.phone)))
    if asked.tail is not None:
        tails = keyring.indexes("phone_tail", asked.tail)
        return query.where(Party.phone_tail_index.in_(tails), Party.name.is_not(None))
    return None


def _of_text(condition: ColumnElement[bool], kind: Kind) -> Select[*tuple[Any, ...]]:
    query = sa.select(kind.owner.label("id"), sa.false().label("public"))
    query = query.where(kind.owner.is_not(None))
    if _on_postgresql():
        return query.where(condition)
    return query.join_from(_WORDS, DisputeText, DisputeText.id == _WORDS.c.rowid).where(condition)


def _in_text(search: Search, kind: Kind, *, indexed: bool) -> ColumnElement[bool] | None:
    """The condition on an entry of the index; None when nothing in it can match."""
    ways = []
    pieces = [_piece(search, kind, piece) for piece in search.asked.pieces]
    if pieces and all(pieces):
        terms = [[terms for terms, _ in piece] for piece in pieces]
        told = sa.and_(*(sa.or_(*(condition for _, condition in piece)) for piece in pieces))
        ways.append((terms, told))
    ways += [([[[term]]], _holds(term)) for term in _whole_terms(search, kind)]
    if not ways:
        return None
    told = sa.or_(*(condition for _, condition in ways))
    return sa.and_(_held([terms for terms, _ in ways]), told) if indexed else told


def _whole_terms(search: Search, kind: Kind) -> list[str]:
    """Terms that answer all that was typed: initials, or the phone of a sealed kind."""
    asked, keyring = search.asked, search.keyring
    if not kind.sealed:
        sought = asked.initials if search.looks_in(Part.PARTY) else None
        return [] if sought is None else [rules.initials_term(sought)]
    if keyring is None or not search.looks_in(Part.PHONE):
        return []
    phones = (("phone", asked.phone), ("phone_tail", asked.tail))
    return [
        rules.sealed_term(index)
        for name, told in phones
        if told
        for index in keyring.indexes(name, told)
    ]


def _piece(search: Search, kind: Kind, piece: str) -> list[tuple[list[str], ColumnElement[bool]]]:
    """The terms and the text by which `piece` may be found, in names and in the narrative."""
    places = [
        (Part.PARTY, rules.name_terms(piece), DisputeText.names),
        (Part.NARRATIVE, rules.word_terms(piece), DisputeText.words),
    ]
    found = [
        (terms, text.contains(piece, autoescape=True))
        for part, terms, text in places[int(kind.sealed) :]
        if terms and search.looks_in(part)
    ]
    if kind.sealed and search.keyring is not None and search.looks_in(Part.PARTY):
        names = map(rules.sealed_term, search.keyring.indexes("name", piece))
        found += [([name], _holds(name)) for name in names]
    return found


def _held(ways: list[list[list[list[str]]]]) -> ColumnElement[bool]:
    """The index holds, in one of the ways, for every piece one of its lists of terms."""
    if _on_postgresql():
        has = DisputeText.has_all
        return sa.or_(*(sa.and_(*(sa.or_(*map(has, piece)) for piece in way)) for way in ways))
    return _WORDS.c.dispute_words.op("MATCH")(" OR ".join(_bracket(_all(way)) for way in ways))


def _all(way: list[list[list[str]]]) -> str:
    return " AND ".join(
        _bracket(" OR ".join(_bracket(" AND ".join(map(_quoted, terms))) for terms in piece))
        for piece in way
    )


def _bracket(expression: str) -> str:
    return f"({expression})"


def _quoted(term: str) -> str:
    return f'"{term}"'  # a term is made of letters, digits and our marks only


def _holds(term: str) -> ColumnElement[bool]:
    """Whether an entry holds the term, asked of the entry itself."""
    if _on_postgresql():
        return DisputeText.has_all([term])
    kept = sa.type_coerce(DisputeText.terms, sa.Text)
    return sa.func.instr(" " + kept + " ", f" {term} ") > 0


def _on_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"
