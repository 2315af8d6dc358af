"""Everything in clear, in a form that compares."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from service.cli.deployment import Deployment, pass_deployment
from service.clock import utc_now
from service.operations import backup as operations
from service.queries import canonical as queries


@click.group()
def export() -> None:
    """导出。"""


@export.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="写到哪个文件")
@pass_deployment
def canonical(deployment: Deployment, out: Path | None) -> None:
    """全部表的全部行，排好序、解密后，每行一个 JSON，用来比对是否相等。

    内容是明文的个人信息：文件只有本人可读，用完请删除。
    """
    with deployment.open() as desk:
        operations.note_export(now=utc_now())
        with _written_to(out) as file, queries.snapshot() as connection:
            for line in queries.export(connection, desk.keyring):
                file.write(line + b"\n")


@contextmanager
def _written_to(out: Path | None) -> Iterator[BinaryIO]:
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    out.unlink(missing_ok=True)  # or an older file would keep whoever may read it
    descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        yield file
