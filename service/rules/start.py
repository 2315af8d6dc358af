"""Whether a deployment may serve real people 安全启动: what its machine and database are like.

What the environment alone tells is checked where it is read, in config/settings.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LEAST_FREE_SHARE: Final = 0.05
GUESSED_FIRST: Final = ("", "admin", "password", "fengqiao", "123456", "12345678", "Admin@123")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What is found where the service runs; `demo`: whether the data directory is a demo's."""

    debug: bool
    testing: bool
    cookie_secure: bool
    free_share: float
    anchor_writable: bool
    demo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """What the database tells: the role we come as, and accounts that anybody could guess."""

    superuser: bool = False
    passes_by: bool = False
    inherits: bool = False
    owner: bool = False
    guessable: Sequence[str] = ()


def problems(machine: Machine, store: Store) -> list[str]:
    """Everything that forbids to start, each in one line that names what to change."""
    found = [
        (machine.debug, "应用处于调试状态（DEBUG），请去掉 FLASK_DEBUG"),
        (machine.testing, "应用处于测试状态（TESTING），请关闭"),
        (not machine.cookie_secure, "FENGQIAO_COOKIE_SECURE 关着，会话 Cookie 会明文传输"),
        (
            machine.free_share < LEAST_FREE_SHARE,
            "FENGQIAO_DATA_DIR 所在的磁盘剩余不到 5%，请先腾出空间",
        ),
        (
            not machine.anchor_writable,
            "FENGQIAO_ANCHOR_PATH 写不进去，请检查它所在的文件夹和权限",
        ),
        (machine.demo, "FENGQIAO_DATA_DIR 是演示用的（里面有 accounts.json），请换一个"),
        (
            store.superuser,
            "FENGQIAO_DATABASE_URL 用的是数据库超级用户，请换成普通角色",
        ),
        (
            store.passes_by,
            "FENGQIAO_DATABASE_URL 的角色带有 BYPASSRLS，行级权限对它不起作用，请换一个",
        ),
        (
            store.inherits,
            "FENGQIAO_DATABASE_URL 的角色不换角色就看得到全部，请改成 NOINHERIT",
        ),
        (
            store.owner,
            "FENGQIAO_DATABASE_URL 的角色是表的所有者，FENGQIAO_OWNER_DATABASE_URL 才用所有者",
        ),
    ]
    told = [text for is_so, text in found if is_so]
    return told + [f"账户 {name} 的密码是空的或者一猜就中，请先重设" for name in store.guessable]


def guesses(username: str) -> tuple[str, ...]:
    """The passwords somebody would try first at this account."""
    return (*GUESSED_FIRST, username, username[::-1], f"{username}123")
