"""What a job works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from service.desk import Desk
from service.gateways.mail import Mail


@dataclass(frozen=True, slots=True)
class Bench:
    """The desk, the way out for mail, and a clock that runs on while the job does."""

    desk: Desk
    mail: Mail
    clock: Callable[[], datetime]
