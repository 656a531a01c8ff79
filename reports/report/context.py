"""What every section of a report is built from: the month's figures, names, texts and register rows."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from kernel import formats
from kernel.months import Month
from messaging.models import Channel
from reports import ranking
from reports.catalogue import CATALOGUE, CHATBOT_SINCE
from reports.figures import TOTAL, Dims, Figures
from reports.printing import Json, Printer, as_number
from reports.report.labels import Labels
from reports.report.registers import Registers
from reports.report.texts import Texts
from reports.sentences import Sentences

MIN_RATINGS = 5  # rules 5.2
MIN_RATERS = 5


def facts(month: Month, language: str, whatsapp: str | None = None) -> dict[str, object]:
    """What templates may name in braces; the WhatsApp number is read when it is not given."""
    if whatsapp is None:
        whatsapp = Channel.objects.filter(code="WHATSAPP").values_list("address", flat=True).first() or ""
    return {
        "month": month.label(language),
        "whatsapp": whatsapp,
        "chatbot_since": formats.long_date(CHATBOT_SINCE, language),
        "min_ratings": MIN_RATINGS,
        "min_raters": MIN_RATERS,
    }


class Context:
    """Everything about one month in one language, read with a fixed number of queries."""

    def __init__(self, month: Month, language: str = "id") -> None:
        self.month = month
        self.language = "en" if language.lower().startswith("en") else "id"
        self.figures = Figures.for_report(month)
        self.printer = Printer(self.figures, month, self.language)
        self.registers = Registers(month)
        self.top_regions = ranking.top_regions(self.figures, month)
        self.labels = Labels(month, self.language, self._agents(), [row.code for row in self.top_regions])
        self.texts = Texts(
            month, self.language, facts(month, self.language, self.labels.find("channel", "WHATSAPP").note)
        )
        self.say = Sentences(month, self.language)

    def _agents(self) -> list[int]:
        cells = self.figures.cells("satisfaction.by_agent", self.month)
        return [int(agent) for agent in ranking.by_dim1(cells) if agent.isdigit()]

    @property
    def name(self) -> str:
        """ "Agustus 2024"."""
        return self.month.label(self.language)

    @cached_property
    def series_months(self) -> list[Month]:
        """January up to the month, then the same month last year."""
        return [*self.month.year_to_date(), self.month.same_month_last_year]

    def figure(self, key: str, dims: Dims = TOTAL, **more: Any) -> Json:
        return self.printer.figure(key, dims, **more)

    def date(self, day: date) -> str:
        return formats.long_date(day, self.language)

    def series(
        self, key: str, of: str, title: str, dims: Dims = TOTAL, chart: str = "column",
        months: Sequence[Month] | None = None,
    ) -> Json:  # fmt: skip
        """Points of one figure over months; unknown months are gaps (value null)."""
        return {
            "key": key,
            "title": title,
            "chart": chart,
            "unit": self.figure(of)["unit"],
            "of": of,
            "points": [
                {"period": str(month), "value": self.printer.value(of, month, dims)}
                for month in (self.series_months if months is None else months)
            ],
        }

    def compared(self, figure: Json, unit: str = "") -> list[str]:
        """The sentences that compare a figure with the month before and the same month last year."""
        return self.say.compared(figure, lambda base: self.printer.number(base["value"]), unit)

    def since_january(self, ytd: Json, what: str) -> str:
        """The sentence on a year to date; months that are missing are named."""
        of = CATALOGUE[ytd["key"]].rule.of  # type: ignore[union-attr]
        return self.say.since_january(ytd, what, self.figures.unknown_months(of, self.month.year_to_date()))

    def ranked_rows(self, rows: Iterable[ranking.Ranked], kind: str, whole: Any) -> list[Json]:
        """Ranked codes with label, count and share of the whole."""
        return [
            {
                "rank": row.rank,
                "code": row.code,
                "label": self.labels.name(kind, row.code),
                "value": as_number(row.value),
                "printed": self.printer.number(row.value),
                "share": self.printer.share_of(row.value, whole),
                "tied": row.tied,
            }
            for row in rows
        ]

    def join(self, names: Sequence[str]) -> str:
        """ "A", "A dan B", "A, B, dan C"."""
        if len(names) < 2:
            return "".join(names)
        if len(names) == 2:
            return _("%(first)s dan %(second)s") % {"first": names[0], "second": names[1]}
        return _("%(list)s, dan %(last)s") % {"list": ", ".join(names[:-1]), "last": names[-1]}
