"""What is typed from a slip, and how it is read out."""

import pytest

from service.rules.progress import caller, cleaned, spoken_number, spoken_phone


@pytest.mark.parametrize(
    "typed",
    ["QLS2026-00001", " qls 2026-00001", "ＱＬＳ２０２６－０００01", "qls2026–00001\t"],
)
def test_width_spaces_case_and_dashes_do_not_count(typed: str) -> None:
    assert cleaned(typed) == "QLS2026-00001"


def test_a_number_is_read_in_groups() -> None:
    assert spoken_number("QLS2026-00001") == "Q L S，二〇二六，零零零零一"
    assert spoken_number("青综2026-12003") == "青综，二〇二六，一二零零三"


@pytest.mark.parametrize(
    ("phone", "read"),
    [
        ("0475-4210000", "零四七五，四二一，零零零零"),
        ("13900000001", "一三九，零零零零，零零零一"),
        ("12345", "一二三四五"),
    ],
)
def test_a_telephone_number_is_read_in_groups(phone: str, read: str) -> None:
    assert spoken_phone(phone) == read


def test_a_house_with_many_addresses_is_one_caller() -> None:
    assert caller("2001:db8:1:2:aaaa::1") == caller("2001:db8:1:2:bbbb::2")
    assert caller("2001:db8:1:2::1") != caller("2001:db8:1:3::1")
    assert caller("192.0.2.7") == "192.0.2.7"
    assert caller("") == ""
