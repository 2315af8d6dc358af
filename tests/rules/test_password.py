"""Sixty passwords under both profiles, and ten thousand that nobody should have."""

from dataclasses import replace
from itertools import product

import pytest

from config import password as config
from config.password import ProfileName
from service.rules import password as rules

PASSWORDS = config.load()
KNOWN = ("王建国", "wangjianguo", "柳溪镇综治中心", "liuxizhenzongzhizhongxin")
LONG = "Aa1" + "x7Qm" * 31
# password, taken by dengbao, taken by nist
TABLE = [
    # long and mixed enough
    ("Tr4ctor-green", True, False),
    ("Tr4ctorgre", True, False),  # ten characters
    ("Liuxi-Zhen-2026", True, True),  # fifteen
    ("Hk7!x2Qp9z", True, False),
    ("拖拉机Green-4-eve", True, False),  # fourteen
    ("拖拉机Green-4-ever", True, True),
    (LONG + "z", True, True),  # 128
    ("Zq8-vineyard-kettle", True, True),
    ("Kettle.on.the.7th", True, True),
    ("9Lampshade_orbit", True, True),
    ("mU7!riverbank-oat", True, True),
    ("B4rley&Bramble&Fog", True, True),
    ("羊群过了三道河的 Sheep3", True, True),
    ("Xk!9Xk!9Qv#7Qv#7", True, True),
    ("gravel7-Onion", True, False),
    # too short, too long
    ("", False, False),
    ("a", False, False),
    ("Tr4ctorgr", False, False),  # nine
    ("Zq8-vine", False, False),
    (LONG + "zz", False, False),  # 129
    (LONG * 3, False, False),
    # long, of too few classes: what only nist takes
    ("vineyardkettleorbit", False, True),
    ("gravel onion lampshade", False, True),
    ("orbit-barley-bramble", False, True),
    ("羊群过了三道河就到家门口了真好啊", False, True),
    ("VINEYARDKETTLEORBIT", False, True),
    ("83729164058261735", False, True),
    ("kettlevineyard83", False, True),
    # of too few classes and too short for nist
    ("tr4ctorgreen", False, False),
    ("vineyardket", False, False),
    ("8372916405", False, False),
    # hardly different characters
    ("Aa1Aa1Aa1Aa1", False, False),
    ("Aa1!Aa1!Aa1!Aa1!", False, False),
    ("aaaaaaaaaaaaaaaa", False, False),
    ("1111111111111111", False, False),
    # common words, with what people hang on them
    ("Password-2026", False, False),
    ("P@ssw0rd-2026-here", False, False),
    ("Admin@20261234567", False, False),
    ("Welcome@2026!!!", False, False),
    ("Summer2025!!!!!", False, False),
    ("ILoveYou-520-1314", False, False),
    ("Dragon1988-05-31", False, False),
    # walks over the keyboard, rows of numbers
    ("Qwer1234!@#$", False, False),
    ("1qaz@WSX3edc$RFV", False, False),
    ("Qwertyuiop1234567", False, False),
    ("Asdfghjkl;'12345", False, False),
    ("Abcdefghijk12345", False, False),
    ("123456789012345", False, False),
    ("147258369147258369", False, False),
    ("Zxcvbnm,./98765", False, False),
    # pinyin, names, days
    ("Woaini1314520!!", False, False),
    ("Woaiwojia2026!!", False, False),
    ("Zhangwei19880531", False, False),
    ("Wangfang@198805", False, False),
    ("Lixiuying@123456", False, False),
    ("Ceshi@2026888888", False, False),
    # the town, the username, the owner, the unit
    ("Qinglongshan-1-Zk8v", False, False),
    ("Naiman8-Zk8vqq-Tp", False, False),
    ("Liaison-4-green-Zk8", False, False),
    ("wang.Jian_guo-7Zk8v", False, False),
    ("综治中心在柳溪镇综治中心A8k", False, False),
]


