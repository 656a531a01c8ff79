"""The report's sentences, composed from printed figures. Nothing here computes a number.

A base that is unknown or 0 gives no percentage; an unknown figure gives "belum tersedia"; "tidak terdapat"
is said only of a known 0.
"""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _

from kernel.formats import DIRECTIONS_EN
from kernel.months import Month
from reports.printing import Json

PrintedBase = Callable[[Json], str]


class Sentences:
    """Sentences about one month in the active language."""

    def __init__(self, month: Month, language: str) -> None:
        self.month = month
        self.language = language

    @property
    def now(self) -> str:
        return self.month.label(self.language)

    def missing(self, what: str) -> str:
        return _("Data %(what)s bulan %(month)s belum tersedia.") % {"what": what, "month": self.now}

    def moved(self, comparison: Json) -> str:
        """ "turun 18,2%", "tetap", or only "naik" where no percentage may be printed."""
        word = comparison["direction"]
        word = DIRECTIONS_EN[word] if self.language == "en" else word
        if comparison["printed"] is None or comparison["direction"] == "tetap":
            return word
        return f"{word} {comparison['printed']}"

    def compared(self, figure: Json, printed_base: PrintedBase, unit: str = "") -> list[str]:
        """One sentence for each comparison: the month before, then the same month last year."""
        if figure["value"] is None:
            return []
        return [
            sentence
            for which in ("previous_month", "same_month_last_year")
            if (sentence := self._compared(figure["comparisons"][which], which, printed_base, unit))
        ]

    def _compared(self, comparison: Json, which: str, printed_base: PrintedBase, unit: str) -> str:
        then = Month.parse(comparison["period"]).label(self.language)
        if comparison["direction"] is None:
            if not comparison["existed"]:
                return ""
            return _("Pembanding %(month)s belum tersedia.") % {"month": then}
        words = {"moved": self.moved(comparison), "month": then, "base": _with_unit(printed_base(comparison), unit)}
        if which == "previous_month":
            return _("Dibandingkan bulan sebelumnya, %(month)s (%(base)s), jumlah ini %(moved)s.") % words
        return _("Dibandingkan %(month)s (%(base)s), jumlah ini %(moved)s.") % words

    def share_of_channel(self, figure: Json, medium: str) -> str:
        """ "Pada Agustus 2024, sebanyak 50 konsultasi (4,91%) disampaikan melalui telepon." """
        if figure["value"] is None:
            return self.missing(_("konsultasi melalui %(medium)s") % {"medium": medium})
        words = {"month": self.now, "value": figure["printed"], "medium": medium, "share": figure["share"]["printed"]}
        if figure["value"] == 0:
            return _("Pada %(month)s, tidak terdapat konsultasi melalui %(medium)s.") % words
        return (
            _("Pada %(month)s, sebanyak %(value)s konsultasi atau %(share)s dari seluruh tiket "
              "disampaikan melalui %(medium)s.") % words
        )  # fmt: skip

    def counted(self, figure: Json, what: str, missing: str = "") -> str:
        """ "Pada Agustus 2024 terdapat 17 publikasi website DJPK."; none: "tidak terdapat"."""
        if figure["value"] is None:
            return self.missing(missing or what)
        words = {"month": self.now, "value": figure["printed"], "what": what}
        if figure["value"] == 0:
            return _("Pada %(month)s, tidak terdapat %(what)s.") % words
        return _("Pada %(month)s, terdapat %(value)s %(what)s.") % words

    def since_january(self, figure: Json, what: str, unknown: Sequence[Month] = ()) -> str:
        """Year to date; months that are missing are named, since the sum leaves them out."""
        if figure["value"] is None:
            return ""
        january = Month(self.month.year, 1).label(self.language, year=False)
        span = self.now
        if self.month.month > 1:
            span = _("%(january)s s.d. %(month)s") % {"january": january, "month": self.now}
        words = {"span": span, "value": figure["printed"], "what": what}
        sentence = _("Selama %(span)s, terdapat %(value)s %(what)s.") % words
        if not unknown:
            return sentence
        names = ", ".join(month.label(self.language, short=True, year=False) for month in unknown)
        missing = _("Data bulan %(months)s belum tersedia.") % {"months": names}
        return f"{sentence} {missing}"


def _with_unit(number: str, unit: str) -> str:
    return f"{number} {unit}".strip()
