"""Accounts 账户 from the terminal: the first administrator, and a list of colleagues."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from uuid import UUID

import click

from config.settings import Settings
from config.vocabulary import OrganisationKind, Role
from service.cli.deployment import Deployment, pass_deployment
from service.cli.server import last_place
from service.clock import utc_now
from service.desk import Desk
from service.errors import Conflict, Invalid, NotFound
from service.operations import organisation as organisations
from service.operations import second_factor, user_list
from service.operations import user as operations
from service.operations.organisation import OrganisationDraft
from service.operations.user import UserDraft
from service.queries import organisation as organisation_queries
from service.queries import user as queries
from service.rules import listing
from service.rules import user as rules
from service.rules.listing import Line

USUAL: Final = "http://127.0.0.1:8000"


@click.group()
def user() -> None:
    """账户：第一位管理员、批量导入。"""


@user.command()
@click.argument("name")
@click.option("--centre", help="还没有单位时，先登记的本中心名称；不写则用政策里的")
@click.option("--prefix", help="还没有单位时，本中心的编号前缀")
@pass_deployment
def create_admin(deployment: Deployment, name: str, centre: str | None, prefix: str | None) -> None:
    """建立系统管理员 NAME，打印一次性登录链接；已有的管理员得到新的链接。"""
    with deployment.open() as desk:
        now = utc_now()
        known = queries.by_username(name)
        if known is not None and known.roles != {Role.SYSADMIN}:
            raise Invalid({"name": ["用户名已经有人使用，而且不是系统管理员"]})
        user_id = known.user_id if known else _administrator(name, centre, prefix, desk)
        code = operations.invite(user_id, actor=None, desk=desk, now=now, by_link=True)
    click.echo(_link(deployment.settings, code))


@user.command()
@click.argument("name")
@pass_deployment
def reset_second_factor(deployment: Deployment, name: str) -> None:
    """重置账户 NAME 的动态口令：没有别的安全管理员可以在网页上重置时用。"""
    with deployment.open() as desk:
        now = utc_now()
        known = queries.by_username(name)
        if known is None:
            raise NotFound(f"没有用户名是 {name} 的账户")
        if queries.account(known.user_id, now=now).second_factor_at is None:
            raise Conflict(f"{name} 没有登记动态口令，什么都没有改")
        second_factor.reset(known.user_id, actor=None, desk=desk, now=now)
    click.echo(f"{name} 的动态口令已经重置，登录着的地方全部退出；下次用密码登录，马上重新登记")


@user.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_deployment
def import_(deployment: Deployment, file: Path) -> None:
    """按 CSV 建立账户；没有密码的账户打印一次性登录链接。"""
    lines = _lines(file)
    made = 0
    with deployment.open() as desk:
        units = organisation_queries.named()
        for line in lines:
            try:
                code = _hire(line, units, desk)
            except Invalid as refusal:
                said = "；".join(f"{k}：{'，'.join(v)}" for k, v in refusal.fields.items())
                click.echo(f"第 {line.number} 行 未导入 {said}")
                continue
            made += 1
            username = line.values["username"]
            link = _link(deployment.settings, code) if code else ""
            click.echo(f"第 {line.number} 行 {username} {link}".rstrip())
    click.echo(f"导入 {made} 个账户，未导入 {len(lines) - made} 行")


def _administrator(username: str, centre: str | None, prefix: str | None, desk: Desk) -> UUID:
    found = organisation_queries.centre()
    organisation = (
        found.id
        if found
        else _centre(centre or desk.policy.home.name, prefix or desk.policy.home.prefix)
    )
    draft = UserDraft(
        username=username, name=username, organisation=organisation, roles=[Role.SYSADMIN]
    )
    return operations.create(draft, actor=None, desk=desk, now=utc_now())


def _centre(name: str, prefix: str) -> UUID:
    draft = OrganisationDraft(kind=OrganisationKind.GOVERNANCE_CENTRE, name=name, prefix=prefix)
    return organisations.create(draft, actor=None, now=utc_now())


def _lines(file: Path) -> list[Line]:
    return rules.listed(listing.text_of(file.read_bytes()))


def _hire(line: Line, units: Mapping[str, UUID], desk: Desk) -> str | None:
    """Create the account of one line; its long sign-in code when it came without a password."""
    draft = user_list.drafted(line, units)
    made = user_list.engage_one(draft, actor=None, desk=desk, now=utc_now(), by_link=True)
    return made.sign_in_code


def _link(settings: Settings, long_code: str) -> str:
    """Where the owner of an account chooses a password, once."""
    return f"{_address(settings)}/first-sign-in/{long_code}"


def _address(settings: Settings) -> str:
    """Where people reach the service: as the settings say, else where it listens or last did."""
    if settings.public_url:
        return settings.public_url
    if settings.allowed_hosts:
        return f"https://{settings.allowed_hosts[0].lstrip('.')}"
    return last_place(settings.data_dir) or USUAL
