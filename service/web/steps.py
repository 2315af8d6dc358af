"""Reading the body of a step with the shape of that step; shared by the JSON door and the pages."""

from typing import Any

from marshmallow import ValidationError

from schemas.base import Strict
from service.errors import Invalid
from service.web.parser import flatten


def load_body(shape: type[Strict], raw: dict[str, Any]) -> dict[str, Any]:
    """The body in the step's own shape; Invalid names every wrong field."""
    try:
        loaded: dict[str, Any] = shape().load(raw)
    except ValidationError as refusal:
        raise Invalid(flatten(refusal.messages)) from refusal
    return loaded
