"""Due dates 期限 with the day-by-day table behind them."""

import json
from datetime import date, datetime

import click

from config.clock import ClockRule
from config.vocabulary import DayKind
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
    days = [" ".join(filter(None, (f"{d.on}", KINDS[d.kind], d.name))) for d in found.days]
    head = [f"{rule.id} {rule.name}", f"起算 {found.start}，当日不计"]
    provisional = "（暂定）" if found.provisional else ""
    return "\n".join([*head, *days, f"到期 {found.due}{provisional}"])
