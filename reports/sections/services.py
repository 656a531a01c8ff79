"""S23 to S26, S31 and S32: lapor mailbox, consultations with experts, public information, knowledge base."""

from decimal import Decimal

from django.utils.translation import gettext as _

from kernel.months import month_range
from outreach.models import LaporMail
from reports import ranking
from reports.printing import Json, as_number
from reports.report.context import Context
from reports.report.registers import Held

MAJORITY = Decimal(50)
NAMED_TYPES = 2
REVIEW_MONTHS = 8


def email_lapor(context: Context) -> Json:
    total = context.figure("email_lapor.total")
    breakdown = _document_types(context)
    sentences = [context.say.counted(total, _("email yang diterima kotak lapor"), _("email lapor"))]
    title = _("Jumlah Email Lapor Tahun %(year)s") % {"year": context.month.year}
    named = [f"{row['label']} ({row['printed']})" for row in breakdown if row["code"] != LaporMail.DocumentType.OTHER]
    if named:
        sentences.append(_("Dokumen yang paling banyak disampaikan: %(list)s.") % {"list": context.join(named)})
    return {
        "figures": [total],
        "breakdown": breakdown,
        "chart": "pie",
        "series": [context.series("email_lapor.series", total["key"], title)],
        "sentences": [*sentences, *context.compared(total, _("email"))],
    }  # fmt: skip


def video_conferences(context: Context) -> Json:
    total = context.figure("video_conferences.total")
    months = [context.month.previous, context.month, context.month.same_month_last_year]
    rows = []
    for no, held in enumerate(context.registers.conferences, start=1):
        rows.append(
            {
                "no": no,
                "date": str(held.day),
                "printed_date": context.date(held.day),
                "region": held.region or held.visitor,
                "code": held.region_code or None,
                "user_group": held.user_group,
                "topic": held.topics[0] if held.topics else None,
                "topics": held.topics,
                "printed_topic": _topics(context, held),
            }
        )
    title = _("Jumlah Video Conference %(month)s") % {"month": context.name}
    return {
        "figures": [total],
        "table": {
            "key": "video_conferences.rows",
            "columns": [_("No."), _("Tanggal"), _("Daerah"), _("Topik")],
            "rows": rows,
        },
        "series": [context.series("video_conferences.series", total["key"], title, months=months)],
        "sentences": [
            context.say.counted(total, _("video conference yang dilaksanakan"), _("video conference")),
            *context.compared(total, _("layanan")),
        ],
    }


def guideline(context: Context) -> Json:
    return {"narrative": context.texts.get("S25", "guideline").lines}


def face_to_face(context: Context) -> Json:
    figures = {key: context.figure(f"face_to_face.{key}") for key in ("total", "ytd", "guests", "over_limit")}
    title = _("Jumlah Konsultasi Tatap Muka %(year)s") % {"year": context.month.year}
    return {
        "figures": list(figures.values()),
        "table": {
            "key": "face_to_face.rows",
            "columns": [_("No."), _("Daerah"), _("Tanggal"), _("Topik"), _("Jumlah Tamu")],
            "rows": [_visit(context, no, held) for no, held in enumerate(context.registers.visits, start=1)],
        },
        "breakdown": _visit_topics(context),
        "series": [context.series("face_to_face.series", "face_to_face.total", title)],
        "sentences": _visit_sentences(context, figures),
    }


def ppid(context: Context) -> Json:
    requests, ytd = context.figure("ppid.requests"), context.figure("ppid.ytd")
    rows = context.registers.entries("ppid")
    sentences = [context.say.counted(requests, _("permohonan data melalui PPID DJPK"))]
    research = sum(row.category == "RESEARCH" for row in rows)
    if rows and research * 100 > len(rows) * MAJORITY:
        sentences.append(_("Sebagian besar permohonan diajukan untuk keperluan penelitian."))
    items = list(dict.fromkeys(row.title for row in rows if row.title))
    if items:
        sentences.append(_("Data yang diminta mencakup:"))
    title = _("Jumlah Permohonan Data melalui PPID Tahun %(year)s") % {"year": context.month.year}
    return {
        "figures": [requests, ytd],
        "list": {"key": "ppid.data_requested", "items": items},
        "series": [context.series("ppid.series", "ppid.requests", title)],
        "sentences": [
            *sentences,
            context.since_january(ytd, _("permohonan data melalui PPID DJPK")),
            *context.compared(requests, _("permohonan")),
        ],
    }


