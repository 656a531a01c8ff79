"""Every address under /api/v1/. Lists and rows first, then what can be done to them."""

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from calls.api import CallBack, Calls, Extensions, OneCall, OneExtension
from chatbot.api import ChatbotStatistics, ChatbotTree
from chatbot.api_editing import ChatbotDraft, ChatbotPublication, ChatbotSessions
from consultations import api_slots as slots
from consultations import api_verbs as reservations
from consultations.api import ConferenceDetail, ConferenceList, VisitDetail, VisitList
from djpk.api_docs import Schema
from escalation.api import EscalationDetail, EscalationList
from escalation.api_overview import Absences, Layer2Report, OneAbsence, Score, ScoreTrial
from escalation.api_verbs import (
    Answer,
    Assignment,
    Exclusion,
    PlannedUnit,
    Recall,
    Resumption,
    Return,
    Taking,
    TicketEscalations,
    Transfer,
)
from kernel.api.views import NotFound
from messaging.api import ChannelList
from messaging.lines import api as lines
from outreach import api_rules as lapor_rules
from outreach.api import Forwarding, LaporMails, MailTicket, OneLaporMail
from outreach.api_completeness import Completeness
from people.api import ContactDetail, ContactList, RegionDetail, RegionList, UnitDetail, UnitList
from reports.api import Explanation, FigureList, IndicatorDetail, IndicatorList, Report, ReportList
from tickets.api import EntryList, TopicList
from tickets.api_history import Events, History, Reveal, Undo
from tickets.api_relations import Children, Followers, Links, Merge, OneLink, Parent, Splits
from tickets.api_verbs import Closure, OneTicket, Spam, Tickets
from tickets.composer import api as composer
from tickets.composer import api_delivery as delivery
from tickets.composer import api_files as files
from tickets.composer import api_whatsapp as whatsapp
from tickets.duty.api import DutyChanges, DutyShifts, OneDutyShift
from tickets.inbox.api import Bulk, OneSavedView, Reading, SavedViews, Tags, ViewTickets
from tickets.notices.api import NotificationList, NotificationsSeen, ResolutionTargetList
from tickets.receiving import api as quarantine
from tickets.search.api import Search


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
    path("tickets/bulk/", Bulk.as_view(), name="tickets-bulk"),
    path("tickets/<code:number>/", OneTicket.as_view(), name="ticket"),
    path("tickets/<code:number>/entries/", EntryList.as_view(), name="ticket-entries"),
    path("tickets/<code:number>/escalations/", TicketEscalations.as_view(), name="ticket-escalations"),
    path("tickets/<code:number>/replies/", composer.Replies.as_view(), name="ticket-replies"),
    path("tickets/<code:number>/notes/", composer.Notes.as_view(), name="ticket-notes"),
    path("tickets/<code:number>/entries/<row:pk>/withdrawal/", composer.Withdrawal.as_view(), name="ticket-withdrawal"),
    path("tickets/<code:number>/entries/<row:pk>/html/", delivery.MessageHtml.as_view(), name="ticket-message-html"),
    path("tickets/<code:number>/entries/<row:pk>/delivery/", delivery.Delivery.as_view(), name="ticket-delivery"),
    path("tickets/<code:number>/entries/<row:pk>/resending/", delivery.Resending.as_view(), name="ticket-resending"),
    path("tickets/<code:number>/entries/<row:pk>/decision/", delivery.Decision.as_view(), name="ticket-decision"),
    path("tickets/<code:number>/entries/<row:pk>/routes/", delivery.Routes.as_view(), name="ticket-routes"),
    path("tickets/<code:number>/window/", whatsapp.Window.as_view(), name="ticket-window"),
    path("tickets/<code:number>/templates/", whatsapp.Templates.as_view(), name="ticket-templates"),
    path("contacts/<row:pk>/opt-out/", whatsapp.OptOuts.as_view(), name="contact-opt-out"),
    path("contacts/<row:pk>/opt-in/", whatsapp.OptIns.as_view(), name="contact-opt-in"),
    path("tickets/<code:number>/drafts/<code:kind>/", composer.OneDraft.as_view(), name="ticket-draft"),
    path("tickets/<code:number>/drafts/<code:kind>/files/", files.DraftFiles.as_view(), name="ticket-draft-files"),
    path(
        "tickets/<code:number>/drafts/<code:kind>/files/<row:pk>/",
        files.OneDraftFile.as_view(),
        name="ticket-draft-file",
    ),
    path("tickets/<code:number>/attachments/", files.Attachments.as_view(), name="ticket-attachments"),
    path(
        "tickets/<code:number>/attachments/<row:pk>/content/",
        files.AttachmentContent.as_view(),
        name="ticket-attachment",
    ),
    path(
        "tickets/<code:number>/note-files/<row:pk>/content/", files.NoteFileContent.as_view(), name="ticket-note-file"
    ),
    path("tickets/<code:number>/macros/<row:pk>/", composer.TicketMacro.as_view(), name="ticket-macro"),
    path("macros/", composer.Macros.as_view(), name="macros"),
    path("macros/<row:pk>/", composer.OneMacro.as_view(), name="macro"),
    path("tickets/<code:number>/closure/", Closure.as_view(), name="ticket-closure"),
    path("tickets/<code:number>/reading/", Reading.as_view(), name="ticket-reading"),
    path("views/", SavedViews.as_view(), name="views"),
    path("views/<row:pk>/", OneSavedView.as_view(), name="view"),
    path("views/<row:pk>/tickets/", ViewTickets.as_view(), name="view-tickets"),
    path("tags/", Tags.as_view(), name="tags"),
    path("tickets/<code:number>/spam/", Spam.as_view(), name="ticket-spam"),
    path("tickets/<code:number>/merge/", Merge.as_view(), name="ticket-merge"),
    path("tickets/<code:number>/splits/", Splits.as_view(), name="ticket-splits"),
    path("tickets/<code:number>/children/", Children.as_view(), name="ticket-children"),
    path("tickets/<code:number>/parent/", Parent.as_view(), name="ticket-parent"),
    path("tickets/<code:number>/links/", Links.as_view(), name="ticket-links"),
    path("tickets/<code:number>/links/<code:other>/", OneLink.as_view(), name="ticket-one-link"),
    path("tickets/<code:number>/followers/", Followers.as_view(), name="ticket-followers"),
    path("tickets/<code:number>/events/", Events.as_view(), name="ticket-events"),
    path("tickets/<code:number>/history/", History.as_view(), name="ticket-history"),
    path("tickets/<code:number>/undo/", Undo.as_view(), name="ticket-undo"),
    path("quarantine/", quarantine.Quarantine.as_view(), name="quarantine"),
    path("quarantine/<row:pk>/", quarantine.HeldMessage.as_view(), name="quarantine-message"),
    path("quarantine/<row:pk>/release/", quarantine.Release.as_view(), name="quarantine-release"),
    path("duty-shifts/", DutyShifts.as_view(), name="duty-shifts"),
    path("duty-shifts/<row:pk>/", OneDutyShift.as_view(), name="duty-shift"),
    path("duty-changes/", DutyChanges.as_view(), name="duty-changes"),
    path("search/", Search.as_view(), name="search"),
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
    path("escalations/<row:pk>/score/", Score.as_view(), name="escalation-score"),
    path("layer2-reports/<code:period>/", Layer2Report.as_view(), name="layer2-report"),
    path("score-rules/trial/", ScoreTrial.as_view(), name="score-trial"),
    path("absences/", Absences.as_view(), name="absences"),
    path("absences/<row:pk>/", OneAbsence.as_view(), name="absence"),
    path("planned-escalations/<row:pk>/", PlannedUnit.as_view(), name="planned-escalation"),
    path("calls/", Calls.as_view(), name="calls"),
    path("calls/<row:pk>/", OneCall.as_view(), name="call"),
    path("calls/<row:pk>/callback/", CallBack.as_view(), name="call-callback"),
    path("extensions/", Extensions.as_view(), name="extensions"),
    path("extensions/<code:username>/", OneExtension.as_view(), name="extension"),
    path("lapor-rules/", lapor_rules.LaporRules.as_view(), name="lapor-rules"),
    path("lapor-rules/<row:pk>/", lapor_rules.OneLaporRule.as_view(), name="lapor-rule"),
    path("lapor-contacts/", lapor_rules.LaporContacts.as_view(), name="lapor-contacts"),
    path("lapor-contacts/<code:code>/", lapor_rules.OneLaporContact.as_view(), name="lapor-contact"),
    path("lapor-completeness/", Completeness.as_view(), name="lapor-completeness"),
    path("lapor-mails/", LaporMails.as_view(), name="lapor-mails"),
    path("lapor-mails/<row:pk>/", OneLaporMail.as_view(), name="lapor-mail"),
    path("lapor-mails/<row:pk>/forward/", Forwarding.as_view(), name="lapor-mail-forward"),
    path("lapor-mails/<row:pk>/ticket/", MailTicket.as_view(), name="lapor-mail-ticket"),
    path("contacts/", ContactList.as_view(), name="contacts"),
    path("contacts/<row:pk>/", ContactDetail.as_view(), name="contact"),
    path("contacts/<row:pk>/reveal/", Reveal.as_view(), name="contact-reveal"),
    path("visits/", VisitList.as_view(), name="visits"),
    path("visits/<code:number>/", VisitDetail.as_view(), name="visit"),
    path("video-conferences/", ConferenceList.as_view(), name="video-conferences"),
    path("video-conferences/<code:number>/", ConferenceDetail.as_view(), name="video-conference"),
    path("reservations/", reservations.Reservations.as_view(), name="reservations"),
    path("reservations/<code:number>/", reservations.OneReservation.as_view(), name="reservation"),
    path("reservations/<code:number>/check/", reservations.Checking.as_view(), name="reservation-checking"),
    path(
        "reservations/<code:number>/confirmation/", reservations.Confirmation.as_view(), name="reservation-confirmation"
    ),
    path("reservations/<code:number>/link/", reservations.MeetingLink.as_view(), name="reservation-link"),
    path("reservations/<code:number>/move/", reservations.Moving.as_view(), name="reservation-move"),
    path(
        "reservations/<code:number>/cancellation/", reservations.Cancellation.as_view(), name="reservation-cancellation"
    ),
    path("reservations/<code:number>/check-in/", reservations.CheckIn.as_view(), name="reservation-check-in"),
    path("reservations/<code:number>/no-show/", reservations.NoShow.as_view(), name="reservation-no-show"),
    path("reservations/<code:number>/holding/", reservations.Holding.as_view(), name="reservation-holding"),
    path("reservations/<code:number>/minutes/", reservations.Minutes.as_view(), name="reservation-minutes"),
    path("reservations/<code:number>/follow-ups/", reservations.FollowUps.as_view(), name="reservation-follow-ups"),
    path("walk-ins/", reservations.WalkIns.as_view(), name="walk-ins"),
    path("slots/", slots.Slots.as_view(), name="slots"),
    path("slot-patterns/", slots.SlotPatterns.as_view(), name="slot-patterns"),
    path("slot-patterns/<row:pk>/", slots.OneSlotPattern.as_view(), name="slot-pattern"),
    path("slot-exceptions/", slots.SlotExceptions.as_view(), name="slot-exceptions"),
    path("slot-exceptions/<row:pk>/", slots.OneSlotException.as_view(), name="slot-exception"),
    path("indicators/", IndicatorList.as_view(), name="indicators"),
    path("indicators/<key:key>/", IndicatorDetail.as_view(), name="indicator"),
    path("figures/", FigureList.as_view(), name="figures"),
    path("figures/<month:month>/<key:key>/", Explanation.as_view(), name="figure"),
    path("reports/", ReportList.as_view(), name="reports"),
    path("reports/<month:month>/", Report.as_view(), name="report"),
    path("chatbot/tree/", ChatbotTree.as_view(), name="chatbot-tree"),
    path("chatbot/draft/", ChatbotDraft.as_view(), name="chatbot-draft"),
    path("chatbot/publication/", ChatbotPublication.as_view(), name="chatbot-publication"),
    path("chatbot/sessions/", ChatbotSessions.as_view(), name="chatbot-sessions"),
    path("chatbot/statistics/<month:month>/", ChatbotStatistics.as_view(), name="chatbot-statistics"),
    path("regions/", RegionList.as_view(), name="regions"),
    path("regions/<code:code>/", RegionDetail.as_view(), name="region"),
    path("units/", UnitList.as_view(), name="units"),
    path("units/<code:code>/", UnitDetail.as_view(), name="unit"),
    path("topics/", TopicList.as_view(), name="topics"),
    path("resolution-targets/", ResolutionTargetList.as_view(), name="resolution-targets"),
    path("notifications/", NotificationList.as_view(), name="notifications"),
    path("notifications/seen/", NotificationsSeen.as_view(), name="notifications-seen"),
    path("channels/", ChannelList.as_view(), name="channels"),
    path("connections/", lines.Connections.as_view(), name="connections"),
    path("connections/<row:pk>/", lines.OneConnection.as_view(), name="connection"),
    path("connections/<row:pk>/health/", lines.ConnectionHealth.as_view(), name="connection-health"),
    path("connections/<row:pk>/trial/", lines.ConnectionTrial.as_view(), name="connection-trial"),
    path("connections/<row:pk>/pause/", lines.ConnectionPause.as_view(), name="connection-pause"),
    path("connections/<row:pk>/templates/", lines.ConnectionTemplates.as_view(), name="connection-templates"),
    path("schema/", Schema.as_view(), name="schema"),
    re_path(r"^[\s\S]*", NotFound.as_view()),
]
