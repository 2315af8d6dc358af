"""What pages and programs show of reports 计划报告 of the yearly plan."""

from typing import Any

from flask import url_for

from config.plan import PlanReportKind
from config.words import label
from service.desk import Desk
from service.queries.plan_report import ReportView
from service.reports import plan as reports
from service.rules import plan_report as rules
from service.rules.plan_report import ReportPeriod
from service.web import show


def document(view: ReportView, desk: Desk, *, public: bool = False) -> bytes:
    """A report as a Word document: a year's in full or as it is published, else a review."""
    if view.kind is not PlanReportKind.YEAR:
        return reports.review(view.told, seal=view.sha256)
    published_on = desk.today(view.published_at) if view.published_at else None
    return reports.yearly(view.told, seal=view.sha256, published_on=published_on, public=public)


def file_name(period: str, *, public: bool = False) -> str:
    """What a file of it is called: letters and figures only."""
    return f"jihua-{period}{'-gongkai' if public else ''}.docx"


def row(view: ReportView, desk: Desk) -> dict[str, Any]:
    """One of a list: what it is, how the plan stood, who made it when."""
    address: dict[str, Any] = {
        "year": view.told.year,
        "period": view.period,
        "revision": view.revision,
    }
    edition = f"（第 {view.revision} 版）" if view.revision > 1 else ""
    return {
        "label": f"{ReportPeriod.parse(view.period).label}{label(view.kind)}{edition}",
        "url": url_for("plan_report.one", **address),
        "sentence": rules.sentence(view.told),
        "made": show.moment(view.made_at, desk.zone),
        "maker": view.maker or "系统按时生成",
        "reason": view.reason,
        "state": _state(view),
        "tone": "ok" if view.published_at else "plain",
    }


def shown(view: ReportView, desk: Desk) -> dict[str, Any]:
    """One with all it tells."""
    told = view.told
    year: dict[str, Any] = {"year": told.year, "period": view.period, "revision": view.revision}
    is_year = view.kind is PlanReportKind.YEAR
    files = [("下载 Word", url_for("plan_report.file", **year))]
    if is_year:
        files.append(("下载公开版", url_for("plan_report.file", **year, public="true")))
    return row(view, desk) | {
        "told": told,
        "lights": rules.LIGHT_WORDS,
        "sums": [(words, told.sums[light], light) for light, words in rules.LIGHT_WORDS.items()],
        "as_of": reports.day_text(told.as_of),
        "sha256": view.sha256,
        "files": [{"label": words, "url": url} for words, url in files],
        "tasks": [_task(each, told.year) for each in told.tasks],
        "units": reports.units(told),
        "evidence": reports.evidence(told),
        "is_year": is_year,
        "before": ReportPeriod.parse(told.before).label if told.before else None,
    }


def _task(task: rules.TaskTold, year: int) -> dict[str, Any]:
    return {
        "number": task.number,
        "name": task.name,
        "url": url_for("plan_task.detail", year=year, number=task.number),
        "lead": task.lead,
        "light": task.light,
        "word": rules.LIGHT_WORDS[task.light],
        "reasons": task.reasons,
        "evidence": len(task.evidence),
    }


def _state(view: ReportView) -> str:
    if view.kind is not PlanReportKind.YEAR:
        return ""
    return "已发布" if view.published_at else "待发布"
