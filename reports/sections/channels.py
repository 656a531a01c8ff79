"""S08, S15 and S17 to S22: consultations in all, by channel, and the chatbot before them."""

from decimal import Decimal

from django.utils.translation import gettext as _

from reports import ranking
from reports.catalogue import CHANNEL_KEYS, DROPPED
from reports.printing import Json, as_number
from reports.report.context import Context
from reports.report.labels import Label

MAJORITY = Decimal(50)


def consultations(context: Context) -> Json:
    total, ytd = context.figure("consultations.total"), context.figure("consultations.ytd")
    media = [context.labels.name("channel", label.code) for label in _consultation_channels(context)]
    return {
        "figures": [total, ytd | {"channels": [label.code for label in _consultation_channels(context)]}],
        "breakdown": [_channel_row(context, label.code) for label in _consultation_channels(context)],
        "series": [
            context.series("consultations.series", total["key"], _dated(context, _("Perkembangan Jumlah Konsultasi")))
        ],
        "sentences": [
            context.say.counted(total, _("konsultasi melalui Contact Center Dering DJPK"), _("konsultasi")),
            *reversed(context.compared(total, _("konsultasi"))),
            context.since_january(ytd, _("konsultasi melalui %(media)s") % {"media": context.join(media)}),
        ],
    }


def whatsapp(context: Context) -> Json:
    section = _channel(context, "WHATSAPP", _("Jumlah Pengguna WhatsApp"))
    values = ranking.by_dim1(context.figures.cells("consultations.by_channel", context.month))
    others = [value for code, value in values.items() if code != "WHATSAPP"]
    own = values.get("WHATSAPP")
    if own and own > max(others, default=Decimal(0)):
        section["sentences"].append(_("WhatsApp merupakan media konsultasi yang paling banyak dipilih pengguna."))
    return section


def phone(context: Context) -> Json:
    section = _channel(context, "PHONE", _("Jumlah Pengguna Dering DJPK"))
    return section | {"narrative": context.texts.get("S18", "note").lines}


def hai(context: Context) -> Json:
    return _channel(context, "HAI", _("Jumlah Pengguna HAI Kemenkeu"))


def live_chat(context: Context) -> Json:
    return _channel(context, "LIVE_CHAT", _("Jumlah Pengguna Live Chat"))


def email(context: Context) -> Json:
    section = _channel(context, "EMAIL", _("Jumlah Pengguna Layanan Email"))
    letters = context.figures.value("consultations.by_channel_topic", context.month, "EMAIL", "SURAT_MASUK")
    total = context.figures.value("email.total", context.month)
    if letters and total and letters * 100 > total * MAJORITY:
        section["sentences"].append(_("Sebagian besar email berisi penyampaian surat dan konfirmasi tindak lanjutnya."))
    return section


def chatbot_intro(context: Context) -> Json:
    intro, since = context.texts.get("S16", "intro"), context.texts.get("S16", "since")
    return {"narrative": context.texts.get("S16", "steps").lines, "sentences": [*intro.lines, *since.lines]}


def chatbot(context: Context) -> Json:
    total = context.figure("chatbot.users_without_agent")
    values = ranking.by_dim1(context.figures.cells("chatbot.by_menu", context.month))
    known = [label.code for label in context.labels.all("menu") if label.counted or label.code in values]
    codes = [*known, *sorted(values.keys() - set(known) - {DROPPED}), DROPPED] if values else []
    return {
        "figures": [total],
        "table": {
            "key": "chatbot.menus",
            "columns": [_("Menu"), _("Jumlah")],
            "rows": [_menu_row(context, code, values.get(code, Decimal(0)), total["value"]) for code in codes],
            "grand_total": as_number(ranking.total(values.values())) if values else total["value"],
        },
        "series": [
            context.series(
                "chatbot.series", total["key"],
                _dated(context, _("Jumlah Pengguna Layanan Chatbot (Tanpa Chat Agent)")),
            )
        ],
        "sentences": [
            context.say.counted(total, _("pengguna layanan Chatbot tanpa Chat Agent")),
            *context.compared(total, _("pengguna")),
        ],
    }  # fmt: skip


def email_overview(context: Context) -> Json:
    rows = (("EMAIL", _("Agen"), True), ("LAPOR", _("Agen bersama PiC unit masing-masing"), False))
    return {
        "mailboxes": [
            {
                "address": context.labels.find("channel", code).note,
                "label": _("Email Call Center") if becomes_ticket else context.labels.name("channel", code),
                "handled_by": handled_by,
                "purpose": context.texts.get("S21", code).lines,
                "becomes_ticket": becomes_ticket,
            }
            for code, handled_by, becomes_ticket in rows
        ]
    }


def _consultation_channels(context: Context) -> list[Label]:
    return [label for label in context.labels.all("channel") if label.counted]


def _channel_row(context: Context, code: str) -> Json:
    """A row of the channel table: count, share of all tickets, both comparisons."""
    dims = (code, "")
    own = CHANNEL_KEYS.get(code)
    figure = context.figure(own) if own else context.figure("consultations.by_channel", dims)
    return {
        "code": code,
        "label": context.labels.name("channel", code),
        "key": figure["key"],
        "value": figure["value"],
        "printed": figure["printed"],
        "share": figure["share"],
        "comparisons": figure.get("comparisons") or context.printer.comparisons("consultations.by_channel", dims),
    }


def _channel(context: Context, code: str, title: str) -> Json:
    key = CHANNEL_KEYS[code]
    total = context.figure(key)
    prefix = key.split(".")[0]
    name = context.labels.name("channel", code)
    top = _top_topics(context, code, f"{prefix}.top_topics")
    sentences = [context.say.share_of_channel(total, name), *context.compared(total, _("konsultasi"))]
    if top["rows"]:
        topics = context.join([row["label"] for row in top["rows"]])
        sentences.append(
            _("Topik terbanyak melalui %(channel)s adalah %(topics)s.") % {"channel": name, "topics": topics}
        )
    return {
        "figures": [total],
        "top_topics": top,
        "series": [context.series(f"{prefix}.series", key, _dated(context, title))],
        "sentences": sentences,
    }  # fmt: skip


def _top_topics(context: Context, code: str, key: str) -> Json:
    """The channel's three greatest topics of all categories, and the rest beside them."""
    cells = context.figures.cells("consultations.by_channel_topic", context.month)
    values = ranking.by_dim2(cells, code)
    whole = context.figures.value(CHANNEL_KEYS[code], context.month)
    rows = ranking.ranked(values, context.labels.order("topic"))
    rest = None
    if values and whole is not None:
        rest = whole - ranking.total(row.value for row in rows)
    return {
        "key": key,
        "title": _("Top 3 Topik Konsultasi"),
        "rows": context.ranked_rows(rows, "topic", whole),
        "rest": {"value": as_number(rest), "share": context.printer.share_of(rest, whole)},
    }


def _menu_row(context: Context, code: str, value: Decimal, whole: int | None) -> Json:
    return {
        "menu": context.labels.name("menu", code),
        "code": code,
        "value": as_number(value),
        "share": context.printer.share_of(value, whole),
    }


def _dated(context: Context, title: str) -> str:
    return f"{title} {context.month.year}"
