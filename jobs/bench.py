"""What a job works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from service.desk import Desk
from service.gateways.mail import Mail
from service.operations.archive import Vault


@dataclass(frozen=True, slots=True)
class Bench:
    """The desk, the way out for mail, where uploads wait, where archives lie, and a clock that
    runs on meanwhile.

    `anchors` is the file that tells where the trail ended.
    """

    desk: Desk
    mail: Mail
    uploads: Path
    vault: Vault
    clock: Callable[[], datetime]
    anchors: Path
