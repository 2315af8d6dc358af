"""Every word people see comes from one complete table."""

import inspect
import re
from enum import StrEnum

import pytest

from config import vocabulary
from config.vocabulary import Channel, DeclineGround, FailureReason, LedgerFate
from config.words import label, labels

_ENUMS = [
    found
    for _, found in inspect.getmembers(vocabulary, inspect.isclass)
    if issubclass(found, StrEnum) and found is not StrEnum
]


def test_there_are_words_to_look_at() -> None:
    assert len(_ENUMS) >= 28


@pytest.mark.parametrize("words", _ENUMS, ids=lambda words: words.__name__)
def test_every_member_has_a_chinese_label(words: type[StrEnum]) -> None:
    assert list(labels(words)) == [member.value for member in words]
    for member in words:
        assert re.search(r"[\u4e00-\u9fff]", label(member)), member


@pytest.mark.parametrize("words", _ENUMS, ids=lambda words: words.__name__)
def test_no_two_members_of_one_enum_share_a_label(words: type[StrEnum]) -> None:
    shown = list(labels(words).values())
    assert len(shown) == len(set(shown))


def test_a_value_shared_by_two_enums_keeps_its_own_label() -> None:
    assert label(DeclineGround.RESPONDENT_REFUSES) == "一方明确拒绝调解"
    assert label(FailureReason.RESPONDENT_REFUSES) == "被申请人不同意调解"


def test_a_label_is_the_word_of_the_contract() -> None:
    assert label(Channel.SECTOR) == "行业性专业性调解"


def test_a_whole_enum_is_listed_in_the_order_of_the_vocabulary() -> None:
    assert labels(LedgerFate) == {"ok": "可导入", "duplicate": "重复", "error": "有误"}
