"""Importing a yearly plan 年度计划 from the command line."""

import json
from pathlib import Path

import click

from service.gateways import document
from service.rules.plan_text import PlanText, assemble, classify


@click.group()
def plan() -> None:
    """年度计划。"""


@plan.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--year", required=True, type=click.IntRange(1990, 2199), help="计划的年度")
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象")
def import_(file: Path, year: int, *, as_json: bool) -> None:
    """试读一份计划（.docx 或 .txt），读成章、节、任务；看不准的逐处列出。"""
    found = assemble(classify(document.read(file.read_bytes())))
    if as_json:
        click.echo(json.dumps(found.as_json() | {"year": year}, ensure_ascii=False))
    else:
        _tell(found)


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
