"""Reading a request's body or query into a shape: every wrong field is named by its path."""

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from flask_smorest import Blueprint
from marshmallow import ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from service.errors import Invalid

MOST_DEEP = 20
LOCATIONS = ("json", "query", "form", "files", "headers", "path")


class StrictParser(FlaskParser):
    """Unknown fields are refused everywhere; what is wrong becomes an Invalid."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, Any] = dict.fromkeys(LOCATIONS)

    def handle_error(self, error: ValidationError, req: Any, schema: Any, **more: Any) -> NoReturn:
        """Tell what is wrong in the words of the work."""
        raise Invalid(flatten(error.messages)) from error

    def _handle_invalid_json_error(self, error: Any, req: Any, *args: Any, **kw: Any) -> NoReturn:
        raise BadRequest from error

    def load_json(self, req: Any, schema: Any) -> Any:
        """The JSON body; another media type is refused as such."""
        if req.get_data(cache=True) and not req.is_json:
            raise UnsupportedMediaType
        try:
            body = super().load_json(req, schema)
        except (ValueError, RecursionError) as refusal:  # numbers too long, brackets too deep
            raise BadRequest from refusal
        if _is_deep(body):
            raise BadRequest
        return body


class StrictBlueprint(Blueprint):
    """A blueprint whose arguments are read strictly."""

    ARGUMENTS_PARSER = StrictParser()


def _is_deep(body: Any) -> bool:
    """Whether lists and objects stand in one another more often than any shape of ours asks."""
    layer = [body]
    for _ in range(MOST_DEEP):
        layer = [
            inner
            for each in layer
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return bool(layer)


def flatten(messages: Any) -> dict[str, list[str]]:
    """marshmallow's nested messages as `parties.0.name` -> messages."""
    found: dict[str, list[str]] = {}
    for path, message in _walk(messages, ()):
        found.setdefault(path or "body", []).append(message)
    return found


def _walk(messages: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            step = () if key in ("_schema", "value") or (not path and key in LOCATIONS) else (key,)
            yield from _walk(inner, (*path, *map(str, step)))
    elif isinstance(messages, list | tuple):
        for inner in messages:
            yield from _walk(inner, path)
    else:
        yield ".".join(path), str(messages)
