"""Backups 备份 from the terminal: make one, prove one, bring one back."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from config.settings import Settings
from service.cli.deployment import Deployment, pass_deployment
from service.cli.waiting import waiting
from service.clock import utc_now
from service.operations import backup as operations
from service.operations import restore as restores
from service.operations.archive import Vault

existing = click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def backup() -> None:
    """备份、验证与恢复：一个加密文件，内有全部数据和附件，没有密钥。"""


@backup.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@pass_deployment
def create(deployment: Deployment, path: Path) -> None:
    """把这一刻的全部数据写成一个加密文件 PATH，系统可以照常运行。"""
    with deployment.open() as desk, waiting("正在备份"):
        vault = vault_of(deployment.settings)
        done = operations.create(path, vault=vault, desk=desk, now=utc_now())
    click.echo(f"已备份 {done.row_count} 行，{done.size} 字节：{path}")
    if done.unopened:
        click.echo(f"注意：有 {done.unopened} 处加密的内容用现在的密钥打不开", err=True)


@backup.command()
@existing
@pass_deployment
def verify(deployment: Deployment, path: Path) -> None:
    """把 PATH 恢复到临时地方，与备份时逐表、逐文件比对；不碰正在用的数据。"""
    settings = deployment.settings
    with deployment.open(migrate=False) as desk, waiting("正在验证") as tell:
        done = restores.verify(path, vault=vault_of(settings), keyring=desk.keyring, tell=tell)
    click.echo(
        f"验证通过：{done.tables} 张表 {done.rows} 行，{done.files} 个附件，"
        f"数据截至 {_local(done.cut_off, settings.zone)}"
    )


@backup.command()
@existing
@click.option("--replace", is_flag=True, help="替换现有的全部数据（须逐字确认）")
@pass_deployment
def restore(deployment: Deployment, path: Path, *, replace: bool) -> None:
    """把 PATH 恢复到这里。先停下网页和后台进程；没发出的邮件会暂扣，等人决定。"""
    settings = deployment.settings
    vault = vault_of(settings)
    with deployment.as_owner().open(migrate=False) as desk:  # it makes the tables anew
        if replace and not restores.is_empty(vault):
            _confirm(path)
        with waiting("正在恢复") as tell:
            done = restores.restore(
                path,
                vault=vault,
                anchors=settings.anchors,
                desk=desk,
                now=utc_now(),
                replace=replace,
                tell=tell,
            )
    click.echo(
        f"已恢复 {done.rows} 行，{done.files} 个附件，"
        f"数据截至 {_local(done.cut_off, settings.zone)}"
    )
    if done.chain_fault:
        click.echo(f"注意：备份里的审计记录不完整，{done.chain_fault}", err=True)
    if done.forgotten:
        click.echo(f"备份以后销毁过的 {done.forgotten} 件已再次销毁")
    click.echo(f"暂扣 {done.held} 封未发邮件，请系统管理员在“备份状态”页决定放行或作废")
    if done.outlived:
        click.echo(
            f"锚点文件里有 {done.outlived} 个锚点说的是恢复前的审计记录：已逐个记进审计，"
            "以后校验时不算不符，文件不要改"
        )
    click.echo("所有人须重新登录；截止时间以后的改动已不在系统里，请按纸面补录")


def vault_of(settings: Settings) -> Vault:
    """Where this deployment keeps its archives, and their key."""
    return Vault(settings.data_dir, settings.backup_key, settings.audit_key)


def _confirm(path: Path) -> None:
    """Nothing is replaced by a slip of the hand."""
    told = f"现有的全部数据将被 {path.name} 替换，不能撤回。确认请输入“替换”"
    if click.prompt(told, default="", show_default=False, err=True) != "替换":
        raise click.ClickException("没有确认，什么也没有改")


def _local(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M:%S}"
