"""S04 to S07 and S27 to S30: what DJPK publishes, its website and its social media."""

from django.utils.translation import gettext as _

from kernel.formats import short_date
from outreach.models import Event, SocialMetric
from reports.printing import Json
from reports.report.context import Context
from reports.report.registers import Entry


def publications(context: Context) -> Json:
    total = context.figure("website_publications.total")
    rows = context.registers.entries("publication")
    categories = list(dict.fromkeys(row.category for row in rows if row.category))
    first = context.say.counted(total, _("publikasi website DJPK"))
    if categories and total["value"]:
        first += " " + _("Kategorinya: %(list)s.") % {"list": context.join(categories)}
    return {
        "figures": [total],
        "table": {
            "key": "website_publications.rows",
            "columns": [_("No."), _("Materi Publikasi"), _("Tanggal Publikasi"), _("Kategori")],
            "rows": [row | {"suggested_category": rows[place].category} for place, row in _numbered(context, rows)],
        },
        "series": [_series(context, "website_publications.series", total["key"], _("Jumlah Publikasi Website"))],
        "sentences": [first, *context.compared(total)],
    }  # fmt: skip


def webinars(context: Context) -> Json:
    total = context.figure("webinars.total")
    rows = context.registers.entries("event")
    return {
        "figures": [total],
        "table": {
            "key": "webinars.rows",
            "columns": [_("No."), _("Tanggal"), _("Materi"), _("Jenis")],
            "rows": [row | {"kind": _kind(rows[place].category)} for place, row in _numbered(context, rows)],
        },
        "series": [_series(context, "webinars.series", total["key"], _("Jumlah Publikasi Webinar DJPK"))],
        "sentences": [
            context.say.counted(total, _("webinar/sosialisasi/bimbingan teknis/FGD yang dilaksanakan DJPK")),
            *context.compared(total),
        ],
    }  # fmt: skip


def blasts(context: Context) -> Json:
    total = context.figure("blasts.total")
    rows = sorted(context.registers.entries("blast"), key=lambda row: row.day or context.month.first_day)
    what = _("penyampaian informasi melalui layanan Blast (WhatsApp dan/atau email) kepada pengguna terdaftar")
    return {
        "figures": [total],
        "table": {
            "key": "blasts.rows",
            "columns": [_("No."), _("Tanggal"), _("Perihal")],
            "rows": [row for _place, row in _numbered(context, rows)],
        },
        "series": [_series(context, "blasts.series", total["key"], _("Jumlah Layanan Blast"))],
        "sentences": [context.say.counted(total, what, _("layanan Blast")), *context.compared(total)],
    }


def website_visits(context: Context) -> Json:
    total = context.figure("website_visits.total", approximate=True)
    sentences = [context.say.missing(_("pengunjung website DJPK"))]
    if total["value"] is not None:
        words = {"month": context.name, "value": total["printed"]}
        sentences = [
            _("Pengunjung website DJPK pada %(month)s tercatat sekitar %(value)s.") % words,
            *context.compared(total),
        ]
    pages = [page.title for page in context.registers.entries("page")]
    if pages:
        sentences.append(_("Halaman yang paling banyak diakses antara lain:"))
    return {
        "figures": [total],
        "list": {"key": "website_visits.top_pages", "items": pages},
        "series": [_series(context, "website_visits.series", total["key"], _("Jumlah Kunjungan Website"))],
        "sentences": sentences,
    }


def social(context: Context) -> Json:
    average = context.figure("social.posts_avg")
    cells = context.figures.cells("social.posts", context.month)
    names = context.join([f"{label}" for label in SocialMetric.Platform.labels])
    if average["value"] is None:
        first = context.say.missing(_("publikasi konten media sosial"))
    else:
        words = {"month": context.name, "value": average["printed"], "media": names}
        first = _("Rata-rata publikasi konten media sosial DJPK (%(media)s) pada %(month)s adalah %(value)s.") % words
    return {
        "figures": [average],
        "breakdown": [
            {
                "code": code,
                "label": str(SocialMetric.Platform(code).label),
                "value": context.printer.value("social.posts", dims=(code, "")),
                "printed": context.printer.text("social.posts", dims=(code, "")),
            }
            for code in SocialMetric.Platform.values
            if (code, "") in cells
        ],
        "series": [
            _series(context, "social.series", average["key"], _("Rata-rata publikasi konten media sosial")),
        ],
        "sentences": [first, *context.compared(average)],
    }  # fmt: skip


def instagram(context: Context) -> Json:
    return _platform(context, "instagram", "Instagram", ("stories", "feeds", "followers", "reach_total", "reach_avg"))


def x(context: Context) -> Json:
    return _platform(context, "x", "X (Twitter)", ("followers", "posts"))


def facebook(context: Context) -> Json:
    return _platform(context, "facebook", "Facebook", ("followers", "reach_avg", "posts"))


def _platform(context: Context, prefix: str, name: str, what: tuple[str, ...]) -> Json:
    figures = []
    for part in what:
        figure = context.figure(f"{prefix}.{part}")
        if part == "followers":
            day = short_date(context.month.last_day, context.language).split()[0]
            words = {"day": day, "month": context.month.label(context.language, year=False)}
            figure["label"] = _("Followers (per %(day)s %(month)s)") % words
        figures.append(figure)
    title = _("Grafik perkembangan pengikut %(name)s") % {"name": name}
    return {"figures": figures, "series": [_series(context, f"{prefix}.series", f"{prefix}.followers", title, "line")]}


def _kind(code: str) -> str:
    return str(Event.Kind(code).label) if code in Event.Kind.values else code


def _numbered(context: Context, rows: list[Entry]) -> list[tuple[int, Json]]:
    return [
        (
            place,
            {
                "no": place + 1,
                "title": row.title,
                "date": str(row.day) if row.day else None,
                "printed_date": context.date(row.day) if row.day else "",
            },
        )
        for place, row in enumerate(rows)
    ]


def _series(context: Context, key: str, of: str, title: str, chart: str = "column") -> Json:
    return context.series(key, of, f"{title} {context.month.year}", chart=chart)
