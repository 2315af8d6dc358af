"""Due dates 期限 with the day-by-day table behind them."""

import json
from collections.abc import Iterator
from datetime import date, datetime

import click

from config.clock import ClockRule
from config.vocabulary import DayKind
from config.words import label
from service.cli.deployment import Deployment, pass_deployment
from service.rules import deadlines
from service.rules.calendar import WorkCalendar
from service.rules.deadlines import Explanation

KINDS = {
    DayKind.COUNTED: "计",
    DayKind.WEEKEND: "周末",
    DayKind.HOLIDAY: "放假",
    DayKind.MAKEUP: "调休上班，计",
    DayKind.PAUSED: "中止",
    DayKind.ROLLED: "顺延至此",
}


@click.group()
def calendar() -> None:
    """期限的计算。"""


@calendar.command()
@click.option("--rule", "rule_id", required=True, help="期限规则，例如 CONS.ACCEPT")
@click.option("--from", "start", required=True, help="起算日，例如 2026-09-22；以小时计的写到分")
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象")
@pass_deployment
def explain(deployment: Deployment, rule_id: str, start: str, *, as_json: bool) -> None:
    """到期日，逐日列出怎么数出来的。"""
    chosen = deployment.policy
    if rule_id not in chosen.clocks:
        raise click.ClickException(f"没有这条期限规则：{rule_id}")
    rule = chosen.clocks[rule_id]
    begun = _start(start)
    try:
        found = deadlines.explain(rule, begun, WorkCalendar(chosen.holidays))
    except ValueError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(json.dumps(found.as_dict(), ensure_ascii=False) if as_json else _table(rule, found))


def _start(text: str) -> date | datetime:
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text)
    except ValueError as refusal:
        raise click.BadParameter("应为日期，例如 2026-09-22", param_hint="--from") from refusal


def _table(rule: ClockRule, found: Explanation) -> str:
    provisional = "（暂定）" if found.provisional else ""
    length = f"{rule.length}{label(rule.unit)}"
    return "\n".join(
        [
            f"{rule.id} {rule.name}（{label(rule.kind)}）",
            f"起算 {found.start}，当日不计，{length}",
            *(" ".join(filter(None, (f"{d.on}", KINDS[d.kind], d.name))) for d in found.days),
            *_behind(rule, found.start),
            f"到期 {found.due}{provisional}",
        ]
    )


def _behind(rule: ClockRule, start: date | datetime) -> Iterator[str]:
    """What stands behind the date: law and grade, what may change it, and what to mind."""
    for row in deadlines.in_force(rule.basis, start):
        cited = " ".join(filter(None, (row.law, row.article)))
        yield f"依据 {cited}（{row.grade} {label(row.grade)}）"
    if rule.extension:
        most = f"{rule.extension}{label(rule.unit)}，最多{rule.extension_times}次"
        yield f"延长 每次不超过{most}"
    if rule.note:
        yield f"说明 {rule.note}"
    if not rule.is_in_force(start.date() if isinstance(start, datetime) else start):
        begun, ended = rule.valid_from or "", rule.valid_to or ""
        yield f"注意 起算日不在这条规则的适用期间（{begun}～{ended}）"
