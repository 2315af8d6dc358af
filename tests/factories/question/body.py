"""Bodies: the least that the shape of a door takes."""

from enum import StrEnum
from io import BytesIO
from typing import Any
from uuid import uuid4

from flask import Flask
from marshmallow import Schema, fields

from config.suggestion import SuggestionStep
from config.vocabulary import LawsuitStep, Step
from schemas import lawsuit as lawsuit_shapes
from schemas import suggestion as suggestion_shapes
from schemas.base import Coded, Day, Id, Word
from schemas.step import SHAPES
from tests.factories import file
from tests.factories.matrix import NOW, TODAY
from tests.factories.question.route import Route


def shaped(app: Flask, route: Route) -> dict[str, Any]:
    """The least that the door's own shapes take."""
    told = getattr(app.view_functions[route.endpoint], "_apidoc", {})
    sent: dict[str, Any] = {}
    for part in told.get("arguments", {}).get("parameters", []):
        where = {"json": "json", "form": "data", "files": "data"}.get(part["in"])
        if where is not None:
            sent.setdefault(where, {}).update(least(_shape(route, part["schema"])))
    return sent or {"json": {}}


def _shape(route: Route, schema: Any) -> Schema:
    step = route.values.get("step")
    if step is not None and "lawsuit" in route.endpoint:
        return lawsuit_shapes.SHAPES[LawsuitStep(step)]()
    if "suggestion_step" in route.values:
        return suggestion_shapes.SHAPES[SuggestionStep(route.values["suggestion_step"])]()
    if step is not None:
        return SHAPES[Step(step)]()
    made: Schema = schema() if isinstance(schema, type) else schema
    return made


def least(schema: Schema) -> dict[str, Any]:
    """A body with what a shape requires, and one field more where it would be empty."""
    named = schema.load_fields.items()
    needed = {each.data_key or name: _value(each) for name, each in named if each.required}
    if needed or not schema.load_fields:
        return needed
    for name, each in named:
        if isinstance(each, fields.String) and not each.validate:
            return {each.data_key or name: _value(each)}
    return {}


def _value(each: Any) -> Any:  # noqa: C901, PLR0911 -- one answer for each kind of field
    if isinstance(each, Id):
        return str(uuid4())
    if isinstance(each, Word):
        words: type[StrEnum] = each.enum
        return next(iter(words)).value
    if isinstance(each, Coded):
        return min(each.codes)
    if isinstance(each, Day):
        return TODAY.isoformat()
    if isinstance(each, fields.AwareDateTime):
        return NOW.isoformat()
    if isinstance(each, fields.Boolean):
        return True
    if isinstance(each, fields.Integer):
        return 1
    if isinstance(each, fields.Nested):
        return least(each.schema)
    if isinstance(each, fields.List):
        return [_value(each.inner)]
    if isinstance(each, fields.Raw):
        return BytesIO(file.PDF), "a.pdf"
    return "核对一下"
