"""S09 to S14: topics, complaints, users, regions, zones and hours."""

from django.utils.translation import gettext as _

from information.models import Complaint
from people.models import UserGroup, Zone
from reports import ranking
from reports.catalogue import NONE
from reports.printing import Json, as_number
from reports.report.context import Context
from reports.report.registers import Subject

TECHNICAL, OTHER = "TECHNICAL", "OTHER"


def technical(context: Context) -> Json:
    """Top three technical topics; their bullets are written by staff (origin T)."""
    rows = []
    for row in _top(context, TECHNICAL):
        text = context.texts.get("S09", row["code"])
        rows.append(row | {"summary": text.lines, "summary_status": text.status})
    return {"topics": rows}


def other(context: Context) -> Json:
    rows = []
    for row in _top(context, OTHER):
        label = context.labels.find("topic", row["code"])
        rows.append(row | {"summary": label.definition})
    return {"topics": rows}


def complaints(context: Context) -> Json:
    grievances, subjects = context.figure("complaints.grievances"), context.figure("complaints.subjects")
    found = [subject for subject in context.registers.subjects if subject.kind == Complaint.Kind.COMPLAINT]
    what = _("keluhan layanan dan kebijakan yang disampaikan melalui Contact Center DJPK")
    return {
        "figures": [grievances, subjects],
        "list": {"key": "complaints.items", "items": [_item(no, row) for no, row in enumerate(found, start=1)]},
        "sentences": [context.say.counted(grievances, what, _("keluhan layanan dan kebijakan"))],
    }


def users(context: Context) -> Json:
    total = context.figure("users.total")
    texts = {
        UserGroup.PEMDA: _("Pemerintah daerah, termasuk anggota dan pimpinan DPRD serta perangkat daerah dan desa."),
        UserGroup.AKADEMISI: _("Guru ASN, dosen, mahasiswa, dan siswa."),
        UserGroup.KL: _("Kementerian teknis dan lembaga, di dalam dan di luar Kemenkeu."),
        UserGroup.LAINNYA: _("Masyarakat, LBH, wartawan, swasta, dan pengguna tanpa identitas."),
    }
    sentence = context.say.counted(total, _("pengguna berbeda yang dilayani"), _("pengguna layanan"))
    return {
        "figures": [total],
        "breakdown": [
            {
                "code": group.value,
                "label": str(group.label),
                "definition": text,
                "value": context.printer.value("users.by_group", dims=(group.value, "")),
                "printed": context.printer.text("users.by_group", dims=(group.value, "")),
                "unit": "user",
                "share": context.printer.share("users.by_group", (group.value, "")),
            }
            for group, text in texts.items()
        ],
        "chart": "pie",
        "sentences": [sentence],
    }


def top_regions(context: Context) -> Json:
    topics = context.figures.cells("top_regions.topics", context.month)
    order = context.labels.order("topic")
    rows = []
    for row in context.top_regions:
        codes = [topic.code for topic in ranking.ranked(ranking.by_dim2(topics, row.code), order)]
        rows.append(
            {
                "rank": row.rank,
                "region": context.labels.name("region", row.code),
                "code": row.code,
                "value": as_number(row.value),
                "printed": context.printer.number(row.value),
                "users": as_number(context.figures.value("top_regions.users", context.month, row.code)),
                "topics": codes,
                "printed_topics": ", ".join(context.labels.names("topic", codes)),
                "tied": row.tied,
            }
        )
    columns = [_("No."), _("Pemda"), _("Tiket"), _("Topik")]
    return {"table": {"key": "top_regions.rows", "columns": columns, "rows": rows}}


def ticket_breakdown(context: Context) -> Json:
    keys = ("zone_identified", "zone_unidentified", "in_hours", "out_of_hours", "out_of_hours_escalated",
            "escalated", "escalated_share", "not_escalated_share")  # fmt: skip
    figures = {key: context.figure(f"ticket_breakdown.{key}") for key in keys}
    total = context.figures.value("consultations.total", context.month)
    unidentified = context.figures.value("ticket_breakdown.zone_unidentified", context.month)
    figures["zone_unidentified"]["share"] = context.printer.share_of(unidentified, total)
    cells = context.figures.cells("ticket_breakdown.out_escalated_by_topic", context.month)
    topics = [row.code for row in ranking.ranked(ranking.by_dim1(cells), context.labels.order("topic"), limit=99)]
    figures["out_of_hours_escalated"]["topics"] = topics
    zones = [_zone(context, zone) for zone in Zone.values] if context.figures.cells(
        "ticket_breakdown.by_zone_hours", context.month) else []  # fmt: skip
    return {
        "figures": list(figures.values()),
        "breakdown": [_outside(context, zone) for zone in Zone.values],
        "table": {
            "key": "ticket_breakdown.zones",
            "columns": [_("Zona"), _("Dalam jam layanan"), _("Luar jam layanan"), _("Jumlah")],
            "rows": zones,
        },
        "series": [
            {
                "key": "ticket_breakdown.by_zone_and_hours",
                "title": _("Tiket di Dalam dan Luar Jam Layanan per Zona, %(month)s") % {"month": context.name},
                "chart": "clustered_column",
                "unit": "ticket",
                "points": [{key: row[key] for key in ("zone", "inside", "outside")} for row in zones],
            }
        ],
        "sentences": _zone_sentences(context, figures, topics),
    }  # fmt: skip


