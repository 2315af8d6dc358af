"""What a job works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from service.desk import Desk
from service.gateways.mail import Mail


@dataclass(frozen=True, slots=True)
class Bench:
    """The desk, the way out for mail, where files lie, and a clock that runs on meanwhile."""

    desk: Desk
    mail: Mail
    uploads: Path
    attachments: Path
    clock: Callable[[], datetime]
