"""The routing rules 分流规则 and the category words 类别用词: are they fit to be used?"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import click

from config.category import Categories
from service.cli.deployment import Deployment, pass_deployment
from service.rules import category_measure
from service.rules import routing as rules
from service.rules.category_measure import NOTHING, Measured, Question, Rate

PARTS: Final = {"held_out": "没看过的三分之一", "tuned": "调词时看过的三分之二"}
HEAD: Final = "| 类别 | 件数 | 第一个就对 | 前三个里有 |\n|---|---|---|---|"
CONFUSED: Final = "| 本来是 | 建议成 | 件数 |\n|---|---|---|"


@click.group()
def routing() -> None:
    """分流规则和类别建议。"""


@routing.command()
@pass_deployment
def check(deployment: Deployment) -> None:
    """校验规则：每个词都认识，每条规则都用得到，最后一条兜底。"""
    chosen = deployment.policy
    rules.check(chosen.rulebook, chosen.clocks, chosen.categories.by_code)
    click.echo(f"分流规则有效：版本 {chosen.rulebook.version}，{len(chosen.rulebook.rules)} 条")


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
