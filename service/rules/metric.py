"""The dictionary of figures 指标字典: one definition each, for the API, the page and the letter."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from config.plan_register import SHIPPED
from service.errors import Invalid, NotFound

PER: Final = 10_000


class Family(StrEnum):
    """What the rows of a figure are: each noun counts its own, in its own table."""

    DISPUTE = "dispute"
    LAWSUIT = "lawsuit"
    LITIGATION = "litigation"
    CONSULTATION = "consultation"
    SUGGESTION = "suggestion"
    PLAN_ENTRY = "plan_entry"


# what the rows of each may be split by
GROUPS: Final[Mapping[Family, tuple[str, ...]]] = MappingProxyType(
    {
        Family.DISPUTE: ("category", "channel", "organisation", "village", "source"),
        Family.LAWSUIT: ("organisation", "cause", "preceded"),
        Family.LITIGATION: ("month",),
        Family.CONSULTATION: ("category", "source", "organisation"),
        Family.SUGGESTION: ("organisation", "kind"),
        Family.PLAN_ENTRY: ("organisation",),
    }
)
ALONE: Final[Mapping[str, str]] = MappingProxyType({})
_OF_LETTERS: Final = {"not_yet_due": "suggestions_not_due", "objected": "suggestions_objected"}
# the counts that stand beside a rate and change none: their name there, and the figure
BESIDE: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "suggestion_reply_rate": _OF_LETTERS,
        "suggestion_on_time_rate": _OF_LETTERS,
        "suggestion_rectified_rate": _OF_LETTERS,
        "judgment_performance_rate": {"not_yet_due": "duties_not_due"},
    }
)


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure: its name, its definition in one sentence, and what its rows are.

    A rate counts some of its rows, `per` so many; any other figure counts all of them, or adds up
    what they say. `only` is what it may be split by where that is less than its family may; `unit`
    what a count is counted in.
    """

    id: str
    label: str
    definition: str
    family: Family = Family.DISPUTE
    is_rate: bool = False
    per: int = 1
    only: tuple[str, ...] = ()
    unit: str = "件"

    @property
    def groups(self) -> tuple[str, ...]:
        """What it may be split by."""
        return self.only or GROUPS[self.family]

    @property
    def beside(self) -> Mapping[str, str]:
        """The counts that stand beside it: its name for each, and the figure that counts it."""
        return BESIDE.get(self.id, ALONE)

    def value(self, numerator: int, denominator: int | None) -> Fraction | None:
        """The number itself: a count is as it was counted, a rate of nothing is None.

        Hours that were added up in halves come as so many parts of one.
        """
        if not self.is_rate:
            return Fraction(numerator, denominator or 1)
        return Fraction(numerator * self.per, denominator) if denominator else None


