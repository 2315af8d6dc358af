"""The yearly plan 年度计划 on paper: the yearly report as a Word file, the quarter's review."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from config.plan import EvidenceKind, PlanLight
from config.words import label
from service.reports import docx
from service.reports.docx import Paragraph, Style, Table
from service.rules import plan_report as rules
from service.rules.plan_month import Call
from service.rules.plan_report import (
    DROPPED,
    LIGHT_WORDS,
    EvidenceTold,
    PlanTold,
    ReportPeriod,
    TaskTold,
)

NOTHING: Final = "—"
GOING: Final = "按计划推进"
HASH_SHOWN: Final = 12  # characters of a digest that tell one file from another on paper
OPEN: Final = (PlanLight.RED, PlanLight.YELLOW, PlanLight.GREEN, PlanLight.WAITING)
DRAFT: Final = "送审稿"
HAN: Final = "〇一二三四五六七八九"
_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of the list of evidence 佐证目录: its number there, and the task it is of."""

    number: int
    task: TaskTold
    file: EvidenceTold


def yearly(told: PlanTold, *, seal: str, published_on: date | None, public: bool = False) -> bytes:
    """The yearly report 年度报告 as a Word file; a draft until it is published.

    The `public` edition leaves out what is not made public: files, their digests, notes.
    """
    listed = evidence(told)
    shown = tuple(each for each in listed if each.file.public) if public else listed
    draft = DRAFT if published_on is None else ""
    blocks: list[docx.Block] = [
        *([Paragraph(draft, Style.FLUSH)] if draft else []),
        Paragraph(title(told), Style.TITLE),
        *_overall(told),
        Paragraph("二、各项任务落实情况", Style.HEADING),
        *_tasks(told, shown, public=public),
        *_unfinished(told),
        Paragraph(told.town, Style.SIGNATURE),
        Paragraph(day_text(published_on) if published_on else "　　年　月　日", Style.SIGNATURE),
        Paragraph("附件1　任务完成情况表", Style.APPENDIX),
        _table_of_tasks(told),
        Paragraph("附件2　佐证目录", Style.APPENDIX),
        *_evidence(shown, public=public),
        Paragraph("附件3　主动公开目录", Style.APPENDIX),
        *_published(listed, public=public),
    ]
    mark = f"内容校验码（SHA-256）{seal}"
    return docx.document(blocks, footer=f"{draft}　{mark}" if draft else mark)


def review(told: PlanTold, *, seal: str) -> bytes:
    """The review 季度点评 of a quarter as a Word file."""
    return docx.document(
        [
            Paragraph(review_title(told), Style.TITLE),
            Paragraph(f"截至{day_text(told.as_of)}，{rules.sentence(told)}。"),
            *_moved(told),
            *_red(told),
            *_by_unit(told),
        ],
        footer=f"内容校验码（SHA-256）{seal}",
    )


def html(told: PlanTold) -> str:
    """The review as one page without outside parts, for mail."""
    return _ENVIRONMENT.get_template("plan_review.html").render(_words(told))


def text(told: PlanTold) -> str:
    """The review for readers without HTML."""
    return _ENVIRONMENT.get_template("plan_review.txt").render(_words(told))


def month_text(town: str, period: ReportPeriod, calls: Sequence[Call]) -> str:
    """What one person moves in a month, as plain text."""
    words = {"town": town, "period": period, "calls": calls}
    return _ENVIRONMENT.get_template("plan_month.txt").render(words)


def title(told: PlanTold) -> str:
    """青龙山镇2026年法治政府建设工作计划落实情况报告."""
    return f"{named(told)}落实情况报告"


def review_title(told: PlanTold) -> str:
    """…工作计划2026年第3季度点评."""
    period = ReportPeriod.parse(told.period).label
    return f"{named(told)}{period.removeprefix(f'{told.year}年')}点评"


def named(told: PlanTold) -> str:
    """What the plan is called; a document without a title gets one."""
    return told.title or f"{told.town}{told.year}年度工作计划"


def day_text(day: date | str) -> str:
    """2026年3月5日."""
    value = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{value.year}年{value.month}月{value.day}日"


def han(number: int) -> str:
    """A number below a hundred as chapters have it: 二十三."""
    tens, ones = divmod(number, 10)
    ten = "" if not tens else f"{HAN[tens] if tens > 1 else ''}十"
    return f"{ten}{HAN[ones] if ones else ''}"


