"""Papers 文书 as Word files at the door."""

from urllib.parse import quote

from flask import Response

from service.reports import docx
from service.reports import paper as files
from service.reports.paper import Paper


def sent(paper: Paper, mark: str) -> Response:
    """The paper to be saved under its title."""
    name = f"attachment; filename*=UTF-8''{quote(paper.title)}.docx"
    content = files.document(paper, mark)
    return Response(content, mimetype=docx.MEDIA, headers={"Content-Disposition": name})
