"""The rows behind each stored figure, with the filters that filled it, and how they make its value.

The filler (`filling_sql.py`) counts in sets; here the same rows are ORM querysets that a page can show. A
test holds both equal for every indicator and dimension.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, Exists, F, FloatField, Model, OuterRef, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce

from chatbot.models import ChatbotMenu, ChatbotSession
from consultations.models import HeldStatus, VideoConference, Visit
from escalation.models import Escalation
from information.models import Complaint, PpidRequest
from kernel.months import Month
from knowledge.models import KnowledgeArticle, ReviewRequest
from outreach.models import Blast, Event, LaporMail, Publication, SocialMetric, WebTraffic
from reports.catalogue import DROPPED, NONE
from reports.filling_sql import P1, SURVIVORS
from reports.report.registers import open_escalations, unscored_escalations
from tickets.models import SatisfactionRating, Ticket

Measure = Callable[[QuerySet], Decimal | None]
Codes = tuple[str, ...] | None
Where = Callable[[tuple[str, ...]], Q]


@dataclass(frozen=True)
class Behind:
    """`rows(month)` are all rows of an indicator; `dims` filters them by codes; `measure` makes the value."""

    rows: Callable[[Month], QuerySet]
    measure: Measure
    dims: tuple[str | Where, ...] = ()

    def chosen(self, month: Month, *codes: Codes) -> QuerySet:
        """The rows of the given codes of each dimension; None takes all."""
        rows = self.rows(month)
        for dim, wanted in zip(self.dims, codes, strict=False):
            if wanted is not None:
                rows = rows.filter(_where(dim, wanted) if isinstance(dim, str) else dim(wanted))
        return rows


# The contact of a ticket or rating; a merged one is its survivor. Both tables call the column contact_id.
_PERSON = Coalesce(
    RawSQL(f"(WITH {SURVIVORS} SELECT final FROM survivor WHERE survivor.id = contact_id)", ()),  # noqa: S608, S611
    F("contact_id"),
)

_LAST_OF_PEOPLE = f"""
    WITH {SURVIVORS}
    SELECT DISTINCT ON (coalesce(s.final, p.contact_id)) p.id
    FROM ({P1} AND t.created_at >= %s AND t.created_at < %s) p LEFT JOIN survivor s ON s.id = p.contact_id
    ORDER BY coalesce(s.final, p.contact_id), p.created_at DESC, p.id DESC
