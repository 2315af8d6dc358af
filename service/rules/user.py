"""Accounts 账户: what a username and a set of roles must be, and how sign-in codes are typed."""

import re
import unicodedata
from collections.abc import Collection
from typing import Final

from config import spelling
from config.text import EMAIL
from config.vocabulary import STAFF, Role
from config.words import label
from service.errors import Invalid
from service.rules import listing
from service.rules.listing import Columns, Line

USERNAME: Final = re.compile(r"[a-z][a-z0-9.-]{1,39}")
# the code of a sign-in slip 登录码: nothing in it can be mistaken for another, 59 bits in all
CODE_ALPHABET: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_GROUPS: Final = 3
CODE_GROUP: Final = 4
CODE_LENGTH: Final = CODE_GROUPS * CODE_GROUP
CODE: Final = re.compile(f"[{CODE_ALPHABET}]{{{CODE_LENGTH}}}")
# what a link carried in its path before there were codes to type: 256 bits
LONG_CODE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
BETWEEN: Final = re.compile(r"[\s\-_.·\u2010-\u2015\u2212]+")
# posts whose holder holds no other (GB/T 22239: 三员分立)
ALONE: Final = frozenset({Role.AUDITOR, Role.SYSADMIN, Role.SECADMIN})
COLUMNS: Final = Columns(
    headings=spelling.index(
        (word, field)
        for field, words in (
            ("username", ("username", "用户名", "账号", "登录名")),
            ("name", ("name", "姓名")),
            ("roles", ("roles", "角色", "岗位")),
            ("organisation", ("organisation", "单位", "单位名称", "所在单位")),
            ("phone", ("phone", "电话", "手机", "联系电话")),
            ("email", ("email", "邮箱", "电子邮箱")),
            ("password", ("password", "密码")),
        )
        for word in words
    ),
    order=("username", "name", "roles", "organisation", "phone", "email", "password"),
    required=frozenset({"username", "name", "roles", "organisation"}),
)
ROLES: Final = spelling.index((word, role) for role in STAFF for word in (role.value, label(role)))
SEPARATED: Final = re.compile(r"[;；、/]")


def username_problem(username: str) -> str | None:
    """What is wrong with a username, in Chinese; None when it will do."""
    if USERNAME.fullmatch(username):
        return None
    return "用户名以小写字母开头，只用小写字母、数字、点和连字符，2 到 40 个字符"


def roles_problem(roles: Collection[Role]) -> str | None:
    """What is wrong with the roles one account is to hold; None when they go together."""
    if not roles:
        return "请至少选择一个角色"
    if Role.PLATFORM in roles:
        return "外部平台用令牌接入，不建账户"
    if len(roles) > 1 and ALONE & set(roles):
        return "审计员、系统管理员、安全管理员不能兼任其他角色"
    return None


def sign_in_code(typed: str) -> str | None:
    """A sign-in code as it is stored, from what somebody typed; None when it is none.

    Capitals or not, full width or not, with or without the gaps between the groups.
    """
    plain = BETWEEN.sub("", unicodedata.normalize("NFKC", typed[:100])).upper()
    return plain if CODE.fullmatch(plain) else None


def is_long_code(text: str) -> bool:
    """Whether it is too long to be guessed, so that a link may carry it in its path."""
    return LONG_CODE.fullmatch(text) is not None


def grouped(code: str) -> str:
    """A sign-in code as it is printed: `7KMP-QX4T-9HRW`."""
    starts = range(0, len(code), CODE_GROUP)
    return "-".join(code[start : start + CODE_GROUP] for start in starts)


def email_problem(email: str) -> str | None:
    """What is wrong with a mail address, in Chinese; None when letters can go there."""
    return None if re.fullmatch(EMAIL, email) else "邮箱地址不对"


def listed(text: str) -> list[Line]:
    """The rows of a list of accounts; Invalid at `text` when it is no list."""
    return listing.read(text, COLUMNS)


def roles_of(text: str) -> list[Role]:
    """The roles a list names, by code or by word; Invalid at `roles` for one nobody holds."""
    words = [word.strip() for word in SEPARATED.split(text) if word.strip()]
    unknown = [word for word in words if spelling.fold(word) not in ROLES]
    if unknown:
        raise Invalid({"roles": [f"没有这个角色：{'、'.join(unknown)}"]})
    return [ROLES[spelling.fold(word)] for word in words]
