"""What every command is handed: the settings of this machine and a way to open the application."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import click
from flask import Flask

from config import policy
from config.policy import Policy
from config.settings import BadSettings, Settings, from_env, sqlite_url
from service.desk import Desk
from service.operations import base, start
from service.queries import sight

CreateApp = Callable[[Settings], Flask]


@dataclass(frozen=True, slots=True)
class Deployment:
    """The service as this machine runs it; nothing is read before a command asks."""

    create_app: CreateApp
    read_settings: Callable[[], Settings] = from_env

    @property
    def settings(self) -> Settings:
        """The settings; a bad environment is told in one line."""
        try:
            return self.read_settings()
        except BadSettings as refusal:
            raise click.ClickException("\n".join(_told(refusal.problems))) from refusal

    @property
    def policy(self) -> Policy:
        """What the town chose; a bad file is told in one line."""
        with _told_of_config():
            return policy.load(self.settings.config_dir)

    def app(self, *, migrate: bool = True) -> Flask:
        """The application, its database at the newest revision.

        In development a missing or old database is brought up; in production that is refused,
        because there an operator chooses the moment. `migrate` False leaves it as it is.
        """
        settings = self.settings
        with _told_of_config():
            made = self.create_app(settings)
        if migrate:
            with made.app_context():
                _bring_up(settings)
                desk: Desk = made.extensions["fengqiao"]
                base.check_keys(desk.keyring)
        return made

    def serving(self) -> Flask:
        """The application, when it may serve people; every reason why not is told in a line."""
        made = self.app()
        with made.app_context():
            found = start.unsafe(self.settings, debug=made.debug, testing=made.testing)
            base.release()
        if found:
            raise click.ClickException("\n".join(f"不能启动：{each}" for each in found))
        return made

    def as_owner(self) -> "Deployment":
        """The same service by the role that may change tables, where there is one."""
        url = self.settings.owner_database_url
        if url is None:
            return self
        return Deployment(self.create_app, partial(_owned, self.settings, url))

    @contextmanager
    def open(self, *, migrate: bool = True) -> Iterator[Desk]:
        """The instruments, inside the application's context."""
        made = self.app(migrate=migrate)
        with made.app_context(), sight.whole("commands"):
            desk: Desk = made.extensions["fengqiao"]
            try:
                yield desk
            finally:
                base.release()

    def within(self, folder: Path) -> "Deployment":
        """The same service with a data directory and a SQLite database of its own."""
        return Deployment(self.create_app, partial(_within, self.settings, folder))


@contextmanager
def _told_of_config() -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError) as refusal:
        raise click.ClickException(f"配置文件有误：{refusal}") from refusal


def _told(problems: list[str]) -> list[str]:
    return [f"环境变量有误：{each}" for each in problems]


def _owned(settings: Settings, url: str) -> Settings:
    return replace(settings, database_url=url)


def _within(settings: Settings, folder: Path) -> Settings:
    return replace(settings, data_dir=folder, database_url=sqlite_url(folder), anchor_path=None)


def _bring_up(settings: Settings) -> None:
    current, head = base.revisions()
    if current == head:
        return
    if settings.is_production:
        raise click.ClickException("数据库结构不是最新的：请先运行 fengqiao db upgrade")
    base.upgrade()


pass_deployment = click.make_pass_decorator(Deployment)
