"""The console entry 命令行: every command, above the service and the jobs."""

import gc

gc.set_threshold(100_000, 20, 20)  # looking for garbage was a quarter of every start

import sys
from datetime import UTC, datetime
from functools import partial

import click

from jobs import runner, worker
from service.app import create_app
from service.cli import (
    audit,
    backup,
    calendar,
    database,
    export,
    keys,
    ledger,
    organisation,
    plan,
    report,
    routing,
    user,
)
from service.cli.bench.command import bench
from service.cli.demo import prepared
from service.cli.demo.office import Account
from service.cli.deployment import Deployment, pass_deployment
from service.cli.household import answers, forever, household
from service.cli.server import Place, serve
from service.cli.telling import Told
from service.clock import utc_now
from service.gateways import presence

HOST = "127.0.0.1"
PORT = 8000
WORKERS = 2

port_option = click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535))


@click.group(cls=Told)
@click.pass_context
def main(context: click.Context) -> None:
    """枫桥：一站式矛盾纠纷多元化解中心的服务。"""
    context.obj = context.obj or Deployment(create_app)


for group in (
    backup.backup,
    audit.audit,
    bench,
    calendar.calendar,
    database.db,
    export.export,
    keys.keys,
    ledger.ledger,
    organisation.organisation,
    plan.plan,
    report.report,
    routing.routing,
    user.user,
):  # fmt: skip -- a list of groups
    main.add_command(group)


@main.command(name="serve")
@click.option("--host", default=HOST, show_default=True)
@port_option
@click.option("--workers", default=WORKERS, show_default=True, type=click.IntRange(1, 64))
@pass_deployment
def serve_(deployment: Deployment, host: str, port: int, workers: int) -> None:
    """只起网页与接口进程。"""
    place = _free(Place(host, port, workers))
    deployment.serving()
    serve(deployment, place)


@main.command(name="worker")
@pass_deployment
def worker_(deployment: Deployment) -> None:
    """只起后台进程：到点发周报、送邮件。"""
    worker.work(deployment.serving())


@main.command()
@port_option
@pass_deployment
def up(deployment: Deployment, port: int) -> None:
    """在一台机器上同时起网页和后台。"""
    place = _free(Place(HOST, port, WORKERS))
    deployment.serving()  # the database is there before anybody starts
    _run(deployment, place, [])


@main.command()
@port_option
@click.option("--fresh", is_flag=True, help="重新造一份演示数据")
@pass_deployment
def demo(deployment: Deployment, port: int, *, fresh: bool) -> None:
    """演示：造一个小镇一年的纠纷，打印各角色的账户，然后与 up 相同。"""
    if deployment.settings.is_production:
        raise click.ClickException("演示不在生产环境运行")
    place = _free(Place(HOST, port, WORKERS))
    shown = deployment.within(deployment.settings.data_dir / "demo")
    _run(shown, place, prepared.accounts(shown, fresh=fresh))


@main.command()
@click.option("--now", "text", help="当作现在的时刻，例如 2026-11-23T08:00+08:00；生产环境不可用")
@pass_deployment
def run_due(deployment: Deployment, text: str | None) -> None:
    """把到点的后台作业各做一次，然后结束。"""
    if text is not None and deployment.settings.is_production:
        raise click.ClickException("生产环境不接受 --now")
    now = _instant(text) if text else utc_now()
    app = deployment.app()
    with presence.serving(deployment.settings.data_dir):
        ran = runner.run_due(app, now)
    for each in ran:
        click.echo(" ".join(filter(None, (each.job, each.period, each.error or each.summary))))
    failed = [each.job for each in ran if each.error]
    if failed:
        raise click.ClickException(f"没有做成：{'、'.join(failed)}")


def _run(deployment: Deployment, place: Place, accounts: list[Account]) -> None:
    members = {
        "web": partial(_web, deployment, place),
        "worker": partial(_worker, deployment),
    }
    with presence.serving(deployment.settings.data_dir), household(members) as wait:
        wait(lambda: answers(HOST, place.port))
        click.echo(f"Fengqiao ready: {place.url}")
        for each in accounts:
            click.echo(f"{each.username} {each.password}")
        sys.stdout.flush()
        wait(forever)


def _web(deployment: Deployment, place: Place) -> None:
    serve(deployment, place)


def _worker(deployment: Deployment) -> None:
    worker.work(deployment.app())


def _free(place: Place) -> Place:
    if not place.is_free():
        raise click.ClickException(f"端口 {place.port} 已被占用，请用 --port 换一个")
    return place


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as refusal:
        raise click.BadParameter("应为带时区的时刻", param_hint="--now") from refusal
    if found.tzinfo is None:
        raise click.BadParameter("应带时区，例如 +08:00", param_hint="--now")
    return found.astimezone(UTC)


if __name__ == "__main__":
    main()
