"""Accounts 账户: what a username, a set of roles and a password must be."""

import re
from collections.abc import Collection
from typing import Final

from config.text import EMAIL
from config.vocabulary import Role

USERNAME: Final = re.compile(r"[a-z][a-z0-9.-]{1,39}")
PASSWORD_LENGTH: Final = range(10, 129)
CLASSES: Final = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")
CLASSES_WANTED: Final = 3
DIFFERENT_WANTED: Final = 5
OBVIOUS: Final = (
    "password",
    "passw0rd",
    "qwerty",
    "admin",
    "123456",
    "abcdef",
    "fengqiao",
    "qinglongshan",
    "naiman",
)  # fmt: skip -- a list of words
# posts whose holder holds no other (GB/T 22239: 三员分立)
ALONE: Final = frozenset({Role.AUDITOR, Role.SYSADMIN, Role.SECADMIN})


def username_problem(username: str) -> str | None:
    """What is wrong with a username, in Chinese; None when it will do."""
    if USERNAME.fullmatch(username):
        return None
    return "用户名以小写字母开头，只用小写字母、数字、点和连字符，2 到 40 个字符"


def roles_problem(roles: Collection[Role]) -> str | None:
    """What is wrong with the roles one account is to hold; None when they go together."""
    if not roles:
        return "请至少选择一个角色"
    if len(roles) > 1 and ALONE & set(roles):
        return "审计员、系统管理员、安全管理员不能兼任其他角色"
    return None


def password_problem(password: str, *, username: str) -> str | None:
    """What is wrong with a password; None when it will do (GB/T 22239: length and kinds)."""
    folded = password.casefold()
    if len(password) not in PASSWORD_LENGTH:
        return f"密码应为 {PASSWORD_LENGTH.start} 到 {PASSWORD_LENGTH.stop - 1} 个字符"
    if sum(bool(re.search(kind, password)) for kind in CLASSES) < CLASSES_WANTED:
        return "密码应包含大写字母、小写字母、数字、符号中的至少三种"
    if len(set(folded)) < DIFFERENT_WANTED:
        return "密码中重复的字符太多"
    if username in folded or any(word in folded for word in OBVIOUS):
        return "密码太容易被猜到，请不要使用用户名、单位名或常见的词"
    return None


def email_problem(email: str) -> str | None:
    """What is wrong with a mail address, in Chinese; None when letters can go there."""
    return None if re.fullmatch(EMAIL, email) else "邮箱地址不对"