_ALL: Final = (
    Metric("disputes_received", "受理", "本期首次登记的纠纷；重新办理的另列，登记有误的不计。"),
    Metric("disputes_reopened", "重新办理", "本期重新办理的纠纷，按次计；首次登记的不在内。"),
    Metric("disputes_closed", "办结", "本期办结的纠纷，按次计，不论结果；登记有误的不计。"),
    Metric("disputes_open", "在办", "期末尚未办结的纠纷：期初＋受理＋重新办理－办结。"),
    Metric("disputes_overdue", "超期未结", "今天仍未办结、办理期限已过的纠纷。"),
    Metric(
        "repeated_visits",
        "重复来访",
        "本期为已登记的纠纷再来的次数，按次计，不计入受理；有新的事实、另外登记的算受理，不算重复来访。",
    ),
    Metric(
        "mediation_success_rate",
        "调解成功率",
        "达成协议÷调解终结（达成协议、调解不成、终止调解）；撤回、不予受理、引导其他途径的不计。",
        is_rate=True,
    ),
    Metric(
        "confirmations",
        "司法确认",
        "本期法院裁定确认有效的调解协议，按裁定的日期计；驳回、不予受理和撤回的不计。",
    ),
    Metric(
        "disputes_linked",
        "联动",
        "本期请别的单位协办（在办或者已办）、或者移交给别的单位并已签收的纠纷，一次办理只计一次；"
        "分流、退回、撤回和不再等的不计。",
    ),
    Metric(
        "categories_covered",
        "受理覆盖类别",
        "年度计划列明的八类（消费、交通、治安、环境、社保、征收、知产、土地承包）里，本期受理过纠纷的类别数；"
        "每类列出本期最早受理的一件。",
        only=("category",),
        unit="类",
    ),
    Metric(
        "lawsuits_filed",
        "行政诉讼立案",
        "本期收到应诉通知的一审行政诉讼；行政复议、上诉和公益诉讼另列。",
        Family.LAWSUIT,
    ),
    Metric("reviews_filed", "行政复议受理", "本期收到答复通知的行政复议案件。", Family.LAWSUIT),
    Metric(
        "lawsuits_withdrawn",
        "撤诉",
        "本期以撤诉结案的行政诉讼，含按撤诉处理；撤回上诉另列。",
        Family.LAWSUIT,
    ),
    Metric("appeals_withdrawn", "撤回上诉", "本期以撤回上诉结案的行政诉讼。", Family.LAWSUIT),
    Metric(
        "withdrawal_rate",
        "撤诉率",
        "准许撤诉÷本期审结的一审行政诉讼；按撤诉处理的算审结，不算准许撤诉。",
        Family.LAWSUIT,
        is_rate=True,
    ),
    Metric(
        "lawsuits_mediated",
        "行政案件调解",
        "本期以调解结案的行政诉讼和行政复议；和解后撤诉的算撤诉，不在内。",
        Family.LAWSUIT,
    ),
    Metric(
        "head_appearance_rate",
        "负责人出庭应诉率",
        "负责人出过庭的案件÷本期首次开庭的行政诉讼、公益诉讼案件；同一审级开庭几次，出庭一次就算；书面审理和行政复议不计。",
        Family.LAWSUIT,
        is_rate=True,
    ),
    Metric(
        "loss_rate",
        "败诉率",
        "撤销、部分撤销、变更、确认违法、责令履行、判决赔偿补偿÷本期审结的一审行政诉讼。",
        Family.LAWSUIT,
        is_rate=True,
    ),
    Metric(
        "judgment_performance_rate",
        "生效裁判履行率",
        "已履行的义务÷本期到期的义务（判决裁定、复议决定书、调解书、意见书），按项计；今天还没有到期的不计。没有逐项登记义务、直接登记履行完毕的算一项，按履行的日期。",
        Family.LAWSUIT,
        is_rate=True,
        only=("organisation",),
    ),
    Metric(
        "duties_not_due",
        "未到期的义务",
        "到期日在本期、今天还没有过、也还没有履行的判决、复议决定义务。",
        Family.LAWSUIT,
        only=("organisation",),
    ),
    Metric(
        "litigation_per_10k",
        "万人成讼率",
        "法院通报的本期一审民事、行政收案数÷人口×10000，只计整月；人口数没有填写的，没有数值。",
        Family.LITIGATION,
        is_rate=True,
        per=PER,
    ),
    Metric(
        "escalated_to_crime",
        "民转刑",
        "本期法院、公安通报的民事纠纷转为刑事案件，按登记的月份计，以最后一次登记为准。",
        Family.LITIGATION,
    ),
    Metric(
        "consultations",
        "咨询",
        "本期答复的咨询，不计入纠纷；后来登记成纠纷的只算纠纷。",
        Family.CONSULTATION,
    ),
    Metric(
        "suggestion_reply_rate",
        "办复率",
        "已办复÷本期到期的建议书；按首次回复的到期日归入本期，寄出才算办复，退回后没有再回复的不算办复；"
        "没有到期的、按时提出异议正在审查或者异议成立的，另列，不计入。",
        Family.SUGGESTION,
        is_rate=True,
    ),
    Metric(
        "suggestion_on_time_rate",
        "按期办复率",
        "每一轮都按期寄出的÷本期到期的建议书；有一轮逾期就一直算逾期；没有到期的和异议的另列，不计入。",
        Family.SUGGESTION,
        is_rate=True,
    ),
    Metric(
        "suggestion_rectified_rate",
        "整改率",
        "发文机关认可整改的÷本期到期的建议书；没有到期的和异议的另列，不计入。",
        Family.SUGGESTION,
        is_rate=True,
    ),
    Metric(
        "suggestions_due",
        "到期建议书",
        "首次回复的到期日在本期、已经过了的建议书；异议的另列。",
        Family.SUGGESTION,
    ),
    Metric(
        "suggestions_replied",
        "已办复",
        "本期到期的建议书里，复函已经寄出、没有被退回待办的。",
        Family.SUGGESTION,
    ),
    Metric(
        "suggestions_late",
        "逾期",
        "本期到期的建议书里，有一轮逾期才寄出，或者过了期限还没有回复的。",
        Family.SUGGESTION,
    ),
    Metric(
        "suggestions_not_due",
        "未到期",
        "首次回复的到期日在本期、还没有过的建议书，不论是否已经提前回复。",
        Family.SUGGESTION,
    ),
    Metric(
        "suggestions_objected",
        "异议",
        "首次回复的到期日在本期、在期限内提出异议，正在审查或者异议成立的建议书。",
        Family.SUGGESTION,
    ),
)
# what the registers 工作台账 of the yearly plan count is defined where they are
_OF_REGISTERS: Final = tuple(
    Metric(
        each.id,
        each.name,
        each.definition,
        Family.PLAN_ENTRY,
        is_rate=each.is_rate,
        unit="人" if each.people else each.unit or "件",
    )
    for _, each in SHIPPED.counts.values()
)
METRICS: Final[Mapping[str, Metric]] = MappingProxyType(
    {each.id: each for each in (*_ALL, *_OF_REGISTERS)}
)
# promised to other programs, not counted yet
LATER: Final = frozenset("on_time_closing_rate performance_rate".split())


def find(metric_id: str) -> Metric:
    """The definition; NotFound says whether the figure is unknown or only not offered yet."""
    if metric_id in METRICS:
        return METRICS[metric_id]
    raise NotFound("这项指标尚未提供" if metric_id in LATER else "没有这项指标")


def check_group(metric: Metric, group: str, field: str = "group_by") -> None:
    """Refuse a split or a filter that means nothing for this figure, at its field."""
    if group not in metric.groups:
        raise Invalid({field: [f"“{metric.label}”不能按这一项查看"]})
