"""Messages of the outbox 发件箱: what one is, and when it is tried again 重试."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from config.policy import OutboxPolicy

# a server that is away is asked again this often at most: asking it costs it nothing
AWAY_PAUSE: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Message:
    """One rendered message to one recipient; its keys stay the same however often it is made."""

    dedupe_key: str
    message_id: str
    recipient: str
    content: bytes


def pause(attempts: int, message_id: str, policy: OutboxPolicy, *, away: bool) -> timedelta:
    """How long to wait after the failed try number `attempts`: doubling, with up to a fifth less.

    The jitter is drawn from the message itself, so that many messages do not come back at once.
    """
    longest = min(policy.longest_pause, AWAY_PAUSE) if away else policy.longest_pause
    doubled: timedelta = policy.first_pause * int(2 ** min(attempts - 1, 20))
    drawn = hashlib.sha256(f"{message_id} {attempts}".encode()).digest()[0] / 255
    return min(doubled, longest) * (1 - drawn / 5)
