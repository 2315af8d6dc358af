"""The vocabulary of who may mediate 调解员、回避, with its Chinese words."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Gender(StrEnum):
    """Of a mediator 性别: where a woman should be asked, it has to be known who is one."""

    WOMAN = "woman"
    MAN = "man"


class RecusalGrade(StrEnum):
    """How strongly something speaks against a mediator 回避等级."""

    MUST = "must"
    SHOULD = "should"
    HINT = "hint"


class Relation(StrEnum):
    """What a mediator declares of a person or a unit 申报的关系; each is a ground of recusal."""

    RELATIVE = "relative"
    HOUSEHOLD = "household"
    EMPLOYER = "employer"
    AGENT = "agent"
    HANDLED = "handled"
    CLOSE = "close"


class RecusalState(StrEnum):
    """What became of a request for recusal 申请回避."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


WORDS: Final[Mapping[type[StrEnum], Mapping[StrEnum, str]]] = MappingProxyType(
    {
        Gender: {Gender.WOMAN: "女", Gender.MAN: "男"},
        RecusalGrade: {
            RecusalGrade.MUST: "必须回避",
            RecusalGrade.SHOULD: "建议回避",
            RecusalGrade.HINT: "提示",
        },
        Relation: {
            Relation.RELATIVE: "近亲属",
            Relation.HOUSEHOLD: "同住一户",
            Relation.EMPLOYER: "任职、受雇的单位或雇主",
            Relation.AGENT: "曾经做过代理人",
            Relation.HANDLED: "曾以法官、民警等身份办过其案件",
            Relation.CLOSE: "朋友、邻居等关系密切",
        },
        RecusalState: {
            RecusalState.ASKED: "等决定",
            RecusalState.GRANTED: "已同意，换人",
            RecusalState.REFUSED: "不同意",
        },
    }
)
