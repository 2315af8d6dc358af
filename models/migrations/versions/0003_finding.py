"""Finding: the word index of disputes, filled for those that are there, and names' initials."""

import json
import re
import unicodedata
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import islice, pairwise, product
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BATCH = 500
MAKE_WORDS = (
    (
        "CREATE VIRTUAL TABLE dispute_words USING fts5(terms, content='dispute_text', "
        "content_rowid='id', tokenize='ascii', detail='none')"
    ),
    (
        "CREATE TRIGGER dispute_words_insert AFTER INSERT ON dispute_text BEGIN "
        "INSERT INTO dispute_words(rowid, terms) VALUES (new.id, new.terms); END"
    ),
    (
        "CREATE TRIGGER dispute_words_delete AFTER DELETE ON dispute_text BEGIN "
        "INSERT INTO dispute_words(dispute_words, rowid, terms) "
        "VALUES ('delete', old.id, old.terms); END"
    ),
    (
        "CREATE TRIGGER dispute_words_update AFTER UPDATE ON dispute_text BEGIN "
        "INSERT INTO dispute_words(dispute_words, rowid, terms) "
        "VALUES ('delete', old.id, old.terms); "
        "INSERT INTO dispute_words(rowid, terms) VALUES (new.id, new.terms); END"
    ),
)
FILL_WORDS = "INSERT INTO dispute_words(dispute_words) VALUES ('rebuild')"

dispute = sa.table(
    "dispute",
    sa.column("id", sa.Uuid()),
    sa.column("registered_at", sa.DateTime(timezone=True)),
    sa.column("restricted", sa.Boolean()),
    sa.column("narrative", sa.Text()),
)
party = sa.table(
    "party",
    sa.column("id", sa.Uuid()),
    sa.column("dispute_id", sa.Uuid()),
    sa.column("position", sa.Integer()),
    sa.column("name", sa.String()),
    sa.column("initials", sa.String()),
)


def upgrade() -> None:
    """Make the index; blind indexes of phone tails need the keys and come when a party is saved."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    if not on_sqlite:  # a whole town's words take longer than any other statement may
        op.execute("SET LOCAL statement_timeout = 0")
    op.create_table(
        "dispute_text",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column(
            "terms",
            sa.Text().with_variant(postgresql.ARRAY(sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_text_dispute_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_text")),
        sa.UniqueConstraint("dispute_id", name=op.f("uq_dispute_text_dispute_id")),
    )
    _fill(op.get_bind())
    if on_sqlite:
        for statement in MAKE_WORDS:
            op.execute(statement)
        op.execute(FILL_WORDS)
    else:
        op.create_index("ix_dispute_text_terms", "dispute_text", ["terms"], postgresql_using="gin")


def downgrade() -> None:
    """Take the index away; initials say nothing that the names do not."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE dispute_words")
    op.drop_table("dispute_text")


def _fill(bind: sa.Connection) -> None:
    """Every dispute that is not restricted, in the order of registration, batch by batch."""
    kind = sa.Text() if bind.dialect.name == "sqlite" else postgresql.ARRAY(sa.Text())
    text = sa.table(
        "dispute_text",
        sa.column("dispute_id", sa.Uuid()),
        sa.column("names", sa.Text()),
        sa.column("words", sa.Text()),
        sa.column("terms", kind),
    )
    place = None
    while True:
        batch = bind.execute(_after(place)).all()
        if not batch:
            return
        place = (batch[-1].registered_at, batch[-1].id)
        names = _name(bind, [row.id for row in batch])
        rows = [_entry(row.id, row.narrative or "", names.get(row.id, [])) for row in batch]
        if bind.dialect.name == "sqlite":
            rows = [row | {"terms": " ".join(row["terms"])} for row in rows]
        bind.execute(sa.insert(text), rows)


def _after(place: tuple | None) -> sa.Select:
    keys = sa.tuple_(dispute.c.registered_at, dispute.c.id)
    query = sa.select(dispute.c.id, dispute.c.registered_at, dispute.c.narrative).where(
        dispute.c.restricted.is_(False)
    )
    if place is not None:
        query = query.where(
            keys
            > sa.tuple_(
                sa.literal(place[0], dispute.c.registered_at.type),
                sa.literal(place[1], dispute.c.id.type),
            )
        )
    return query.order_by(dispute.c.registered_at, dispute.c.id).limit(BATCH)


