"""Tables of a plan 任务分解表: which column holds what, over one row of headings or several."""

import re
from collections.abc import Sequence
from typing import Final

from service.rules.plan_text.line import Cell, SourceLine

NUMBER, GROUP, TASK, MEASURE = "number", "group", "task", "measure"
OTHER: Final = ""
MOST_HEADING_ROWS: Final = 3
_ROLES: Final = (
    (NUMBER, r"序号|编号|项次|顺序号|序列|任务编号"),
    ("lead", r"牵头单位|牵头部门|牵头科室|主办单位|主责单位|牵头"),
    ("assist", r"配合单位|协办单位|配合部门|参与单位|参加单位|协同单位|协作单位|配合"),
    ("owners", r"责任人员?|责任领导|牵头领导|分管领导|包联领导|负责人|牵头人|联系人"),
    (
        "answer",
        (
            r"责任单位(?:及责任人|和责任人|（?部门）?)?|责任部门|责任主体|责任科室|责任站所|承办单位|落实单位|实施单位"
            r"|责任分工"
        ),
    ),
    (
        "due",
        r"(?:计划)?完成(?:时限|时间|期限)|时限要求|时间要求|时间节点|时限|期限|进度安排|推进时限|时间安排|完成时序",
    ),
    (
        MEASURE,
        r"具体措施|工作措施|主要措施|推进措施|落实措施|措施|工作举措|具体举措|主要举措|举措|具体内容|具体任务|任务分解",
    ),
    (
        TASK,
        (
            r"(?:年度)?(?:重点|主要|具体)?(?:工作)?任务(?:内容|名称|事项)?|工作(?:内容|事项|要点)|(?:重点|主要)工作(?:内容|任务)?"
            r"|任务清单|内容|事项|项目名称"
        ),
    ),
    (
        GROUP,
        (
            r"类别|任务类别|工作类别|领域|重点领域|一级指标|二级指标|板块|重点方向|工作方向|主要方向|大类|分类|项目|任务分类|总任务"
            r"|主要目标|目标任务|工作项目"
        ),
    ),
    (
        "goal",
        r"工作目标|目标|预期目标|预期成效|预期成果|完成标准|工作标准|目标要求|工作要求|成果形式|考核指标|评价标准",
    ),
    ("remark", r"备注|说明|进展情况|完成情况|落实情况|进展"),
)
_COMPILED: Final = tuple((role, re.compile(pattern)) for role, pattern in _ROLES)
_UNWANTED: Final = re.compile(r"[\s\u3000：:*＊]|[（(][^（()）]{0,20}[)）]$")
WORKING: Final = frozenset(("lead", "answer", "assist", "owners", "due"))


def role_of(heading: str) -> str | None:
    """What a column with this heading holds; None where the heading says nothing known."""
    tidy = _UNWANTED.sub("", heading)
    return next((role for role, pattern in _COMPILED if pattern.fullmatch(tidy)), None)


def roles_of(rows: Sequence[SourceLine]) -> tuple[int, tuple[str, ...]] | None:
    """How many rows are headings, and the role of each column; None where that is unclear.

    A heading may stand over several columns and be told apart in the row below it.
    """
    found: list[tuple[int, int, int, tuple[str, ...]]] = []
    for start in range(min(2, len(rows))):  # the table's own title may be its first row
        for end in range(start + 1, min(start + MOST_HEADING_ROWS, len(rows)) + 1):
            heading = rows[start:end]
            if roles := _columns(heading):
                pure = sum(map(_is_heading, heading))
                found.append((_known(roles), pure, -end, roles))
    if not found:
        return None
    _, _, end, roles = max(found, key=lambda each: each[:3])
    return -end, roles


def is_one_cell(row: SourceLine) -> bool:
    """Is there but one thing said in this row, over its whole width or in one of its cells?"""
    return len({cell.text.strip() for cell in row.cells if cell.text.strip()}) == 1


def _columns(rows: Sequence[SourceLine]) -> tuple[str, ...] | None:
    width = max((cell.column + cell.span for row in rows for cell in row.cells), default=0)
    roles: list[str] = []
    for column in range(width):
        over = [cell for row in rows for cell in row.cells if _covers(cell, column)]
        said = [role for cell in over if (role := role_of(cell.text))]
        roles.append(said[-1] if said else OTHER)
        if len(rows) > 1 and any(len(cell.text.strip()) > 20 for cell in over):
            return None  # that is an entry, no heading
    return _settled(tuple(roles)) if _is_clear(roles) else None


def _is_heading(row: SourceLine) -> bool:
    said = [cell.text for cell in row.cells if cell.text.strip()]
    return bool(said) and all(map(role_of, said))


def _covers(cell: Cell, column: int) -> bool:
    return cell.column <= column < cell.column + cell.span


def _is_clear(roles: Sequence[str]) -> bool:
    wording = {TASK, MEASURE, GROUP, "goal"} & set(roles)
    return bool(wording) and bool(
        (WORKING | {NUMBER, MEASURE}) & set(roles) - wording or len(wording) > 1
    )


def _settled(roles: tuple[str, ...]) -> tuple[str, ...]:
    """One column holds the task: the one headed so, else the finest there is."""
    tasks = [column for column, role in enumerate(roles) if role == TASK]
    settled = list(roles)
    if not tasks:
        for role in (MEASURE, "goal", GROUP):
            if role in roles:
                tasks = [len(roles) - 1 - roles[::-1].index(role)]
                break
    for column in tasks[:-1]:
        settled[column] = GROUP
    settled[tasks[-1]] = TASK
    return tuple(settled)


def _known(roles: Sequence[str]) -> int:
    return sum(role != OTHER for role in roles)
