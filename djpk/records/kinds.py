"""Every kind by its code, in the order in which the page offers them."""

from djpk.records.calls import CALLS
from djpk.records.chatbot import CHATBOT_SESSIONS
from djpk.records.consultations import VIDEO_CONFERENCES, VISITS
from djpk.records.information import COMPLAINTS, PPID_REQUESTS
from djpk.records.knowledge import KNOWLEDGE_REVIEWS
from djpk.records.monthly import REPORT_TEXTS, SNAPSHOTS, SOCIAL_METRICS, WEB_TRAFFIC
from djpk.records.outreach import BLASTS, EVENTS, LAPOR_MAILS, PUBLICATIONS
from djpk.records.tickets.kind import TICKETS
from kernel.importing.engine import Kind

_ALL = (
    TICKETS,
    VISITS,
    VIDEO_CONFERENCES,
    CHATBOT_SESSIONS,
    LAPOR_MAILS,
    CALLS,
    COMPLAINTS,
    PPID_REQUESTS,
    PUBLICATIONS,
    EVENTS,
    BLASTS,
    WEB_TRAFFIC,
    SOCIAL_METRICS,
    KNOWLEDGE_REVIEWS,
    REPORT_TEXTS,
    SNAPSHOTS,
)
KINDS: dict[str, Kind] = {kind.code: kind for kind in _ALL}
RECORD_KINDS: tuple[str, ...] = tuple(code for code in KINDS if code != TICKETS.code)