@pytest.mark.parametrize(("password", "by_dengbao", "by_nist"), TABLE)
def test_each_profile_takes_what_its_rules_allow(
    password: str, by_dengbao: bool, by_nist: bool
) -> None:
    taken = [
        rules.problem(
            password, username="liaison", policy=replace(PASSWORDS, chosen=name), known=KNOWN
        )
        is None
        for name in (ProfileName.DENGBAO, ProfileName.NIST)
    ]
    assert taken == [by_dengbao, by_nist]


def test_the_table_has_sixty_passwords() -> None:
    assert len({password for password, *_ in TABLE}) >= 60


def test_what_is_wrong_is_told_in_the_order_one_mends_it() -> None:
    def told(password: str, name: ProfileName = ProfileName.DENGBAO) -> str | None:
        policy = replace(PASSWORDS, chosen=name)
        return rules.problem(password, username="liaison", policy=policy)

    assert told("short") == "密码应为 10 到 128 个字符"
    assert told("short", ProfileName.NIST) == "密码应为 15 到 128 个字符"
    assert told("onlylowercase") == "密码应包含大写字母、小写字母、数字、符号中的至少三种"
    assert told("Aa1Aa1Aa1Aa1") == "密码中重复的字符太多"
    assert told("Qwer1234!@#$") == rules.GUESSED


def test_what_is_asked_for_is_told_beforehand() -> None:
    nist = replace(PASSWORDS, chosen=ProfileName.NIST)
    assert rules.asked_for(PASSWORDS) == (
        "10 位以上，大写、小写、数字、符号至少有三种；不用姓名、单位名和常见的词"
    )
    assert rules.asked_for(nist) == (
        "15 位以上，可以是一句只有您知道的话；不用姓名、单位名和常见的词"
    )


def test_a_short_username_within_a_word_gives_no_password_away() -> None:
    def taken(username: str) -> bool:
        return rules.problem("Tr4ctor-green", username=username, policy=PASSWORDS) is None

    assert (taken("or"), taken("gree")) == (True, False)


def test_more_than_ten_thousand_different_passwords_are_on_the_list() -> None:
    words = (
        "zhangwei",
        "wangfang",
        "liuyang",
        "chenjie",
        "woaini",
        "dragon",
        "welcome",
        "summer",
        "zhongguo",
        "pengyou",
        "baobao",
        "qwer",
        "asdf",
        "sunshine",
        "superman",
        "football",
        "jiankang",
        "pingan",
        "monkey",
        "family",
        "zhaolei",
        "sunqiang",
        "sifasuo",
        "tiaojie",
        "keerqin",
    )  # fmt: skip -- a list of words
    years = [str(year) for year in range(1950, 2030)]
    tails = ["", "!", "!!", "@", "#"]
    found = {
        written
        for word, year, tail in product(words, years, tails)
        for written in (f"{word.capitalize()}{year}{tail}",)
        if rules.is_guessed(written, PASSWORDS.guesses)
    }
    assert len(found) == len(words) * len(years) * len(tails) == 10_000
    more = {name for name in PASSWORDS.guesses.words if rules.is_guessed(name, PASSWORDS.guesses)}
    assert more == PASSWORDS.guesses.words
    assert len(found | more) > 20_000


@pytest.mark.parametrize(
    ("password", "price"),
    [
        ("", 0),
        ("zhangwei", 2),
        ("Zhangwei1988", 4),
        ("zh4ngw31", 2),  # signs for letters
        ("19880531", 2),
        ("1988-05-31", 2),
        ("880531", 2),
        ("qwertyu", 2),
        ("ytrewq", 2),
        ("!!!!!!", 2),
        ("7", 1),
        ("k", 3),
        ("dragon-7k", 7),
    ],
)
def test_a_password_is_worth_its_cheapest_pieces(password: str, price: int) -> None:
    assert rules.price(password, PASSWORDS.guesses) == price
