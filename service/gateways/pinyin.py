"""First letters of how a name is read 拼音首字母; the readings come with the package pypinyin.

Only its table of single characters is read, not the package: its table of phrases would cost
55 MB in every process, and names are no phrases. It is read when a name is first asked for.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import islice, product
from pathlib import Path
from typing import Final

MOST_LETTERS: Final = 60
MOST_READINGS: Final = 4
# As a surname read otherwise than elsewhere; two letters: both are heard.
SURNAMES: Final[Mapping[str, str]] = {
    **dict(
        pair.split(":")
        for pair in (
            "万俟:mq 单于:cy 尉迟:yc 长孙:zs 澹台:tt "
            "单:s 仇:q 曾:z 解:x 查:z 区:o 盖:g 朴:p 缪:m 翟:z 乐:yl 覃:qt 冼:x 员:y 召:sz 折:s "
            "种:c 秘:b 薄:b 谌:cs 祭:z 黑:h 隗:kw 繁:p 车:c 卜:b 逄:p 宓:mf 洗:x 句:g 郗:xc 宿:s "
            "燕:y 那:n 藏:z 降:j 石:s 沈:s 贾:j 牟:m 都:d 重:c 教:j 适:k 撒:s 盛:s 术:z 相:x 行:x"
        ).split()
    )
}  # fmt: skip -- a list of words
# Characters of given names and places that are heard in two ways.
BOTH: Final[Mapping[str, str]] = dict(
    pair.split(":")
    for pair in (
        "乐:ly 长:cz 重:zc 朝:cz 行:xh 晟:sc 曾:zc 单:ds 传:cz 藏:cz 调:td 盛:sc 石:sd 校:xj 省:sx "
        "厦:sx 提:td 澄:cd 扎:zc 折:zs 翟:dz 参:cs 禅:cs 大:d 佛:fb 仇:cq 解:jx 查:cz 宿:sx 卡:kq "
        "贾:jg 沈:sc 降:jx 还:h 会:hk 奇:qj 系:xj 率:ls 尉:wy 茜:xq 祭:jz 隗:wk 沓:td 什:s 恪:k"
    ).split()
)


def initials(name: str) -> str | None:
    """`zs` for 张三; several readings apart by a space; None when nothing in it has a reading.

    A surname is read as a surname; letters and digits stand for themselves.
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    heard = [letters for letters in _letters(plain) if letters]
    readings: list[str] = []
    for reading in islice(product(*heard), MOST_READINGS):
        text = "".join(reading)[:MOST_LETTERS]
        if sum(len(each) + 1 for each in readings) + len(text) > MOST_LETTERS:
            break
        if text and text not in readings:
            readings.append(text)
    return " ".join(readings) or None


def _letters(name: str) -> Iterator[str]:
    """For each character the letters it may begin with; nothing for what has no reading."""
    head = name[:2] if name[:2] in SURNAMES else name[:1]
    if len(head) == 2:
        yield from SURNAMES[head]
    else:
        yield SURNAMES.get(head) or _of(head)
    yield from (_of(character) for character in name[len(head) :])


def _of(character: str) -> str:
    if character.isascii():
        return character if character.isalnum() else ""
    return BOTH.get(character) or _readings().get(ord(character), "")


@cache
def _readings() -> dict[int, str]:
    """The first letter of the usual reading of every character that has one."""
    return {
        character: unicodedata.normalize("NFD", readings)[0]
        for character, readings in _table().items()
    }


def _table() -> dict[int, str]:
    """How every character is read, the usual way first."""
    return {int(character): readings for character, readings in json.loads(_text()).items()}


def _text() -> str:
    """The table as the package keeps it: JSON, `"24352": "zhāng,zhàng"`."""
    found = find_spec("pypinyin")
    if found is None or found.origin is None:
        raise RuntimeError("the package pypinyin is not installed")
    return (Path(found.origin).parent / "pinyin_dict.json").read_text("utf-8")


@lru_cache(maxsize=256)
def reading(name: str) -> str:
    """`zhangsan` for 张三: each character as it is usually read, without tones.

    Asked seldom, so the table is searched for it and not kept.
    """
    plain, text = unicodedata.normalize("NFKC", name).casefold(), _text()
    return "".join(sign if sign.isascii() else _toneless(_read_in(text, sign)) for sign in plain)


def _read_in(text: str, character: str) -> str:
    """How one character is read by the text of the table; nothing where it does not stand."""
    found = re.search(rf'"{ord(character)}":\s*("[^"]*")', text)
    return str(json.loads(found[1])) if found else ""


def _toneless(readings: str) -> str:
    usual = unicodedata.normalize("NFD", readings.split(",", maxsplit=1)[0])
    return "".join(sign for sign in usual if sign.isalpha())
