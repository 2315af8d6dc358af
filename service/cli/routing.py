"""The routing rules 分流规则 and the category words 类别用词: are they fit to be used?"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click

from config import routing as routing_rules
from config.category import Categories
from config.policy import Policy
from config.routing import Rulebook
from service.cli.deployment import Deployment, pass_deployment
from service.clock import utc_now
from service.queries import replay as replays
from service.queries.replay import Asked, Replayed
from service.rules import category_measure, rulebook
from service.rules import routing as rules
from service.rules.category_measure import NOTHING, Measured, Question, Rate
from service.rules.replay import MOST, said

FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)

PARTS: Final = {"held_out": "没看过的三分之一", "tuned": "调词时看过的三分之二"}
HEAD: Final = "| 类别 | 件数 | 第一个就对 | 前三个里有 |\n|---|---|---|---|"
CONFUSED: Final = "| 本来是 | 建议成 | 件数 |\n|---|---|---|"


@click.group()
def routing() -> None:
    """分流规则和类别建议。"""


@routing.command()
@click.argument("file", required=False, type=FILE)
@pass_deployment
def check(deployment: Deployment, file: Path | None) -> None:
    """校验规则：每个词都认识，每条规则都用得到，最后一条兜底。

    不写 FILE 就校验随系统发布的规则，写了就校验那个文件。
    """
    book = _checked(file, deployment.policy)
    click.echo(f"分流规则有效：版本 {book.version}，{len(book.rules)} 条")


@routing.command()
@click.argument("file", type=FILE)
@click.option("--last", type=click.IntRange(1, MOST), help=f"最近多少件，最多 {MOST}")
@click.option("--on", "as_of", type=click.DateTime(["%Y-%m-%d"]), help="按哪一天有效的规则比较")
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象")
@pass_deployment
def replay(
    deployment: Deployment,
    file: Path,
    *,
    last: int | None,
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """回放：照 FILE 里的规则，最近的纠纷哪些会换去向，从哪里换到哪里。

    同现行的规则比较；只看不写。默认按明天有效的规则比较，那是草稿最早能生效的一天。
    """
    draft = _checked(file, deployment.policy)
    now = utc_now()
    with deployment.open() as desk:
        today = desk.today(now)
        day = as_of.date() if as_of else today + timedelta(days=1)
        live, asked = desk.rulebooks.on(today), Asked(newest=last)
        found = replays.run(draft, live, asked, as_of=day, scope=None, desk=desk, now=now)
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False))
    else:
        click.echo("\n".join(_replayed(found)))


def _checked(file: Path | None, chosen: Policy) -> Rulebook:
    """The rulebook of a file, or the one that ships, when it may be used."""
    book = chosen.rulebook if file is None else _read(file)
    rules.check(book, chosen.clocks, chosen.categories.by_code)
    return book


def _read(file: Path) -> Rulebook:
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as refusal:
        raise click.ClickException(f"{file.name} 不是 UTF-8 文字") from refusal
    try:
        return routing_rules.parse(text)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as refusal:
        raise click.ClickException(f"{file.name}：{rulebook.told(refusal)}") from refusal


def _replayed(found: Replayed) -> Iterator[str]:
    yield f"同第 {found.against} 版比较了 {found.compared} 件，去向不同的 {found.changed} 件"
    for title in found.unseen:
        yield f"注意 规则“{title}”在 {found.as_of} 以后才启用，这次没有算进去"
    for before, after, count in found.moves:
        yield f"{count} 件 从 {said(before)} 到 {said(after)}"
    for each in found.moved:
        places = "" if each.restricted else f" {said(each.before)} → {said(each.after)}"
        yield f"{each.number}{places} {each.because}"


@routing.command("measure-categories")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="给程序看的 JSON")
@pass_deployment
def measure_categories(deployment: Deployment, file: Path, as_json: bool) -> None:
    """量一量类别建议：FILE 是问题清单，每项有 text、category、also、clear。

    每三项留出一项，调词时不看，分开报告；只算 clear 的，also 也算对。
    """
    chosen = deployment.policy
    apart, tuned = category_measure.held_out(_questions(file, chosen.categories))
    parts = zip(PARTS, (apart, tuned), strict=True)
    found = {
        name: category_measure.measure(questions, chosen.category_words)
        for name, questions in parts
    }
    if as_json:
        told = {name: _as_json(measured) for name, measured in found.items()}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for name, measured in found.items():
        click.echo("\n".join(_table(PARTS[name], measured, chosen.categories)))


def _questions(file: Path, categories: Categories) -> list[Question]:
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
        questions = [
            Question(row["text"], row["category"], frozenset(row["also"]), row["clear"])
            for row in rows
        ]
    except (ValueError, TypeError, KeyError) as refusal:
        raise click.ClickException(f"{file.name} 不是问题清单") from refusal
    unknown = {code for each in questions for code in each.right} - categories.by_code.keys()
    if unknown:
        raise click.ClickException(f"没有这些类别：{'、'.join(sorted(unknown))}")
    return questions


def _table(title: str, measured: Measured, categories: Categories) -> Iterator[str]:
    def label(code: str) -> str:
        return "没有建议" if code == NOTHING else categories.by_code[code].label

    yield f"\n### {title}\n\n{HEAD}"
    yield _row("合计", measured.whole)
    for code in categories.by_code:
        if code in measured.by_category:
            yield _row(label(code), measured.by_category[code])
    yield f"\n{CONFUSED}"
    for (right, told), count in measured.confusions.items():
        yield f"| {label(right)} | {label(told)} | {count} |"


def _row(name: str, rate: Rate) -> str:
    return f"| {name} | {rate.count} | {_share(rate.first, rate)} | {_share(rate.among, rate)} |"


def _share(part: int, rate: Rate) -> str:
    return f"{part}（{part / rate.count:.2f}）" if rate.count else "-"


def _as_json(measured: Measured) -> dict[str, Any]:
    return {
        "whole": asdict(measured.whole),
        "by_category": {name: asdict(rate) for name, rate in measured.by_category.items()},
        "confusions": [
            {"category": right, "suggested": told, "count": count}
            for (right, told), count in measured.confusions.items()
        ],
    }
