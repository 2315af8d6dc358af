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
from service.web.lawsuit import paper_title, them

LINE: Final = "＿＿＿＿＿＿"
DATED: Final = "　　　　年　　月　　日"
EVIDENCE: Final = 5  # empty lines of the list of evidence


def of(view: LawsuitView, document: str, *, plaintiffs: Sequence[str]) -> Paper:
    """The paper of a case; `plaintiffs` as they are to be named on it."""
    texts, rows, closing = _SHEETS[document](view)
    sides = (
        ("案号", view.case_number or LINE),
        ("案由", view.cause),
        (them(view), "、".join(plaintiffs)),
        (_us(view), view.organisation.name),
    )
    unit = view.organisation.name
    return Paper(
        head=unit,
        title=paper_title(view, document),
        to=view.court,
        texts=texts,
        rows=(*sides, *rows),
        closing=closing,
        end=(unit, "（盖章）", DATED),
    )


def until(view: LawsuitView, document: str) -> str:
    """Until when it is to be with the court, for who writes it; not printed."""
    if document not in ("answer", "evidence"):
        return _NOTES.get(document, "")
    answers = desk().policy.lawsuits.rules_of(Stage.ANSWER)
    due = next((each for each in view.clocks if each.rule in answers), None)
    return f"提交的期限到 {show.long_day(due.due_on)}。" if due else ""


Parts = tuple[Sequence[str], Sequence[tuple[str, str]], Sequence[str]]


def _answer(view: LawsuitView) -> Parts:
    paper, verb = ("行政复议申请书", "答复") if _reviewed(view) else ("起诉状", "答辩")
    said = f"本机关于 {_day(view.served_on)}收到本案{paper}副本，现{verb}如下。"
    rows = (
        ("被申请行政行为" if _reviewed(view) else "被诉行政行为", view.act),
        ("职权依据", LINE),
        ("事实和证据", LINE),
        ("法律依据", LINE),
        ("程序", LINE),
        (f"{verb}请求", LINE),
    )
    return (said,), rows, ()


def _evidence(view: LawsuitView) -> Parts:
    said = "证据和作出行政行为所依据的规范性文件目录如下。"
    rows = [
        (f"证据 {n}", f"名称：{LINE * 3}　页数：＿＿\n证明内容：{LINE * 4}")
        for n in range(1, EVIDENCE + 1)
    ]
    shown = "听证" if _reviewed(view) else "开庭"
    return (said,), [*rows, ("规范性文件", LINE)], (f"证据原件由提交人保存，{shown}时出示。",)


def _mandate(view: LawsuitView) -> Parts:
    case = "参加行政复议" if _reviewed(view) else "代为诉讼"
    said = f"{view.organisation.name}委托下列人员在本案中{case}。"
    rows = (
        ("受委托人一", f"姓名：{LINE * 2}\n单位和职务：{LINE * 2}\n（本机关工作人员）"),
        ("受委托人二", f"姓名：{LINE * 2}\n单位和职务：{LINE * 2}"),
        ("委托权限", LINE),
    )
    return (said,), rows, ()


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
    return (said,), rows, ("本机关已委托上列工作人员出庭。",)


# what who writes a paper has to mind; it is not printed
_NOTES: Final[Mapping[str, str]] = {
    "mandate": "不得只委托律师出庭，至少一名本机关的工作人员出庭。",
    "absence": "要附盖章的证明材料。",
}
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


def _us(view: LawsuitView) -> str:
    stage = "" if _reviewed(view) else f"（{label(view.instance)}）"
    return ("被申请人" if _reviewed(view) else "被告") + stage