def evidence(told: PlanTold) -> tuple[Listed, ...]:
    """Every file of the plan, numbered in the order of the tasks."""
    found = [(task, file) for task in told.tasks for file in task.evidence]
    return tuple(Listed(number, *each) for number, each in enumerate(found, 1))


def units(told: PlanTold) -> list[tuple[str, dict[str, int]]]:
    """The units in the lead with how many of their tasks have which light; most red first."""
    names = {each.lead for each in told.tasks if each.lead}
    rows = [
        (
            name,
            {
                light: sum(each.lead == name and each.light == light for each in told.tasks)
                for light in LIGHT_WORDS
            },
        )
        for name in names
    ]
    return sorted(rows, key=lambda row: (-row[1][PlanLight.RED], -row[1][PlanLight.YELLOW], row[0]))


def _overall(told: PlanTold) -> list[docx.Block]:
    approved = "" if told.approved else "计划的现行文本还没有批准。"
    sums = [
        (
            chapter or "没有列入各章的任务",
            *(_count(told.of_chapter(place), light) for light in LIGHT_WORDS),
        )
        for place, chapter in enumerate(told.chapters)
    ]
    whole = ("合计", *(_count(told.tasks, light) for light in LIGHT_WORDS))
    sentence = f"截至{day_text(told.as_of)}，{named(told)}共{rules.sentence(told)}。{approved}"
    return [
        Paragraph("一、总体情况", Style.HEADING),
        Paragraph(sentence),
        Table([*sums, whole], (44, *([9] * len(LIGHT_WORDS))), ("章", *LIGHT_WORDS.values())),
    ]


def _count(tasks: Sequence[TaskTold], light: str) -> str:
    count = sum(each.light == light for each in tasks)
    return str(count) if count else ""


def _tasks(told: PlanTold, listed: Sequence[Listed], *, public: bool) -> list[docx.Block]:
    blocks: list[docx.Block] = []
    for place, chapter in enumerate(told.chapters):
        tasks = told.of_chapter(place)
        if tasks:
            numbered = f"（{han(place + 1)}）{chapter or '其他任务'}"
            blocks.append(Paragraph(numbered, Style.SUBHEADING))
        for task in tasks:
            blocks.extend(Paragraph(each) for each in _told(task, listed, public=public))
    return blocks


def _told(task: TaskTold, listed: Sequence[Listed], *, public: bool) -> list[str]:
    lead = f"牵头单位：{task.lead or '没有确定'}"
    assists = f"；配合单位：{'、'.join(task.assists)}" if task.assists else ""
    said = [f"任务{task.number}　{task.name}（{lead}{assists}）。{_state(task)}"]
    reached = [
        f"{each.name}（{day_text(each.done_on)}）" for each in task.milestones if each.done_on
    ]
    if reached:
        said.append(f"完成节点：{'；'.join(reached)}。")
    if task.notes and not public:
        notes = "；".join(f"{day_text(on)}，{_unended(text)}" for on, text in sorted(task.notes))
        said.append(f"进展：{notes}。")
    if task.figures:
        figures = (
            f"{e.name} {e.value}{f'（目标{e.target}）' if e.target else ''}" for e in task.figures
        )
        said.append(f"指标：{'；'.join(figures)}。")
    if task.registers:
        said.append(f"台账：{'；'.join(_register(each) for each in task.registers)}。")
    numbers = [str(each.number) for each in listed if each.task.number == task.number]
    if numbers:
        said.append(f"佐证：见附件2第 {'、'.join(numbers)} 号。")
    return said


def _unended(text: str) -> str:
    return text.strip().rstrip("。；;.")


def _register(each: rules.RegisterTold) -> str:
    late = f"，其中超期 {each.late} 条" if each.late else ""
    rest = f"，在办 {each.open} 条{late}" if each.open else ""
    return f"{each.name}本年登记 {each.rows} 条{rest}"


def _state(task: TaskTold) -> str:
    if task.done_on:
        return f"{day_text(task.done_on)}完成。"
    if task.light == DROPPED:
        return f"已取消：{task.why_dropped}。"
    return f"{LIGHT_WORDS[task.light]}，应于{day_text(task.due_on)}前完成。"


def _unfinished(told: PlanTold) -> list[docx.Block]:
    """What is not done, and why: the reasons the lights give."""
    open_ = told.with_light(*OPEN)
    if not open_:
        return [Paragraph("三、尚未完成的任务", Style.HEADING), Paragraph("没有。")]
    rows = [
        (each.number, each.name, each.lead or NOTHING, "\n".join(each.reasons) or GOING)
        for each in open_
    ]
    return [
        Paragraph("三、尚未完成的任务", Style.HEADING),
        Table(rows, (8, 26, 18, 48), ("序号", "任务", "牵头单位", "原因")),
    ]


