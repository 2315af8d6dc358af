"""Initials: of surnames as surnames, of what is heard in two ways both."""

import subprocess
import sys

import pytest

from service.gateways.pinyin import initials, reading


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("王小满", "wxm"),
        ("单小雨", "sxy"),
        ("仇英", "qy"),
        ("曾国安", "zga"),
        ("解晓东", "xxd"),
        ("查良", "zl"),
        ("尉迟恭", "ycg"),
        ("万俟洛", "mql"),
        ("欧阳重", "oyz oyc"),
        ("王乐", "wl wy"),
        ("覃平", "qp tp"),
        ("柳溪镇建材有限公司", "lxzjcyxgs"),
        ("巴特尔", "bte"),
        ("Ｂat尔", "bate"),
        ("巴特·苏和", "btsh"),
        ("\U0002c029王", "ww"),
        ("\ue123", None),
        ("", None),
    ],
)
def test_the_letters_of_a_name(name: str, letters: str | None) -> None:
    assert initials(name) == letters


def test_a_name_of_many_readings_keeps_to_the_column() -> None:
    told = initials("重" * 50) or ""
    assert told == "c" + "z" * 49
    assert len(initials("乐" * 20) or "") <= 60


def test_the_phrases_of_the_package_are_never_loaded() -> None:
    program = (
        "import sys; from service.gateways.pinyin import initials; initials('王小满');"
        "print('pypinyin' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert told.stdout == b"False\n"


def test_a_name_is_read_without_tones() -> None:
    assert [reading(each) for each in ("王建国", "柳溪镇", "甲0 b", "、")] == [
        "wangjianguo",
        "liuxizhen",
        "jia0 b",
        "",
    ]
