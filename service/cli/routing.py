"""The routing rules 分流规则: are they fit to be used?"""

import click

from service.cli.deployment import Deployment, pass_deployment
from service.rules import routing as rules


@click.group()
def routing() -> None:
    """分流规则。"""


@routing.command()
@pass_deployment
def check(deployment: Deployment) -> None:
    """校验规则：每个词都认识，每条规则都用得到，最后一条兜底。"""
    chosen = deployment.policy
    rules.check(chosen.rulebook, chosen.clocks, chosen.categories.by_code)
    click.echo(f"分流规则有效：版本 {chosen.rulebook.version}，{len(chosen.rulebook.rules)} 条")
