"""The monthly service report as data: one dict that the page, the documents and the API all show.

Sections S01 to S36 in the shape of the report outline; nothing here computes a figure (`figures.py` does)
or writes anything. Language `id` or `en`.
"""

from django.utils import translation

from kernel.months import Month
from reports.figures import months_with_data
from reports.printing import Json
from reports.report.context import Context
from reports.report.notes import quality_notes
from reports.sections.outline import OUTLINE


def build(month: Month, language: str = "id") -> Json:
    """The report of a month: `sections[]` and what stands around them. Works for any month, with data or without."""
    language = "en" if language.lower().startswith("en") else "id"
    with translation.override(language):
        context = Context(month, language)
        return _head(context) | {
            "sections": _sections(context),
            "quality_notes": quality_notes(context),
        }


def _sections(context: Context) -> list[Json]:
    return [
        {"id": section.id, "title": str(section.title), "key": section.key} | section.content(context)
        for section in OUTLINE
    ]


def _head(context: Context) -> Json:
    month = context.month
    names = {"month": month, "previous_month": month.previous, "same_month_last_year": month.same_month_last_year}
    filled_at = context.figures.filled_at(month)
    return {
        **{name: str(each) for name, each in names.items()},
        "labels": {name: each.label(context.language) for name, each in names.items()},
        "meta": {"period": str(month), **{name: str(each) for name, each in names.items() if name != "month"}},
        "language": context.language,
        "status": "DRAFT" if context.figures.any(month) else "EMPTY",
        "filled_at": filled_at.isoformat() if filled_at else None,
        "months": [str(each) for each in months_with_data()],
    }