def _name(bind: sa.Connection, ids: list) -> dict[object, list[tuple[str, str]]]:
    """Write the initials of the clear names of these disputes, and tell both."""
    found = bind.execute(
        sa.select(party.c.id, party.c.dispute_id, party.c.name)
        .where(party.c.dispute_id.in_(ids), party.c.name.is_not(None))
        .order_by(party.c.dispute_id, party.c.position)
    ).all()
    names: dict[object, list[tuple[str, str]]] = {}
    written = []
    for party_id, dispute_id, name in found:
        letters = initials(name)
        names.setdefault(dispute_id, []).append((name, letters))
        written.append({"party_id": party_id, "letters": letters or None})
    if written:
        update = sa.update(party).where(party.c.id == sa.bindparam("party_id"))
        bind.execute(update.values(initials=sa.bindparam("letters")), written)
    return names


# What follows is how terms and initials were made when this revision was written; it stays so.

RUN = re.compile("(?:[^\\W_]|[\ue000-\uf8ff\U00020000-\U0003ffff\U000f0000-\U0010fffd])+")
SELECTOR = re.compile("[\u180b-\u180d\u180f\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")
DOT = re.compile("[•․‧∙⋅・]")
SURNAMES = dict(
    pair.split(":")
    for pair in (
        "万俟:mq 单于:cy 尉迟:yc 长孙:zs 澹台:tt "
        "单:s 仇:q 曾:z 解:x 查:z 区:o 盖:g 朴:p 缪:m 翟:z 乐:yl 覃:qt 冼:x 员:y 召:sz 折:s 种:c "
        "秘:b 薄:b 谌:cs 祭:z 黑:h 隗:kw 繁:p 车:c 卜:b 逄:p 宓:mf 洗:x 句:g 郗:xc 宿:s 燕:y 那:n "
        "藏:z 降:j 石:s 沈:s 贾:j 牟:m 都:d 重:c 教:j 适:k 撒:s 盛:s 术:z 相:x 行:x"
    ).split()
)
BOTH = dict(
    pair.split(":")
    for pair in (
        "乐:ly 长:cz 重:zc 朝:cz 行:xh 晟:sc 曾:zc 单:ds 传:cz 藏:cz 调:td 盛:sc 石:sd 校:xj 省:sx "
        "厦:sx 提:td 澄:cd 扎:zc 折:zs 翟:dz 参:cs 禅:cs 大:d 佛:fb 仇:cq 解:jx 查:cz 宿:sx 卡:kq "
        "贾:jg 沈:sc 降:jx 还:h 会:hk 奇:qj 系:xj 率:ls 尉:wy 茜:xq 祭:jz 隗:wk 沓:td 什:s 恪:k"
    ).split()
)
READINGS: dict[int, str] = {}


def _entry(dispute_id: object, narrative: str, names: list[tuple[str, str]]) -> dict:
    words = _fold(narrative)
    terms = set(_bigrams(words))
    for name, letters in names:
        folded = _fold(name)
        terms |= {"＠" + term for run in RUN.findall(folded) for term in run}
        terms |= {"＠" + term for term in _bigrams(folded)}
        for reading in letters.split():
            terms |= {"＃" + reading[:end] for end in range(2, 9)} | {"＃" + reading}
    return {
        "dispute_id": dispute_id,
        "names": "\n".join(_fold(name) for name, _ in names),
        "words": words,
        "terms": sorted(terms),
    }


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", SELECTOR.sub("", text)).casefold()
    return " ".join(DOT.sub("·", plain).split())


def _bigrams(folded: str) -> Iterator[str]:
    for run in RUN.findall(folded):
        yield from (first + second for first, second in pairwise(run))


def initials(name: str) -> str:
    """`zs` for 张三, several readings apart by a space; "" when nothing has a reading."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    readings: list[str] = []
    for reading in islice(product(*(letters for letters in _letters(plain) if letters)), 4):
        text = "".join(reading)[:60]
        if sum(len(each) + 1 for each in readings) + len(text) > 60:
            break
        if text and text not in readings:
            readings.append(text)
    return " ".join(readings)


def _letters(name: str) -> Iterator[str]:
    head = name[:2] if name[:2] in SURNAMES else name[:1]
    if len(head) == 2:
        yield from SURNAMES[head]
    else:
        yield SURNAMES.get(head) or _heard(head)
    yield from (_heard(character) for character in name[len(head) :])


def _heard(character: str) -> str:
    if character.isascii():
        return character if character.isalnum() else ""
    if not READINGS:
        package = Path(find_spec("pypinyin").origin).parent
        table = json.loads((package / "pinyin_dict.json").read_text("utf-8"))
        READINGS.update(
            {int(key): unicodedata.normalize("NFD", text)[0] for key, text in table.items()}
        )
    return BOTH.get(character) or READINGS.get(ord(character), "")
