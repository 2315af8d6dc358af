"""The reply 复函 to a letter, as it is kept and as it reads."""

import json
from dataclasses import replace
from datetime import date

from config.suggestion import Adoption, SuggestionKind
from service.rules import suggestion_reply as rules
from service.rules.suggestion_reply import Answer, Reply

FIRST = Answer(
    number=1,
    text="清理垃圾",
    adopted=Adoption.NO,
    measure="不清",
    reason="河段不归本镇",
    owner="王站长",
    due_on=date(2026, 12, 1),
    done_on=None,
    proofs=["勘界图.pdf", "会议纪要.pdf"],
)
REPLY = Reply(
    kind=SuggestionKind.PROCURATORIAL_GENERAL,
    issuer="柳溪旗人民检察院",
    document_number="柳检建〔2026〕3号",
    title="河道垃圾治理",
    received_on=date(2026, 9, 30),
    returned_on=date(2026, 11, 2),
    unit="林草站",
    answers=[FIRST, Answer(number=2, text="立牌", adopted=None, measure=None, reason=None)],
)


def test_what_is_kept_is_read_again_whatever_the_letter_says_by_now() -> None:
    told = replace(REPLY, answers=[replace(FIRST, done_on=date(2026, 11, 3))])
    assert rules.read(rules.kept(told), replace(REPLY, unit="派出所", title="别的")) == told


def test_a_reply_kept_before_it_named_its_letter_is_read_with_the_letter_as_it_is() -> None:
    told = {
        "number": 1,
        "adopted": "yes",
        "done_on": "2026-11-01",
        "text": "清理",
        "measure": "已清",
    }
    read = rules.read(json.dumps([told | {"reason": None}]), REPLY)
    assert (read.unit, read.returned_on) == ("林草站", None)
    assert rules.text(read) == "1．清理\n采纳。已清\n完成时间：已于2026年11月1日完成"


def test_each_demand_is_told_with_all_that_was_said_to_it() -> None:
    assert rules.text(REPLY).split("\n") == [
        "1．清理垃圾",
        "不采纳。不清",
        "理由：河段不归本镇",
        "责任人：王站长",
        "完成时间：计划2026年12月1日前完成",
        "佐证材料：勘界图.pdf、会议纪要.pdf",
        "2．立牌",
        "（还没有答复）",
    ]
