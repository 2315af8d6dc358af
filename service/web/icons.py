"""Icons 图标: lucide drawings the server writes into the page; no request, no CSP exception."""

from collections.abc import Callable
from functools import cache

from lucide import IconDoesNotExist
from lucide.jinja import lucide
from markupsafe import Markup


def icon_drawer(*, strict: bool) -> Callable[..., Markup]:
    """The templates' `icon(name, size=16)`, to be put among the Jinja globals.

    With `strict` (development, tests) an unknown name raises IconDoesNotExist. Without it nothing
    is drawn: upstream renames icons, and a missing ornament must not take a page down.
    """

    @cache
    def icon(name: str, size: int = 16) -> Markup:
        try:
            return _draw(name, size)
        except IconDoesNotExist:
            if strict:
                raise
            return Markup("")

    return icon


def _draw(name: str, size: int) -> Markup:
    hidden = {"class": "icon", "aria-hidden": "true", "focusable": "false"}
    return Markup(lucide(name, size=size, **hidden))  # noqa: S704 -- drawn by the package itself
