"""A small, varied set of records over three months, and random edits of it, for the filling tests."""

import itertools
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from chatbot.models import ChatbotMenu, ChatbotSession
from consultations.models import Visit, VisitTopic
from escalation.models import Escalation, ScoreRule
from information.models import Complaint
from knowledge.models import KnowledgeArticle, ReviewRequest
from messaging.models import Channel
from outreach.models import LaporMail, Publication
from people.models import Contact, Region, Unit, User
from tickets.models import SatisfactionRating, Ticket, Topic

START = datetime(2025, 1, 1, tzinfo=UTC) - timedelta(hours=7)
SPAN_MINUTES = 90 * 24 * 60
SERIAL = itertools.count(1)


class Records:
    """Builds with a seeded `random.Random`, so that a failing example can be repeated."""

    def __init__(self, seed: int) -> None:
        self.pick = random.Random(seed)
        self.channels = list(Channel.objects.all())
        self.topics = list(Topic.objects.all()[:6])
        self.regions = [*Region.objects.filter(code__in=["31", "13", "52.02", "94.01", "91"]), None]
        self.units = list(Unit.objects.all()[:3])
        self.rule = ScoreRule.objects.get()
        self.agents = [User.objects.create(username=f"agen{next(SERIAL)}") for _ in range(3)]
        self.contacts = [self._contact() for _ in range(8)]

    def _contact(self) -> Contact:
        return Contact.objects.create(name=f"Kontak {next(SERIAL)}", user_group="PEMDA", created_at=START)

    def moment(self) -> datetime:
        return START + timedelta(minutes=self.pick.randrange(SPAN_MINUTES))

    def ticket(self) -> Ticket:
        at, region = self.moment(), self.pick.choice(self.regions)
        ticket = Ticket.objects.create(
            number=f"T-{next(SERIAL)}",
            channel=self.pick.choice(self.channels),
            contact=self.pick.choice(self.contacts),
            topic=self.pick.choice([*self.topics, None]),
            created_at=at,
            user_group=self.pick.choice(["PEMDA", "PEMDA", "KL", "LAINNYA"]),
            region=region,
            zone=region.zone if region else "",
            service_hours=self.pick.choice(["INSIDE", "OUTSIDE"]) if region else "UNKNOWN",
            window_version="SERVICE:1",
            source=self.pick.choice(["LIVE", "LIVE", "LIVE", "IMPORT", "SIMULATOR"]),
            is_spam=self.pick.random() < 0.1,
        )
        if self.pick.random() < 0.4:
            self.escalation(ticket)
        if self.pick.random() < 0.4:
            self.rating(ticket)
        return ticket

    def escalation(self, ticket: Ticket) -> Escalation:
        asked = ticket.created_at + timedelta(hours=self.pick.randrange(1, 900))
        answered = asked + timedelta(hours=self.pick.randrange(1, 200)) if self.pick.random() < 0.8 else None
        return Escalation.objects.create(
            ticket=ticket,
            unit=self.pick.choice(self.units),
            status="ANSWERED" if answered else "OPEN",
            via_app=self.pick.random() < 0.9,
            escalated_at=asked,
            answered_at=answered,
            rule=self.rule if answered else None,
            working_minutes=Decimal(10) if answered else None,
            score=self.pick.choice([120, 110, 60]) if answered else None,
        )

    def rating(self, ticket: Ticket) -> SatisfactionRating:
        return SatisfactionRating.objects.create(
            ticket=ticket,
            agent=self.pick.choice(self.agents),
            contact=ticket.contact,
            service_score=self.pick.randint(1, 5),
            substance_score=self.pick.randint(1, 5),
            rated_at=ticket.created_at + timedelta(hours=self.pick.randrange(1, 300)),
        )

    def register_rows(self) -> None:
        at = self.moment()
        Publication.objects.create(number=f"P-{next(SERIAL)}", title="Berita", published_on=at.date())
        LaporMail.objects.create(external_id=f"L-{next(SERIAL)}", received_at=at, document_type="DBH")
        Complaint.objects.create(number=f"C-{next(SERIAL)}", kind="COMPLAINT", subject="Surat palsu", received_at=at)
        self.visit()
        self.session()

    def visit(self) -> Visit:
        visit = Visit.objects.create(
            number=f"V-{next(SERIAL)}",
            held_on=self.moment().date(),
            visitor="Kab. Contoh",
            user_group="PEMDA",
            guest_count=self.pick.randint(1, 9),
            over_limit=self.pick.random() < 0.3,
        )
        for topic in self.pick.sample(self.topics, self.pick.randrange(3)):
            VisitTopic.objects.create(visit=visit, topic=topic)
        return visit

    def session(self) -> ChatbotSession:
        at = self.moment()
        menu = self.pick.choice([*ChatbotMenu.objects.all(), None])
        return ChatbotSession.objects.create(
            external_id=f"S-{next(SERIAL)}",
            channel=self.channels[0],
            started_at=at,
            ended_at=at,
            menu=menu,
            outcome="ANSWERED" if menu else "DROPPED",
        )

    def review(self) -> ReviewRequest:
        article = KnowledgeArticle.objects.create(
            code=f"KB-{next(SERIAL)}",
            title="Artikel",
            body="Isi",
            unit=self.pick.choice(self.units),
            created_at=START,
            updated_at=START,
        )
        at = self.moment()
        done = at + timedelta(days=self.pick.randrange(60)) if self.pick.random() < 0.6 else None
        return ReviewRequest.objects.create(article=article, requested_at=at, reviewed_at=done)

    def build(self, tickets: int = 40) -> "Records":
        for _ in range(tickets):
            self.ticket()
        for _ in range(6):
            self.register_rows()
            self.review()
        return self

    def edit(self) -> str:
        """One random change of one record; returns what it was."""
        edits = [
            self._change_ticket, self._move_ticket, self._merge_ticket, self._change_escalation, self._drop_rating,
            self._merge_contact, self._change_visit, self._answer_review, self._new_rows, self._drop_publication,
            self._spare_channel,
        ]  # fmt: skip
        edit = self.pick.choice(edits)
        edit()
        return edit.__name__

    def _any(self, model):
        rows = list(model.objects.order_by("pk"))
        return self.pick.choice(rows) if rows else None

    def _change_ticket(self) -> None:
        ticket, region = self._any(Ticket), self.pick.choice(self.regions)
        ticket.region, ticket.zone = region, region.zone if region else ""
        ticket.service_hours = "OUTSIDE" if region else "UNKNOWN"
        ticket.topic = self.pick.choice(self.topics)
        ticket.is_spam = self.pick.random() < 0.2
        ticket.channel = self.pick.choice(self.channels)
        ticket.save()

    def _move_ticket(self) -> None:
        Ticket.objects.filter(pk=self._any(Ticket).pk).update(created_at=self.moment())

    def _merge_ticket(self) -> None:
        one, other = self.pick.sample(list(Ticket.objects.order_by("pk")), 2)
        Ticket.objects.filter(pk=one.pk).update(merged_into=other)

    def _change_escalation(self) -> None:
        row = self._any(Escalation)
        if row and row.score is not None:
            row.excluded, row.excluded_reason = not row.excluded, "Gangguan sistem"
            row.score, row.unit = self.pick.choice([120, 100, 70]), self.pick.choice(self.units)
            row.save()
        elif row:
            row.delete()

    def _drop_rating(self) -> None:
        if row := self._any(SatisfactionRating):
            row.delete()

    def _merge_contact(self) -> None:
        free = list(Contact.objects.filter(merged_into__isnull=True).order_by("pk"))
        if len(free) > 1:
            one, other = self.pick.sample(free, 2)
            Contact.objects.filter(pk=one.pk).update(merged_into=other)

    def _change_visit(self) -> None:
        visit = self._any(Visit)
        visit.held_on, visit.status = self.moment().date(), self.pick.choice(["HELD", "CANCELLED"])
        visit.guest_count += 1
        visit.save()
        VisitTopic.objects.filter(visit=visit).delete()

    def _answer_review(self) -> None:
        row = self._any(ReviewRequest)
        row.reviewed_at = None if row.reviewed_at else row.requested_at + timedelta(days=40)
        row.save()

    def _new_rows(self) -> None:
        self.ticket()
        self.register_rows()

    def _drop_publication(self) -> None:
        if row := self._any(Publication):
            row.delete()

    def _spare_channel(self) -> None:
        channel = self.pick.choice(self.channels[1:])
        Channel.objects.filter(pk=channel.pk).update(makes_tickets=self.pick.random() < 0.5)
