"""What machines watch: alive, ready, metrics."""

from ipaddress import ip_address

import sqlalchemy as sa
from flask import Response, current_app, request
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from config.settings import Settings
from service.errors import NotFound
from service.operations.start import free_share
from service.queries import health as queries
from service.rules.start import LEAST_FREE_SHARE
from service.web.door import answer, desk, now, public
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("health", __name__, description="运行状态")


@blp.get("/healthz")
@public
@blp.response(200)
def alive() -> Response:
    """The process answers."""
    return answer({"status": "alive"})


@blp.get("/readyz")
@public
@blp.response(200)
def ready() -> Response:
    """Everything the service needs is there: database, schema, disk."""
    settings: Settings = current_app.extensions["settings"]
    checks = {"disk": free_share(settings.data_dir) > LEAST_FREE_SHARE}
    try:
        checks |= queries.database(desk().keyring)
    except sa.exc.SQLAlchemyError:
        checks |= {"database": False, "schema": False, "keys": False}
    healthy = all(checks.values())
    return answer({"ready": healthy, "checks": checks}, status=200 if healthy else 503)


@blp.get("/metrics")
@public
@blp.response(200)
def metrics() -> Response:
    """Figures for Prometheus; to this machine only."""
    if not _is_loopback(request.remote_addr or ""):
        raise NotFound
    registry = CollectorRegistry()
    for name, (text, value) in queries.gauges(now()).items():
        Gauge(f"fengqiao_{name}", text, registry=registry).set(value)
    return Response(generate_latest(registry), mimetype="text/plain")


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
