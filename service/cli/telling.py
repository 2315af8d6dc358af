"""How a command tells what went wrong: one clear line on standard error, and exit code 1."""

from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from service.errors import Invalid, Refusal
from service.rules.routing import RulebookFault


class Told(click.Group):
    """A group whose commands refuse in one line instead of a trace."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what the work refuses becomes a line for people."""
        try:
            return super().invoke(ctx)
        except Invalid as refusal:
            raise click.ClickException(_fields(refusal)) from refusal
        except Refusal as refusal:
            raise click.ClickException(refusal.detail) from refusal
        except RulebookFault as refusal:
            raise click.ClickException(str(refusal)) from refusal
        except DBAPIError as refusal:
            kind = type(refusal.orig).__name__
            raise click.ClickException(f"数据库无法使用（{kind}）") from refusal
        except OSError as refusal:
            raise click.ClickException(f"{refusal.strerror}：{refusal.filename}") from refusal


def _fields(refusal: Invalid) -> str:
    """What is wrong, and where; what is one sentence about all is said once."""
    if list(refusal.fields.values()) == [[refusal.detail]]:
        return refusal.detail
    said = "；".join(f"{path}：{'，'.join(each)}" for path, each in refusal.fields.items())
    return f"{refusal.detail}：{said}"
