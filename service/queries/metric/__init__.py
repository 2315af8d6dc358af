"""Count one figure 指标, and show exactly the rows behind it.

A figure has one condition: the number is its count, the rows are its rows, the groups are the same
rows split. Nothing counts anywhere that is not counted here. Another kind of rows is one more file
like the nouns below, and one line in `family`.

question      what is asked, and what is answered
group         the ways to split, each with its keys and their names
measure       what there is to say of one figure, and of the rows it counts
dispute       disputes, by the time they are handled; visits about them; confirmations
lawsuit       lawsuits and what judgments order
litigation    what the court counts of a month, told beside the people of the town
consultation  consultations
suggestion    letters 建议书
plan_entry    rows of the registers 工作台账 of the yearly plan
family        which noun counts which figure
figure        the number, its groups, the rows
"""

from service.queries.metric.family import FAMILIES
from service.queries.metric.figure import figure, labels, page, tally
from service.queries.metric.group import UNSET, key_of
from service.queries.metric.measure import Brief
from service.queries.metric.question import GroupView, MetricView, Question

__all__ = [
    "FAMILIES",
    "UNSET",
    "Brief",
    "GroupView",
    "MetricView",
    "Question",
    "figure",
    "key_of",
    "labels",
    "page",
    "tally",
]
