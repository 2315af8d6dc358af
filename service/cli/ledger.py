"""Importing an office's ledger 台账 from the command line, and taking a batch back."""

import json
from pathlib import Path
from uuid import UUID

import click

from config.vocabulary import LedgerFate
from config.words import label
from service.cli.deployment import Deployment, pass_deployment
from service.clock import utc_now
from service.operations import ledger as operations
from service.operations.ledger import Imported
from service.rules.ledger import LedgerRow


@click.group()
def ledger() -> None:
    """台账。"""


@ledger.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--commit", is_flag=True, help="写入可导入的行；不加则只试读")
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象")
@pass_deployment
def import_(deployment: Deployment, file: Path, *, commit: bool, as_json: bool) -> None:
    """试读或导入一个工作簿；有误的行只报告，不影响其他行。"""
    content = file.read_bytes()
    now = utc_now()
    with deployment.open() as desk:
        if commit:
            done = operations.take_in(content, file.name, actor=None, desk=desk, now=now)
        else:
            done = Imported(operations.preview(content, actor=None, desk=desk, now=now), None)
    if as_json:
        shown = done.ledger.as_json() | {"batch": str(done.batch_id) if done.batch_id else None}
        click.echo(json.dumps(shown, ensure_ascii=False))
    else:
        _tell(done, committed=commit)


@ledger.command()
@click.argument("batch", type=click.UUID)
@pass_deployment
def undo(deployment: Deployment, batch: UUID) -> None:
    """撤回一个还没有人办理的导入批次。"""
    with deployment.open() as desk:
        count = operations.undo(batch, actor=None, desk=desk, now=utc_now())
    click.echo(f"已撤回 {count} 件，按登记有误处理")


def _tell(done: Imported, *, committed: bool) -> None:
    for row in done.ledger.rows:
        if row.fate is not LedgerFate.OK:
            click.echo(_line(row))
    counts = done.ledger.counts
    click.echo(
        f"数据行 {counts['rows']}：可导入 {counts['ok']}，重复 {counts['duplicate']}，"
        f"有误 {counts['error']}；空行 {counts['blank']}"
    )
    if not committed:
        click.echo("这是试读，没有写入；加 --commit 导入")
    elif done.batch_id:
        click.echo(f"已导入，批次 {done.batch_id}")


def _line(row: LedgerRow) -> str:
    cell = f"{row.column}{row.row}" if row.column else f"第 {row.row} 行"
    return f"{row.sheet} {cell} {label(row.fate)}：{row.reason}"
