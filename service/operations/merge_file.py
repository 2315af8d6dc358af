"""Copy the files of a dispute that is about to go into another 并案, sealed with that one's key."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from service.errors import Gone
from service.gateways.attachment import Store
from service.gateways.keyring import FieldKey
from service.queries import attachment as attachments
from service.queries import sight


@dataclass(slots=True)
class Copies:
    """Files copied for the dispute that remains: the name of each by its attachment's id.

    `damaged` are those that could not be read.
    """

    named: dict[UUID, UUID] = field(default_factory=dict)
    damaged: set[UUID] = field(default_factory=set)

    @property
    def tried(self) -> set[UUID]:
        """Every attachment there was."""
        return self.damaged | self.named.keys()


@contextmanager
def copied(gone_id: UUID, into_key: FieldKey, gone_key: FieldKey, store: Store) -> Iterator[Copies]:
    """Copies of the files of one dispute, sealed for the other; dropped when it comes to nothing.

    A damaged file is not copied: it is as damaged there as here.
    """
    copies = Copies()
    with sight.whole("merging"):
        files = attachments.files(gone_id)
    try:
        for attachment_id, stored_as, sha256 in files:
            name = uuid4()
            try:
                content = store.read(stored_as, sha256, gone_key)
            except Gone:
                copies.damaged.add(attachment_id)
                continue
            store.keep(name, content, into_key)
            copies.named[attachment_id] = name
        yield copies
    except BaseException:
        for name in copies.named.values():
            store.drop(name)
        raise
