import pytest

from config.vocabulary import Role
from service.errors import Invalid
from service.rules import user as rules


@pytest.mark.parametrize(
    ("username", "taken"),
    [
        ("window", True),
        ("mediator-police", True),
        ("w2", True),
        ("w", False),
        ("Window", False),
        ("2window", False),
        ("win dow", False),
        ("窗口", False),
        ("a" * 40, True),
        ("a" * 41, False),
    ],
)
def test_a_username_is_plain(username: str, taken: bool) -> None:
    assert (rules.username_problem(username) is None) is taken


@pytest.mark.parametrize("alone", [Role.AUDITOR, Role.SYSADMIN, Role.SECADMIN])
def test_the_three_separate_posts_hold_no_other_role(alone: Role) -> None:
    assert rules.roles_problem([alone]) is None
    assert rules.roles_problem([alone, Role.WINDOW]) is not None


def test_business_roles_may_be_held_together_but_not_none_at_all() -> None:
    assert rules.roles_problem([Role.WINDOW, Role.MEDIATOR]) is None
    assert rules.roles_problem([]) == "请至少选择一个角色"


@pytest.mark.parametrize("email", ["li@town.test", "wang.li+a@mail.town-1.test"])
def test_an_address_letters_can_go_to_is_taken(email: str) -> None:
    assert rules.email_problem(email) is None


@pytest.mark.parametrize(
    "email", ["a..b@x.test", ".a@x.test", "a.@x.test", "a@x..test", "a", "a@b@c"]
)
def test_an_address_no_header_takes_is_refused(email: str) -> None:
    assert rules.email_problem(email) == "邮箱地址不对"


def test_no_person_holds_the_role_of_a_program() -> None:
    assert rules.roles_problem([Role.PLATFORM]) == "外部平台用令牌接入，不建账户"
    assert rules.roles_problem([Role.WINDOW, Role.PLATFORM]) is not None


def test_a_list_names_roles_by_code_or_word() -> None:
    assert rules.roles_of("窗口；mediator、中心主任") == [Role.WINDOW, Role.MEDIATOR, Role.DIRECTOR]


@pytest.mark.parametrize("word", ["clerk", "platform", "外部平台"])
def test_a_role_nobody_may_hold_is_named(word: str) -> None:
    with pytest.raises(Invalid) as refusal:
        rules.roles_of(f"window;{word}")
    assert refusal.value.fields == {"roles": [f"没有这个角色：{word}"]}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("7KMP-QX4T-9HRW", "7KMPQX4T9HRW"),
        (" 7kmp qx4t－9hrw ", "7KMPQX4T9HRW"),
        ("７ＫＭＰqx4t9hrw", "7KMPQX4T9HRW"),
        ("7KMP-QX4T-9HR", None),
        ("7KMP-QX4T-9HR0", None),
        ("7KMP-QX4T-9HRL", None),
        ("", None),
    ],
)
def test_a_sign_in_code_is_read_however_it_is_typed(typed: str, code: str | None) -> None:
    assert rules.sign_in_code(typed) == code


def test_a_sign_in_code_has_fifty_bits_and_nothing_to_mistake() -> None:
    length = rules.CODE_GROUPS * rules.CODE_GROUP
    assert len(set(rules.CODE_ALPHABET)) ** length > 2**50
    assert not set(rules.CODE_ALPHABET) & set("0O1lI" + "L")
    assert rules.grouped("7KMPQX4T9HRW") == "7KMP-QX4T-9HRW"
