"""Strict shapes: unknown fields are refused at every depth, text is cleaned at the edge."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from config.day import FIRST_DAY, LAST_DAY, UNREASONABLE
from config.money import FEN_PER_YUAN, yuan_text
from config.text import Malformed, clean_line, clean_text, holds_private_number

MAX_YUAN = Decimal(10) ** 12
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,20}")
PLAIN_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,10})?")


# what marshmallow says by itself, in the language of the office
_SAID: Final[Mapping[Any, Mapping[str, str]]] = {
    fields.Field: {"required": "请填写", "null": "请填写", "validator_failed": "填写有误"},
    fields.Nested: {"type": "格式不对"},
    fields.List: {"invalid": "应为列表"},
    fields.Dict: {"invalid": "格式不对"},
    fields.String: {"invalid": "应为文字", "invalid_utf8": "应为文字"},
    fields.Integer: {"invalid": "应为整数", "too_large": "数字太大"},
    fields.Boolean: {"invalid": "应为 true 或 false"},
    fields.AwareDateTime: {
        "invalid": "时间格式不对，例如 2026-11-22T09:30:00+08:00",
        "invalid_awareness": "时间须带时区，例如 2026-11-22T09:30:00+08:00",
    },
}
for _kind, _words in _SAID.items():
    _kind.default_error_messages = {**_kind.default_error_messages, **_words}
validate.Length.message_min = "太短，至少 {min}"
validate.Length.message_max = "太长，最多 {max}"
validate.Length.message_all = "长度应在 {min} 到 {max} 之间"


class Strict(Schema):
    """The base of every shape."""

    error_messages = {
        "unknown": "不认识的字段",
        "type": "格式不对",
    }

    class Meta:
        unknown = RAISE
        ordered = True


class Text(fields.String):
    """Text as people write it: trimmed, composed, without characters no form can carry."""

    default_error_messages = {
        "required": "请填写",
        "null": "请填写",
        "invalid": "应为文字",
    }

    def __init__(
        self, *, most: int = 100, least: int = 1, lines: bool = False, **kwargs: Any
    ) -> None:
        self.most, self.least = most, least
        self.clean = clean_text if lines else clean_line
        super().__init__(**kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            cleaned = self.clean(text, limit=10_000)
        except Malformed as refusal:
            raise ValidationError(str(refusal)) from refusal
        if len(cleaned) < self.least:
            raise ValidationError("请填写" if not cleaned else f"至少 {self.least} 个字")
        if len(cleaned) > self.most:
            raise ValidationError(f"不能超过 {self.most} 个字")
        return cleaned


class Sought(Text):
    """What somebody looks for, in an address: an ID or phone number never stands there."""

    default_error_messages = {"private": "证件号码和电话不能写在网址里，请填在页面上方的查找框"}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if holds_private_number(text):
            raise self.make_error("private")
        return text


class Word(fields.Enum[Any]):
    """One word of a vocabulary, by its value."""

    default_error_messages = {
        "required": "请选择",
        "null": "请选择",
        "unknown": "不在可选范围内：{choices}",
    }

    def __init__(self, enum: Any, **kwargs: Any) -> None:
        super().__init__(enum, by_value=True, **kwargs)


class Coded(fields.Field[str]):
    """A code of a closed list, or its words when the list lacks them: then `other` and the words.

    Other platforms send reasons in their own words; they are kept, and counted under 其他.
    """

    default_error_messages = {
        "required": "请选择",
        "null": "请选择",
        "invalid": "应为文字",
    }

    def __init__(self, enum: type[StrEnum], **kwargs: Any) -> None:
        self.codes = frozenset(member.value for member in enum)
        super().__init__(metadata={"enum": sorted(self.codes)}, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if value in self.codes:
            return value
        words = Text(most=100).deserialize(value)
        return f"other:{words}"


class Day(fields.Date):
    """A plain date of the office, YYYY-MM-DD, between 1900 and 2199."""

    default_error_messages = {
        "required": "请填写日期",
        "null": "请填写日期",
        "invalid": "日期应为 年-月-日，例如 2026-11-22",
    }

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> date:
        day: date = super()._deserialize(value, attr, data, **kwargs)
        if not FIRST_DAY <= day < LAST_DAY:
            raise ValidationError(UNREASONABLE)
        return day


class Yuan(fields.Field[int]):
    """Money: a decimal string in yuan outside, whole 分 inside."""

    default_error_messages = {
        "invalid": "金额应为数字，单位元，最多两位小数",
        "range": "金额不合理",
        "null": "请填写金额",
        "required": "请填写金额",
    }

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else yuan_text(value)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.make_error("invalid")
        if isinstance(value, str) and not PLAIN_NUMBER.fullmatch(value):
            raise self.make_error("invalid")
        try:
            fen = Decimal(value) * FEN_PER_YUAN
        except ArithmeticError as refusal:
            raise self.make_error("invalid") from refusal
        if not fen.is_finite() or not 0 <= fen <= MAX_YUAN * FEN_PER_YUAN:
            raise self.make_error("range")
        if fen != fen.to_integral_value():
            raise self.make_error("invalid")
        return int(fen)


class Instant(fields.AwareDateTime):
    """An instant with its zone, between 1900 and 2199."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> datetime:
        instant: datetime = super()._deserialize(value, attr, data, **kwargs)
        if not FIRST_DAY <= instant.date() < LAST_DAY:
            raise ValidationError(UNREASONABLE)
        return instant.astimezone(UTC)


class Count(fields.Integer):
    """A whole number of things, at least one."""

    default_error_messages = {
        "invalid": "应为整数",
        "null": "请填写",
        "too_large": "数字太大",
    }

    def __init__(self, *, most: int = 1_000_000, least: int = 1, **kwargs: Any) -> None:
        check = validate.Range(least, most, error=f"应在 {least} 到 {most} 之间")
        super().__init__(strict=True, validate=check, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if type(value) is not int:  # true is an int too, "3" is text
            raise self.make_error("invalid")
        return value


class Flag(fields.Boolean):
    """True or false, nothing that merely looks like it."""

    default_error_messages = {
        "invalid": "应为 true 或 false",
        "null": "请选择",
        "required": "请选择",
    }

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Id(fields.UUID):
    """A random id."""

    default_error_messages = {
        "required": "请选择",
        "null": "请选择",
        "invalid_uuid": "编号格式不对",
    }


class Limit(fields.Integer):
    """How many rows of a list, written in the digits 0 to 9 and nothing else."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, str) and not WHOLE_NUMBER.fullmatch(value):
            raise self.make_error("invalid")
        rows: int = super()._deserialize(value, attr, data, **kwargs)
        return rows


class PageQuery(Strict):
    """The query of every list: page size, where to go on, whether to count."""

    limit = Limit(load_default=25, validate=validate.Range(1, 200, error="应在 1 到 200 之间"))
    cursor = fields.String(load_default=None, validate=validate.Length(max=400))
    count = fields.Boolean(load_default=False)
