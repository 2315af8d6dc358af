"""The keys 密钥: change them while the service runs, and see which are still needed."""

import json
import time
from dataclasses import asdict
from typing import Final

import click

from config import key
from service.cli.deployment import Deployment, pass_deployment
from service.cli.waiting import waiting
from service.clock import utc_now
from service.gateways.keyring import key_id
from service.operations import keyring as operations

SETTLE_S: Final = 2.0  # for requests that began before there was a new key


@click.group()
def keys() -> None:
    """密钥：更换、查看。"""


@keys.command()
@click.option("--no-new", is_flag=True, help="不造新密钥，用密钥环里最新的一把")
@click.option("--index", is_flag=True, help="盲索引的密钥也换一把新的")
@click.option("--fields", is_flag=True, help="各件纠纷自己的密钥所封的内容，也改用现在选定的算法")
@click.option("--json", "as_json", is_flag=True, help="标准输出只有一个 JSON 对象")
@pass_deployment
def rotate(
    deployment: Deployment, *, no_new: bool, index: bool, fields: bool, as_json: bool
) -> None:
    """用最新的密钥重新封存所有内容；服务照常运行，可以随时中断、再来。"""
    with deployment.open() as desk, waiting("正在更换密钥") as tell:
        made = [] if no_new else _add(deployment, index=index)
        if made:
            time.sleep(SETTLE_S)
        done = operations.rotate(
            desk=desk,
            now=utc_now(),
            fields=fields,
            tell=tell,
            settle=lambda: time.sleep(SETTLE_S),
        )
    told = {"new": made, **asdict(done), "total": done.total}
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo(f"数据密钥 {done.key}，索引密钥 {done.index_key}，算法 {done.cipher}")
        for name, count in (done.resealed | done.fields | done.indexed).items():
            click.echo(f"{name} {count}")
        click.echo(f"共重新封存 {done.total} 项；取出旧密钥之前请看 fengqiao keys list")
    if done.left:
        left = "、".join(f"{name} {count}" for name, count in done.left.items())
        raise click.ClickException(f"还有内容没有换成，旧密钥请留着：{left}")


@keys.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="标准输出只有一个 JSON 对象")
@pass_deployment
def list_(deployment: Deployment, *, as_json: bool) -> None:
    """密钥的编号，和每一把还封着多少项；没有封着东西的旧密钥可以取出。"""
    with deployment.open() as desk:
        used, ring = operations.uses(), desk.keyring
        data = {name: used.pop(name, 0) for name in ring.data_ids}
        index, kept = ring.index_ids, operations.index_key(desk)
    told = {"data": data, "unknown": used, "index": {name: name == kept for name in index}}
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for name, count in data.items():
        click.echo(f"数据密钥 {name} 封着 {count} 项")
    for name, count in used.items():
        click.echo(f"{f'没有的密钥 {name}' if name else '没有写明密钥的旧格式'} {count} 项")
    for name in index:
        click.echo(f"索引密钥 {name}{' 现用' if name == kept else ''}")


def _add(deployment: Deployment, *, index: bool) -> list[str]:
    """New keys on top of those a development keeps; elsewhere the operator puts them there."""
    settings = deployment.settings
    if settings.is_production:
        return []
    paths = (settings.data_key_file, settings.index_key_file if index else None)
    return [key_id(key.add(path)).hex() for path in paths if path is not None]
