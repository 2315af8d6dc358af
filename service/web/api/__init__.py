"""The JSON doors under /api/v1, and the few that machines watch."""

from service.web.api import (
    dispute,
    document,
    health,
    lawsuit,
    metric,
    organisation,
    routing,
    sign_in,
    weekly,
)

BLUEPRINTS = (
    sign_in.blp,
    dispute.blp,
    routing.blp,
    organisation.blp,
    lawsuit.blp,
    metric.blp,
    weekly.blp,
    health.blp,
    document.blp,
)