"""  # noqa: S608 -- constant text


def count(rows: QuerySet) -> Decimal:
    return Decimal(rows.count())


def people(rows: QuerySet) -> Decimal:
    """Distinct contacts; merged ones count as their survivor."""
    return Decimal(rows.aggregate(n=Count(_PERSON, distinct=True))["n"])


def summed(field: str) -> Measure:
    return lambda rows: Decimal(rows.aggregate(n=Coalesce(Sum(field), 0))["n"])


def mean(*fields: str) -> Measure:
    """The mean over the rows of the mean of the fields; None without rows."""
    total = sum((F(field) for field in fields[1:]), F(fields[0]))

    def measured(rows: QuerySet) -> Decimal | None:
        found = rows.aggregate(mean=Avg(Cast(total, FloatField())))["mean"]
        return None if found is None else Decimal(str(found)) / len(fields)

    return measured


def distinct(field: str) -> Measure:
    return lambda rows: Decimal(rows.aggregate(n=Count(field, distinct=True))["n"])


def entered(*fields: str) -> Measure:
    """The first of the fields that is filled, of the only row."""
    return lambda rows: next((Decimal(row.value) for row in _entered(rows, fields) if row.value is not None), None)


def _entered(rows: QuerySet, fields: tuple[str, ...]) -> QuerySet:
    expression = F(fields[0]) if len(fields) == 1 else Coalesce(*map(F, fields))
    return rows.annotate(value=expression)


def _reach(rows: QuerySet) -> Decimal | None:
    """Total reach over the posts that have a reach figure, rounded; else the average entered."""
    row = rows.first()
    if row is None:
        return None
    posts = row.reach_posts or row.posts or row.feeds
    if row.reach_total is not None and posts:
        return (Decimal(row.reach_total) / posts).quantize(Decimal(1), rounding="ROUND_HALF_UP")
    return None if row.reach_average is None else Decimal(row.reach_average)


def _posts_average(rows: QuerySet) -> Decimal | None:
    found = mean("all_posts")(rows.filter(all_posts__isnull=False))
    return None if found is None else found.quantize(Decimal(1), rounding="ROUND_HALF_UP")


def _visit_topics(rows: QuerySet) -> Decimal:
    """One for each topic of each visit, and one for a visit without any."""
    return Decimal(len(rows.values_list("pk", "topic_rows")))


def _where(lookup: str, codes: tuple[str, ...]) -> Q:
    found = Q(**{f"{lookup}__in": [code for code in codes if code != NONE]})
    return found | Q(**{f"{lookup}__isnull": True}) if NONE in codes else found


def _zone(codes: tuple[str, ...]) -> Q:
    return Q(zone__in=["" if code == NONE else code for code in codes])


def _menu(codes: tuple[str, ...]) -> Q:
    """Sessions under these top menus, at any depth; DROPPED are those that chose none."""
    menus = list(ChatbotMenu.objects.filter(code__in=codes, parent__isnull=True).values_list("pk", flat=True))
    below = menus
    while below := list(ChatbotMenu.objects.filter(parent__in=below).values_list("pk", flat=True)):
        menus += below
    answered = Q(menu__in=menus) & ~Q(outcome=ChatbotSession.Outcome.DROPPED)
    return answered | Q(outcome=ChatbotSession.Outcome.DROPPED) if DROPPED in codes else answered


def _within(model: type[Model], field: str, **more: Any) -> Callable[[Month], QuerySet]:
    """Rows by moment, cut in Jakarta."""

    def rows(month: Month) -> QuerySet:
        start, end = month.bounds()
        return model._default_manager.filter(**{f"{field}__gte": start, f"{field}__lt": end}, **more)

    return rows


def _on(model: type[Model], field: str, **more: Any) -> Callable[[Month], QuerySet]:
    """Rows by day."""
    return lambda month: model._default_manager.filter(**{f"{field}__range": (month.first_day, month.last_day)}, **more)


def tickets(month: Month) -> QuerySet[Ticket]:
    """P1."""
    start, end = month.bounds()
    return Ticket.objects.consultations().filter(created_at__gte=start, created_at__lt=end)


def _of_pemda(month: Month) -> QuerySet[Ticket]:
    return tickets(month).filter(user_group="PEMDA", region__isnull=False)


def _escalated(month: Month) -> QuerySet[Ticket]:
    return tickets(month).filter(Exists(Escalation.objects.filter(ticket=OuterRef("pk"))))


def _out_escalated(month: Month) -> QuerySet[Ticket]:
    return _escalated(month).filter(service_hours="OUTSIDE")


def _last_of_people(month: Month) -> QuerySet[Ticket]:
    """P4: the last ticket of each contact in the month."""
    return Ticket.objects.filter(pk__in=RawSQL(_LAST_OF_PEOPLE, month.bounds()))  # noqa: S611 -- constant text


def _of_p1(rows: QuerySet) -> QuerySet:
    return rows.filter(ticket__in=Ticket.objects.consultations())


def _asked(month: Month) -> QuerySet[Escalation]:
    return _of_p1(_within(Escalation, "escalated_at", via_app=True)(month))


def _scored(excluded: bool) -> Callable[[Month], QuerySet[Escalation]]:
    rows = _within(Escalation, "answered_at", via_app=True, score__isnull=False, excluded=excluded)
    return lambda month: _of_p1(rows(month))


def _ratings(month: Month) -> QuerySet[SatisfactionRating]:
    return _of_p1(_within(SatisfactionRating, "rated_at")(month))


def _open_reviews(month: Month) -> QuerySet[KnowledgeArticle]:
    end = month.bounds()[1]
    open_then = ReviewRequest.objects.filter(article=OuterRef("pk"), requested_at__lt=end).filter(
        Q(reviewed_at__isnull=True) | Q(reviewed_at__gte=end)
    )
    return KnowledgeArticle.objects.filter(Exists(open_then))


def _social(month: Month) -> QuerySet[SocialMetric]:
    all_posts = Coalesce(F("posts"), F("feeds") + F("stories"))
    return SocialMetric.objects.filter(month=month.first_day).annotate(all_posts=all_posts)


_sessions = _within(ChatbotSession, "started_at", outcome__in=["ANSWERED", "DROPPED"], simulated=False)
_visits = _on(Visit, "held_on", status=HeldStatus.HELD)

BEHIND: dict[str, Behind] = {
    "consultations.by_channel": Behind(tickets, count, ("channel__code",)),
    "consultations.by_topic": Behind(tickets, count, ("topic__code",)),
    "consultations.by_channel_topic": Behind(tickets, count, ("channel__code", "topic__code")),
    "users.by_group": Behind(_last_of_people, count, ("user_group",)),
    "top_regions.tickets": Behind(_of_pemda, count, ("region__code",)),
    "top_regions.users": Behind(_of_pemda, people, ("region__code",)),
    "top_regions.topics": Behind(_of_pemda, count, ("region__code", "topic__code")),
    "ticket_breakdown.by_zone_hours": Behind(tickets, count, (_zone, "service_hours")),
    "ticket_breakdown.out_escalated_by_topic": Behind(_out_escalated, count, ("topic__code",)),
    "ticket_breakdown.escalated": Behind(_escalated, count),
    "layer2.escalations_by_unit": Behind(_asked, count, ("unit__code",)),
    "layer2.response_scores": Behind(_scored(False), mean("score"), ("unit__code",)),
    "layer2.scores_by_unit": Behind(_scored(False), count, ("unit__code", "score")),
    "layer2.excluded": Behind(_scored(True), count, ("unit__code",)),
    "satisfaction.average": Behind(_ratings, mean("service_score", "substance_score")),
    "satisfaction.service": Behind(_ratings, mean("service_score")),
    "satisfaction.substance": Behind(_ratings, mean("substance_score")),
    "satisfaction.by_agent": Behind(_ratings, mean("service_score", "substance_score"), ("agent_id",)),
    "satisfaction.raters_by_agent": Behind(_ratings, people, ("agent_id",)),
    "website_publications.total": Behind(_on(Publication, "published_on"), count),
    "webinars.total": Behind(_on(Event, "held_on"), count),
    "blasts.total": Behind(_within(Blast, "sent_at", status=Blast.Status.SENT), count),
    "website_visits.total": Behind(lambda m: WebTraffic.objects.filter(month=m.first_day), entered("visitors")),
    "complaints.by_kind": Behind(_within(Complaint, "received_at"), count, ("kind",)),
    "complaints.subjects": Behind(_within(Complaint, "received_at", kind="COMPLAINT"), distinct("subject")),
    "chatbot.by_menu": Behind(_sessions, count, (_menu,)),
    "email_lapor.by_type": Behind(_within(LaporMail, "received_at"), count, ("document_type",)),
    "video_conferences.total": Behind(_on(VideoConference, "held_on", status=HeldStatus.HELD), count),
    "face_to_face.total": Behind(_visits, count),
    "face_to_face.guests": Behind(_visits, summed("guest_count")),
    "face_to_face.over_limit": Behind(lambda month: _visits(month).filter(over_limit=True), count),
    "face_to_face.by_topic": Behind(_visits, _visit_topics, ("topic_rows__topic__code",)),
    "ppid.requests": Behind(_within(PpidRequest, "received_at"), count),
    "knowledge_base.to_review": Behind(_open_reviews, count, ("unit__code",)),
    "social.posts": Behind(_social, entered("all_posts"), ("platform",)),
    "social.posts_avg": Behind(_social, _posts_average),
    "social.followers": Behind(_social, entered("followers"), ("platform",)),
    "social.feeds": Behind(_social, entered("feeds"), ("platform",)),
    "social.stories": Behind(_social, entered("stories"), ("platform",)),
    "social.reach_total": Behind(_social, entered("reach_total"), ("platform",)),
    "social.reach_avg": Behind(_social, _reach, ("platform",)),
}


# Rows that notes beside the figures count, under keys of their own.
NOTED: dict[str, Callable[[Month], QuerySet[Escalation]]] = {
    "layer2.open_at_month_end": open_escalations,
    "layer2.unscored": unscored_escalations,
}
