"""Rows of a register 工作台账 from a workbook: what each becomes, with every reason at its row.

The sheet is the one that a register is saved as: its columns by their labels, the unit by its name,
the steps by the labels of their days. What stands under another heading is named, not guessed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from config.plan_register import Column, ColumnType, Register
from config.text import Malformed
from service.errors import Invalid, StepNotAllowed
from service.rules import plan_entry as rules
from service.rules.ledger.date import read_date
from service.rules.ledger.sheet import Cell, Sheet, folded, is_blank, plain
from service.rules.ledger.sheet import Row as Line
from service.rules.plan_entry import FIELD, Row, Taken

OK, KNOWN, ERROR = "ok", "known", "error"
UNIT: Final = "责任单位"
OURS: Final = ("编号", "进展")  # what we write ourselves, and do not read
EXCUSED: Final = "不适用"
MOST: Final = 1000
Signature = tuple[str, str, UUID, str | None, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One row: what it would become, or why it cannot be; `note` is said of a good one."""

    line: int
    title: str
    fate: str
    reasons: tuple[str, ...] = ()
    note: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    taken: Mapping[str, Taken] = field(default_factory=dict)
    organisation: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The rows of a sheet, and the headings under which nothing was read."""

    rows: tuple[Listed, ...]
    ignored: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each fate."""
        fates = [each.fate for each in self.rows]
        return {fate: fates.count(fate) for fate in (OK, KNOWN, ERROR)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a sheet is read against: the units by name, the reader's own, what is there already."""

    units: Mapping[str, UUID]
    own: UUID
    known: Collection[Signature]
    today: date


def read(register: Register, sheets: Sequence[Sheet], ground: Ground) -> Reading:
    """Every row of the first sheet that has the heads of the register; Invalid at `file`."""
    for sheet in sheets:
        place = _heading(register, sheet)
        if place is not None:
            return _read(register, sheet, place, ground)
    wanted = "、".join(each.label for each in register.columns.values() if each.required)
    raise Invalid({"file": [f"没有找到表头。第一行要有：{wanted}，可以先下载空表"]})


def signature(row: Row, organisation_id: UUID) -> Signature:
    """By what two rows are the same one."""
    return row.title, row.on_date.isoformat(), organisation_id, row.person, row.hundredths


def heads(register: Register) -> list[str]:
    """The heads of an empty sheet to fill in."""
    columns = [_label(each) for each in register.columns.values()]
    return [*columns, UNIT, *(each.label for each in register.steps.values())]


def _label(column: Column) -> str:
    return f"{column.label}（{column.unit}）" if column.unit else column.label


def _heading(register: Register, sheet: Sheet) -> int | None:
    wanted = {folded(register.columns[each].label) for each in (register.title, register.starts)}
    for place, row in enumerate(sheet.rows[:10]):
        if wanted <= {_bare(cell) for cell in row.cells}:
            return place
    return None


def _bare(cell: Cell) -> str:
    """A head without the unit that stands behind it."""
    return folded(cell).partition("(")[0]


def _read(register: Register, sheet: Sheet, place: int, ground: Ground) -> Reading:
    heads_read = sheet.rows[place].cells
    names = {_bare(each.label): each.name for each in register.columns.values()}
    names |= {_bare(each.label): each.name for each in register.steps.values()}
    names[UNIT] = UNIT
    columns = {at: names[_bare(cell)] for at, cell in enumerate(heads_read) if _bare(cell) in names}
    ignored = tuple(
        plain(cell)
        for at, cell in enumerate(heads_read)
        if at not in columns and not is_blank(cell) and _bare(cell) not in OURS
    )
    body = [row for row in sheet.rows[place + 1 :] if not all(map(is_blank, row.cells))]
    if not body:
        raise Invalid({"file": ["表头下面没有内容"]})
    if len(body) > MOST:
        raise Invalid({"file": [f"一次最多 {MOST} 行"]})
    seen: set[Signature] = set(ground.known)
    rows: list[Listed] = []
    for line in body:
        found, same = _one(register, sheet, line, columns, ground)
        if same is not None and same in seen:
            found = Listed(
                line=found.line, title=found.title, fate=KNOWN, reasons=("已经有同一条",)
            )
        elif same is not None:
            seen.add(same)
        rows.append(found)
    return Reading(tuple(rows), ignored)


def _one(
    register: Register, sheet: Sheet, line: Line, columns: Mapping[int, str], ground: Ground
) -> tuple[Listed, Signature | None]:
    wrong: list[str] = []
    raw: dict[str, object] = {}
    taken: dict[str, Taken] = {}
    unit: UUID | None = ground.own
    for at, name in columns.items():
        cell = line.at(at)
        if is_blank(cell):
            continue
        try:
            if name == UNIT:
                unit = _unit(cell, ground)
            elif name in register.steps:
                taken[name] = _step(cell, sheet)
            else:
                raw[name] = _value(register.columns[name], cell, sheet)
        except Malformed as refusal:
            wrong.append(refusal.reason)
    title = str(raw.get(register.title, ""))
    values, problems = _values(register, raw, ground.today)
    wrong += problems
    if wrong or unit is None:
        return Listed(line=line.number, title=title, fate=ERROR, reasons=tuple(wrong)), None
    row, note, stuck = _stepped(register, values, taken, ground.today)
    if stuck:
        return Listed(line=line.number, title=title, fate=ERROR, reasons=stuck), None
    listed = Listed(
        line=line.number,
        title=title,
        fate=OK,
        note=note,
        values=raw,
        taken=row.taken,
        organisation=unit,
    )
    return listed, signature(row, unit)


def _unit(cell: Cell, ground: Ground) -> UUID:
    name = plain(cell).strip()
    if name not in ground.units:
        raise Malformed("unit", f"没有“{name[:20]}”这个单位，或者不由您登记")
    return ground.units[name]


def _step(cell: Cell, sheet: Sheet) -> Taken:
    if isinstance(cell, str) and cell.strip().startswith(EXCUSED):
        return Taken(None, cell.strip().removeprefix(EXCUSED).lstrip("：: "))
    return Taken(read_date(cell, sheet.epoch))


def _value(column: Column, cell: Cell, sheet: Sheet) -> object:
    if column.type is ColumnType.DATE:
        return read_date(cell, sheet.epoch)
    text = plain(cell).strip()
    if column.type is ColumnType.CHOICE:
        codes = {name: code for code, name in column.options.items()}
        return codes.get(text, text)
    if column.type is ColumnType.FLAG:
        return {"是": "true", "否": "false"}.get(text, text)
    return text.removesuffix(column.unit).strip() if column.unit else text


def _values(
    register: Register, raw: Mapping[str, object], today: date
) -> tuple[Mapping[str, rules.Value], list[str]]:
    try:
        return rules.read(register, raw, today=today), []
    except Invalid as refusal:
        return {}, [
            _said(register, name.removeprefix(FIELD), messages[0])
            for name, messages in refusal.fields.items()
        ]


def _said(register: Register, name: str, message: str) -> str:
    label = register.columns[name].label if name in register.columns else ""
    return message if not label or label in message else f"{label}：{message}"


def _stepped(
    register: Register, values: Mapping[str, rules.Value], taken: Mapping[str, Taken], today: date
) -> tuple[Row, str, tuple[str, ...]]:
    """The row with its steps, one after the other; what wants evidence does not end by a sheet."""
    row = Row(register=register, values=values, taken={})
    note = ""
    for step in register.steps.values():
        said = taken.get(step.name)
        if said is None:
            continue
        if step.name == register.ends and register.proof:
            note = f"“{step.stage}”要有佐证，登记以后上传佐证再办结"
            continue
        try:
            row = rules.take(row, step.name, said, kinds=(), today=today)
        except Invalid as refusal:
            told = [f"{step.stage}：{each[0]}" for each in refusal.fields.values()]
            return row, "", tuple(told)
        except StepNotAllowed as refusal:
            return row, "", (refusal.detail,)
    return row, note, ()
