"""Parts of the list that are the same for many looks at it, as HTML: the panel of filters, choices of the bar.

They are kept until a row changes that stands in them. A key says all else that they depend on.
"""

from collections.abc import Callable, Hashable
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from kernel.kept import Kept

_MOST = 500
_MADE: Kept[dict[Hashable, SafeString]] = Kept(
    dict,
    *("people.User", "people.StaffRole", "people.Unit", "people.Region", "people.RegionAlias"),
    *("messaging.Channel", "tickets.Topic"),
)


def kept_part(template: str, key: Hashable, context: Callable[[], dict[str, Any]]) -> SafeString:
    """The part in the reader's language; `context` is asked only where it has to be made."""
    made = _MADE()
    whole = (template, get_language(), key)
    if (found := made.get(whole)) is not None:
        return found
    if len(made) >= _MOST:
        made.clear()
    made[whole] = part = mark_safe(render_to_string(template, context()))  # noqa: S308  (templates escape)
    return part
