"""What stands beside a ticket or a search at first: a page does not wait for what it can ask for itself."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, QueryDict

from people.models import User
from tickets.inbox import saved_views
from tickets.inbox.page import Inbox, line_of, only_channel, title_of
from tickets.inbox.views_column import ALL, CHANNEL_ICONS, MERGED, OTHER_ICON, SPAM, VIEWS, View, views_for


def uncounted(user: User, now: datetime) -> dict[str, Any]:
    """The column of views as `side_context`, without its counts."""
    return _column(Inbox(user, QueryDict(), now)) | {"uncounted": True}


def list_later(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """The column without its counts, and instead of the list that the address asks for where to have both."""
    inbox = Inbox(request.user, request.GET, now)  # type: ignore[arg-type]
    channel = only_channel(inbox)
    return _column(inbox) | {
        "list_template": "tickets/_list_later.html",
        "view": line_of(inbox, channel),
        "channel": channel,
        "title": title_of(inbox, channel),
        "list_query": inbox.short,
        "list_url": inbox.address,
    }


def _column(inbox: Inbox) -> dict[str, Any]:
    """Nothing counted: channels that make no tickets any more are left out until they are."""
    codes = [code for code in views_for(inbox.works) if code not in (SPAM, MERGED, ALL)]
    takes = [channel for channel in inbox.known.channels if channel.makes_tickets and channel.active]
    return {
        "views": [View(code, str(VIEWS[code][0]), VIEWS[code][1], "") for code in codes],
        "channels": [View(one.code, str(one), CHANNEL_ICONS.get(one.code, OTHER_ICON), "") for one in takes],
        "saved_lines": saved_views.lines(inbox.saved_views, inbox.reader.user, {}, inbox.asked.saved),
        "full_query": inbox.query(),
        "works": inbox.works,
    }
