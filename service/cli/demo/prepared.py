"""The demo made ready: a town kept from the last time, or one made now."""

import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Final

from config.vocabulary import Role
from service.cli.demo import town
from service.cli.demo.office import Account
from service.cli.deployment import Deployment
from service.cli.waiting import waiting
from service.clock import utc_now
from service.gateways.attachment import Store
from service.operations.archive import ATTACHMENTS

KEPT: Final = "accounts.json"
LABEL: Final = "正在准备演示数据"


def accounts(deployment: Deployment, *, fresh: bool) -> list[Account]:
    """The accounts of the demo in the deployment's data directory.

    They are written last, so a town whose making was cut short is made anew.
    """
    folder = deployment.settings.data_dir
    kept = folder / KEPT
    if kept.exists() and not fresh:
        deployment.app()  # an older demo is brought up
        return _read(kept)
    shutil.rmtree(folder, ignore_errors=True)
    with deployment.open() as desk, waiting(LABEL) as tell:
        store = Store(folder / ATTACHMENTS)
        made = town.seed(desk=desk, store=store, now=utc_now(), tell=tell)
    _write(kept, made)
    return made


def _read(kept: Path) -> list[Account]:
    rows = json.loads(kept.read_text(encoding="utf-8"))
    return [Account(**row | {"role": Role(row["role"])}) for row in rows]


def _write(kept: Path, made: list[Account]) -> None:
    """Write the passwords where only the owner of the files can read them, whole or not at all."""
    text = json.dumps([asdict(each) for each in made], ensure_ascii=False, indent=2)
    fresh = kept.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text + "\n")
    fresh.replace(kept)
