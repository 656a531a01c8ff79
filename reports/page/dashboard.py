"""The cards above the report: what a manager looks at first, taken from the report's own sections."""

from django.utils.translation import gettext as _

from reports import charts
from reports.page.shown import Page, bars, share_of
from reports.printing import Json

# section, key of the figure, name on the panel; in the order of the design
CHANNELS = [
    ("S15", "whatsapp.total", "WhatsApp", "WHATSAPP"),
    ("S22", "email.total", "Email", "EMAIL"),
    ("S18", "phone.total", "Telepon", "PHONE"),
    ("S19", "hai.total", "HAI Kemenkeu", "HAI"),
    ("S20", "live_chat.total", "Live Chat", "LIVE_CHAT"),
]
GROUP_COLOURS = {"PEMDA": "--dr-c1", "AKADEMISI": "--dr-c2", "KL": "--dr-c3", "LAINNYA": "--dr-c0"}
TALL, LOW = 220, 66


def dashboard(page: Page) -> Json:
    """Everything the cards show, one entry per card."""
    channels = _channels(page)
    return {
        "kpis": _kpis(page),
        "trend": [_panel(page, *channel) for channel in channels],
        "channels": [shown for _s, key, name, _c in channels if (shown := page.figure(key, name))],
        "total": page.figure("consultations.total", _("Total")),
        "year": page.figure("consultations.ytd"),
        "topics": _topics(page, channels),
        "users": _users(page),
        "hours": _hours(page),
        "layer2": _layer2(page),
        "escalated": page.figure("ticket_breakdown.escalated_share"),
        "satisfaction": _satisfaction(page),
        "regions": _ranking(page, page.section("S13"), "top_regions.tickets", "region"),
        "visits": _visits(page),
        "chatbot": _ranking(page, page.section("S17"), "chatbot.by_menu", "menu"),
        "others": [shown for key, name in _others() if (shown := page.figure(key, name))],
        "complaints": page.section("S11").get("list", {}).get("items", []),
        "grievances": page.figure("complaints.grievances"),
    }


def _channels(page: Page) -> list[tuple[str, str, str, str]]:
    """The channels, called as the report calls them."""
    names = {row["code"]: row["label"] for row in page.section("S08").get("breakdown", ())}
    return [(section, key, names.get(code, name), code) for section, key, name, code in CHANNELS]


def _kpis(page: Page) -> list[Json]:
    """The six tiles: a figure with its changes, or with other figures under it."""
    visits = [
        (name, page.figure(key))
        for key, name in (("face_to_face.guests", _("Tamu")), ("face_to_face.ytd", page.period(year=False)))
    ]
    factors = [
        (name, page.figure(key))
        for key, name in (("satisfaction.service", _("Layanan")), ("satisfaction.substance", _("Substansi")))
    ]
    tiles = [
        ("consultations.total", _("Tiket konsultasi"), [], ""),
        ("face_to_face.total", _("Konsultasi tatap muka"), visits, ""),
        ("video_conferences.total", _("Video conference"), [], ""),
        ("ppid.requests", _("Permohonan PPID"), [], ""),
        ("chatbot.users_without_agent", _("Chatbot tanpa agen"), [], ""),
        ("satisfaction.average", _("Kepuasan"), factors, _("dari 5")),
    ]
    return [
        {"figure": shown, "rows": [row for row in rows if row[1]], "suffix": suffix}
        for key, label, rows, suffix in tiles
        if (shown := page.figure(key, label))
    ]


def _panel(page: Page, section: str, key: str, name: str, code: str) -> Json:
    points = next(iter(page.section(section).get("series") or [{}])).get("points", [])
    tall = code == "WHATSAPP"
    height = TALL if tall else LOW
    return {
        "name": name,
        "figure": page.figure(key),
        "id": f"tren-{code.lower()}",
        "height": height + 24,
        "spec": charts.columns(points, page.month, page.language, height, sparse=not tall)
        if charts.has_values(points)
        else None,
        "spoken": charts.spoken(name, points, page.month, page.language),
    }


def _topics(page: Page, channels: list[tuple[str, str, str, str]]) -> Json:
    """WhatsApp's topics as bars, the other channels' topics by name."""
    by_channel = []
    for section, _key, name, code in channels:
        rows = page.section(section).get("top_topics", {}).get("rows", [])
        links = [
            {
                "label": row.get("label") or row.get("code"),
                "url": page.why("consultations.by_channel_topic", code, row["code"]),
                "printed": page.printed(row),
                "share": share_of(row),
                "bar": bar,
            }
            for row, bar in bars(rows)
        ]
        by_channel.append((name, links))
    rest = page.section("S15").get("top_topics", {}).get("rest") or {}
    return {
        "total": page.figure("whatsapp.total"),
        "rows": by_channel[0][1],
        "rest": {"printed": page.amount(rest.get("value")), "share": share_of(rest)},
        "others": [channel for channel in by_channel[1:] if channel[1]],
    }


