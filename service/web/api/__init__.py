"""The JSON doors under /api/v1, and the few that machines watch."""

from service.web.api import (
    dispute,
    document,
    health,
    lawsuit,
    organisation,
    routing,
    sign_in,
)

BLUEPRINTS = (
    sign_in.blp,
    dispute.blp,
    routing.blp,
    organisation.blp,
    lawsuit.blp,
    health.blp,
    document.blp,
)
