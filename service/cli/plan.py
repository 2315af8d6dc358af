"""Importing a yearly plan 年度计划 from the command line."""

import json
from pathlib import Path
from typing import Any

import click

from service.cli.deployment import Deployment, pass_deployment
from service.clock import utc_now
from service.gateways import document
from service.operations import plan_import as operations
from service.operations.plan_import import Source
from service.operations.plan_take import Taken
from service.rules.plan_text import PlanText, assemble, classify


@click.group()
def plan() -> None:
    """年度计划。"""


@plan.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--year", required=True, type=click.IntRange(1990, 2199), help="计划的年度")
@click.option("--commit", is_flag=True, help="写入计划；不加则只试读")
@click.option("--town", help="写入哪个镇的计划，写镇政府的名称；只有一个镇时不用写")
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象")
@pass_deployment
def import_(
    deployment: Deployment, file: Path, year: int, *, commit: bool, town: str | None, as_json: bool
) -> None:
    """试读或写入一份计划（.docx 或 .txt），读成章、节、任务；看不准的逐处列出。

    已有这一年计划的，按文字比较后更新：改了字的任务保留单位、节点、进展和佐证，文本里没有了的任务标为取消。
    """
    content = file.read_bytes()
    found = assemble(classify(document.read(content)))
    done: Taken | None = None
    if commit:
        source = Source(year, file.name, content)
        with deployment.open() as desk:
            done = operations.take_file(source, town=town, desk=desk, now=utc_now())
    if as_json:
        told: dict[str, Any] = {"year": year, "committed": commit}
        told["changes"] = dict(done.counts) if done else {}
        click.echo(json.dumps(found.as_json() | told, ensure_ascii=False))
        return
    _tell(found)
    if not commit:
        click.echo("这是试读，计划没有改；加 --commit 写入计划")
    elif done is None:
        click.echo(f"与 {year} 年的计划相同，没有变化")
    else:
        _tell_done(done, year)


def _tell(found: PlanText) -> None:
    click.echo(found.title or "（文中没有标题）")
    for chapter in found.chapters:
        tasks = sum(len(section.tasks) for section in chapter.sections)
        words = f"{chapter.number or ''} {chapter.title or '（不在章下）'}".strip()
        click.echo(f"  {words}：{len(chapter.sections)} 节 {tasks} 项任务")
    click.echo(
        f"{len(found.chapters)} 章 {len(found.sections)} 节 {len(found.tasks)} 项任务；"
        f"疑问 {len(found.questions)} 处，未归入 {len(found.unplaced)} 行"
    )
    for place, text, question in found.questions:
        click.echo(f"  {place}“{text}”：{question}")


def _tell_done(done: Taken, year: int) -> None:
    counts = done.counts
    click.echo(
        f"已写入 {year} 年的计划：新增 {counts.get('added', 0)} 项，"
        f"改写 {counts.get('reworded', 0)} 项，移动或改编号 {counts.get('moved', 0)} 项，"
        f"取消 {counts.get('dropped', 0)} 项"
    )
    if done.unmatched:
        click.echo(f"没有对上单位的名称，保留在任务里：{'、'.join(done.unmatched)}")
