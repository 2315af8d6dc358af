"""Reading the tables of a plan row by row: headings, groups, tasks, and what goes on."""

import re
from collections.abc import Sequence
from typing import Final

from config.plan import PlanLineKind as Kind
from service.rules.plan_text import table
from service.rules.plan_text.line import SourceLine
from service.rules.plan_text.number import HEADINGS, mark_of
from service.rules.plan_text.state import Reading

_REMARK: Final = re.compile(r"^[\s\u3000]*(?:备注|注|说明|填表|合计)")


def read_tables(reading: Reading) -> None:
    """Every row of every table gets a kind; a table of unknown columns is asked about."""
    for first, rows in _tables(reading.lines):
        found = table.roles_of(rows)
        if found is None:
            filled = [first + i for i, row in enumerate(rows) if not row.is_blank]
            reading.kinds.update(dict.fromkeys(filled, Kind.UNCLEAR))
            for index in filled[:1]:
                reading.ask(index, "看不出表格各列是什么，请逐行选择归入哪里")
            continue
        count, roles = found
        roles = _numbered_roles(rows[count:], roles)
        for index, row in enumerate(rows, first):
            if not row.is_blank:
                _read_row(reading, index, roles, is_heading=index < first + count)


def _read_row(reading: Reading, index: int, roles: tuple[str, ...], *, is_heading: bool) -> None:
    row = reading.lines[index]
    reading.roles[index] = roles
    reading.kinds[index] = Kind.TEXT
    if is_heading:
        reading.headings.add(index)
        return
    said = {roles[c.column] for c in row.cells if c.column < len(roles) and c.text.strip()}
    over = table.is_one_cell(row) and any(cell.span > 1 for cell in row.cells)
    if over or (table.is_one_cell(row) and not {table.TASK, table.NUMBER} & said):
        _read_one(reading, index, is_group=table.GROUP in said and not over)
    elif table.TASK in said:
        reading.kinds[index] = Kind.TASK


def _read_one(reading: Reading, index: int, *, is_group: bool) -> None:
    """A row that says but one thing: a group, a heading over all columns, a remark."""
    text = reading.text(index)
    mark = mark_of(text)
    if is_group:
        reading.kinds[index] = Kind.SECTION
    elif mark is not None and mark.form in HEADINGS:
        del reading.roles[index], reading.kinds[index]  # read as any other heading
    elif not _REMARK.match(text):
        del reading.roles[index]
        reading.kinds[index] = Kind.SECTION
        reading.ask(index, "表格中横跨各列的一行，按节的标题读")


def _numbered_roles(rows: Sequence[SourceLine], roles: tuple[str, ...]) -> tuple[str, ...]:
    """Where every row has a number while its task goes on, the task is the measure beside it."""
    if table.NUMBER not in roles or table.MEASURE not in roles:
        return roles
    numbers, task = roles.index(table.NUMBER), roles.index(table.TASK)
    if not any(
        any(c.column == numbers and c.text.strip() for c in row.cells)
        and any(c.column == task and c.continued for c in row.cells)
        for row in rows
    ):
        return roles
    settled = list(roles)
    settled[task] = table.GROUP
    settled[roles.index(table.MEASURE)] = table.TASK
    return tuple(settled)


def _tables(lines: Sequence[SourceLine]) -> list[tuple[int, list[SourceLine]]]:
    """The rows of each table, with the index of the first."""
    found: list[tuple[int, list[SourceLine]]] = []
    for index, line in enumerate(lines):
        if not line.cells:
            continue
        if found and lines[index - 1].cells and lines[index - 1].table == line.table:
            found[-1][1].append(line)
        else:
            found.append((index, [line]))
    return found
