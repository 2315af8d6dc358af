"""What a job works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from service.desk import Desk
from service.gateways.mail import Mail


@dataclass(frozen=True, slots=True)
class Bench:
    """The desk, the way out for mail, where uploads wait, and a clock that runs on meanwhile.

    `anchors` is the file that tells where the trail ended.
    """

    desk: Desk
    mail: Mail
    uploads: Path
    clock: Callable[[], datetime]
    anchors: Path
