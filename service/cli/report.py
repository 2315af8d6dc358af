"""The weekly letter 周报 as files."""

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from service.cli.deployment import Deployment, pass_deployment
from service.clock import utc_now
from service.operations import weekly as operations
from service.queries.weekly import PublishedView
from service.reports import weekly as reports
from service.rules.calendar import Week


@click.group()
def report() -> None:
    """周报。"""


@report.command()
@click.option("--week", "text", help="周次，例如 2026-W47；默认上一周")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="写到哪个文件夹")
@pass_deployment
def weekly(deployment: Deployment, text: str | None, out: Path | None) -> None:
    """发布一周（已发布的照原样取出），写出 JSON、HTML、文本和工作簿。"""
    now = utc_now()
    with deployment.open() as desk:
        week = _week(text, now, desk.zone)
        letter = operations.publish(week, actor=None, desk=desk, now=now)
        folder = out or deployment.settings.data_dir / "reports"
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in _files(letter, folder, desk.zone).items():
            path.write_bytes(content)
            click.echo(path)


def _week(text: str | None, now: datetime, zone: ZoneInfo) -> Week:
    if text is None:
        return Week.of(now.astimezone(zone).date()).previous()
    try:
        return Week.parse(text)
    except ValueError as refusal:
        raise click.BadParameter(str(refusal), param_hint="--week") from refusal


def _files(letter: PublishedView, folder: Path, zone: ZoneInfo) -> dict[Path, bytes]:
    stem = f"weekly-{letter.week}"
    kept = {
        "week": letter.week,
        "revision": letter.revision,
        "sha256": letter.sha256,
        "cut_off": letter.cut_off.isoformat(),
        "body": letter.body,
    }
    return {
        folder / f"{stem}.json": json.dumps(kept, ensure_ascii=False, indent=2).encode(),
        folder / f"{stem}.html": reports.html(letter.figures, zone).encode(),
        folder / f"{stem}.txt": reports.text(letter.figures, zone).encode(),
        folder / f"{stem}.xlsx": reports.workbook(letter.figures, zone),
    }
