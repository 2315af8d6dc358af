"""Exchanging figures with the court 数据交换: what a row of its sheet means beside our register."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from config.exchange import COLUMNS, TO_EXPLAIN, ExchangeReason, ExchangeVerdict
from config.text import Malformed, clean_line
from config.vocabulary import LawsuitStatus
from config.words import labels
from service.errors import Invalid
from service.rules.ledger import Broken, Cell, Sheet

V = ExchangeVerdict
MOST_ROWS: Final = 2000
LONGEST: Final = (60, 100, 40, 30)  # of each column
WORDS: Final[Mapping[str, str]] = {text: code for code, text in labels(LawsuitStatus).items()}


@dataclass(frozen=True, slots=True)
class OurCase:
    """A case as we have it: its number, its court, the number of its dispute, where it stands.

    One that is not `open` may be missing from the court's sheet, which holds what runs.
    """

    case_number: str
    court: str
    number: str | None
    status: str
    open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One row held against ours; the words of stages are shown as the sheet spells them."""

    place: int | None
    verdict: ExchangeVerdict
    case_number: str | None = None
    number: str | None = None
    theirs: str | None = None
    ours: str | None = None
    problem: str | None = None


def compare(sheets: Sequence[Sheet], ours: Sequence[OurCase]) -> list[Compared]:
    """Every row of the court's sheet, then what it lacks of ours.

    A cover sheet before it is passed over. Raises Invalid at `file` where no sheet has our columns,
    or it is longer than we read.
    """
    filled = [each for each in sheets if each.rows]
    if not filled:
        raise Invalid({"file": ["这个文件是空的"]})
    sheet = next((each for each in filled if not _lacking(each.rows[0].cells)), filled[0])
    head, *rows = sheet.rows
    columns = _columns(head.cells)
    if len(rows) > MOST_ROWS:
        raise Invalid({"file": [f"一次最多 {MOST_ROWS} 行，请分开交换"]})
    known = {_folded(each.case_number): each for each in ours}
    met: set[str] = set()
    found = [
        _row(row.number, [_at(row.cells, place) for place in columns], known, met)
        for row in rows
        if any(_text(_at(row.cells, place)) for place in columns)
    ]
    return [*found, *_missing(known, met)]


def check_reasons(rows: Mapping[int, ExchangeVerdict], given: Mapping[int, ExchangeReason]) -> None:
    """Raise Invalid at `reasons.N` for what is to be explained and is not, or is not asked."""
    wrong = {
        f"reasons.{ordinal}": ["请说明为什么不一致"]
        for ordinal, verdict in rows.items()
        if verdict in TO_EXPLAIN and ordinal not in given
    } | {
        f"reasons.{ordinal}": ["这一行不用说明"]
        for ordinal in given
        if rows.get(ordinal) not in TO_EXPLAIN
    }
    if wrong:
        raise Invalid(wrong)


def _columns(head: Sequence[Cell]) -> list[int]:
    named = {_text(cell): place for place, cell in reversed(list(enumerate(head)))}
    if lacking := _lacking(head):
        raise Invalid({"file": [f"第一行没有这些列：{'、'.join(lacking)}"]})
    return [named.get(each, -1) for each in COLUMNS]


def _lacking(head: Sequence[Cell]) -> list[str]:
    """Which of the columns that a sheet cannot do without its first row does not name."""
    named = {_text(cell) for cell in head}
    return [each for each in (COLUMNS[0], COLUMNS[3]) if each not in named]


def _row(
    place: int, cells: Sequence[Cell], known: Mapping[str, OurCase], met: set[str]
) -> Compared:
    try:
        told = (_clean(cell, most) for cell, most in zip(cells, LONGEST, strict=True))
        case_number, _, number, said = told
    except Malformed as refusal:
        return _wrong(place, str(refusal))
    if not case_number:
        return _wrong(place, "没有案号")
    if said not in WORDS:
        return _wrong(place, f"状态应为{'、'.join(WORDS)}之一")
    if _folded(case_number) in met:
        return _wrong(place, "这个案号前面已经有一行")
    met.add(_folded(case_number))
    case = known.get(_folded(case_number))
    agreed = case is not None and number in ("", case.number or "")
    return Compared(
        place=place,
        verdict=_verdict(case, agreed=agreed, said=said),
        case_number=case_number,
        number=number or None,
        theirs=said,
        ours=None if case is None else case.status if agreed else _numbered(case),
    )


def _verdict(case: OurCase | None, *, agreed: bool, said: str) -> ExchangeVerdict:
    if case is None:
        return V.UNKNOWN
    return V.SAME if agreed and said == case.status else V.DIFFERS


def _missing(known: Mapping[str, OurCase], met: Collection[str]) -> Iterator[Compared]:
    for folded, case in known.items():
        if case.open and folded not in met:
            yield Compared(
                place=None,
                verdict=V.MISSING,
                case_number=case.case_number,
                number=case.number,
                ours=case.status,
            )


def _numbered(case: OurCase) -> str:
    return f"{case.status}；{case.number or '没有编号'}"


def _wrong(place: int, problem: str) -> Compared:
    return Compared(place=place, verdict=V.WRONG, problem=problem)


def _at(cells: Sequence[Cell], place: int) -> Cell:
    return cells[place] if 0 <= place < len(cells) else None


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell).strip()


def _clean(cell: Cell, most: int) -> str:
    if isinstance(cell, Broken):
        raise Malformed("broken-cell", cell.reason)
    text = clean_line(_text(cell), limit=10_000)
    if len(text) > most:
        raise Malformed("too-long", f"有一格超过 {most} 个字")
    return text


def _folded(case_number: str) -> str:
    """A case number as it is compared: brackets are typed in several ways."""
    table = str.maketrans("(〔[【)〕]】", "（（（（））））")
    return "".join(case_number.split()).translate(table)
