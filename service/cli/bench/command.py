"""`fengqiao bench`: how fast the daily work is in a town of a given size, on this machine."""

import gc
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import click

from config.policy import Limit
from service.cli.bench import measure, town, work
from service.cli.bench.scratch import Scratch, scratch
from service.cli.bench.town import Crowd
from service.cli.deployment import Deployment, pass_deployment
from service.cli.waiting import waiting
from service.clock import utc_now
from service.desk import Desk
from service.operations import base
from service.queries import sight

SIZE: Final = 10_000
RUNS: Final = 200
FILLING: Final = "正在造测试数据"
COLUMNS: Final = ("per_second", "p50_ms", "p99_ms", "cpu_ms", "bare_sql_p50_ms", "ratio")


@click.command()
@click.option(
    "--size",
    default=SIZE,
    show_default=True,
    type=click.IntRange(1, 2_000_000),
    help="造多少件纠纷",
)
@click.option(
    "--database",
    "address",
    envvar="FENGQIAO_DATABASE_URL",
    help="在这台 PostgreSQL 上另建一个临时库来测；不给则用临时 SQLite 文件",
)
@click.option(
    "--runs", default=RUNS, show_default=True, type=click.IntRange(1, 10_000), help="每项量几次"
)
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象")
@pass_deployment
def bench(
    deployment: Deployment, size: int, address: str | None, runs: int, *, as_json: bool
) -> None:
    """在临时数据库里造数据、量速度，量完就删；不碰正式数据。"""
    with scratch(deployment, address) as given:
        answer = _measured(given, size, runs)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        _tell(answer)


def _measured(given: Scratch, size: int, runs: int) -> dict[str, Any]:
    app = given.deployment.app()
    with app.app_context(), sight.whole("commands"):
        try:
            desk = app.extensions["fengqiao"] = _unlimited(app.extensions["fengqiao"])
            now = utc_now()
            labels = [each.label for each in desk.policy.categories.by_code.values()]
            crowd = Crowd(size, desk.today(now), labels)
            town.staff(desk, now)
            with waiting(FILLING) as tell:
                town.fill(crowd, desk, now, tell)
            if given.kind == "postgresql":
                given.connection.execute("ANALYZE")
            gc.collect()
            gc.freeze()  # the made-up crowd is not the product's to sweep
            lines = []
            for each in work.operations(app, given, crowd, desk=desk, now=now, runs=runs):
                product = measure.timed(each.work, each.times, given)
                base.release()  # nothing of the product is open while bare SQL runs
                compared = measure.timed(each.bare, each.times, given) if each.bare else None
                lines.append(measure.told(each.name, product, compared))
        finally:
            base.release()
    return {
        "machine": measure.machine(),
        "database": given.kind,
        "rows": size,
        "operations": lines,
        "peak_mib": measure.peak_mib(),
    }


def _unlimited(desk: Desk) -> Desk:
    """The desk of somebody who works faster than any window does."""
    limits = replace(desk.policy.limits, duplicate_numbers=Limit(10**9, timedelta(hours=1)))
    return replace(desk, policy=replace(desk.policy, limits=limits))


def _tell(answer: dict[str, Any]) -> None:
    click.echo(f"{answer['machine']}，{answer['database']}，{answer['rows']} 件")
    click.echo(f"{'':24}" + "".join(f"{name:>16}" for name in COLUMNS))
    for line in answer["operations"]:
        values = ("—" if line[name] is None else str(line[name]) for name in COLUMNS)
        click.echo(f"{line['name']:24}" + "".join(f"{value:>16}" for value in values))
    click.echo(f"内存最多 {answer['peak_mib']} MiB")
