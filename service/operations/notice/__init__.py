"""Tell members of staff 消息, in the transaction of what they are told about.

Nobody is told of what they could not open, nor of what they did themselves.
dispute  it came in, a step was taken   clock  terms   supervision  a unit is pressed
joint_task  a unit is asked along       inbox  what was read
plan_month  what the yearly plan asks for   telling  who is told, and how
"""

from service.operations.notice.clock import (
    change_asked,
    change_decided,
    change_settled,
    clock_over,
    clock_step,
    clocks_moved,
    clocks_settled,
)
from service.operations.notice.clock_subject import (
    subject_assigned,
    subject_clock_over,
    subject_clock_step,
    subject_clocks_moved,
)
from service.operations.notice.dispute import (
    alarm,
    corrected,
    merged,
    moved,
    parted,
    registered,
    same,
    same_no_more,
    stepped,
)
from service.operations.notice.handover import handed, handover_answered, handover_due
from service.operations.notice.inbox import KEPT, KEPT_UNREAD, forget_old, read, read_all
from service.operations.notice.joint_task import joint_answered, joint_asked, joint_settled
from service.operations.notice.plan_month import plan_month
from service.operations.notice.supervision import (
    supervised,
    supervision_answered,
    supervision_over,
)
from service.operations.notice.telling import actor_of, tell

__all__ = [
    "KEPT",
    "KEPT_UNREAD",
    "actor_of",
    "alarm",
    "change_asked",
    "change_decided",
    "change_settled",
    "clock_over",
    "clock_step",
    "clocks_moved",
    "clocks_settled",
    "corrected",
    "forget_old",
    "handed",
    "handover_answered",
    "handover_due",
    "joint_answered",
    "joint_asked",
    "joint_settled",
    "merged",
    "moved",
    "parted",
    "plan_month",
    "read",
    "read_all",
    "registered",
    "same",
    "same_no_more",
    "stepped",
    "subject_assigned",
    "subject_clock_over",
    "subject_clock_step",
    "subject_clocks_moved",
    "supervised",
    "supervision_answered",
    "supervision_over",
    "tell",
]
