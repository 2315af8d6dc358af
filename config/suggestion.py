"""The words and rules of letters 建议书 of the procuratorate, the courts and the review organ.

`suggestion.toml` says for every kind which term runs; the terms themselves, with their basis and
grade, are those of `clocks.toml`.
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

DEFAULT: Final = Path(__file__).with_name("suggestion.toml")


class SuggestionKind(StrEnum):
    """What letter it is."""

    PROCURATORIAL_GENERAL = "procuratorial_general"  # 检察建议
    PROCURATORIAL_PUBLIC_INTEREST = "procuratorial_public_interest"  # 公益诉讼诉前检察建议
    PROCURATORIAL_SUPERVISION = "procuratorial_supervision"  # 行政诉讼监督检察建议
    JUDICIAL_GOVERNANCE = "judicial_governance"  # 综合治理类司法建议
    JUDICIAL_CASE = "judicial_case"  # 个案司法建议
    REVIEW_OPINION = "review_opinion"  # 行政复议意见书


class SuggestionStatus(StrEnum):
    """Where a letter stands."""

    RECEIVED = "received"  # 已收到
    ASSIGNED = "assigned"  # 已转办
    REPLIED = "replied"  # 已回复
    RETURNED = "returned"  # 被退回，重新办理
    OBJECTED = "objected"  # 异议审查中
    ACCEPTED = "accepted"  # 整改获认可
    CLOSED = "closed"  # 办结


class SuggestionStep(StrEnum):
    """What happens to it next."""

    ASSIGN = "assign"
    CONFIRM_DUE = "confirm_due"
    ANSWER_DEMAND = "answer_demand"
    APPROVE = "approve"
    DISPATCH = "dispatch"
    SEND_BACK = "send_back"
    OBJECT = "object"
    DECIDE_OBJECTION = "decide_objection"
    ACCEPT = "accept"
    FINISH_DEMAND = "finish_demand"
    LOOK_BACK = "look_back"
    SUE = "sue"
    CLOSE = "close"


class Adoption(StrEnum):
    """Whether what was demanded is taken up."""

    YES = "yes"  # 采纳
    PARTLY = "partly"  # 部分采纳
    NO = "no"  # 不采纳


class SuggestionEnd(StrEnum):
    """Why a letter is closed."""

    DONE = "done"  # 回复、整改完毕
    WITHDRAWN = "withdrawn"  # 异议成立
    SUED = "sued"  # 已经起诉


class SuggestionPaper(StrEnum):
    """What a file of a letter is."""

    ORIGINAL = "original"  # 建议书原件
    PROOF = "proof"  # 整改佐证
    DISPATCH = "dispatch"  # 寄出凭证
    RECEIPT = "receipt"  # 对方回执
    OTHER = "other"  # 其他


WORDS: Final[Mapping[type[StrEnum], Mapping[StrEnum, str]]] = {
    SuggestionKind: {
        SuggestionKind.PROCURATORIAL_GENERAL: "检察建议",
        SuggestionKind.PROCURATORIAL_PUBLIC_INTEREST: "公益诉讼诉前检察建议",
        SuggestionKind.PROCURATORIAL_SUPERVISION: "行政诉讼监督检察建议",
        SuggestionKind.JUDICIAL_GOVERNANCE: "司法建议（综合治理类）",
        SuggestionKind.JUDICIAL_CASE: "司法建议（个案）",
        SuggestionKind.REVIEW_OPINION: "行政复议意见书",
    },
    SuggestionStatus: {
        SuggestionStatus.RECEIVED: "已收到",
        SuggestionStatus.ASSIGNED: "已转办",
        SuggestionStatus.REPLIED: "已回复",
        SuggestionStatus.RETURNED: "退回重办",
        SuggestionStatus.OBJECTED: "异议审查中",
        SuggestionStatus.ACCEPTED: "整改获认可",
        SuggestionStatus.CLOSED: "办结",
    },
    SuggestionStep: {
        SuggestionStep.ASSIGN: "转给单位办理",
        SuggestionStep.CONFIRM_DUE: "登记问明的期限",
        SuggestionStep.ANSWER_DEMAND: "逐条答复",
        SuggestionStep.APPROVE: "审核复函",
        SuggestionStep.DISPATCH: "登记寄出",
        SuggestionStep.SEND_BACK: "登记被退回",
        SuggestionStep.OBJECT: "提出异议",
        SuggestionStep.DECIDE_OBJECTION: "登记异议结果",
        SuggestionStep.ACCEPT: "登记整改获认可",
        SuggestionStep.FINISH_DEMAND: "登记整改完成",
        SuggestionStep.LOOK_BACK: "登记回头看",
        SuggestionStep.SUE: "登记被起诉",
        SuggestionStep.CLOSE: "办结建议书",
    },
    Adoption: {
        Adoption.YES: "采纳",
        Adoption.PARTLY: "部分采纳",
        Adoption.NO: "不采纳",
    },
    SuggestionEnd: {
        SuggestionEnd.DONE: "回复、整改完毕",
        SuggestionEnd.WITHDRAWN: "异议成立，建议撤回或变更",
        SuggestionEnd.SUED: "已被起诉，转入应诉",
    },
    SuggestionPaper: {
        SuggestionPaper.ORIGINAL: "建议书原件",
        SuggestionPaper.PROOF: "整改佐证",
        SuggestionPaper.DISPATCH: "寄出凭证",
        SuggestionPaper.RECEIPT: "对方回执",
        SuggestionPaper.OTHER: "其他材料",
    },
}

# how a reply calls the letter and who sent it
CALLED: Final[Mapping[SuggestionKind, tuple[str, str]]] = MappingProxyType(
    {
        SuggestionKind.PROCURATORIAL_GENERAL: ("检察建议书", "贵院"),
        SuggestionKind.PROCURATORIAL_PUBLIC_INTEREST: ("检察建议书", "贵院"),
        SuggestionKind.PROCURATORIAL_SUPERVISION: ("检察建议书", "贵院"),
        SuggestionKind.JUDICIAL_GOVERNANCE: ("司法建议书", "贵院"),
        SuggestionKind.JUDICIAL_CASE: ("司法建议书", "贵院"),
        SuggestionKind.REVIEW_OPINION: ("行政复议意见书", "贵机关"),
    }
)


@dataclass(frozen=True, slots=True)
class SuggestionTerm:
    """Which clock a kind runs under: `urgent` for the urgent ones, where the law has another.

    `asked`: the letter alone can state the term, so it is 暂定 until the issuer has said it.
    `counted`: it runs by the rule meanwhile; without it there is no date before one is stated.
    """

    kind: SuggestionKind
    rule: str
    urgent: str
    asked: bool
    counted: bool
    hint: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Every kind with its term, the sign of our own numbers, how letters come and go."""

    version: int
    sign: str
    ways: tuple[str, ...]
    by_kind: Mapping[SuggestionKind, SuggestionTerm]

    def __getitem__(self, kind: SuggestionKind) -> SuggestionTerm:
        return self.by_kind[kind]

    @property
    def rules(self) -> frozenset[str]:
        """Every clock rule a letter can run under."""
        return frozenset(
            rule for each in self.by_kind.values() for rule in (each.rule, each.urgent)
        )


def load(path: Path | None = None, *, known: Collection[str]) -> Suggestions:
    """Read the kinds; one that is missing, or a term nobody knows, is a ValueError."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    rows = [_term(row) for row in table["kind"]]
    by_kind = {each.kind: each for each in rows}
    if len(rows) != len(by_kind) or set(by_kind) != set(SuggestionKind):
        raise ValueError("每种建议书应当写一次")
    found = Suggestions(
        int(table["version"]),
        table["sign"].strip(),
        tuple(table["ways"]),
        MappingProxyType(by_kind),
    )
    if unknown := found.rules - set(known):
        raise ValueError(f"clocks.toml 里没有这些期限：{sorted(unknown)}")
    if not found.sign:
        raise ValueError("建议书要有收文编号的代字")
    return found


def _term(row: Mapping[str, Any]) -> SuggestionTerm:
    return SuggestionTerm(
        SuggestionKind(row["id"]),
        row["rule"],
        row.get("urgent", row["rule"]),
        bool(row.get("asked", False)),
        bool(row.get("counted", True)),
        row["hint"],
    )