def _users(page: Page) -> Json:
    rows = [
        {
            "label": row["label"],
            "value": row["value"],
            "printed": page.printed(row),
            "share": share_of(row),
            "colour": GROUP_COLOURS.get(row["code"], "--dr-c0"),
            "definition": row.get("definition", ""),
            "url": page.why("users.by_group", row["code"]),
            "code": row["code"],
        }
        for row in page.section("S12").get("breakdown", ())
    ]
    rows.sort(key=lambda row: (row["code"] == "LAINNYA", -(row["value"] or 0)))
    rest = next((row for row in rows if row["code"] == "LAINNYA"), None)
    return {"total": page.figure("users.total"), "rows": rows, "rest": rest}


def _hours(page: Page) -> Json:
    section = page.section("S14")
    parts = [
        (page.figure("ticket_breakdown.in_hours", _("Dalam jam")), "--dr-c1"),
        (page.figure("ticket_breakdown.out_of_hours", _("Luar jam")), "--dr-c3"),
        (page.figure("ticket_breakdown.zone_unidentified", _("Zona tidak dikenal")), "--dr-c0"),
    ]
    zones = [
        {
            "label": row.get("label") or row["code"],
            "printed": page.printed(row),
            "share": share_of(row),
            "bar": bar,
            "url": page.why("ticket_breakdown.by_zone_hours", row["code"], "OUTSIDE"),
        }
        for row, bar in bars(section.get("breakdown", ()))
    ]
    escalated = page.figure("ticket_breakdown.out_of_hours_escalated")
    return {"parts": [part for part in parts if part[0]], "zones": zones, "escalated": escalated}


def _layer2(page: Page) -> Json:
    """Units by average on a scale that starts at 100, or lower when someone is below it."""
    section = page.section("S34")
    rows = section.get("ranking") or section.get("table", {}).get("rows", ())
    known = [float(row["average"]) for row in rows if row.get("average") is not None]
    low = min([100, *(int(value // 20 * 20) for value in known)])
    units = [
        {
            "unit": row["unit"],
            "name": row["name"],
            "printed": page.printed(row, "average"),
            "dot": "" if row.get("average") is None else f"{(float(row['average']) - low) / (120 - low):.4f}",
            "url": page.why("layer2.response_scores", row["unit"]),
        }
        for row in rows
    ]
    return {
        "rows": units if known else [],
        "ticks": [low, (low + 120) // 2, 120],
        "mean": page.figure("layer2.mean_of_units"),
    }


def _satisfaction(page: Page) -> Json:
    section = page.section("S33")
    factors = [
        {"label": name, "figure": shown, "bar": f"{float(shown.value) / 5:.3f}" if shown.value else "0"}
        for key, name in (("satisfaction.service", _("Layanan")), ("satisfaction.substance", _("Substansi")))
        if (shown := page.figure(key))
    ]
    return {
        "average": page.figure("satisfaction.average"),
        "factors": factors,
        "agents": section.get("agents", {}).get("rows", []),
        "rules": section.get("rules", {}),
    }


def _ranking(page: Page, section: Json, key: str, name: str) -> Json:
    """A table of the report as bars, longest first; the row that means "none" comes last and is grey."""
    table = section.get("table") or {}
    rows = [
        {
            "label": str(row[name]).removeprefix("Informasi "),
            "printed": page.printed(row),
            "value": row.get("value"),
            "bar": bar,
            "grey": str(row.get("code") or row[name]).upper() in {"DROPPED", "TIDAK DILANJUTKAN"},
            "url": page.why(key, row["code"]) if row.get("code") else "",
            "topics": row.get("topics", ()),
        }
        for row, bar in bars(table.get("rows", ()))
    ]
    rows.sort(key=lambda row: (row["grey"], -(row["value"] or 0)))
    return {"rows": rows, "total": page.amount(table.get("grand_total"))}


def _visits(page: Page) -> Json:
    section = page.section("S26")
    rows = [
        {
            "label": row.get("label") or row["code"],
            "printed": page.printed(row),
            "bar": bar,
            "none": row["code"] == "NONE",
            "url": page.why("face_to_face.by_topic", row["code"]),
        }
        for row, bar in bars(section.get("breakdown", ()))
    ]
    return {
        "rows": rows,
        "total": page.figure("face_to_face.total"),
        "guests": page.figure("face_to_face.guests"),
        "excess": page.figure("face_to_face.over_limit"),
    }


def _others() -> list[tuple[str, str]]:
    return [
        ("website_publications.total", _("Publikasi website")),
        ("website_visits.total", _("Kunjungan website")),
        ("blasts.total", _("Layanan blast")),
        ("webinars.total", _("Webinar dan FGD")),
        ("social.posts_avg", _("Konten media sosial (rata-rata)")),
        ("email_lapor.total", _("Email Lapor")),
    ]
