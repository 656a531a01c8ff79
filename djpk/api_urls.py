"""Every address under /api/v1/. Lists and rows first, then what can be done to them."""

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from consultations.api import ConferenceDetail, ConferenceList, VisitDetail, VisitList
from djpk.api_docs import Schema
from escalation.api import EscalationDetail, EscalationList
from escalation.api_verbs import (
    Answer,
    Assignment,
    Exclusion,
    Recall,
    Resumption,
    Return,
    Taking,
    TicketEscalations,
    Transfer,
)
from kernel.api.views import NotFound
from messaging.api import ChannelList
from people.api import ContactDetail, ContactList, RegionDetail, RegionList, UnitDetail, UnitList
from reports.api import Explanation, FigureList, IndicatorDetail, IndicatorList, Report, ReportList
from tickets.api import EntryList, TopicList
from tickets.api_verbs import Closure, Notes, OneTicket, Replies, Spam, Tickets


class RowId(StringConverter):
    """A bigint key: 1 up to 18 digits."""

    regex = "[1-9][0-9]{0,17}"


class Code(StringConverter):
    """A number or code as printed: no slash, no control character."""

    regex = r"[^/\x00-\x1f\x7f]{1,40}"


class MonthText(StringConverter):
    """A month: 2024-08."""

    regex = "[0-9]{4}-[0-9]{2}"


class IndicatorKey(StringConverter):
    """The key of an indicator: consultations.total."""

    regex = "[a-z0-9_.]{1,60}"


register_converter(RowId, "row")
register_converter(Code, "code")
register_converter(MonthText, "month")
register_converter(IndicatorKey, "key")

app_name = "api"
urlpatterns = [
    path("tickets/", Tickets.as_view(), name="tickets"),
    path("tickets/<code:number>/", OneTicket.as_view(), name="ticket"),
    path("tickets/<code:number>/entries/", EntryList.as_view(), name="ticket-entries"),
    path("tickets/<code:number>/escalations/", TicketEscalations.as_view(), name="ticket-escalations"),
    path("tickets/<code:number>/replies/", Replies.as_view(), name="ticket-replies"),
    path("tickets/<code:number>/notes/", Notes.as_view(), name="ticket-notes"),
    path("tickets/<code:number>/closure/", Closure.as_view(), name="ticket-closure"),
    path("tickets/<code:number>/spam/", Spam.as_view(), name="ticket-spam"),
    path("escalations/", EscalationList.as_view(), name="escalations"),
    path("escalations/<row:pk>/", EscalationDetail.as_view(), name="escalation"),
    path("escalations/<row:pk>/taking/", Taking.as_view(), name="escalation-taking"),
    path("escalations/<row:pk>/assignment/", Assignment.as_view(), name="escalation-assignment"),
    path("escalations/<row:pk>/answer/", Answer.as_view(), name="escalation-answer"),
    path("escalations/<row:pk>/return/", Return.as_view(), name="escalation-return"),
    path("escalations/<row:pk>/resumption/", Resumption.as_view(), name="escalation-resumption"),
    path("escalations/<row:pk>/transfer/", Transfer.as_view(), name="escalation-transfer"),
    path("escalations/<row:pk>/recall/", Recall.as_view(), name="escalation-recall"),
    path("escalations/<row:pk>/exclusion/", Exclusion.as_view(), name="escalation-exclusion"),
    path("contacts/", ContactList.as_view(), name="contacts"),
    path("contacts/<row:pk>/", ContactDetail.as_view(), name="contact"),
    path("visits/", VisitList.as_view(), name="visits"),
    path("visits/<code:number>/", VisitDetail.as_view(), name="visit"),
    path("video-conferences/", ConferenceList.as_view(), name="video-conferences"),
    path("video-conferences/<code:number>/", ConferenceDetail.as_view(), name="video-conference"),
    path("indicators/", IndicatorList.as_view(), name="indicators"),
    path("indicators/<key:key>/", IndicatorDetail.as_view(), name="indicator"),
    path("figures/", FigureList.as_view(), name="figures"),
    path("figures/<month:month>/<key:key>/", Explanation.as_view(), name="figure"),
    path("reports/", ReportList.as_view(), name="reports"),
    path("reports/<month:month>/", Report.as_view(), name="report"),
    path("regions/", RegionList.as_view(), name="regions"),
    path("regions/<code:code>/", RegionDetail.as_view(), name="region"),
    path("units/", UnitList.as_view(), name="units"),
    path("units/<code:code>/", UnitDetail.as_view(), name="unit"),
    path("topics/", TopicList.as_view(), name="topics"),
    path("channels/", ChannelList.as_view(), name="channels"),
    path("schema/", Schema.as_view(), name="schema"),
    re_path(r"^[\s\S]*", NotFound.as_view()),
]
