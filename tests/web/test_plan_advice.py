"""What a task's next step is when its light knows more than the work itself."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from config.plan import PlanLight, PlanNeed
from service.rules.plan_light import From
from service.web import plan_task


@pytest.mark.parametrize(
    ("need", "light", "kind", "expected"),
    [
        (PlanNeed.FINISHABLE, PlanLight.RED, From.REGISTER, True),
        (PlanNeed.DOCUMENT, PlanLight.RED, From.REGISTER, True),
        (PlanNeed.FINISHABLE, PlanLight.YELLOW, From.METRIC, False),
        (PlanNeed.DOCUMENT, PlanLight.RED, From.MILESTONE, False),
        (PlanNeed.NOTHING, PlanLight.YELLOW, From.METRIC, True),
        (PlanNeed.MILESTONE_LATE, PlanLight.RED, From.REGISTER, False),
    ],
)
def test_what_is_red_for_a_late_entry_is_not_called_ready(
    need: PlanNeed, light: PlanLight, kind: From, expected: bool
) -> None:
    reason = SimpleNamespace(light=light, source=SimpleNamespace(kind=kind))
    each, lit = SimpleNamespace(need=need), SimpleNamespace(reasons=(reason,))
    assert plan_task.is_of_light(cast("Any", each), cast("Any", lit)) is expected
