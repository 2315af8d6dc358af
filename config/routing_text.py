"""The one way a rulebook 分流规则 is written as TOML text, so that equal rulebooks are equal texts.

What `read` has read, `written` writes so that it reads the same again, in the same order.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

Table = dict[str, Any]
WIDTH: Final = 100
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def read(text: str) -> Table:
    """The tables of a text. Raises ValueError when it is no TOML."""
    return tomllib.loads(text)


def written(table: Mapping[str, Any]) -> str:
    """The text of tables. Raises ValueError for a value no rulebook has: a float, a time of day."""
    return "\n".join([*_scalars(table), *_tables(table, ())]) + "\n"


def _scalars(table: Mapping[str, Any]) -> Iterator[str]:
    for name, value in table.items():
        if not _is_table(value):
            yield _line(name, value)


def _tables(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    for name, value in table.items():
        here = (*path, name)
        if isinstance(value, Mapping):
            if not value or not all(map(_is_table, value.values())):
                yield from ("", f"[{'.'.join(map(_key, here))}]")
            yield from _scalars(value)
            yield from _tables(value, here)
        elif _is_table(value):
            for row in value:
                yield from ("", f"[[{'.'.join(map(_key, here))}]]")
                yield from (_line(key, part) for key, part in row.items())


def _is_table(value: Any) -> bool:
    """Whether it has a heading of its own: a table, or a list of nothing but tables."""
    if isinstance(value, Mapping):
        return True
    return isinstance(value, list) and bool(value) and all(isinstance(e, Mapping) for e in value)


def _line(name: str, value: Any) -> str:
    line = f"{_key(name)} = {_value(value)}"
    if len(line) <= WIDTH or not isinstance(value, list):
        return line
    return "\n".join([f"{_key(name)} = [", *(f"    {_value(each)}," for each in value), "]"])


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return str(value)
    if type(value) is date:
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(name)} = {_value(part)}" for name, part in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    raise ValueError(f"分流规则里不能有这样的值：{value}")


def _text(text: str) -> str:
    return f'"{"".join(map(_character, text))}"'


def _character(one: str) -> str:
    if one in _ESCAPED:
        return _ESCAPED[one]
    return f"\\u{ord(one):04x}" if ord(one) < 0x20 or ord(one) == 0x7F else one
