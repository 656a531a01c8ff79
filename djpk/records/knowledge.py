"""Reviews that units owe the FAQ; an article nobody knows yet is made from its first row."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from djpk.records.base import RecordLoader, Values, in_period
from djpk.records.information import not_before
from djpk.records.lookups import TOPIC, UNIT
from kernel.importing.cells import clean_text
from kernel.importing.columns import Column
from kernel.importing.engine import Context, Kind
from kernel.importing.fields import Choice, Day, Moment, Text
from kernel.importing.rows import Outcome, Row
from kernel.parsing import JAKARTA
from knowledge.models import ArticleEvent, KnowledgeArticle, ReviewRequest
from people.units import UnitIndex

ARTICLE = ("title", "unit", "topic", "body", "article_status", "article_created_at")
REVIEW = ("reason", "due_on", "reviewed_at", "outcome")
COLUMNS = (
    Column("article_code", Text(20, free=False), _("kode artikel"), True, "FAQ-001"),
    Column("title", Text(200), _("judul; wajib untuk artikel baru"), example="Jadwal penyaluran DAU"),
    Column("unit", UNIT, _("unit pemilik; wajib untuk artikel baru"), example="PK.2"),
    Column("topic", TOPIC, _("topik"), example="DAU"),
    Column("body", Text(), _("isi artikel")),
    Column(
        "article_status",
        Choice(KnowledgeArticle.Status, blank=None),
        _("artikel baru tanpa status berarti PUBLISHED"),
        example="PUBLISHED",
    ),
    Column("article_created_at", Moment(), _("saat artikel dibuat; kosong: saat reviu pertama diminta")),
    Column(
        "requested_at", Moment(), _("saat reviu diminta; kosong: hanya artikelnya"), example="2024-08-05T09:00:00+07:00"
    ),
    Column("reason", Text(), _("alasan")),
    Column("due_on", Day(), _("batas waktu")),
    Column("reviewed_at", Moment(), _("saat selesai direviu; kosong: masih terbuka")),
    Column("outcome", Text(), _("hasil")),
)


class KnowledgeLoader(RecordLoader):
    """Rows are reviews; blank article columns say nothing of the article."""

    model = ReviewRequest
    columns = COLUMNS
    key_columns = ("article_code", "requested_at")
    dated_by = "requested_at"
    ordering = ("requested_at", "id")

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.units = UnitIndex.load()
        self.articles: dict[str, KnowledgeArticle] = {}
        self.told: dict[str, tuple[int, Values]] = {}
        self.open: dict[str, datetime] = {}

    @classmethod
    def key_of(cls, values: Any) -> Hashable:
        return values["article_code"], values["requested_at"]

    def examine(self, rows: list[Row]) -> None:
        codes = {row.values["article_code"] for row in rows}
        self.articles = {one.code: one for one in articles().filter(code__in=codes)}
        reviews = {
            (one.article.code, one.requested_at): one
            for one in ReviewRequest.objects.filter(article__code__in=codes).select_related("article")
        }
        for code, requested_at in ((key[0], key[1]) for key, one in reviews.items() if one.reviewed_at is None):
            self.open.setdefault(code, requested_at)
        for row in rows:
            self._examine_row(row, reviews.get(self.key_of(row.values)))  # type: ignore[call-overload]

    def _examine_row(self, row: Row, review: ReviewRequest | None) -> None:
        values, article = row.values, self.articles.get(row.values["article_code"])
        known = {**(shown_article(article) if article else {}), **(shown_review(review) if review else {})}
        stated = {n: v for n, v in values.items() if n in self.context.present and not (n in ARTICLE and not v)}
        merged = {**values, **known, **stated}
        for problem in (*self.problems(merged), *self._against_file(row, stated), *self._second_open(merged)):
            row.refuse(problem)
        if row.refused:
            return
        row.stored = (review, merged)
        complete = article is not None and (review is not None or values["requested_at"] is None)
        differs = [name for name, value in stated.items() if name in known and known[name] != value]
        row.outcome = self._decide(row, complete, differs)

    def _decide(self, row: Row, complete: bool, differs: list[str]) -> Outcome | None:
        if not differs:
            return Outcome.UNCHANGED if complete else Outcome.CREATED
        if self.context.update:
            return Outcome.UPDATED
        row.refuse(
            gettext(
                "Catatan ini sudah tersimpan dengan isi berbeda (%(columns)s). Samakan, atau impor dengan pembaruan."
            )
            % {"columns": ", ".join(differs)}
        )
        return None

    def problems(self, values: Values) -> Iterable[str]:
        if not (values["title"] and values["unit"]):
            yield gettext("title, unit: wajib diisi karena artikel ini belum ada.")
        if values["requested_at"] is None:
            if any(values[name] for name in REVIEW):
                yield gettext("requested_at: wajib diisi karena ada keterangan reviu.")
        else:
            yield from not_before("reviewed_at", "requested_at", values)

    def _against_file(self, row: Row, stated: Values) -> Iterator[str]:
        """Rows of one article must agree on it, and only one of its reviews can be open."""
        code = row.values["article_code"]
        article = {name: stated[name] for name in ARTICLE if name in stated}
        line, told = self.told.setdefault(code, (row.line, article))
        differs = [name for name, value in article.items() if told.setdefault(name, value) != value]
        if differs:
            yield gettext("Isi artikel (%(columns)s) berbeda dari baris %(line)d. Samakan.") % {
                "columns": ", ".join(differs),
                "line": line,
            }

    def _second_open(self, values: Values) -> Iterator[str]:
        code, requested_at = values["article_code"], values["requested_at"]
        if requested_at is None:
            return
        if values["reviewed_at"]:
            if self.open.get(code) == requested_at:
                del self.open[code]
        elif self.open.setdefault(code, requested_at) != requested_at:
            yield gettext("requested_at: sudah ada reviu yang masih terbuka untuk artikel ini. Isi reviewed_at-nya.")

    def write(self, rows: list[Row]) -> None:
        for row in rows:
            review, values = row.stored
            article = self._write_article(values)
            if values["requested_at"] is not None:
                review = review or ReviewRequest(article=article, requested_at=values["requested_at"])
                for name in REVIEW:
                    setattr(review, name, values[name])
                review.save()
            self._event(article, "article.imported" if row.outcome is Outcome.CREATED else "article.import_updated")

    def _write_article(self, values: Values) -> KnowledgeArticle:
        article = self.articles.get(values["article_code"])
        if article and all(not values[n] or shown_article(article)[n] == values[n] for n in ARTICLE):
            return article
        at = values["requested_at"] or self.context.at
        article = article or KnowledgeArticle(code=values["article_code"])
        article.created_at = values["article_created_at"] or at
        article.title, article.body, article.topic = values["title"], values["body"], values["topic"]
        article.unit = self.units.on(values["unit"], _day(at))
        article.status = values["article_status"] or KnowledgeArticle.Status.PUBLISHED
        article.updated_at = at
        article.save()
        self.articles[article.code] = article
        return article

    def _event(self, article: KnowledgeArticle, code: str) -> None:
        ArticleEvent.objects.create(
            article=article,
            at=self.context.at,
            actor=self.context.actor,
            code=code,
            data={"file": self.context.file_name},
        )


def articles() -> Any:
    return KnowledgeArticle.objects.select_related("unit", "topic").order_by("code")


def shown_article(article: KnowledgeArticle) -> Values:
    """The article's part of a row."""
    return {
        "title": clean_text(article.title),
        "unit": article.unit.code,
        "topic": article.topic,
        "body": clean_text(article.body),
        "article_status": article.status,
        "article_created_at": article.created_at,
    }