def knowledge_base(context: Context) -> Json:
    key = "knowledge_base.to_review"
    figure = context.figure(key)
    months = month_range(context.month - (REVIEW_MONTHS - 1), context.month)
    units = ranking.by_dim1(context.figures.cells(key, context.month))
    what = _("artikel FAQ/Knowledge Base yang perlu direviu unit pada akhir bulan")
    title = _("Artikel yang perlu direviu, %(months)d bulan s.d. %(month)s") % {
        "months": REVIEW_MONTHS, "month": context.name,
    }  # fmt: skip
    return {
        "figures": [figure],
        "breakdown": [
            {"code": code, "label": context.labels.name("unit", code), "value": as_number(value)}
            for code, value in sorted(units.items())
        ],
        "series": [context.series(key, key, title, months=months)],
        "sentences": [
            context.say.counted(figure, what, _("reviu FAQ/Knowledge Base")),
            _("Nilai 0 berarti semua artikel telah direviu tim teknis."),
        ],
    }


def _document_types(context: Context) -> list[Json]:
    """The two greatest types by name, all others together as "Lainnya" (S23); `codes` are the types in a row."""
    values = ranking.by_dim1(context.figures.cells("email_lapor.by_type", context.month))
    total = context.figures.value("email_lapor.total", context.month)
    if total is None or not values:
        return []
    other = LaporMail.DocumentType.OTHER.value
    order = {code: place for place, code in enumerate(LaporMail.DocumentType.values)}
    named = ranking.ranked({code: n for code, n in values.items() if code != other}, order, NAMED_TYPES)
    rest = total - ranking.total(row.value for row in named)
    parts = [(row.code, row.value) for row in named] + ([(other, rest)] if rest else [])
    unnamed = [code for code in order if code in values and code not in {row.code for row in named}]
    how = context.printer.how("email_lapor.by_type", "SHARE")
    return [
        {
            "code": code,
            "label": context.labels.name("document_type", code),
            "codes": unnamed if code == other else [code],
            "value": as_number(value),
            "printed": context.printer.number(value),
            "share": context.printer.share_of(value, total, how),
        }
        for code, value in parts
    ]


def _topics(context: Context, held: Held) -> str:
    return ", ".join(context.labels.names("topic", held.topics))


def _visit(context: Context, no: int, held: Held) -> Json:
    return {
        "no": no,
        "printed_visitor": held.visitor,
        "region": held.region or None,
        "code": held.region_code or None,
        "date": str(held.day),
        "printed_date": context.date(held.day),
        "printed_topic": _topics(context, held),
        "topics": held.topics,
        "guests": held.guests,
        "user_group": held.user_group,
        "over_limit": held.over_limit,
        "unconfirmed": held.unconfirmed,
    }


def _visit_topics(context: Context) -> list[Json]:
    """Visits by topic, greatest first; one visit may have several, so shares are of visits and may pass 100%."""
    values = ranking.by_dim1(context.figures.cells("face_to_face.by_topic", context.month))
    total = context.figures.value("face_to_face.total", context.month)
    order = context.labels.order("topic")
    codes = sorted(values, key=lambda code: (code == "NONE", -values[code], order.get(code, 10**6), code))
    return [
        {
            "code": code,
            "label": context.labels.name("topic", code),
            "value": as_number(values[code]),
            "share": context.printer.share_of(values[code], total),
        }
        for code in codes
    ]


def _visit_sentences(context: Context, figures: dict[str, Json]) -> list[str]:
    total = figures["total"]
    sentences = [context.say.counted(total, _("konsultasi tatap muka yang dilaksanakan"), _("konsultasi tatap muka"))]
    sentences.append(context.since_january(figures["ytd"], _("konsultasi tatap muka")))
    if total["value"]:
        words = {"guests": figures["guests"]["printed"]}
        sentences.append(_("Jumlah tamu seluruhnya %(guests)s orang.") % words)
    sentences += context.compared(total, _("konsultasi"))
    if figures["over_limit"]["value"]:
        words = {"visits": figures["over_limit"]["printed"]}
        sentences.append(_("Pada %(visits)s kunjungan, jumlah tamu melebihi ketentuan.") % words)
        sentences += context.texts.get("S26", "over_limit").lines
    return sentences
