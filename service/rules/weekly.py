"""The week's figures 周报 as one value: what is frozen, what the letter and the page tell of it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from service.rules import backup as backups
from service.rules.backup import BackupVerdict
from service.rules.calendar import Week
from service.rules.statistics import Flow, Rate

FORM: Final = 1  # of the frozen body; a later form gets a later number
NAMED: Final = 2  # so many categories are named as those that grew most


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: a category, channel or organisation."""

    key: str
    label: str
    flow: Flow
    success: Rate


@dataclass(frozen=True, slots=True)
class Count:
    """So many of one thing."""

    key: str
    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lawsuits:
    """行政诉讼 and 行政复议 of a week: what was filed, what was withdrawn and why."""

    filed: int = 0
    reviews_filed: int = 0
    withdrawn: int = 0
    causes: tuple[Count, ...] = ()
    appeals_withdrawn: int = 0

    @property
    def is_still(self) -> bool:
        """Whether nothing happened."""
        return not (self.filed or self.reviews_filed or self.withdrawn or self.appeals_withdrawn)


@dataclass(frozen=True, slots=True)
class Told:
    """One line of 应诉与办复: a figure by its name; `denominator` is None for a plain count."""

    metric: str
    label: str
    numerator: int
    denominator: int | None = None

    @property
    def rate(self) -> Rate | None:
        """The figure as a rate, where it is one."""
        return None if self.denominator is None else Rate(self.numerator, self.denominator)


