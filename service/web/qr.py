"""QR codes 二维码 as SVG that stands in the page: classes and attributes only, as the CSP asks."""

import segno
from markupsafe import Markup


def drawn(text: str) -> Markup:
    """The code that says `text`, scaled by the style sheet; with its quiet zone of four modules."""
    code = segno.make(text, micro=False, error="m")
    return Markup(  # noqa: S704 -- segno draws squares; the text itself is not in it
        code.svg_inline(omitsize=True, svgclass="qr", lineclass="qr-dark", border=4)
    )
