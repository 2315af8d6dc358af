"""Leaders in charge 领导包案: when one may be named, when a look counts, how a charge ends."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from config.vocabulary import DisputeStatus
from service.errors import Invalid, StepNotAllowed
from service.rules import dispute as disputes

REPLACED, CLOSED, MERGED = "replaced", "closed", "merged"
WHY: Final[Mapping[str, str]] = MappingProxyType(
    {
        REPLACED: "换了包案领导",
        CLOSED: "纠纷办结，包案随之结束",
        MERGED: "并入另一件，包案随之结束",
    }
)
NOBODY: Final = "这件纠纷现在没有包案领导"


def check_nameable(status: DisputeStatus) -> None:
    """Raises StepNotAllowed for a dispute that is over."""
    if status in disputes.ENDED:
        told = [each.value for each in disputes.steps_from(status)]
        raise StepNotAllowed("办结以前的纠纷才能指定包案领导", told)


def check_leader(*, is_leader: bool, same: bool) -> None:
    """Raises Invalid at `leader` for who is no leader of the town, or has it in charge already."""
    if not is_leader:
        raise Invalid({"leader": ["请选择本镇的领导"]})
    if same:
        raise Invalid({"leader": ["这件已经由这位领导包案"]})


def looked(asked: date | None, before: date | None, *, named_on: date, today: date) -> date:
    """The day of the last look once another is told; None is today. Invalid at `looked_on`."""
    on = asked or today
    if on > today:
        raise Invalid({"looked_on": ["过问日期不能晚于今天"]})
    if on < named_on:
        raise Invalid({"looked_on": ["过问日期不能早于包案那天"]})
    return max(on, before or on)
