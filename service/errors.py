"""What can go wrong, in the words of the work; no HTTP.

Refusal
├── Invalid             input that cannot be taken; `fields` maps a field path to messages
├── NotSignedIn         nobody, or nobody we know any more
│   ├── SignInRefused   wrong name or password, or locked: one sentence for all of them
│   └── CodeRequired    the password was right; the code of the second factor is missing
├── Forbidden           the function is not this role's
│   └── Unsettled       something of one's own account comes first; `first` says what
├── NotFound            it does not exist, or the caller may not know that it does
├── StepNotAllowed      the step is not legal here; `allowed` lists those that are
├── Stale               somebody changed it meanwhile; `changed` lists the fields
├── VersionRequired     a change came without the version it is based on
├── KeyRequired         a creation came without an Idempotency-Key
├── KeyReused           the same key came with another body
├── KeyBusy             the first request with this key is still running
├── Gone                it was there and can no longer be given: withdrawn, or its file is damaged
├── TooLarge            it is larger than what is taken
├── StorageFull         there is no room left to keep it
├── TooOften            it is limited and the allowance is used up; `seconds` to wait
├── Erased              it was there, and was forgotten when its time was over
├── Conflict            the request contradicts what is stored
│   ├── WorkLeft        somebody who leaves still has work in hand; `left` counts it
│   └── Merged          it went into another dispute; `into` is that one's number
└── Unavailable         the database or another part is away; try again
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar


class Refusal(Exception):
    """A request that cannot be carried out: a stable `code`, a Chinese `detail` for people."""

    code: ClassVar[str] = "refused"

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(detail)


class Invalid(Refusal):
    """Input that cannot be taken; nothing was written."""

    code = "invalid"

    def __init__(
        self, fields: Mapping[str, Sequence[str]], detail: str = "填写的内容有误，请按提示修改"
    ) -> None:
        self.fields = {path: list(messages) for path, messages in fields.items()}
        super().__init__(detail)


class NotSignedIn(Refusal):
    """The caller is nobody we know."""

    code = "not-signed-in"

    def __init__(self, detail: str = "请先登录") -> None:
        super().__init__(detail)


class SignInRefused(NotSignedIn):
    """Unknown, wrong, locked and disabled are told in one sentence."""

    code = "sign-in-refused"

    def __init__(self) -> None:
        super().__init__("用户名或密码错误，或账户暂时锁定")


class CodeRequired(NotSignedIn):
    """The password was right; the code of the second factor is missing."""

    code = "totp-required"

    def __init__(self) -> None:
        super().__init__("请输入动态口令")


class Forbidden(Refusal):
    """The function is not this role's."""

    code = "forbidden"

    def __init__(self, detail: str = "您的角色不能使用这项功能") -> None:
        super().__init__(detail)


class Unsettled(Forbidden):
    """Something of one's own account comes first: the second factor, or a new password."""

    code = "account-unsettled"

    def __init__(self, first: str) -> None:
        self.first = first
        super().__init__(f"请先在网页上{first}，再使用其他功能")


class NotFound(Refusal):
    """It does not exist, or the caller may not know that it does: the same answer for both."""

    code = "not-found"

    def __init__(self, detail: str = "没有找到") -> None:
        super().__init__(detail)


class StepNotAllowed(Refusal):
    """The step is not legal in this status."""

    code = "step-not-allowed"

    def __init__(self, detail: str, allowed: Sequence[str]) -> None:
        self.allowed = list(allowed)
        super().__init__(detail)


class Stale(Refusal):
    """Somebody changed the thing meanwhile."""

    code = "stale"

    def __init__(self, changed: Sequence[str]) -> None:
        self.changed = list(changed)
        super().__init__("别人刚刚修改过，请查看最新内容后再提交")


class VersionRequired(Refusal):
    """A change came without the version it is based on."""

    code = "version-required"

    def __init__(self) -> None:
        super().__init__("缺少 If-Match：请先读取最新内容再修改")


class KeyRequired(Refusal):
    """A creation came without an Idempotency-Key."""

    code = "idempotency-key-required"

    def __init__(self) -> None:
        super().__init__("缺少 Idempotency-Key")


class KeyReused(Refusal):
    """The same Idempotency-Key came with another body."""

    code = "idempotency-key-reused"

    def __init__(self) -> None:
        super().__init__("同一个 Idempotency-Key 不能用于不同的内容")


class KeyBusy(Refusal):
    """The first request with this key is still running."""

    code = "idempotency-key-busy"

    def __init__(self) -> None:
        super().__init__("同一请求正在处理，请稍后重试")


class TooOften(Refusal):
    """What is limited was done too often; `seconds` from now it may be tried again."""

    code = "too-often"

    def __init__(self, seconds: int, detail: str = "操作太频繁，请过一会儿再试") -> None:
        self.seconds = seconds
        super().__init__(detail)


class Gone(Refusal):
    """It was there and can no longer be given."""

    code = "gone"


class TooLarge(Refusal):
    """It is larger than what is taken."""

    code = "too-large"


class StorageFull(Refusal):
    """There is no room left to keep it; nothing of it was left behind."""

    code = "storage-full"

    def __init__(self) -> None:
        super().__init__("服务器的存储空间已满，文件没有保存，请联系系统管理员")


class Conflict(Refusal):
    """The request contradicts what is stored."""

    code = "conflict"


class WorkLeft(Conflict):
    """Somebody's account cannot be closed before the open work in it has gone to others."""

    code = "work-left"

    def __init__(self, left: Mapping[str, int]) -> None:
        self.left = dict(left)
        super().__init__(f"这个人手上还有 {sum(left.values())} 件没有办结的纠纷，请先交接")


class Merged(Conflict):
    """It went into another dispute 并案, where everything goes on."""

    code = "merged"

    def __init__(self, into: str) -> None:
        self.into = into
        super().__init__(f"这件已经并入 {into}，请到那一件里办理")


class Erased(Refusal):
    """Its time was over and what was personal in it is gone; figures still count it."""

    code = "erased"

    def __init__(self) -> None:
        super().__init__("这件纠纷的保存期限已过，内容已经销毁")


class Unavailable(Refusal):
    """A part the work needs is away; nothing was written."""

    code = "unavailable"

    def __init__(self, detail: str = "系统暂时无法写入，请稍后重试") -> None:
        super().__init__(detail)
