"""The trail 审计 at a terminal: is it whole, and where does it end."""

import json
from pathlib import Path

import click

from config.settings import Settings
from service.cli.deployment import Deployment, pass_deployment
from service.clock import utc_now
from service.gateways import anchor as anchors
from service.operations import audit as operations
from service.queries import audit_chain as queries
from service.rules.audit import Anchors, Found, Verdict

SAID = {
    Verdict.WHOLE: "审计记录完整",
    Verdict.MISMATCH: "审计记录被改动",
    Verdict.TRUNCATED: "审计记录的末尾被截去",
    Verdict.ANCHOR_MISMATCH: "审计记录与锚点不符",
}


@click.group()
def audit() -> None:
    """审计记录：校验、写锚点。"""


@audit.command()
@click.option(
    "--anchors",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="锚点文件；不写则用本机配置的那一个",
)
@click.option("--older-copy", is_flag=True, help="锚点文件是早先抄存的一份，不要求有之后的锚点")
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象")
@click.pass_context
@pass_deployment
def verify(
    deployment: Deployment,
    context: click.Context,
    file: Path | None,
    *,
    older_copy: bool,
    as_json: bool,
) -> None:
    """从第一条起逐条校验；退出码 0 完整，1 被改动，2 末尾被截去，3 与锚点不符。"""
    settings = deployment.settings
    kept = _anchors(settings, file, older_copy=older_copy)
    with deployment.open(migrate=False):
        found = queries.verify(settings.audit_key, kept)
    if as_json:
        click.echo(json.dumps(_told(found, kept), ensure_ascii=False))
    else:
        click.echo(_sentence(found, kept), err=found.verdict is not Verdict.WHOLE)
    context.exit(int(found.verdict))


@audit.command()
@pass_deployment
def anchor(deployment: Deployment) -> None:
    """现在就把审计记录的末尾写进锚点文件；平时每天夜里自动写一次。"""
    with deployment.open():
        made = operations.anchor(deployment.settings.anchors, actor=None, now=utc_now())
    if made is None:
        raise click.ClickException("审计记录还是空的，没有可写的锚点")
    click.echo(f"审计锚点：第 {made.seq} 条 {made.hash.hex()[:16]}")


def _anchors(settings: Settings, file: Path | None, *, older_copy: bool) -> Anchors | None:
    return anchors.read(file or settings.anchors, older_copy=older_copy)


def _told(found: Found, kept: Anchors | None) -> dict[str, object]:
    return {
        "verdict": found.verdict.name.lower(),
        "checked": found.checked,
        "first_bad": found.first_bad,
        "why": found.why or None,
        "anchors": None if kept is None else len(kept.kept),
        "outlived": found.outlived,
    }


def _sentence(found: Found, kept: Anchors | None) -> str:
    said = SAID[found.verdict]
    if found.verdict is Verdict.WHOLE:
        beside = "没有锚点文件，只核对了记录本身" if kept is None else f"锚点 {len(kept.kept)} 个"
        ended = f"，其中 {found.outlived} 个是恢复备份以前的" if found.outlived else ""
        return f"{said}：共 {found.checked} 条，{beside}{ended}"
    where = "" if found.first_bad is None else f"第 {found.first_bad} 条，"
    return f"{said}：{where}{found.why}；之前的 {found.checked} 条核对无误"
