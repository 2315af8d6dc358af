"""Two weeks of made-up figures: a lively one and one in which nothing happened."""

from datetime import UTC, datetime

from service.rules.calendar import Week
from service.rules.statistics import Flow, Rate
from service.rules.weekly import Before, Count, Lawsuits, Line, WeekFigures

CUT_OFF = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
BESIDE = (
    Count("withdrawn", "申请人撤回", 2),
    Count("declined", "不予受理", 1),
    Count("guided", "引导其他途径", 0),
)
CAUSES = (
    Count("own", "原告主动撤诉", 0),
    Count("act_changed", "行政行为改变后撤诉", 0),
    Count("settled", "府院联动和解后撤诉", 1),
    Count("deemed", "按撤诉处理", 0),
)

WEEK_47 = WeekFigures(
    week=Week(2026, 47),
    cut_off=CUT_OFF,
    centre="柳溪镇综治中心",
    flow=Flow(opening=119, received=41, reopened=1, closed=34),
    success=Rate(27, 31),
    beside=BESIDE,
    categories=(
        Line("family", "婚姻家庭", Flow(20, 6, 0, 8), Rate(7, 8)),
        Line("neighbour", "邻里", Flow(40, 14, 1, 12), Rate(10, 11)),
        Line("labour", "劳动争议", Flow(59, 21, 0, 14), Rate(10, 12)),
    ),
    channels=(
        Line("people", "人民调解", Flow(79, 30, 1, 24), Rate(20, 22)),
        Line("administrative", "行政调解", Flow(40, 11, 0, 10), Rate(7, 9)),
    ),
    organisations=(Line("unset", "尚未分派", Flow(119, 41, 1, 34), Rate(27, 31)),),
    overdue=3,
    lawsuits=Lawsuits(filed=1, reviews_filed=2, withdrawn=1, causes=CAUSES, appeals_withdrawn=0),
    before=Before(
        week=Week(2026, 46),
        flow=Flow(opening=117, received=36, reopened=0, closed=34),
        success=Rate(24, 32),
    ),
)

STILL = WeekFigures(
    week=Week(2026, 47),
    cut_off=CUT_OFF,
    centre="柳溪镇综治中心",
    flow=Flow(opening=12),
    success=Rate(),
    beside=(),
    categories=(),
    channels=(),
    organisations=(),
    overdue=0,
    lawsuits=Lawsuits(),
    before=Before(week=Week(2026, 46), flow=Flow(opening=12), success=Rate()),
)
