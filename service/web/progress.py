"""How far a dispute has come, in words for its parties: on the slip, the citizens' page, aloud."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from config.vocabulary import DisputeStatus

S = DisputeStatus
# stage -> what it means, what comes next
MEANING: Final[Mapping[S, tuple[str, str]]] = MappingProxyType(
    {
        S.REGISTERED: ("中心已经登记，正在分派承办单位。", "分派以后，承办单位会与您联系。"),
        S.DISPATCHED: (
            "已经分派给承办单位，等它签收。",
            "承办单位签收后会与您联系，征得双方同意再调解。",
        ),
        S.ACCEPTED: ("承办单位已经受理。", "调解员会约双方，商量时间和地点。"),
        S.MEDIATING: ("正在调解。", "请按调解员约的时间到场；来不了提前打电话改期。"),
        S.AGREED: (
            "双方已经达成协议。",
            "请按协议约定的时间履行。对方没有做到，带上协议到窗口。",
        ),
        S.CLOSED: ("这件事已经办结。", "结果和文书请带身份证件到窗口了解、领取。"),
        S.ARCHIVED: ("这件事已经办结归档。", "结果和文书请带身份证件到窗口了解、领取。"),
    }
)
