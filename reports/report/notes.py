"""What a reader must know about the quality of a month's data, above the figures (say what is missing)."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.rules import NAMES
from kernel.months import Month
from people.models import User
from reports.catalogue import CATALOGUE, CHANNEL_KEYS, NONE
from reports.printing import Json
from reports.report.context import MIN_RATERS, MIN_RATINGS, Context
from reports.report.registers import Held, exclusion_reasons

INFO, WARNING = "info", "warning"
SERIES = ("consultations.total", *CHANNEL_KEYS.values(), "website_visits.total", "chatbot.users_without_agent",
          "email_lapor.total", "face_to_face.total", "ppid.requests", "social.posts_avg")  # fmt: skip

ENTERED = ("website_visits.total", "instagram.posts", "instagram.followers", "x.posts", "x.followers",
           "facebook.posts", "facebook.followers")  # fmt: skip

PLATFORMS = {"instagram": "Instagram", "x": "X (Twitter)", "facebook": "Facebook"}


def quality_notes(context: Context) -> list[Json]:
    """`{code, severity, text, count, url}` each; `url` opens the rows behind it, '' when there are none to open."""
    if not context.figures.any(context.month):
        text = _("Bulan %(month)s belum memiliki data.") % {"month": context.name}
        return [_note("month.empty", WARNING, text, 0)]
    parts = (_tickets, _consultations, _complaints, _missing, _snapshots, _layer2, _ratings)
    notes = [note for part in parts for note in part(context)]
    return [note for note in notes if note["count"]]


def _note(code: str, severity: str, text: str, count: int, url: str = "") -> Json:
    return {"code": code, "severity": severity, "text": text, "count": count, "url": url}


def rows_url(month: Month, key: str, dim1: str = "", dim2: str = "") -> str:
    """Where the rows behind a figure are shown."""
    query = urlencode({name: value for name, value in (("dim1", dim1), ("dim2", dim2)) if value})
    return reverse("figure", args=[month, key]) + (f"?{query}" if query else "")


def _tickets(context: Context) -> Iterable[Json]:
    value, month = context.figures.value, context.month
    zone = int(value("ticket_breakdown.zone_unidentified", month) or 0)
    share = context.printer.share_of(zone, value("consultations.total", month))["printed"]
    yield _note(
        "tickets.no_zone", WARNING,
        ngettext("%(count)s tiket tanpa zona waktu (%(share)s)", "%(count)s tiket tanpa zona waktu (%(share)s)", zone)
        % {"count": context.printer.number(zone), "share": share},
        zone, rows_url(month, "ticket_breakdown.zone_unidentified"),
    )  # fmt: skip
    topic = int(value("consultations.by_topic", month, NONE) or 0)
    yield _counted(context, "tickets.no_topic", topic, _("%(count)s tiket tanpa topik"), "consultations.by_topic", NONE)


def _consultations(context: Context) -> Iterable[Json]:
    registers = context.registers
    bare = int(context.figures.value("face_to_face.by_topic", context.month, NONE) or 0)
    yield _counted(
        context, "visits.no_topic", bare, _("%(count)s kunjungan tanpa topik"), "face_to_face.by_topic", NONE
    )
    unconfirmed = sum(held.unconfirmed for held in registers.visits)
    text = _("%(count)s kunjungan masih bertanda “tbc” tetapi dihitung terlaksana")
    yield _counted(context, "visits.tbc", unconfirmed, text, "face_to_face.total")
    waived = [held for held in (*registers.visits, *registers.conferences) if held.waived]
    yield _note(
        "consultations.waived", INFO, _waivers(context, waived) if waived else "", len(waived),
        rows_url(context.month, "face_to_face.total" if registers.visits else "video_conferences.total"),
    )  # fmt: skip
    lost = sum(held.user_group == "PEMDA" and not held.region_code for held in registers.visits)
    lost += sum(held.user_group == "PEMDA" and not held.region_code for held in registers.conferences)
    text = _("%(count)s kunjungan atau video conference Pemda dengan daerah yang tidak dikenali")
    yield _counted(context, "consultations.region_unknown", lost, text, "face_to_face.total")


def _waivers(context: Context, waived: list[Held]) -> str:
    """Who waived which rules of the circular for whom, and why; the names take one query."""
    people = {user.username: str(user) for user in User.objects.filter(username__in=_waivers_of(waived))}
    told = []
    for held in waived:
        rules = [
            _("%(rule)s oleh %(who)s (%(why)s)")
            % {"rule": NAMES[one.rule], "who": people.get(one.by, one.by), "why": one.reason.rstrip(".")}
            for one in held.waived
            if one.rule in NAMES
        ]
        told.append(f"{held.region or held.visitor}, {context.date(held.day)}: {context.join(rules)}")
    text = ngettext(
        "Ketentuan dikecualikan pada %(count)s konsultasi", "Ketentuan dikecualikan pada %(count)s konsultasi",
        len(waived),
    )  # fmt: skip
    return text % {"count": context.printer.number(len(waived))} + ". " + "; ".join(told)


def _waivers_of(waived: list[Held]) -> set[str]:
    return {one.by for held in waived for one in held.waived}


def _complaints(context: Context) -> Iterable[Json]:
    subjects = context.figures.value("complaints.subjects", context.month)
    listed = [subject for subject in context.registers.subjects if not subject.regions and not subject.source]
    if subjects:
        text = _("%(count)s pokok pengaduan tanpa daerah")
        yield _counted(context, "complaints.no_region", len(listed), text, "complaints.subjects")


def _missing(context: Context) -> Iterable[Json]:
    """Months that a series or a sum since January cannot show, and entered figures that nobody entered."""
    for key in SERIES:
        since = CATALOGUE[key].exists_from
        months = [month for month in context.month.year_to_date() if not since or month.first_day >= since]
        gaps = context.figures.unknown_months(key, months)
        if gaps:
            names = ", ".join(month.label(context.language, short=True, year=False) for month in gaps)
            words = {"what": _label(context, key), "months": names}
            yield _note("series.gap", INFO, _("%(what)s: data %(months)s belum dimuat") % words, len(gaps))
    entered = [CATALOGUE[key] for key in ENTERED if not context.figures.known(key, context.month)]
    if entered:
        names = context.join([_label(context, item.key) for item in entered])
        text = _("Isian staf belum ada: %(names)s") % {"names": names}
        yield _note("entered.missing", WARNING, text, len(entered))


def _layer2(context: Context) -> Iterable[Json]:
    left = context.registers.escalations_left
    text = _("%(count)s eskalasi belum terjawab pada akhir bulan")
    yield _counted(context, "layer2.open", left["open"], text, "layer2.open_at_month_end")
    text = _("%(count)s jawaban Layer 2 belum dinilai, sehingga belum masuk rata-rata")
    yield _counted(context, "layer2.unscored", left["unscored"], text, "layer2.unscored")
    excluded = int(context.figures.value("layer2.excluded", context.month) or 0)
    text = _("%(count)s eskalasi dikecualikan dari nilai oleh penyelia")
    if excluded and (reasons := exclusion_reasons(context.month)):
        text += ": " + "; ".join(reason.replace("%", "%%").rstrip(".") for reason in reasons)
    yield _counted(context, "layer2.excluded", excluded, text, "layer2.excluded")


def _ratings(context: Context) -> Iterable[Json]:
    few = 0
    for (agent, _second), cell in context.figures.cells("satisfaction.by_agent", context.month).items():
        raters = context.figures.value("satisfaction.raters_by_agent", context.month, agent)
        few += bool(agent) and ((cell.denominator or 0) < MIN_RATINGS or (raters or 0) < MIN_RATERS)
    text = _("%(count)s agen dengan kurang dari %(ratings)d penilaian atau %(raters)d penilai")
    yield _note(
        "ratings.few", WARNING, text % {"count": few, "ratings": MIN_RATINGS, "raters": MIN_RATERS}, few,
        rows_url(context.month, "satisfaction.by_agent"),
    )  # fmt: skip


def _counted(context: Context, code: str, count: int, text: str, key: str, dim1: str = "") -> Json:
    printed = text % {"count": context.printer.number(count)}
    return _note(code, WARNING, printed, count, rows_url(context.month, key, dim1))


def _snapshots(context: Context) -> Iterable[Json]:
    """Months whose consultations were entered from elsewhere, not counted from records."""
    key = "consultations.by_channel"
    months = [
        month for month in context.month.year_to_date()
        if (cells := context.figures.cells(key, month)) and not any(cell.live for cell in cells.values())
    ]  # fmt: skip
    names = ", ".join(month.label(context.language, short=True, year=False) for month in months)
    text = _("Konsultasi %(months)s berasal dari angka yang dimasukkan, bukan dari catatan tiket")
    url = rows_url(context.month, "consultations.ytd")
    yield _note("series.snapshot", INFO, text % {"months": names}, len(months), url)


def _label(context: Context, key: str) -> str:
    item = CATALOGUE[key]
    label = item.label if context.language == "id" else item.label_en
    platform = PLATFORMS.get(key.split(".")[0])
    return f"{platform}: {label}" if platform else label
