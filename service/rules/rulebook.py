"""Versions of the routing rules 分流规则版本: which one governs a day, and who may publish one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from config import routing, routing_text
from config.clock import Clocks
from config.routing import Rulebook
from service.errors import Conflict, Invalid
from service.rules.routing import Fault, RulebookFault, check

LONGEST: Final = 400_000  # characters of a whole rulebook; what ships has 65,000
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Published:
    """A published version and the day it is in force from."""

    from_on: date
    book: Rulebook


@dataclass(frozen=True, slots=True)
class Rulebooks:
    """What ships, and every published version in the order of their numbers."""

    shipped: Rulebook
    published: tuple[Published, ...] = ()

    def on(self, day: date) -> Rulebook:
        """The version that governs disputes registered on `day`."""
        begun = (each.book for each in reversed(self.published) if each.from_on <= day)
        return next(begun, self.shipped)

    @property
    def newest(self) -> Rulebook:
        """The last one that was published, in force already or not: new drafts start from it."""
        return self.published[-1].book if self.published else self.shipped

    @property
    def newest_from(self) -> date | None:
        """The day the newest one is in force from; None for what ships."""
        return self.published[-1].from_on if self.published else None

    def numbered(self, number: int) -> Rulebook | None:
        """The version of that number, published or shipped."""
        for each in self.published:
            if each.book.version == number:
                return each.book
        return self.shipped if self.shipped.version == number else None


def read(content: str, number: int) -> Rulebook:
    """The rulebook of a stored content, whatever number its text tells."""
    return replace(routing.parse(content), version=number)


def canonical(text: str, number: int) -> str:
    """The one spelling of a rulebook text that somebody hands in, under its number.

    Raises Invalid at `content` when it is no rulebook at all.
    """
    if len(text) > LONGEST:
        raise Invalid({"content": [f"规则全文最多 {LONGEST} 字"]})
    try:
        return spelled(routing_text.read(text), number)
    except RecursionError as refusal:
        raise Invalid({"content": ["条件嵌套太深"]}) from refusal
    except (ValueError, TypeError, KeyError, AttributeError) as refusal:
        raise Invalid({"content": [told(refusal)]}) from refusal


def spelled(table: Mapping[str, Any], number: int) -> str:
    """The text of tables under a number. Raises ValueError and its like for no rulebook."""
    content = routing_text.written({**table, "version": number})
    routing.parse(content)
    return content


def told(refusal: Exception) -> str:
    """Why a text is no rulebook, in one Chinese sentence."""
    if isinstance(refusal, KeyError):
        return f"缺少 {refusal.args[0]}"
    if isinstance(refusal, ValueError) and not refusal.args:
        return "不是分流规则的写法"
    said = str(refusal).replace("\n", " ")
    return said if said.startswith("分流规则") else f"不是分流规则的写法：{said}"


def faults(book: Rulebook, clocks: Clocks, categories: Collection[str]) -> tuple[Fault, ...]:
    """Everything that keeps a rulebook from being used; nothing when it is fit."""
    try:
        check(book, clocks, categories)
    except RulebookFault as refusal:
        return refusal.found
    return ()


def may_publish(
    from_on: date,
    *,
    today: date,
    based_on: int,
    drafters: Collection[str],
    publisher: UUID,
    books: Rulebooks,
) -> None:
    """Raise Conflict or Invalid unless `publisher` may put a faultless draft in force so.

    Nobody publishes what they wrote. A version governs whole days that are still to come, so no
    dispute of today is judged by two; and it follows the newest one, or that would be undone.
    """
    if str(publisher) in drafters:
        raise Conflict("自己改过的规则，要由别人发布")
    if based_on != books.newest.version:
        raise Conflict(
            f"这份草稿是照第 {based_on} 版改的，之后发布了第 {books.newest.version} 版："
            "请照新的一版另拟草稿，免得把那一版的修改丢掉"
        )
    if from_on <= today:
        raise Invalid({"in_force_from": ["最早从明天起生效：同一天登记的纠纷只按一版规则分流"]})
    if books.newest_from and from_on < books.newest_from:
        said = f"不能早于第 {books.newest.version} 版的生效日 {books.newest_from}"
        raise Invalid({"in_force_from": [said]})
