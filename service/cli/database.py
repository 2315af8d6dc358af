"""The schema 数据库结构: up, down, and whether it is the newest."""

import click

from service.cli.deployment import Deployment, pass_deployment
from service.operations import base, dispute_text

FILLED_AT_ONCE = 5_000  # the newest; the worker does the others while the service runs


@click.group()
def db() -> None:
    """数据库结构的升级、回退与检查。"""


@db.command()
@pass_deployment
def upgrade(deployment: Deployment) -> None:
    """升级到最新版本。"""
    with deployment.as_owner().open(migrate=False) as desk:
        base.upgrade()
        click.echo(f"数据库结构已是最新：{base.revisions()[0]}")
        if done := dispute_text.fill_missing(desk, FILLED_AT_ONCE):
            click.echo(f"已为最新的 {done} 件纠纷补上检索词，其余由后台作业补齐")


@db.command(context_settings={"ignore_unknown_options": True})
@click.argument("revision", default="-1")
@pass_deployment
def downgrade(deployment: Deployment, revision: str) -> None:
    """回退到 REVISION（默认回退一步；base 为清空）。"""
    with deployment.as_owner().open(migrate=False):
        base.downgrade(revision)
        click.echo(f"数据库结构已回退：{base.revisions()[0] or '空'}")


@db.command()
@pass_deployment
def check(deployment: Deployment) -> None:
    """结构落后时以 1 退出。"""
    with deployment.open(migrate=False):
        current, head = base.revisions()
    if current != head:
        raise click.ClickException(f"数据库结构落后：现为 {current or '空'}，最新为 {head}")
    click.echo(f"数据库结构已是最新：{head}")
