"""Key checks 密钥核对: something known, sealed, so that wrong keys are noticed before use."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class KeyCheck(Base):
    """What opens only with the key this database was written under."""

    __tablename__ = "key_check"

    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    sealed: Mapped[bytes]
