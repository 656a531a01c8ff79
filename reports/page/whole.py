"""The whole report below the dashboard: every section with its text, figures, tables and charts."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports import charts
from reports.page.shown import Page, bars, share_of
from reports.printing import Json

# columns of each table: key of the row, heading, kind (text, day, number, place)
_NO = ("no", gettext_lazy("No."), "place")
_RANK = ("rank", gettext_lazy("No."), "place")
_DATE = ("date", gettext_lazy("Tanggal"), "day")
_SUBJECT = ("title", gettext_lazy("Materi"), "text")
_REGION = ("region", gettext_lazy("Daerah"), "text")
_TOPIC = ("printed_topic", gettext_lazy("Topik"), "text")
COLUMNS: dict[str, list[tuple[str, object, str]]] = {
    "website_publications.rows": [_NO, _SUBJECT, _DATE, ("suggested_category", gettext_lazy("Kategori"), "text")],
    "webinars.rows": [_NO, _DATE, _SUBJECT, ("kind", gettext_lazy("Jenis"), "text")],
    "blasts.rows": [_NO, _DATE, ("title", gettext_lazy("Perihal"), "text")],
    "top_regions.rows": [
        _RANK,
        _REGION,
        ("value", gettext_lazy("Tiket"), "number"),
        ("printed_topics", gettext_lazy("Topik"), "text"),
    ],
    "ticket_breakdown.zones": [
        ("label", gettext_lazy("Zona"), "text"),
        ("inside", gettext_lazy("Dalam jam layanan"), "number"),
        ("outside", gettext_lazy("Luar jam layanan"), "number"),
        ("total", gettext_lazy("Jumlah"), "number"),
    ],
    "chatbot.menus": [("menu", gettext_lazy("Menu"), "text"), ("value", gettext_lazy("Pengguna"), "number")],
    "video_conferences.rows": [_NO, _DATE, _REGION, _TOPIC],
    "face_to_face.rows": [
        _NO,
        ("printed_visitor", gettext_lazy("Daerah"), "text"),
        _DATE,
        _TOPIC,
        ("guests", gettext_lazy("Jumlah tamu"), "number"),
    ],
    "layer2.response_scores": [
        _RANK,
        ("unit", gettext_lazy("Unit"), "text"),
        ("name", gettext_lazy("Agen Layer 2"), "text"),
        ("n", gettext_lazy("Eskalasi"), "number"),
        ("answered", gettext_lazy("Dijawab"), "number"),
        ("average", gettext_lazy("Capaian rata-rata"), "printed"),
    ],
    "satisfaction.agents": [
        ("name", gettext_lazy("Agen"), "text"),
        ("average", gettext_lazy("Rata-rata"), "printed"),
        ("ratings", gettext_lazy("Penilaian"), "number"),
        ("raters", gettext_lazy("Penilai berbeda"), "number"),
    ],
}
# a breakdown's rows: key of the figure behind them and the other dimension
BREAKDOWNS = {
    "S08": ("consultations.by_channel", ""),
    "S12": ("users.by_group", ""),
    "S14": ("ticket_breakdown.by_zone_hours", "OUTSIDE"),
    "S23": ("email_lapor.by_type", ""),
    "S26": ("face_to_face.by_topic", ""),
    "S27": ("social.posts", ""),
    "S32": ("knowledge_base.to_review", ""),
    "S34": ("layer2.escalations_by_unit", ""),
}
HEIGHT = 180
CHANNEL_OF = {"S15": "WHATSAPP", "S18": "PHONE", "S19": "HAI", "S20": "LIVE_CHAT", "S22": "EMAIL"}


def sections(page: Page) -> list[Json]:
    """All sections in their order."""
    return [_section(page, section) for section in page.report["sections"]]


def _section(page: Page, section: Json) -> Json:
    return {
        "id": section["id"],
        "number": int(str(section["id"])[1:]),
        "title": section["title"],
        **_words(section),
        "figures": [page.shown(figure) for figure in section.get("figures", ())],
        "tiles": section["id"] == "S02",
        "breakdown": [] if section["id"] == "S34" else _breakdown(page, section),
        "definitions": [row for row in section.get("breakdown", ()) if row.get("definition")],
        "topics": [_topic(page, topic) for topic in section.get("topics", ())],
        "top_topics": _top_topics(page, section),
        "channels": section.get("channels", ()),
        "mailboxes": section.get("mailboxes", ()),
        "advice": section.get("items", ()),
        "tables": _tables(page, section),
        "charts": [_chart(page, section, series) for series in section.get("series", ())],
    }


def _words(section: Json) -> Json:
    """The paragraphs and the list among them: after the paragraph that announces it with a colon.

    A list that nothing announces stands in `items`, below the figures; steps come before the text.
    """
    text = _paragraphs(section)
    narrative = list(section.get("narrative") or ())
    steps = narrative if len(narrative) > 1 else []
    items = list((section.get("list") or {}).get("items", ()))
    announced = next((place for place, line in enumerate(text, 1) if line.endswith(":")), 0)
    if not (announced and (steps or items)):
        return {"lead": [], "list": steps, "text": text, "items": items}
    return {"lead": text[:announced], "list": steps or items, "text": text[announced:], "items": items if steps else []}


def _paragraphs(section: Json) -> list[str]:
    """Sentences, the cover's lines, and a narrative of one paragraph; a longer one is a list of steps."""
    narrative = list(section.get("narrative") or ())
    own = [*(section.get("text") or ()), *(section.get("sentences") or ())]
    return [*narrative, *own] if len(narrative) == 1 else own


