"""Numbers that identify people and organisations 证件号码、电话: cleaned, checked, masked.

Nothing is guessed: full-width forms, spaces and hyphens are cleaned away, a lower x becomes X,
and everything else that does not check is refused with a reason that never repeats the number.
"""

import re
import unicodedata
from datetime import date
from typing import Final

from config.text import Malformed
from config.vocabulary import IdType

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_PROVINCES: Final = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 "
    "50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()
)
_USCC: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CLUTTER: Final = re.compile(r"[\s'\-\u2010-\u2015\u2212]")
_EARLIEST_BIRTH: Final = date(1880, 1, 1)
_MOBILE: Final = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE: Final = re.compile(r"(010|02\d|0[3-9]\d\d)([2-9]\d{6,7})", re.ASCII)
_SERVICE: Final = re.compile(r"[48]00\d{7}|1[0-2]\d{3}|9[56]\d{3,6}", re.ASCII)
_COMPOUND: Final = frozenset(
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 令狐 慕容 "
    "司徒 夏侯 长孙 宇文 端木 呼延 南宫 独孤 拓跋 轩辕".split()
)
ADULT_AGE: Final = 18
CONSENT_AGE: Final = 14  # 个人信息保护法 art. 31  # 民法典 art. 17


def clean_resident_id(value: str, today: date) -> str:
    """The 18-digit 公民身份号码 (GB 11643-1999); a 15-digit old one is given its 18-digit form."""
    number = _tidy(value)
    if re.fullmatch(r"\d{15}", number, re.ASCII):
        number = _lengthen(number)
    if not re.fullmatch(r"\d{17}[\dX]", number, re.ASCII):
        raise Malformed("id-shape", "身份证号应为 18 位（末位可为 X）或 15 位数字")
    if number[:2] not in _PROVINCES:
        raise Malformed("id-region", "身份证号前两位不是有效的行政区划代码")
    if not _EARLIEST_BIRTH <= birth_date(number) <= today:
        raise Malformed("id-birth", "身份证号中的出生日期不可能")
    if number[17] != _resident_check(number):
        raise Malformed("id-check", "身份证号校验码不符，请核对")
    return number


def clean_uscc(value: str) -> str:
    """The 18-character 统一社会信用代码 (GB 32100-2015)."""
    code = _tidy(value)
    if len(code) != 18 or any(character not in _USCC for character in code):
        raise Malformed(
            "uscc-shape", "统一社会信用代码应为 18 位数字或大写字母（不含 I、O、Z、S、V）"
        )
    total = sum(_USCC.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    if _USCC.index(code[17]) != -total % 31:
        raise Malformed("uscc-check", "统一社会信用代码校验码不符，请核对")
    return code


def clean_id_number(value: str, today: date) -> tuple[IdType, str]:
    """Whichever of the two numbers `value` is, by its shape; what is neither is refused."""
    number = _tidy(value)
    if len(number) == 18 and (number[0] == "9" or not number[:17].isdigit()):
        return IdType.USCC, clean_uscc(number)
    try:
        return IdType.RESIDENT_ID, clean_resident_id(number, today)
    except Malformed:
        if _is_uscc(number):  # such as 12…, 51…, 52…: all digits, yet an organisation
            return IdType.USCC, number
        raise


def clean_phone(value: str) -> str:
    """A mobile as 11 digits, a landline as 0475-1234567, a service number as its digits."""
    text = _CLUTTER.sub("", re.sub(r"[()]", "", unicodedata.normalize("NFKC", value)))
    text = re.sub(r"\A(?:\+|00)86", "", text)
    if re.fullmatch(r"861[3-9]\d{9}", text, re.ASCII):
        text = text[2:]
    if _MOBILE.fullmatch(text) or _SERVICE.fullmatch(text):
        return text
    if landline := _LANDLINE.fullmatch(text):
        return f"{landline[1]}-{landline[2]}"
    if re.search(r"[/,;、和或]", text):
        raise Malformed("phone-several", "一格只能填一个电话号码")
    if re.fullmatch(r"[2-9]\d{6,7}", text, re.ASCII):
        raise Malformed("phone-area", "固定电话须带区号，如 0475-1234567")
    raise Malformed("phone-shape", "电话应为 11 位手机号或带区号的固定电话")


def birth_date(resident_id: str) -> date:
    """The day of birth an 18-digit number states."""
    try:
        year, month, day = resident_id[6:10], resident_id[10:12], resident_id[12:14]
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise Malformed("id-birth", "身份证号中的出生日期不存在") from error


def age_on(resident_id: str, day: date) -> int:
    """Full years on `day`; the birthday itself counts 周岁."""
    born = birth_date(resident_id)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def is_minor(resident_id: str, day: date) -> bool:
    """Under eighteen on `day` 未成年人 (民法典 art. 17)."""
    return age_on(resident_id, day) < ADULT_AGE


def mask_id(number: str) -> str:
    """150525********1234: six, eight stars, four; a number of ten or fewer is all stars."""
    if len(number) <= 10:
        return "*" * len(number)
    return f"{number[:6]}{'*' * 8}{number[-4:]}"


def mask_phone(number: str) -> str:
    """138****5678 and 0475-***4567; a short number is all stars."""
    head, hyphen, tail = number.rpartition("-")
    if hyphen:
        return f"{head}-{'*' * (len(tail) - 4)}{tail[-4:]}"
    if len(number) < 8:
        return "*" * len(number)
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"


def mask_name(name: str) -> str:
    """张** for a person's name: the surname is kept, a compound one whole, the rest is stars."""
    kept = 2 if len(name) > 2 and name[:2] in _COMPOUND else 1
    return name[:kept] + "*" * (len(name) - kept)


def _tidy(value: str) -> str:
    return _CLUTTER.sub("", unicodedata.normalize("NFKC", value)).upper()


def _lengthen(number: str) -> str:
    body = f"{number[:6]}19{number[6:]}"
    return body + _resident_check(body)


def _resident_check(number: str) -> str:
    return _CHECKS[sum(int(d) * w for d, w in zip(number, _WEIGHTS, strict=False)) % 11]


def _is_uscc(code: str) -> bool:
    try:
        return bool(clean_uscc(code))
    except Malformed:
        return False
