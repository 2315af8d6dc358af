"""The description of the JSON doors: OpenAPI for programs, a readable page for people."""

from typing import Any

from flask import Response, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_smorest import Api

from service.web.door import answer, public
from service.web.errors import STATUS
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-document", __name__, url_prefix="/api", description="接口说明")


@blp.get("/openapi.json")
@public
@blp.response(200)
def openapi() -> Response:
    """OpenAPI 3.1 of everything under /api."""
    return answer(_spec())


@blp.get("/docs")
@public
@blp.response(200, content_type="text/html")
def docs() -> ResponseReturnValue:
    """The same for people, with no asset from elsewhere."""
    spec = _spec()
    operations = [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation.get("summary", ""),
            "tags": operation.get("tags", []),
            "answers": sorted(operation.get("responses", {})),
        }
        for path, methods in sorted(spec["paths"].items())
        for method, operation in methods.items()
        if isinstance(operation, dict)
    ]
    codes = [
        {"code": kind.code, "status": int(status), "text": (kind.__doc__ or "").split("\n")[0]}
        for kind, status in sorted(STATUS.items(), key=lambda pair: pair[0].code)
    ]
    page = render_template("document.html", title="接口说明", operations=operations, codes=codes)
    return Response(page, mimetype="text/html")


def _spec() -> dict[str, Any]:
    api: Api = current_app.extensions["api"]
    spec: dict[str, Any] = api.spec.to_dict()
    return spec
