"""Confirmation 司法确认: whether an agreement can be confirmed, by which court, what is missing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from config.confirmation import Bar, Confirmations, Door
from config.court import ConfirmationBar, ConfirmationState, ConfirmationStep, CourtGround
from config.vocabulary import AgreementForm, Channel
from service.errors import Conflict, Invalid

S, T = ConfirmationState, ConfirmationStep
AFTER: Final[Mapping[tuple[ConfirmationState, ConfirmationStep], ConfirmationState]] = (
    MappingProxyType(
        {
            (S.PREPARED, T.FILE): S.FILED,
            (S.PREPARED, T.WITHDRAW): S.WITHDRAWN,
            (S.FILED, T.ACCEPT): S.ACCEPTED,
            (S.FILED, T.REFUSE): S.REFUSED,
            (S.FILED, T.WITHDRAW): S.WITHDRAWN,
            (S.ACCEPTED, T.CONFIRM): S.CONFIRMED,
            (S.ACCEPTED, T.REJECT): S.REJECTED,
            (S.ACCEPTED, T.WITHDRAW): S.WITHDRAWN,
        }
    )
)
# after these somebody may apply anew
OVER: Final = frozenset({S.REFUSED, S.REJECTED, S.WITHDRAWN})
RULED: Final = frozenset({T.ACCEPT, T.CONFIRM, T.REJECT})
REASONED: Final = frozenset({T.REFUSE, T.REJECT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One party of the application: what of it is written down, never what it says."""

    called: str
    applies: bool
    responds: bool
    number: bool
    address: bool
    phone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """An agreement as the rules look at it. `apply_by` is the last day to apply."""

    form: AgreementForm
    terms: str | None
    category: str
    channel: Channel
    facts: Mapping[str, Any]
    amount_fen: int | None
    performed_by: date | None
    performed: bool
    apply_by: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the rules say of an agreement.

    `bars` refuse it; `suspects` are bars its words make think of. `blocks` have to be mended
    before an application can be made, `gaps` are left blank on it, `hints` are what a court may
    reject it for. `doors` are other ways.
    """

    bars: tuple[Bar, ...]
    suspects: tuple[Bar, ...]
    blocks: tuple[str, ...]
    gaps: tuple[str, ...]
    hints: tuple[str, ...]
    doors: tuple[Door, ...]
    intermediate: bool

    @property
    def may(self) -> bool:
        """Whether the application can be made."""
        return not self.bars and not self.blocks


def judge(
    deal: Deal,
    sides: Collection[Side],
    *,
    channels: Collection[Channel],
    today: date,
    data: Confirmations,
) -> Judged:
    """Judge an agreement; `channels` are the mediations whose agreements a court confirms."""
    bars = tuple(each for each in data.bars.values() if _is_barred(each, deal))
    words = tuple(
        each for each in data.bars.values() if each not in bars and _has(each.words, deal.terms)
    )
    return Judged(
        bars=bars,
        suspects=words,
        blocks=tuple(_blocks(deal, sides, channels, today)),
        gaps=tuple(_gaps(sides)),
        hints=tuple(_hints(deal, data)),
        doors=tuple(
            each for each in data.others if not each.categories or deal.category in each.categories
        ),
        intermediate=_fits(data.intermediate, deal.facts),
    )


def declared(bar: ConfirmationBar | None, judged: Judged, data: Confirmations) -> None:
    """Raise Invalid at `matter`, with the article and the other doors, for what is not confirmed.

    `bar` is what somebody said the agreement is about; None is nothing of the kind.
    """
    found = data.bars[bar] if bar is not None else next(iter(judged.bars), None)
    if found is None:
        return
    raise Invalid({"matter": [refusal(found)]})


def refusal(bar: Bar) -> str:
    """不能申请司法确认（《…》第 355 条）。可以：… ."""
    law = "、".join(f"《{each.law}》第 {each.article} 条" for each in bar.basis)
    return f"这样的协议法院不予受理司法确认（{law}）。可以：{'；'.join(bar.doors)}"


def check_court(ground: CourtGround, judged: Judged, *, invited: bool) -> None:
    """The court chosen is one of those the law names (民事诉讼法 art. 205); raises Invalid."""
    if invited and ground is not CourtGround.INVITED:
        raise Invalid({"ground": ["法院委派、委托的，向作出邀请的人民法院申请"]})
    if not invited and ground is CourtGround.INVITED:
        raise Invalid(
            {"ground": ["不是法院邀请调解的，按住所地、标的物所在地或者调解组织所在地选法院"]}
        )
    if judged.intermediate and ground not in (CourtGround.INTERMEDIATE, CourtGround.INVITED):
        raise Invalid({"ground": ["这类纠纷由中级人民法院管辖，向相应的中级人民法院申请"]})
    if ground is CourtGround.INTERMEDIATE and not judged.intermediate:
        raise Invalid({"ground": ["这类纠纷由基层人民法院管辖"]})


def after(state: ConfirmationState, step: ConfirmationStep) -> ConfirmationState:
    """The state a step leads to; Conflict names what is possible."""
    following = AFTER.get((state, step))
    if following is None:
        raise Conflict("司法确认现在办不了这一步，请刷新后看现在的情况")
    return following


def steps_from(state: ConfirmationState) -> tuple[ConfirmationStep, ...]:
    """The steps that may follow."""
    return tuple(step for (before, step) in AFTER if before is state)


def check_day(on: date, *, not_before: date, today: date, apply_by: date | None = None) -> None:
    """A step lies between the one before and today, the filing in its term; raises Invalid."""
    if on > today:
        raise Invalid({"on": ["不能晚于今天"]})
    if on < not_before:
        raise Invalid({"on": ["不能早于上一步的日期"]})
    if apply_by is not None and on > apply_by:
        raise Invalid({"on": ["已过共同申请的 30 日，法院不予受理"]})


def check_words(step: ConfirmationStep, case_number: str | None, reason: str | None) -> None:
    """What a court decides has its number, what it refuses has a reason; raises Invalid."""
    problems = {}
    if step in RULED and not case_number:
        problems["case_number"] = ["请填写法院的案号"]
    if step in REASONED and not reason:
        problems["reason"] = ["请填写法院写明的理由"]
    if problems:
        raise Invalid(problems)


def _is_barred(bar: Bar, deal: Deal) -> bool:
    return deal.category in bar.categories or _fits(bar.facts, deal.facts)


def _fits(values: Mapping[str, frozenset[str]], facts: Mapping[str, Any]) -> bool:
    return any(facts.get(fact) in wanted for fact, wanted in values.items())


def _has(words: Collection[str], terms: str | None) -> bool:
    return any(word in (terms or "") for word in words)


def _blocks(
    deal: Deal, sides: Collection[Side], channels: Collection[Channel], today: date
) -> list[str]:
    found = []
    if deal.channel not in channels:
        found.append("行政机关主持达成的协议不走司法确认，可以起诉或者公证")
    if not deal.terms:
        found.append(
            "口头协议要先补记协议内容，双方签字"
            if deal.form is AgreementForm.ORAL
            else "协议内容还没有登记"
        )
    if not any(each.applies for each in sides) or not any(each.responds for each in sides):
        found.append("申请人和被申请人都要有，双方共同申请")
    if deal.performed:
        found.append("协议已经全部履行，不用申请司法确认")
    if today > deal.apply_by:
        found.append("协议生效已满 30 日，不能再申请司法确认")
    return found


def _gaps(sides: Collection[Side]) -> list[str]:
    asked = (("number", "证件号码"), ("address", "住址"), ("phone", "电话"))
    return [
        f"{each.called}没有登记{name}"
        for each in sides
        for field, name in asked
        if not getattr(each, field)
    ]


def _hints(deal: Deal, data: Confirmations) -> list[str]:
    """What a court may find unclear (解释 358)."""
    found = [
        f"“{word}”说不清，写明数额、日期和做法" for word in data.vague if word in (deal.terms or "")
    ]
    if deal.performed_by is None:
        found.append("没有约定履行日期")
    if deal.amount_fen and not any(each.isdigit() for each in deal.terms or ""):
        found.append("登记了金额，协议内容里没有写数额")
    return found