def _top(context: Context, category: str) -> list[Json]:
    values = ranking.by_dim1(context.figures.cells("consultations.by_topic", context.month))
    of_category = {code: value for code, value in values.items() if context.labels.find("topic", code).note == category}
    rows = ranking.ranked(of_category, context.labels.order("topic"))
    return context.ranked_rows(rows, "topic", context.figures.value("consultations.total", context.month))


def _item(no: int, subject: Subject) -> Json:
    outside = subject.source != Complaint.Source.CONTACT_CENTER
    source = str(Complaint.Source(subject.source).label) if outside else ""
    if source and subject.forwarded_by:
        source = _("%(source)s, diteruskan oleh %(by)s") % {"source": source, "by": subject.forwarded_by}
    return {
        "no": no,
        "text": subject.text,
        "regions": subject.regions,
        "topic": subject.topic or None,
        "reports": subject.reports,
        "source": source or None,
    }


def _zone(context: Context, zone: str) -> Json:
    key = "ticket_breakdown.by_zone_hours"
    inside, outside = (context.printer.value(key, dims=(zone, hours)) for hours in ("INSIDE", "OUTSIDE"))
    return {
        "zone": zone,
        "label": zone,
        "inside": inside,
        "outside": outside,
        "total": None if inside is None or outside is None else inside + outside,
    }


def _outside(context: Context, zone: str) -> Json:
    dims = (zone, "OUTSIDE")
    key = "ticket_breakdown.by_zone_hours"
    return {
        "code": zone,
        "label": zone,
        "value": context.printer.value(key, dims=dims),
        "printed": context.printer.text(key, dims=dims),
        "share": context.printer.share(key, dims),
    }


def _zone_sentences(context: Context, figures: dict[str, Json], topics: list[str]) -> list[str]:
    total = context.figure("consultations.total")
    if total["value"] is None or figures["zone_identified"]["value"] is None:
        return [context.say.missing(_("zona waktu dan jam layanan"))]
    printed = {key: figure["printed"] for key, figure in figures.items()}
    words = printed | {"month": context.name, "total": total["printed"]}
    sentences = [
        _("Dari %(total)s tiket konsultasi %(month)s, zona waktu %(zone_identified)s tiket dikenali, sedangkan "
          "%(zone_unidentified)s tiket tidak dapat dikenali.") % words,
    ]  # fmt: skip
    if figures["zone_identified"]["value"]:
        zones = [_outside(context, zone) for zone in Zone.values]
        parts = [
            f"{zone['printed']} ({zone['share']['printed']}) {zone['code']}"
            for zone in zones
            if zone["share"]["printed"]
        ]
        sentence = _("Sebanyak %(in_hours)s tiket masuk di dalam jam layanan dan %(out_of_hours)s di luarnya") % words
        sentences.append(f"{sentence}: {context.join(parts)}." if parts else f"{sentence}.")
    if figures["out_of_hours"]["value"]:
        sentences.append(_escalated_sentence(context, figures["out_of_hours_escalated"], topics))
    return sentences


def _escalated_sentence(context: Context, figure: Json, topics: list[str]) -> str:
    if not figure["value"]:
        return _("Tidak ada tiket di luar jam layanan yang memerlukan eskalasi.")
    named = context.join([context.labels.name("topic", code) for code in topics if code != NONE])
    words = {"value": figure["printed"], "share": figure["share"]["printed"], "topics": named}
    if not named:
        return _("Dari tiket di luar jam layanan, %(value)s tiket (%(share)s) memerlukan eskalasi.") % words
    return (
        _("Dari tiket di luar jam layanan, %(value)s tiket (%(share)s) memerlukan eskalasi, dengan topik %(topics)s.")
        % words
    )
