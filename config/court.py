"""The words 用语 of docking with the court 诉调对接: what it sends, and what it confirms."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class CourtKind(StrEnum):
    """Why the court sends a dispute (特邀调解规定 art. 11)."""

    ASSIGNED = "assigned"  # 委派: before it files the case
    ENTRUSTED = "entrusted"  # 委托: after it did


class CourtProcedure(StrEnum):
    """The procedure of a case that was filed; the term to mediate depends on it."""

    ORDINARY = "ordinary"
    SIMPLIFIED = "simplified"


class CourtState(StrEnum):
    """How something the court sent stands."""

    WAITING = "waiting"  # 等确认
    RUNNING = "running"  # 已确认，还没有反馈
    SENT_BACK = "sent_back"  # 退回法院
    REPORTED = "reported"  # 已反馈


class CourtResult(StrEnum):
    """What is told the court at the end."""

    AGREED = "agreed"
    NOT_AGREED = "not_agreed"
    WITHDRAWN = "withdrawn"


class ConfirmationState(StrEnum):
    """How a confirmation 司法确认 stands."""

    PREPARED = "prepared"  # 申请书已准备
    FILED = "filed"  # 已提交法院
    ACCEPTED = "accepted"  # 法院已受理
    REFUSED = "refused"  # 法院不予受理
    CONFIRMED = "confirmed"  # 裁定有效
    REJECTED = "rejected"  # 裁定驳回
    WITHDRAWN = "withdrawn"  # 撤回申请


class ConfirmationStep(StrEnum):
    """What happens to it next."""

    FILE = "file"
    ACCEPT = "accept"
    REFUSE = "refuse"
    CONFIRM = "confirm"
    REJECT = "reject"
    WITHDRAW = "withdraw"


class CourtGround(StrEnum):
    """Why it is this court's (民事诉讼法 art. 205)."""

    DOMICILE = "domicile"  # 当事人住所地
    SUBJECT = "subject"  # 标的物所在地
    SEAT = "seat"  # 调解组织所在地
    INVITED = "invited"  # 邀请调解的法院
    INTERMEDIATE = "intermediate"  # 应由中级人民法院管辖的


class ConfirmationBar(StrEnum):
    """What a court does not confirm (民诉法解释 art. 355)."""

    PERSONAL_STATUS = "personal_status"  # 身份关系
    TITLE = "title"  # 物权确权
    IP_TITLE = "ip_title"  # 知识产权确权
    NOT_CIVIL = "not_civil"  # 不属于法院受理的民事案件
    SPECIAL = "special"  # 特别程序、公示催告、破产


WORDS: Final[Mapping[type[StrEnum], Mapping[StrEnum, str]]] = {
    CourtKind: {
        CourtKind.ASSIGNED: "委派调解（立案前）",
        CourtKind.ENTRUSTED: "委托调解（立案后）",
    },
    CourtProcedure: {
        CourtProcedure.ORDINARY: "普通程序",
        CourtProcedure.SIMPLIFIED: "简易程序",
    },
    CourtState: {
        CourtState.WAITING: "等确认",
        CourtState.RUNNING: "已确认，未反馈",
        CourtState.SENT_BACK: "已退回法院",
        CourtState.REPORTED: "已反馈",
    },
    CourtResult: {
        CourtResult.AGREED: "达成调解协议",
        CourtResult.NOT_AGREED: "调解不成",
        CourtResult.WITHDRAWN: "当事人撤回",
    },
    ConfirmationState: {
        ConfirmationState.PREPARED: "申请书已准备",
        ConfirmationState.FILED: "已提交法院",
        ConfirmationState.ACCEPTED: "法院已受理",
        ConfirmationState.REFUSED: "法院不予受理",
        ConfirmationState.CONFIRMED: "裁定有效",
        ConfirmationState.REJECTED: "裁定驳回",
        ConfirmationState.WITHDRAWN: "撤回申请",
    },
    ConfirmationStep: {
        ConfirmationStep.FILE: "双方共同提交申请",
        ConfirmationStep.ACCEPT: "法院受理",
        ConfirmationStep.REFUSE: "法院不予受理",
        ConfirmationStep.CONFIRM: "裁定调解协议有效",
        ConfirmationStep.REJECT: "裁定驳回申请",
        ConfirmationStep.WITHDRAW: "当事人撤回申请",
    },
    CourtGround: {
        CourtGround.DOMICILE: "当事人住所地",
        CourtGround.SUBJECT: "标的物所在地",
        CourtGround.SEAT: "调解组织所在地",
        CourtGround.INVITED: "邀请调解的法院",
        CourtGround.INTERMEDIATE: "应由中级人民法院管辖",
    },
    ConfirmationBar: {
        ConfirmationBar.PERSONAL_STATUS: "婚姻、亲子、收养等身份关系",
        ConfirmationBar.TITLE: "土地、房屋等归谁所有（物权确权）",
        ConfirmationBar.IP_TITLE: "知识产权归谁（确权）",
        ConfirmationBar.NOT_CIVIL: "不归法院按民事案件受理",
        ConfirmationBar.SPECIAL: "特别程序、公示催告、破产的事",
    },
}
