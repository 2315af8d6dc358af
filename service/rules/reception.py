"""Reception days 接访日程 of leaders: when one may be planned, and called off."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from service.errors import Conflict, Invalid

VISITED: Final = "这次接访已经登记了来访，不能取消。登记错了的，先逐件撤销"
OFF: Final = "这次接访已经取消"
TWICE: Final = "这件已经登记在这次接访里"


def hours(on: date, begins: time, ends: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when to when, as instants. Invalid at `ends` for an end before its beginning."""
    if ends <= begins:
        raise Invalid({"ends": ["结束时间要晚于开始时间"]})
    return datetime.combine(on, begins, zone), datetime.combine(on, ends, zone)


def check_leader(*, is_leader: bool) -> None:
    """Raises Invalid at `leader` for who is no leader of the town."""
    if not is_leader:
        raise Invalid({"leader": ["请选择本镇的领导"]})


def check_free(
    starts_at: datetime, ends_at: datetime, taken: Iterable[tuple[datetime, datetime]]
) -> None:
    """Raises Invalid at `begins` when the leader receives elsewhere at that time."""
    if any(starts_at < until and since < ends_at for since, until in taken):
        raise Invalid({"begins": ["这位领导这个时间已经有接访"]})


def check_standing(*, called_off: bool) -> None:
    """Raises Conflict for a reception that was called off."""
    if called_off:
        raise Conflict(OFF)


def check_unvisited(visits: int) -> None:
    """Raises Conflict: what somebody came to is not called off."""
    if visits:
        raise Conflict(VISITED)