def shown_review(review: ReviewRequest) -> Values:
    """The review's part of a row."""
    return {
        "reason": clean_text(review.reason),
        "due_on": review.due_on,
        "reviewed_at": review.reviewed_at,
        "outcome": clean_text(review.outcome),
    }


def _day(at: datetime) -> Any:
    return at.astimezone(JAKARTA).date()


def export(period: tuple[datetime | None, datetime | None]) -> Iterator[list[Any]]:
    """Articles by code with their reviews by time; without a period also articles nobody asked to review."""
    reviews = in_period(ReviewRequest.objects.order_by("requested_at", "id"), "requested_at", period)
    for article in articles().prefetch_related(Prefetch("reviews", queryset=reviews, to_attr="shown")):
        rows: Sequence[ReviewRequest | None] = article.shown or ([None] if period == (None, None) else [])
        for review in rows:
            values = {
                **dict.fromkeys(("requested_at", *REVIEW)),
                "article_code": article.code,
                **shown_article(article),
                **({**shown_review(review), "requested_at": review.requested_at} if review else {}),
            }
            yield [None if values[c.name] is None else c.field.show(values[c.name]) for c in COLUMNS]


KNOWLEDGE_REVIEWS = Kind("knowledge_reviews", _("Reviu FAQ/Knowledge Base"), COLUMNS, KnowledgeLoader, export)