# what the letter tells of suits and of letters to be answered, beside what was filed and withdrawn
ANSWERING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "lawsuits_mediated": "行政案件调解",
        "head_appearance_rate": "行政机关负责人出庭应诉率",
        "loss_rate": "败诉率",
        "judgment_performance_rate": "生效裁判履行率",
        "suggestions_due": "本周到期的建议书",
        "suggestions_replied": "　其中已办复",
        "suggestions_late": "　其中逾期",
        "suggestion_on_time_rate": "按期办复率",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The week before, counted at the same cut-off.

    `late_received` and `late_closed` are what it gained since its own letter went out 补录.
    """

    week: Week
    flow: Flow
    success: Rate
    filed: int = 0
    withdrawn: int = 0
    late_received: int = 0
    late_closed: int = 0


@dataclass(frozen=True, slots=True)
class Pressed:
    """Terms 期限 that ran out in the week unmet; supervision 督办 whose reply is due, or late."""

    run_out: int
    waiting: int
    late: int


@dataclass(frozen=True, slots=True)
class TrailEnd:
    """Where the audit trail ended 审计锚点: the number of its last entry and that one's hash."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFigures:
    """One week as counted at `cut_off`; `beside` closed without counting in the success rate.

    `consultations` stand apart from every figure of disputes; None in letters from before they
    were counted, as are `pressed` and `answering` 应诉与办复. `backup` says how the centre's own
    memory is kept, and `anchor` where the audit trail ended when the letter was published; a unit
    is told neither of the two, nor what is pressed.
    """

    week: Week
    cut_off: datetime
    centre: str
    flow: Flow
    success: Rate
    beside: tuple[Count, ...]
    categories: tuple[Line, ...]
    channels: tuple[Line, ...]
    organisations: tuple[Line, ...]
    overdue: int
    lawsuits: Lawsuits
    before: Before
    consultations: int | None = None
    pressed: Pressed | None = None
    backup: BackupVerdict | None = None
    anchor: TrailEnd | None = None
    answering: tuple[Told, ...] | None = None

    @property
    def is_unchanged(self) -> bool:
        """Whether nothing came, went, was filed or withdrawn 本周无变化."""
        told = any(each.numerator or each.denominator for each in self.answering or ())
        return self.flow.is_still and self.lawsuits.is_still and not told


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the sentence; `metric` and `group` name the rows a page may open behind it."""

    text: str
    metric: str | None = None
    group: tuple[str, str] | None = None


def sentence(figures: WeekFigures) -> tuple[Part, ...]:
    """What a leader must know, first; numbers are parts of their own."""
    flow, before = figures.flow, figures.before.flow
    if figures.is_unchanged:
        still = Part("本周无变化：没有新受理，也没有办结；在办 ")
        return (still, _number("disputes_open", flow.closing), Part(" 件。"), *_late(figures))
    return (
        Part("本周受理 "),
        _number("disputes_received", flow.received),
        Part(f" 件，{_against(flow.received - before.received)}；办结 "),
        _number("disputes_closed", flow.closed),
        Part(f" 件，{_against(flow.closed - before.closed)}。在办 "),
        _number("disputes_open", flow.closing),
        Part(f" 件，{_against(flow.growth)}"),
        *_mainly(figures),
        Part("。"),
        *_late(figures),
    )


def sentence_so_far(figures: WeekFigures) -> tuple[Part, ...]:
    """What a week that still runs has brought; part of a week is compared with no whole one."""
    flow = figures.flow
    return (
        Part("至今受理 "),
        _number("disputes_received", flow.received),
        Part(" 件，办结 "),
        _number("disputes_closed", flow.closed),
        Part(" 件。在办 "),
        _number("disputes_open", flow.closing),
        Part(" 件。"),
        *_late(figures),
    )


def sentence_text(figures: WeekFigures) -> str:
    """The sentence as plain text."""
    return "".join(part.text for part in sentence(figures))


def _number(metric: str, number: int) -> Part:
    return Part(str(number), metric)


def _against(more: int) -> str:
    if more == 0:
        return "与上周持平"
    return f"比上周{'多' if more > 0 else '少'} {abs(more)} 件"


def _mainly(figures: WeekFigures) -> Iterable[Part]:
    """The categories behind the growth, when there is one."""
    grown = [line for line in figures.categories if line.flow.growth > 0]
    named = sorted(grown, key=lambda line: -line.flow.growth)[:NAMED]
    if figures.flow.growth <= 0 or not named:
        return
    yield Part("，主要在")
    for place, line in enumerate(named):
        if place:
            yield Part("和")
        yield Part(line.label, "disputes_open", ("category", line.key))


def _late(figures: WeekFigures) -> Iterable[Part]:
    if figures.overdue:
        yield Part("超期未结 ")
        yield _number("disputes_overdue", figures.overdue)
        yield Part(" 件。")


def pressed_text(pressed: Pressed) -> str:
    """What ran out and what is pressed, in one line."""
    told = (
        f"本周有 {pressed.run_out} 个期限到期没有办到"
        if pressed.run_out
        else "本周没有期限到期未办"
    )
    late = f"，其中逾期未答复 {pressed.late} 件" if pressed.late else ""
    return f"{told}；督办等答复 {pressed.waiting} 件{late}"


def as_body(figures: WeekFigures) -> dict[str, Any]:
    """The figures as plain JSON: what is hashed, stored and never changed."""
    before, suits = figures.before, figures.lawsuits
    asked = {} if figures.consultations is None else {"consultations": figures.consultations}
    press = figures.pressed
    urged = {} if press is None else {"pressed": asdict(press)}
    kept = {} if figures.backup is None else {"backup": backups.as_body(figures.backup)}
    answered = figures.answering
    docket = {} if answered is None else {"answering": [asdict(each) for each in answered]}
    end = figures.anchor
    trail = {} if end is None else {"anchor": {"seq": end.seq, "hash": end.hash}}
    return (
        asked
        | urged
        | kept
        | docket
        | trail
        | {
            "form": FORM,
            "week": str(figures.week),
            "from": figures.week.start_on.isoformat(),
            "to": figures.week.end_on.isoformat(),
            "cut_off": figures.cut_off.isoformat(),
            "centre": figures.centre,
            "sentence": sentence_text(figures),
            "unchanged": figures.is_unchanged,
            "total": _flow(figures.flow) | {"success": _rate(figures.success)},
            "beside": [_count(each) for each in figures.beside],
            "by_category": [_line(each) for each in figures.categories],
            "by_channel": [_line(each) for each in figures.channels],
            "by_organisation": [_line(each) for each in figures.organisations],
            "overdue": figures.overdue,
            "lawsuits": {
                "filed": suits.filed,
                "reviews_filed": suits.reviews_filed,
                "withdrawn": suits.withdrawn,
                "causes": [_count(each) for each in suits.causes],
                "appeals_withdrawn": suits.appeals_withdrawn,
            },
            "before": _flow(before.flow)
            | {
                "week": str(before.week),
                "success": _rate(before.success),
                "filed": before.filed,
                "withdrawn": before.withdrawn,
                "late_received": before.late_received,
                "late_closed": before.late_closed,
            },
        }
    )


def from_body(body: Mapping[str, Any]) -> WeekFigures:
    """The figures of a frozen body."""
    before, suits = body["before"], body["lawsuits"]
    return WeekFigures(
        week=Week.parse(body["week"]),
        cut_off=datetime.fromisoformat(body["cut_off"]),
        centre=body["centre"],
        flow=_read_flow(body["total"]),
        success=_read_rate(body["total"]["success"]),
        beside=_read_counts(body["beside"]),
        categories=_read_lines(body["by_category"]),
        channels=_read_lines(body["by_channel"]),
        organisations=_read_lines(body["by_organisation"]),
        overdue=body["overdue"],
        lawsuits=Lawsuits(
            filed=suits["filed"],
            reviews_filed=suits["reviews_filed"],
            withdrawn=suits["withdrawn"],
            causes=_read_counts(suits["causes"]),
            appeals_withdrawn=suits["appeals_withdrawn"],
        ),
        before=Before(
            week=Week.parse(before["week"]),
            flow=_read_flow(before),
            success=_read_rate(before["success"]),
            filed=before["filed"],
            withdrawn=before["withdrawn"],
            late_received=before["late_received"],
            late_closed=before["late_closed"],
        ),
        consultations=body.get("consultations"),
        pressed=Pressed(**body["pressed"]) if "pressed" in body else None,
        backup=backups.from_body(body["backup"]) if "backup" in body else None,
        anchor=TrailEnd(**body["anchor"]) if "anchor" in body else None,
        answering=tuple(Told(**each) for each in body["answering"])
        if "answering" in body
        else None,
    )


def _flow(flow: Flow) -> dict[str, Any]:
    return {
        "opening": flow.opening,
        "received": flow.received,
        "reopened": flow.reopened,
        "closed": flow.closed,
        "closing": flow.closing,
    }


def _rate(rate: Rate) -> dict[str, Any]:
    value = None if rate.value is None else float(rate.value)
    return {"numerator": rate.numerator, "denominator": rate.denominator, "value": value}


def _line(line: Line) -> dict[str, Any]:
    named = {"key": line.key, "label": line.label}
    return named | _flow(line.flow) | {"success": _rate(line.success)}


def _count(count: Count) -> dict[str, Any]:
    return {"key": count.key, "label": count.label, "count": count.count}


def _read_flow(table: Mapping[str, Any]) -> Flow:
    return Flow(table["opening"], table["received"], table["reopened"], table["closed"])


def _read_rate(table: Mapping[str, Any]) -> Rate:
    return Rate(table["numerator"], table["denominator"])


def _read_lines(rows: Iterable[Mapping[str, Any]]) -> tuple[Line, ...]:
    return tuple(
        Line(row["key"], row["label"], _read_flow(row), _read_rate(row["success"])) for row in rows
    )


def _read_counts(rows: Iterable[Mapping[str, Any]]) -> tuple[Count, ...]:
    return tuple(Count(row["key"], row["label"], row["count"]) for row in rows)
