"""The column of views beside a page that is no list: at first without its counts, which the page then asks for."""

from datetime import datetime
from typing import Any

from django.http import QueryDict

from people.models import User
from tickets.inbox import saved_views
from tickets.inbox.page import Inbox
from tickets.inbox.views_column import ALL, CHANNEL_ICONS, MERGED, OTHER_ICON, SPAM, VIEWS, View, views_for


def uncounted(user: User, now: datetime) -> dict[str, Any]:
    """As `side_context`, nothing counted: channels that make no tickets any more are left out until they are."""
    inbox = Inbox(user, QueryDict(), now)
    codes = [code for code in views_for(inbox.works) if code not in (SPAM, MERGED, ALL)]
    takes = [channel for channel in inbox.known.channels if channel.makes_tickets and channel.active]
    return {
        "uncounted": True,
        "views": [View(code, str(VIEWS[code][0]), VIEWS[code][1], "") for code in codes],
        "channels": [View(one.code, str(one), CHANNEL_ICONS.get(one.code, OTHER_ICON), "") for one in takes],
        "saved_lines": saved_views.lines(inbox.saved_views, user, {}, None),
        "full_query": inbox.query(),
        "works": inbox.works,
    }
