"""Requests as this house takes them in."""

from io import BytesIO
from typing import IO

from flask import Request


class HeldRequest(Request):
    """Files are held in memory while a request runs: clear copies do not touch the disk.

    Their size is bounded by what a view takes (`door.bulky`, MAX_CONTENT_LENGTH).
    """

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()
