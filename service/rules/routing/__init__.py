"""Routing 分流: which mediation a dispute goes to, who leads, why, and what to watch.

The rules are data (`config/routing.toml`); here they are judged, explained and checked.
"""

from service.rules.routing.answer import RouteAnswer
from service.rules.routing.check import Fault, RulebookFault, check
from service.rules.routing.preview import preview
from service.rules.routing.request import Matter, RoutingRequest

__all__ = ["Fault", "Matter", "RouteAnswer", "RoutingRequest", "RulebookFault", "check", "preview"]
