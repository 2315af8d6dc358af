"""Due dates 期限 with the day-by-day table behind them, and years of the calendar from a file."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from config.clock import ClockRule
from config.text import Malformed
from config.vocabulary import DayKind
from config.words import label
from service.cli.deployment import Deployment, pass_deployment
from service.clock import utc_now
from service.desk import Desk
from service.errors import Invalid
from service.operations import calendar as operations
from service.queries import calendar_move as moves
from service.queries.calendar_move import Counts
from service.queries.user import by_username
from service.rules import calendar_notice, deadlines, listing
from service.rules import calendar_year as rules
from service.rules.access import Actor
from service.rules.calendar_notice import Notice
from service.rules.deadlines import Explanation

KINDS = {
    DayKind.COUNTED: "计",
    DayKind.WEEKEND: "周末",
    DayKind.HOLIDAY: "放假",
    DayKind.MAKEUP: "调休上班，计",
    DayKind.PAUSED: "中止",
    DayKind.ROLLED: "顺延至此",
}

DOUBTS = 5  # said with a refusal; a file of another year is nothing else


@click.group()
def calendar() -> None:
    """期限的计算和工作日历。"""


@calendar.command()
@click.option("--rule", "rule_id", required=True, help="期限规则，例如 CONS.ACCEPT")
@click.option("--from", "start", required=True, help="起算日，例如 2026-09-22；以小时计的写到分")
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象")
@pass_deployment
def explain(deployment: Deployment, rule_id: str, start: str, *, as_json: bool) -> None:
    """到期日，逐日列出怎么数出来的；按现行的工作日历。"""
    with deployment.open() as desk:
        clocks, stands = desk.policy.clocks, desk.calendar
        begun = _start(start, desk)
    if rule_id not in clocks:
        raise click.ClickException(f"没有这条期限规则：{rule_id}")
    rule = clocks[rule_id]
    try:
        found = deadlines.explain(rule, begun, stands)
    except ValueError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(json.dumps(found.as_dict(), ensure_ascii=False) if as_json else _table(rule, found))


@calendar.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--year", required=True, type=click.IntRange(1990, 2199), help="哪一年")
@click.option("--source", help="依据哪份通知；不写则用文件里的文号")
@click.option("--commit", is_flag=True, help="存为草稿，等别人签发；不加则只试读")
@click.option("--by", "username", help="拟稿人的用户名，与 --commit 同用")
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象")
@pass_deployment
def import_(
    deployment: Deployment,
    file: Path,
    *,
    year: int,
    source: str | None,
    commit: bool,
    username: str | None,
    as_json: bool,
) -> None:
    """读入一年的放假安排：通知的文字，或者 holiday-cn 的 JSON；先列出影响哪些期限。"""
    found = _read(file, year)
    told = source or found.source
    made: UUID | None = None
    with deployment.open() as desk:
        _check(year, found)
        then = rules.put_in_force(desk.calendar, {year: found.days}, desk.calendar.version + 1)
        counted = moves.counts(year, then, desk=desk)
        stands = year in desk.calendar.holidays.years
        same = stands and found.days == rules.of_year(desk.calendar.holidays, year)
        if commit:
            made = _draft(year, found, told, username, desk)
    if as_json:
        click.echo(json.dumps(_as_json(year, found, told, counted, made), ensure_ascii=False))
    else:
        _tell(found, counted, made)
        if same:
            click.echo(f"与现行的 {year} 年日历相同，不用再签发")


def _read(file: Path, year: int) -> Notice:
    try:
        return calendar_notice.read(listing.text_of(file.read_bytes()), year)
    except Malformed as refusal:
        raise click.ClickException(f"{file.name}：{refusal.reason}") from refusal


def _check(year: int, found: Notice) -> None:
    """Refuse days that cannot be so by the row that was read, with what could not be read."""
    try:
        rules.check(year, found.days)
    except Invalid as refusal:
        said = [f"{_row(path, found)}{'，'.join(each)}" for path, each in refusal.fields.items()]
        said += found.doubts[:DOUBTS]
        if len(found.doubts) > DOUBTS:
            said.append(f"没有读懂的一共 {len(found.doubts)} 处")
        raise click.ClickException("；".join(said)) from refusal


def _row(path: str, found: Notice) -> str:
    """放假第 2 行（2027-01-01 元旦）：; nothing where no row is meant."""
    part, _, rest = path.partition(".")
    if not rest:
        return ""
    place = int(rest.split(".")[0])
    if part == "off":
        row = found.days.off[place]
        return f"放假第 {place + 1} 行（{row.from_on} {row.name}）："
    made_up = found.days.work[place]
    return f"上班第 {place + 1} 行（{made_up.on} {made_up.name}）："


def _draft(year: int, found: Notice, source: str, username: str | None, desk: Desk) -> UUID:
    if not source:
        raise Invalid({"source": ["请用 --source 写明依据哪份通知"]})
    return operations.draft(
        year, found.days, source, actor=_drafter(username), desk=desk, now=utc_now()
    )


def _drafter(username: str | None) -> Actor:
    found = by_username(username) if username else None
    if found is None:
        raise click.BadParameter("请写明拟稿人的用户名", param_hint="--by")
    return found


def _as_json(
    year: int, found: Notice, source: str, counted: Counts, made: UUID | None
) -> dict[str, Any]:
    return {
        "year": year,
        "source": source,
        **found.days.as_json(),
        "doubts": list(found.doubts),
        "rest": list(found.rest),
        "moves": {
            "looked_at": counted.looked_at,
            "later": counted.later,
            "earlier": counted.earlier,
            "firmed": counted.firmed,
            "loosened": counted.loosened,
            "requests": counted.requests,
        },
        "draft": str(made) if made else None,
    }


def _tell(found: Notice, counted: Counts, made: UUID | None) -> None:
    for each in found.days.off:
        click.echo(f"放假 {each.from_on} 到 {each.to_on} {each.name}")
    for day in found.days.work:
        click.echo(f"上班 {day.on} {day.name}")
    for said in found.doubts:
        click.echo(f"请核对：{said}")
    for said in found.rest:
        click.echo(f"没有用到：{said}")
    click.echo(
        f"签发以后：推后 {counted.later}，提前 {counted.earlier}，"
        f"不再暂定 {counted.firmed}，变为暂定 {counted.loosened}，"
        f"个人信息申请 {counted.requests}"
    )
    if made is None:
        click.echo("这是试读，没有写入；加 --commit --by 用户名 存为草稿")
    else:
        click.echo(f"已存为草稿 {made}，等别人签发")


def _start(text: str, desk: Desk) -> date | datetime:
    try:
        return deadlines.begun(text, desk.zone)
    except ValueError as refusal:
        raise click.BadParameter(str(refusal), param_hint="--from") from refusal


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
