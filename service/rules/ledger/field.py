"""What the cell of each field means, or why it cannot be taken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias

from config.category import Categories
from config.ledger import LedgerWords, Result
from config.source import Sources
from config.text import Malformed, clean_line, clean_text
from config.vocabulary import IdType, Source
from service.rules import identity
from service.rules.ledger.date import read_date
from service.rules.ledger.number import NOTHING, read_amount, read_people_count
from service.rules.ledger.sheet import Broken, Cell, folded, is_blank, plain, quoted

_YES: Final = frozenset(("是", "有", "已确认", "已申请", "已司法确认", "√", "✓", "y", "Y"))
_NO: Final = frozenset(("否", "无", "未确认", "未申请", "未司法确认", "×", "/", "-", "—", "n", "N"))


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a cell depends on besides the cell."""

    categories: Categories
    sources: Sources
    words: LedgerWords
    today: date
    epoch: date
    unit: int


def read_cell(field: str, cell: Cell, reading: Reading) -> Any:
    """The value of a cell of `field`, None where an optional one is empty; else Malformed."""
    if isinstance(cell, Broken):
        raise Malformed("broken-cell", cell.reason)
    return READERS[field](cell, reading)


def _past_day(cell: Cell, reading: Reading) -> date:
    day = read_date(cell, reading.epoch)
    if day > reading.today:
        raise Malformed("date-future", f"日期{quoted(cell)}晚于今天")
    return day


def _registered_on(cell: Cell, reading: Reading) -> date:
    _require(cell, "登记日期")
    return _past_day(cell, reading)


def _closed_on(cell: Cell, reading: Reading) -> date | None:
    return None if _is_nothing(cell) else _past_day(cell, reading)


def _source(cell: Cell, reading: Reading) -> Source | None:
    if _is_nothing(cell):
        return None
    source = reading.sources.find(plain(cell))
    if source is None:
        raise Malformed("source-unknown", f"来源{quoted(cell)}不认识")
    return source


def _category(cell: Cell, reading: Reading) -> str:
    _require(cell, "纠纷类型")
    category = reading.categories.find(plain(cell))
    if category is None:
        raise Malformed("category-unknown", f"纠纷类型{quoted(cell)}不认识")
    return category.code


def _name(label: str) -> "Reader":
    def read(cell: Cell, _: Reading) -> str:
        _require(cell, label)
        return clean_line(_text(cell, label))

    return read


def _narrative(cell: Cell, _: Reading) -> str:
    """The words of the cell as they stand, leading spaces and all; only checked here."""
    _require(cell, "纠纷简要情况")
    text = _text(cell, "纠纷简要情况")
    if not clean_text(text):
        raise Malformed("required", "纠纷简要情况为空")
    return text


def _id_number(cell: Cell, reading: Reading) -> tuple[IdType, str] | None:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        raise Malformed("id-numeric", "身份证号被 Excel 转为数字，请将该列设为文本后重新填写")
    if _is_nothing(cell):
        return None
    return identity.clean_id_number(_text(cell, "身份证号"), reading.today)


def _phone(cell: Cell, _: Reading) -> str | None:
    if _is_nothing(cell):
        return None
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise Malformed("phone-shape", "电话应为 11 位手机号或带区号的固定电话")
    return identity.clean_phone(plain(cell))


def _amount(cell: Cell, reading: Reading) -> int | None:
    return read_amount(cell, reading.unit)


def _people_count(cell: Cell, _: Reading) -> int | None:
    return read_people_count(cell)


def _outcome(cell: Cell, reading: Reading) -> tuple[str, Result] | None:
    if _is_nothing(cell):
        return None
    result = reading.words.result(plain(cell))
    if result is None:
        raise Malformed("outcome-unknown", f"办理结果{quoted(cell)}不认识")
    return clean_line(plain(cell)), result


def _confirmation(cell: Cell, _: Reading) -> bool | None:
    text = folded(plain(cell))
    if not text or text in _NO:
        return False if text else None
    if text in _YES or "民特" in text:
        return True
    raise Malformed("confirmation-unknown", f"司法确认{quoted(cell)}不认识，请填是或否")


def _words(limit: int) -> "Reader":
    def read(cell: Cell, _: Reading) -> str | None:
        return clean_line(plain(cell), limit=limit) or None

    return read


def _require(cell: Cell, label: str) -> None:
    if _is_nothing(cell):
        raise Malformed("required", f"{label}为空")


def _is_nothing(cell: Cell) -> bool:
    return is_blank(cell) or (isinstance(cell, str) and folded(cell) in NOTHING)


def _text(cell: Cell, label: str) -> str:
    if not isinstance(cell, str):
        raise Malformed("not-text", f"{label}应为文字")
    return cell


Reader: TypeAlias = Callable[[Cell, Reading], Any]
READERS: Final[Mapping[str, Reader]] = {
    "registered_on": _registered_on,
    "source": _source,
    "applicant": _name("申请人"),
    "id_number": _id_number,
    "phone": _phone,
    "respondent": _name("被申请人"),
    "respondent_id_number": _id_number,
    "respondent_phone": _phone,
    "category": _category,
    "narrative": _narrative,
    "amount": _amount,
    "people_count": _people_count,
    "place": _words(200),
    "organisation": _words(100),
    "mediator": _words(80),
    "outcome": _outcome,
    "closed_on": _closed_on,
    "agreement_number": _words(60),
    "judicial_confirmation": _confirmation,
    "remark": _words(1000),
}
