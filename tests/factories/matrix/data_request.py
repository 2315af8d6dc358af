"""Requests about one's own data 个人信息请求, at three windows."""

from collections.abc import Iterator

from config.vocabulary import DataRequestKind, IdentityCheck, Role
from service.operations import data_request
from service.operations.data_request import RequestDraft
from tests.factories.matrix.world import EARLIER, Thing, World


def made(world: World) -> Iterator[Thing]:
    """One of each window."""
    office = world.office
    for relation, clerk in (
        ("received by me", office.window),
        ("received by another", office.actor(Role.WINDOW, "station")),
        ("another town's", office.actor(Role.WINDOW, "north-centre")),
    ):
        who, wish = world.person(), world.word(8)
        draft_ = RequestDraft(
            kind=DataRequestKind.ACCESS,
            name=who["name"],
            id_number=who["id_number"],
            identity_check=IdentityCheck.CARD,
            received_on=office.desk.today(EARLIER),
            phone=who["phone"],
            everything=True,
            wish=wish,
        )
        came = data_request.register(draft_, actor=clerk, desk=office.desk, now=EARLIER)
        said = {each: who[each] for each in ("name", "id_number", "phone")} | {"wish": wish}
        yield Thing("data_request_id", relation, came, said, clerk.organisation_id, clerk.user_id)
