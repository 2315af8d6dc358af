"""Taking a list of organisations and villages 单位 into the register from the command line."""

import json
from pathlib import Path
from typing import Any

import click

from config.words import label
from service.cli.deployment import Deployment, pass_deployment
from service.clock import utc_now
from service.operations import organisation_list as operations
from service.operations.organisation_list import TakenIn
from service.rules import listing
from service.rules.organisation import Listed


@click.group()
def organisation() -> None:
    """单位和村、社区。"""


@organisation.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--commit", is_flag=True, help="写入名单；不加则只试读")
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象")
@pass_deployment
def import_(deployment: Deployment, file: Path, *, commit: bool, as_json: bool) -> None:
    """试读或导入一份名单（列：名称、类别、上级、地址、电话）；有一行有误就都不写入。"""
    text = listing.text_of(file.read_bytes())
    with deployment.open() as desk:
        if commit:
            done = operations.take_in(text, actor=None, desk=desk, now=utc_now())
        else:
            done = operations.preview(text, actor=None, desk=desk)
    if as_json:
        click.echo(json.dumps(_as_json(done), ensure_ascii=False))
    else:
        _tell(done, committed=commit)


def _as_json(done: TakenIn) -> dict[str, Any]:
    return {"counts": done.counts, "made": done.made, "rows": [_row(row) for row in done.rows]}


def _row(row: Listed) -> dict[str, Any]:
    return {
        "line": row.line,
        "fate": row.fate,
        "name": row.name,
        "kind": row.kind,
        "parent": row.parent,
        "address": row.address,
        "phone": row.phone,
        "problems": [
            {"field": each.field, "column": each.column, "reason": each.reason}
            for each in row.problems
        ],
    }


def _tell(done: TakenIn, *, committed: bool) -> None:
    for row in done.rows:
        for each in row.problems:
            place = f"第 {each.column} 列 " if each.column else ""
            click.echo(f"第 {row.line} 行 {place}有误：{each.reason}")
        if row.fate == "ok" and not committed and row.kind:
            click.echo(f"第 {row.line} 行 {row.name}（{label(row.kind)}）")
    counts = done.counts
    click.echo(
        f"共 {counts['rows']} 行：新增 {counts['ok']}，已有 {counts['known']}，"
        f"有误 {counts['error']}"
    )
    if counts["error"]:
        click.echo("有误的改好之前，一行也不写入")
    elif committed:
        click.echo(f"已登记 {done.made} 个单位")
    else:
        click.echo("这是试读，没有写入；加 --commit 导入")
