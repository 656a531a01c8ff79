"""Registers of the demonstration months: what is counted or entered, not asked.

The rows of August 2024 are the source report's; those of July 2024 and August 2023 are invented around the
totals it prints. Tables are in `data/registers/*.csv`.
"""

import csv
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from consultations.models import (
    ConsultationRule,
    VideoConference,
    VideoConferenceTopic,
    Visit,
    VisitTopic,
)
from djpk.demo.copying import insert
from djpk.demo.writing import Reference
from information.models import Complaint, ComplaintEvent
from kernel.months import JAKARTA, Month
from knowledge.models import ArticleEvent, KnowledgeArticle, ReviewRequest
from outreach.models import Blast, Event, Publication, SocialMetric, WebPage, WebTraffic
from people.models import User
from people.regions import RegionIndex
from reports.models import MetricSnapshot, ReportText

DATA = Path(__file__).parent / "data"
VISITORS = {"2023-08": 69_000, "2024-07": 72_000, "2024-08": 61_000}
FIRST_ARTICLE = datetime(2023, 1, 16, 3, tzinfo=UTC)


def table(name: str) -> Iterator[dict[str, str]]:
    """Rows of a register's table."""
    with (DATA / "registers" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        yield from csv.DictReader(handle)


def numbered(name: str, prefix: str) -> Iterator[tuple[str, int, date, dict[str, str]]]:
    """Rows of a table with register number, position in the month and date: `PUB-202408-01`, 1, ..."""
    position: dict[str, int] = {}
    for row in table(name):
        month = row["date"][:7].replace("-", "")
        position[month] = position.get(month, 0) + 1
        number = f"{prefix}-{month}-{position[month]:02d}"
        yield number, position[month], date.fromisoformat(row["date"]), row


def write_registers(reference: Reference) -> None:
    """All of them. Staff who entered them are the demonstration's."""
    regions = RegionIndex.load()
    _publications()
    _events()
    _blasts()
    _visits(reference, regions)
    _conferences(reference, regions)
    _complaints(reference, regions)
    _entered(reference.users["laras"])
    _texts(reference.users["manajer"])
    _snapshots(reference.users["manajer"])
    _articles(reference)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """That time in Jakarta, in UTC."""
    return datetime.combine(day, time(hour, minute), JAKARTA).astimezone(UTC)


def _publications() -> None:
    insert(
        Publication(number=n, title=row["title"], category=row["category"], published_on=day, position=i)
        for n, i, day, row in numbered("publications", "PUB")
    )


def _events() -> None:
    insert(
        Event(number=n, title=row["title"], kind=row["kind"], held_on=day, position=i)
        for n, i, day, row in numbered("events", "KEG")
    )


def _blasts() -> None:
    insert(
        Blast(
            number=n, subject=row["title"], status="SENT", sent_at=at(day, 9, 15 + i), recipients=1180 + 37 * i,
            by_email=i % 4 != 2, position=i,
        )
        for n, i, day, row in numbered("blasts", "BLS")
    )  # fmt: skip


def _region(regions: RegionIndex, visitor: str, group: str) -> Any:
    return regions.resolve(visitor) if group == "PEMDA" else None


def _visits(reference: Reference, regions: RegionIndex) -> None:
    rules = list(ConsultationRule.objects.all())
    visits, topics = [], []
    for number, i, day, row in numbered("visits", "KTM"):
        rule = next(r for r in rules if r.valid_from <= day and (r.valid_to is None or day < r.valid_to))
        guests = int(row["guests"])
        visit = Visit(
            number=number, held_on=day, visitor=row["visitor"], user_group=row["user_group"], note=row["note"],
            region=_region(regions, row["visitor"], row["user_group"]), position=i, guest_count=guests,
            over_limit=guests > rule.guest_limit, rule=rule,
        )  # fmt: skip
        visits.append(visit)
        topics += [
            VisitTopic(visit=visit, topic=reference.topics[code], position=place)
            for place, code in enumerate(row["topics"].split())
        ]
    insert(visits)
    insert(topics)


def _conferences(reference: Reference, regions: RegionIndex) -> None:
    conferences, topics = [], []
    for number, i, day, row in numbered("video_conferences", "VC"):
        conference = VideoConference(
            number=number, held_on=day, visitor=row["visitor"], user_group="PEMDA", position=i,
            region=_region(regions, row["visitor"], "PEMDA"),
            meeting_url=f"https://teams.example/dering/{number.lower()}",
        )  # fmt: skip
        conferences.append(conference)
        topics.append(VideoConferenceTopic(conference=conference, topic=reference.topics[row["topics"]]))
    insert(conferences)
    insert(topics)


def _complaints(reference: Reference, regions: RegionIndex) -> None:
    handler = reference.users["sekar"]
    complaints, events = [], []
    for number, i, day, row in numbered("complaints", "PGD"):
        received = at(day, 9 + i % 6, 10 + i)
        closed = received + timedelta(days=4, hours=2)
        complaint = Complaint(
            number=number, kind=row["kind"], subject=row["subject"], topic=reference.topics.get(row["topic"]),
            region=regions.resolve(row["region"]) if row["region"] else None, source=row["source"],
            forwarded_by=row["forwarded_by"], anonymous=bool(row["forwarded_by"]), handler=handler, status="CLOSED",
            outside_number="LAPOR-0000042" if row["forwarded_by"] else "", received_at=received,
            first_replied_at=received + timedelta(hours=3), closed_at=closed,
            description=f"Laporan diterima melalui Contact Center. {row['subject']}.",
            resolution="Pelapor diberi penjelasan dan diminta mengabaikan pihak yang mengatasnamakan DJPK."
            if row["kind"] == "COMPLAINT" and not row["forwarded_by"]
            else "Diteruskan kepada unit yang berwenang; pelapor diberi tahu.",
        )  # fmt: skip
        complaints.append(complaint)
        events += [
            ComplaintEvent(complaint=complaint, at=received, code="complaint.registered", to_value="RECEIVED"),
            ComplaintEvent(
                complaint=complaint, at=closed, actor=handler, code="complaint.closed", from_value="RECEIVED",
                to_value="CLOSED",
            ),
        ]  # fmt: skip
    insert(complaints)
    insert(events)


def _entered(by: User) -> None:
    """Website visitors with their pages, and the social media."""
    traffic = {
        month: WebTraffic(month=_first(month), visitors=visitors, entered_by=by, entered_at=_entered_at(month))
        for month, visitors in VISITORS.items()
    }
    insert(traffic.values())
    insert(WebPage(traffic=traffic[r["month"]], rank=int(r["rank"]), title=r["title"]) for r in table("web_pages"))
    numbers = ("posts", "feeds", "stories", "followers", "reach_total", "reach_posts", "reach_average")
    insert(
        SocialMetric(
            month=_first(row["month"]), platform=row["platform"], entered_by=by, entered_at=_entered_at(row["month"]),
            **{name: int(row[name]) if row[name] else None for name in numbers},
        )
        for row in table("social")
    )  # fmt: skip


def _texts(by: User) -> None:
    """The source report's own texts of August 2024."""
    insert(
        ReportText(
            month=date(2024, 8, 1), section=row["section"], key=row["key"], position=int(row["position"]),
            text=row["text"], status="CONFIRMED", written_by=by, written_at=_entered_at("2024-08"),
        )
        for row in table("report_texts")
    )  # fmt: skip


def _snapshots(by: User) -> None:
    """January to June 2024: printed values, and a split of HAI and e-mail whose sum is printed."""
    insert(
        MetricSnapshot(
            month=_first(row["month"]), indicator=row["indicator"], dim1=row["dim1"], value=Decimal(row["value"]),
            source=row["source"], entered_by=by, entered_at=at(date(2024, 7, 5), 10),
        )
        for row in table("snapshots")
    )  # fmt: skip


def _articles(reference: Reference) -> None:
    """Published FAQ, each reviewed by its unit in 2024; no review was open at a month's end."""
    with (DATA / "knowledge.toml").open("rb") as handle:
        rows = tomllib.load(handle)["article"]
    articles, events, reviews = [], [], []
    for i, row in enumerate(rows):
        created, head = FIRST_ARTICLE + timedelta(days=5 * i), reference.experts[row["unit"]][0]
        asked = at(date(2024, 2 + i % 6, 5 + i % 4), 9, i)
        done = asked + timedelta(days=3 + i % 9)
        article = KnowledgeArticle(
            code=row["code"], title=row["title"], body=row["body"], topic=reference.topics[row["topic"]],
            unit=reference.units[row["unit"]], status="PUBLISHED", created_at=created, updated_at=done,
        )  # fmt: skip
        articles.append(article)
        events.append(ArticleEvent(article=article, at=created, actor=head, code="article.published"))
        reviews.append(
            ReviewRequest(
                article=article, requested_at=asked, requested_by=reference.users["sekar"], reviewed_at=done,
                reason="Reviu berkala atas kesesuaian dengan ketentuan terbaru.", reviewed_by=head,
                due_on=(asked + timedelta(days=14)).date(), outcome="Masih sesuai, redaksi diperbarui.",
            )
        )  # fmt: skip
    insert(articles)
    insert(events)
    insert(reviews)


def _first(month: str) -> date:
    return Month.parse(month).first_day


def _entered_at(month: str) -> datetime:
    """Staff enter a month's values on the second day of the next."""
    return at(Month.parse(month).next.first_day + timedelta(days=1), 10)
