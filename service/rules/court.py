"""What a court sends 委派、委托: its case number, the term to mediate, what may be told back."""

import re
import unicodedata
from datetime import date
from typing import Final

from config.court import CourtKind, CourtProcedure, CourtResult, CourtState
from config.vocabulary import DisputeStatus, Outcome, Source
from service.errors import Conflict, Invalid

ACKNOWLEDGE: Final = "COURT.ACK"
ASSIGNED: Final = "COURT.DELEG"
ORDINARY: Final = "COURT.ENTR.ORD"
SIMPLIFIED: Final = "COURT.ENTR.SIM"
TERMS: Final = (ACKNOWLEDGE, ASSIGNED, ORDINARY, SIMPLIFIED)
SHAPE: Final = "案号应像（2026）内0525民诉前调12号、（2026）内0525民初12号"
BEFORE_FILING: Final = "民诉前调"
ENDED: Final = frozenset({DisputeStatus.CLOSED, DisputeStatus.ARCHIVED})
KINDS: Final = {
    Source.COURT_ASSIGNED: CourtKind.ASSIGNED,
    Source.COURT_ENTRUSTED: CourtKind.ENTRUSTED,
}
_NUMBER: Final = re.compile(
    r"（(?:19|20)\d{2}）[^\s（）]{1,12}?(民诉前调|民[初终再申辖])\d{1,6}号(?:之[一二三四五六七八九十]+)?"
)


def case_number(text: str, kind: CourtKind) -> str:
    """The number as courts write it, checked against what was sent.

    民诉前调 is a number from before the filing, 民初 and its like from after. Raises Invalid.
    """
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    told = plain.replace("(", "（").replace(")", "）").replace("〔", "（").replace("〕", "）")
    found = _NUMBER.fullmatch(told)
    if found is None:
        raise Invalid({"case_number": [SHAPE]})
    before = found[1] == BEFORE_FILING
    if before and kind is CourtKind.ENTRUSTED:
        raise Invalid({"case_number": ["“民诉前调”是立案前的案号，应选委派调解"]})
    if not before and kind is CourtKind.ASSIGNED:
        raise Invalid({"case_number": [f"“{found[1]}”是立案后的案号，应选委托调解"]})
    return told


def check_received(number: str, received_on: date, today: date) -> None:
    """A letter is not received before the year of its case number, nor tomorrow; raises Invalid."""
    if received_on > today:
        raise Invalid({"received_on": ["收到的日期不能晚于今天"]})
    if received_on.year < int(number[1:5]):
        raise Invalid({"received_on": ["收到的日期早于案号的年份，请核对"]})


def check_procedure(kind: CourtKind, procedure: CourtProcedure | None) -> None:
    """A case that was filed has its procedure, one that was not has none; raises Invalid."""
    if kind is CourtKind.ENTRUSTED and procedure is None:
        raise Invalid({"procedure": ["委托调解请选择适用的程序，期限按程序定"]})
    if kind is CourtKind.ASSIGNED and procedure is not None:
        raise Invalid({"procedure": ["委派调解还没有立案，不选程序"]})


def term(kind: CourtKind, procedure: CourtProcedure | None) -> str:
    """The clock from the confirmation on: 30, 15 or 7 natural days (特邀调解规定 art. 27)."""
    if kind is CourtKind.ASSIGNED:
        return ASSIGNED
    return ORDINARY if procedure is CourtProcedure.ORDINARY else SIMPLIFIED


def check_answerable(state: CourtState) -> None:
    """Only what waits is confirmed or sent back; raises Conflict."""
    if state is not CourtState.WAITING:
        raise Conflict("已经答复过法院，不用再答复")


def check_report(
    state: CourtState,
    result: CourtResult,
    status: DisputeStatus,
    outcome: Outcome | None,
    days: tuple[date, date | None, date],
) -> None:
    """A result that is told the court is what happened, and told once.

    `days` are that of telling, that of the confirmation, and today. Raises Conflict, Invalid.
    """
    reported_on, confirmed_on, today = days
    if state is CourtState.WAITING:
        raise Conflict("还没有确认接受，先确认或者退回")
    if state is not CourtState.RUNNING:
        raise Conflict("已经反馈过或者退回了，不用再反馈")
    agreed = status is DisputeStatus.AGREED or (status in ENDED and outcome is Outcome.AGREED)
    if result is CourtResult.AGREED and not agreed:
        raise Invalid({"result": ["纠纷还没有登记达成协议，先登记再反馈"]})
    if result is not CourtResult.AGREED and (agreed or status not in ENDED):
        raise Invalid({"result": ["与纠纷登记的结果不一致，先办结再反馈"]})
    if reported_on > today:
        raise Invalid({"reported_on": ["不能晚于今天"]})
    if confirmed_on is not None and reported_on < confirmed_on:
        raise Invalid({"reported_on": ["不能早于确认接受的日期"]})
