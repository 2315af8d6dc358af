"""What the papers of a case say: 答辩状, 证据目录, 授权委托书, 身份证明, 不能出庭情况说明.

They are drafts: what the system does not know stands as a line to be filled by hand.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from config.lawsuit import Stage
from config.vocabulary import LawsuitProcedure
from config.words import label
from service.queries.lawsuit import LawsuitView
from service.reports.paper import Paper
from service.web import show
from service.web.door import desk
from service.web.lawsuit import PAPERS

LINE: Final = "＿＿＿＿＿＿"
DATED: Final = "　　　　年　　月　　日"
EVIDENCE: Final = 5  # empty lines of the list of evidence


def of(view: LawsuitView, document: str, *, plaintiffs: Sequence[str]) -> Paper:
    """The paper of a case; `plaintiffs` as they are to be named on it."""
    texts, rows, closing = _SHEETS[document](view)
    sides = (
        ("案号", view.case_number or LINE),
        ("案由", view.cause),
        (_them(view), "、".join(plaintiffs)),
        (_us(view), view.organisation.name),
    )
    unit = view.organisation.name
    return Paper(
        head=unit,
        title="行政复议答复书" if document == "answer" and _reviewed(view) else PAPERS[document],
        to=view.court,
        texts=texts,
        rows=(*sides, *rows),
        closing=closing,
        end=(unit, "（盖章）", DATED),
    )


def until(view: LawsuitView, document: str) -> str:
    """Until when it is to be with the court, for who writes it; not printed."""
    if document not in ("answer", "evidence"):
        return ""
    answers = desk().policy.lawsuits.rules_of(Stage.ANSWER)
    due = next((each for each in view.clocks if each.rule in answers), None)
    return f"提交的期限到 {show.long_day(due.due_on)}。" if due else ""


Parts = tuple[Sequence[str], Sequence[tuple[str, str]], Sequence[str]]


def _answer(view: LawsuitView) -> Parts:
    said = f"{view.organisation.name}于 {_day(view.served_on)} 收到材料，现答复如下。"
    rows = (
        ("被诉行政行为", view.act),
        ("作出的职权依据", LINE),
        ("认定的事实和证据", LINE),
        ("适用的法律依据", LINE),
        ("作出的程序", LINE),
        ("答辩请求", LINE),
    )
    return (said,), rows, ()


def _evidence(_: LawsuitView) -> Parts:
    said = "证据和作出行政行为所依据的规范性文件目录如下。"
    rows = [
        (f"证据 {n}", f"名称：{LINE}\n证明内容：{LINE}\n页数：＿＿") for n in range(1, EVIDENCE + 1)
    ]
    return (said,), [*rows, ("规范性文件", LINE)], ("证据原件由提交人保存，开庭时出示。",)


def _mandate(view: LawsuitView) -> Parts:
    said = f"{view.organisation.name}委托下列人员在本案中代为诉讼。"
    rows = (
        ("受委托人一", f"姓名：{LINE}\n单位和职务：{LINE}\n（行政机关工作人员）"),
        ("受委托人二", f"姓名：{LINE}\n单位：{LINE}"),
        ("委托权限", LINE),
    )
    return (said,), rows, ("不得只委托律师出庭，至少一名本机关的工作人员出庭。",)


def _identity(view: LawsuitView) -> Parts:
    planned = next((e for e in reversed(view.hearings) if e.planned_head), None)
    name = planned.planned_head if planned else None
    title = planned.planned_title if planned else None
    said = f"下列人员是{view.organisation.name}的负责人，特此证明。"
    rows = (("姓名", name or LINE), ("职务", title or LINE), ("联系电话", LINE))
    return (said,), rows, ("附：身份证复印件。",)


def _absence(view: LawsuitView) -> Parts:
    planned = next((each for each in reversed(view.hearings) if each.planned_on), None)
    day = _day(planned.planned_on) if planned and planned.planned_on else LINE
    away = next((each for each in reversed(view.hearings) if each.reason_label), None)
    reasons = "、".join(each.words for each in desk().policy.lawsuits.absences.values())
    rows = (
        ("开庭日期", day),
        ("不能出庭的理由", (away.reason_label if away else None) or f"{LINE}（{reasons}）"),
        ("具体情况", LINE),
        ("证明材料", (away.proof if away else None) or LINE),
        ("出庭的工作人员", LINE),
    )
    said = f"{view.organisation.name}负责人因故不能出庭，现说明如下。"
    return (said,), rows, ("负责人不能出庭的，委托相应的工作人员出庭，不只委托律师。",)


_SHEETS: Final[Mapping[str, Callable[[LawsuitView], Parts]]] = {
    "answer": _answer,
    "evidence": _evidence,
    "mandate": _mandate,
    "identity": _identity,
    "absence": _absence,
}


def _day(on: date) -> str:
    return show.day(on, year=0)


def _reviewed(view: LawsuitView) -> bool:
    return view.procedure is LawsuitProcedure.REVIEW


def _them(view: LawsuitView) -> str:
    if view.procedure is LawsuitProcedure.PUBLIC_INTEREST:
        return "公益诉讼起诉人"
    return "申请人" if _reviewed(view) else "原告"


def _us(view: LawsuitView) -> str:
    stage = "" if _reviewed(view) else f"（{label(view.instance)}）"
    return ("被申请人" if _reviewed(view) else "被告") + stage
