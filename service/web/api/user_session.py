"""Sessions 会话 for programs: where one is signed in, and to end it."""

from uuid import UUID

from flask import Response

from schemas.user_session import UserSessionListOut, UserSessionOut
from service.operations import user_session as operations
from service.queries import user_session as queries
from service.web.door import actor, answer, desk, now, signed_in, visitor
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-user-session", __name__, url_prefix="/api/v1", description="会话")


@blp.get("/sessions")
@signed_in
@blp.response(200, UserSessionListOut)
def listed() -> Response:
    """One's own running sessions."""
    found = visitor()
    running = queries.running(
        actor().user_id,
        policy=desk().policy.sign_in,
        now=now(),
        token=found.token if found else "",
    )
    shape = UserSessionOut()
    return answer({"items": [shape.dump(each) for each in running], "next_cursor": None})


@blp.delete("/sessions/<uuid:session_id>")
@signed_in
@blp.response(204)
def end(session_id: UUID) -> Response:
    """End one session of one's own, or as an administrator anybody's."""
    operations.end(session_id, actor=actor(), desk=desk(), now=now())
    return Response(status=204)