def _table_of_tasks(told: PlanTold) -> docx.Block:
    rows = [
        (
            each.number,
            each.name,
            each.lead or NOTHING,
            each.due_on,
            each.done_on or NOTHING,
            LIGHT_WORDS[each.light],
            str(len(each.evidence)) if each.evidence else "",
        )
        for each in told.tasks
    ]
    head = ("序号", "任务", "牵头单位", "期限", "完成日期", "状态", "佐证")
    return Table(rows, (7, 26, 16, 18, 18, 8, 7), head)


def _evidence(listed: Sequence[Listed], *, public: bool) -> list[docx.Block]:
    if not listed:
        return [Paragraph("没有佐证。")]
    rows = [
        (
            str(each.number),
            each.task.number,
            label(EvidenceKind(each.file.kind)),
            _about(each.file),
            each.file.on,
            *(() if public else (each.file.sha256[:HASH_SHOWN],)),
        )
        for each in listed
    ]
    head = ("编号", "任务", "类型", "内容", "日期", *(() if public else ("校验值",)))
    widths = (8, 8, 13, 32, 18, *(() if public else (21,)))
    return [
        *([] if public else [Paragraph("校验值为文件 SHA-256 的前 12 位。", Style.NOTE)]),
        Table(rows, widths, head),
    ]


def _about(file: EvidenceTold) -> str:
    return f"{file.about}（{file.milestone}）" if file.milestone else file.about


def _published(listed: Sequence[Listed], *, public: bool) -> list[docx.Block]:
    """What is public, with day and place; what is meant to be and is not yet."""
    out = [each for each in listed if each.file.published_on]
    waiting = [each for each in listed if each.file.public and not each.file.published_on]
    rows = [
        (
            str(each.number),
            _about(each.file),
            each.file.published_on or "",
            each.file.published_at or NOTHING,
        )
        for each in out
    ]
    head = ("编号", "内容", "公开日期", "公开位置")
    said: list[docx.Block] = [Table(rows, (8, 42, 18, 32), head)] if rows else []
    if not rows:
        said.append(Paragraph("还没有公开的内容。"))
    if waiting and not public:
        names = "；".join(f"{each.number}　{_about(each.file)}" for each in waiting)
        said.append(Paragraph(f"应当公开、还没有公开：{names}。"))
    return said


def _moved(told: PlanTold) -> list[docx.Block]:
    if not told.moves:
        return []
    rows = [
        (each.number, each.name, LIGHT_WORDS[each.before], LIGHT_WORDS[each.after])
        for each in told.moves
    ]
    return [
        Paragraph("一、比上期变化的任务", Style.HEADING),
        Table(rows, (10, 54, 18, 18), ("序号", "任务", "上期", "本期")),
    ]


def _red(told: PlanTold) -> list[docx.Block]:
    rows = [
        (each.number, each.name, each.lead or NOTHING, "\n".join(each.reasons))
        for each in (*told.with_light(PlanLight.RED), *told.with_light(PlanLight.YELLOW))
    ]
    place = "二" if told.moves else "一"
    said: list[docx.Block] = [Paragraph(f"{place}、红灯和黄灯任务", Style.HEADING)]
    if not rows:
        return [*said, Paragraph("没有。")]
    return [*said, Table(rows, (8, 28, 18, 46), ("序号", "任务", "牵头单位", "原因"))]


def _by_unit(told: PlanTold) -> list[docx.Block]:
    rows = [
        (name, *(str(counts[light] or "") for light in LIGHT_WORDS)) for name, counts in units(told)
    ]
    place = "三" if told.moves else "二"
    return [
        Paragraph(f"{place}、各牵头单位", Style.HEADING),
        Table(rows, (40, *([10] * len(LIGHT_WORDS))), ("单位", *LIGHT_WORDS.values())),
    ]


def _words(told: PlanTold) -> dict[str, Any]:
    return {
        "told": told,
        "title": review_title(told),
        "sentence": rules.sentence(told),
        "as_of": day_text(told.as_of),
        "lights": LIGHT_WORDS,
        "pressing": (*told.with_light(PlanLight.RED), *told.with_light(PlanLight.YELLOW)),
        "units": units(told),
    }
