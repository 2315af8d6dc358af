"""Finish the first-run set-up 初始设置."""

from datetime import datetime

from config.words import label
from models import transaction
from service.desk import Desk
from service.errors import Conflict
from service.operations.event import record
from service.operations.organisation import centre
from service.queries import setup as queries
from service.rules import access
from service.rules.access import Actor


def finish(*, actor: Actor, desk: Desk, now: datetime) -> None:
    """Say that the centre is set up; Conflict while it is not.

    Somebody must have told what the centre is, and each post no dispute can do without be filled.
    """
    access.require(actor, "setup.run", desk.policy.access)
    with transaction() as session:
        state = queries.state(desk.policy, desk.today(now))
        if state.finished:
            return
        if not state.told:
            raise Conflict("本中心的名称、编号前缀、地址和电话还没有填好，填好再完成设置")
        if state.lacking:
            names = "、".join(label(role) for role in state.lacking)
            raise Conflict(f"还没有{names}的账户，建好再完成设置")
        home = centre(session, actor=actor, desk=desk, now=now)
        record(session, home.id, subject=queries.SUBJECT, action="finish", actor=actor, now=now)