def _breakdown(page: Page, section: Json) -> list[Json]:
    key, dim2 = BREAKDOWNS.get(str(section["id"]), ("", ""))
    return [
        {
            "label": row.get("label") or row["code"],
            "definition": row.get("definition", ""),
            "printed": page.printed(row),
            "share": share_of(row),
            "bar": bar,
            "url": page.why(key, ",".join(row.get("codes") or [row["code"]]), dim2) if key else "",
        }
        for row, bar in bars(section.get("breakdown", ()))
    ]


def _topic(page: Page, topic: Json) -> Json:
    """A topic with its definition, or with the bullets that staff wrote."""
    summary = topic.get("summary") or ""
    written = {"bullets": list(summary)} if isinstance(summary, list | tuple) else {"summary": summary}
    return {"label": topic.get("label") or topic["code"], "value": page.amount(topic.get("value")), **written}


def _top_topics(page: Page, section: Json) -> list[Json]:
    channel = CHANNEL_OF.get(str(section["id"]), "")
    return [
        {
            "label": row.get("label") or row["code"],
            "printed": page.printed(row),
            "bar": bar,
            "url": page.why("consultations.by_channel_topic", channel, row["code"]) if channel else "",
        }
        for row, bar in bars((section.get("top_topics") or {}).get("rows", ()))
    ]


def _tables(page: Page, section: Json) -> list[Json]:
    """The section's table; for satisfaction the agents, who stand in a list of their own."""
    tables = [section.get("table"), {"key": "satisfaction.agents", **(section.get("agents") or {})}]
    title = str(section["title"])
    return [_table(page, title, table) for table in tables if table and table.get("rows")]


def _table(page: Page, title: str, table: Json) -> Json:
    rows: list[Json] = list(table["rows"])
    if table["key"] == "layer2.response_scores":
        rows.sort(key=lambda row: row.get("rank") or len(rows) + 1)
    columns = [column for column in COLUMNS.get(str(table["key"]), []) if any(column[0] in row for row in rows)]
    return {
        "title": title,
        "columns": [(label, _side(kind)) for _key, label, kind in columns],
        "rows": [[(_cell(page, row, key, kind), _side(kind)) for key, _label, kind in columns] for row in rows],
        "total": page.amount(table.get("grand_total")),
        "span": len(columns) - 1,
    }


def _side(kind: str) -> str:
    """The class of a cell: numbers to the right, running numbers narrow, dates unbroken."""
    return {"number": "n", "printed": "n", "place": "dr-nr", "day": "dr-num"}.get(kind, "")


def _cell(page: Page, row: Json, key: str, kind: str) -> str:
    if kind == "day":
        return page.day(row.get(key))
    return page.printed(row, key) if kind == "printed" else page.amount(row.get(key))


def _chart(page: Page, section: Json, series: Json) -> Json:
    """A chart of the section; without any value its place says so."""
    title = str(series.get("title") or section["title"])
    points: list[Json] = list(series.get("points") or ())
    chart: Json = {"title": title, "id": f"g-{str(series['key']).replace('.', '-')}"}
    match series.get("chart"):
        case "clustered_column" if points:
            return chart | _zones(page, points)
        case "bar":
            return chart | {"bars": _unit_bars(page, str(series["key"]), points)}
    if not charts.has_values(points):
        return chart
    draw = charts.levels if series.get("chart") == "line" else charts.columns
    return chart | {
        "spec": draw(points, page.month, page.language, height=HEIGHT),
        "spoken": charts.spoken(title, points, page.month, page.language),
    }


def _zones(page: Page, rows: list[Json]) -> Json:
    """Zones by service hours, two columns each."""
    names = {"inside": _("Dalam jam layanan"), "outside": _("Luar jam layanan")}
    spoken = [
        f"{row['zone']}: {', '.join(f'{label} {page.amount(row.get(name))}' for name, label in names.items())}"
        for row in rows
    ]
    labelled = [{"label": row["zone"], **row} for row in rows]
    return {"spec": charts.clusters(labelled, names, HEIGHT), "spoken": "; ".join(spoken)}


def _unit_bars(page: Page, key: str, rows: list[Json]) -> list[Json]:
    return [
        {"label": row["name"], "printed": page.printed(row), "bar": bar, "url": page.why(key, row["unit"])}
        for row, bar in bars(rows)
        if row.get("value") is not None
    ]
