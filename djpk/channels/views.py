"""Connections per channel with their health; connecting, trying, pausing, and WhatsApp's templates."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from djpk.channels.forms import ConnectionForm
from djpk.context import may_administer
from kernel.errors import Refused
from kernel.secrets import unseal
from messaging.connection_verbs import connect, pause
from messaging.lines.health import HOURS, health_of
from messaging.lines.shapes import SHAPES, Setting, check
from messaging.lines.trying import try_connection
from messaging.models import Channel, Connection, DeliveryStep, MessageTemplate
from messaging.scanning.verbs import waiting
from messaging.whatsapp import templates as catalogue
from people.models import User
from tickets.clocks import span
from tickets.composer.templated import FILLS, meanings

LATE, MINUTE = timedelta(minutes=2), timedelta(minutes=1)  # a check takes seconds
Page = Callable[..., HttpResponse]


def administrators_only(view: Page) -> Page:
    """Strangers sign in; everyone else gets 403."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_administer(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@administrators_only
@require_safe
def lines(request: HttpRequest) -> HttpResponse:
    """Every channel that can be connected, with its connections."""
    now = timezone.now()
    rows = list(Connection.objects.select_related("channel").order_by("channel__position", "name"))
    health = health_of(rows, now)
    groups = [
        (channel, [(row, health[row.pk]) for row in rows if row.channel_id == channel.pk])
        for channel in Channel.objects.filter(code__in=SHAPES)
    ]
    return render(request, "channels/lines.html", {"groups": groups, "hours": HOURS, "unscanned": _unscanned(now)})


def _unscanned(now: datetime) -> tuple[int, datetime] | None:
    """How many files wait for the virus check, and since when, when they do so for too long."""
    late = waiting().filter(message__received_at__lt=now - LATE)
    found = late.order_by().aggregate(n=Count("pk"), since=Min("message__received_at"))
    return (found["n"], found["since"]) if found["n"] else None


@administrators_only
@require_safe
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """One connection: health, last errors, templates."""
    return _line(request, _row(pk))


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Connect a channel, or change its settings. Credentials are written, never shown."""
    row = _row(pk) if pk else None
    channel = row.channel if row else get_object_or_404(Channel, code=request.GET.get("kanal", ""), code__in=SHAPES)
    kept = set(unseal(row.secrets)) if row else set()
    form = ConnectionForm(
        request.POST if request.method == "POST" else None, channel_code=channel.code, row=row, kept=kept
    )
    refusal = ""
    if form.is_bound and form.is_valid():
        given = form.given()
        try:
            check(channel.code, given["settings"], given["secrets"])
            if row is None and Connection.objects.filter(channel=channel, address=given["address"]).exists():
                raise Refused("connection.exists", _("Alamat ini sudah tersambung. Ubah sambungannya."))
            row = connect(channel=channel, **given, at=timezone.now(), actor=_who(request))
            messages.success(request, _("Sambungan disimpan. Uji sekarang untuk memastikan."))
            return redirect("line", row.pk)
        except Refused as refused:
            refusal = refused.message
    context = {"form": form, "channel": channel, "row": row, "refusal": refusal}
    return render(request, "channels/edit.html", context, status=422 if refusal or form.errors else 200)


@administrators_only
@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign in at its servers, and say what they answered."""
    row = _row(pk)
    return _line(request, row, trials=try_connection(row))


@administrators_only
@require_POST
def set_paused(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop reading and sending, or go on."""
    row = _row(pk)
    paused = request.POST.get("jeda") == "1"
    pause(connection=row, paused=paused, at=timezone.now(), actor=_who(request))
    messages.success(request, _("Sambungan dijeda.") if paused else _("Sambungan jalan lagi."))
    return redirect("line", pk)


@administrators_only
@require_POST
def synchronise(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring WhatsApp's templates up to date now."""
    row = _row(pk)
    try:
        count = catalogue.synchronise(connection=row, at=timezone.now())
    except Refused as refusal:
        return _line(request, row, refusal=refusal.message)
    messages.success(request, _("{count} templat disinkronkan.").format(count=count))
    return redirect("line", pk)


@administrators_only
@require_POST
def set_meanings(request: HttpRequest, pk: int) -> HttpResponse:
    """By which values of a ticket the variables of a template are filled in."""
    row = get_object_or_404(MessageTemplate, pk=pk)
    fills = {name: request.POST.get(f"isi-{name}", "") for name in row.variables}
    catalogue.set_fills(template=row, fills={name: value for name, value in fills.items() if value in FILLS})
    messages.success(request, _("Isian templat {name} disimpan.").format(name=row.name))
    return redirect("line", row.connection_id)


def _line(request: HttpRequest, row: Connection, **more: Any) -> HttpResponse:
    now = timezone.now()
    errors = DeliveryStep.objects.filter(
        message__connection=row, delivery__in=("FAILED", "BOUNCED", "UNKNOWN"), at__gt=now - timedelta(days=1)
    )
    shape, health = SHAPES.get(row.channel.code), health_of([row], now)[row.pk]
    shown = {**row.settings}
    context = {
        "row": row,
        "health": health,
        "under_way": _under_way(health.lag),
        "hours": HOURS,
        "while_paused": _while_paused(row),
        "held": bool(row.held_until and row.held_until > now),
        "errors": errors.order_by("-at")[:10],
        "settings": [
            (one, _worded(one, shown[one.name])) for one in (shape.settings if shape else ()) if one.name in shown
        ],
        "secrets": [one for one in (shape.secrets if shape else ()) if one.name in set(unseal(row.secrets))],
        "templates": [(one, _state(one), _meant(one)) for one in row.templates.exclude(status="GONE")],
        "fills": list(FILLS.items()),
        "has_templates": row.channel.code == catalogue.CODE,
        **more,
    }
    return render(request, "channels/line.html", context, status=409 if more.get("refusal") else 200)


def _while_paused(row: Connection) -> str:
    """What becomes of what comes and goes meanwhile."""
    if row.channel.code == "PHONE":
        return _("Panggilan tetap dicatat, juga yang tak terjawab, tetapi tidak muncul di layar agen.")
    if row.channel.code == "LIVE_CHAT":
        return _("Pengunjung meninggalkan pertanyaan lewat formulir.")
    return _("Yang masuk tidak hilang, yang keluar antre sampai dilanjutkan.")


def _under_way(lag: timedelta | None) -> str:
    """How long the last message was on its way to us."""
    if lag is None:
        return ""
    return span(lag) if lag >= MINUTE else _("{seconds} detik").format(seconds=int(lag.total_seconds()))


def _worded(setting: Setting, value: Any) -> Any:
    """A setting as its form says it."""
    if setting.kind == "flag":
        return _("ya") if value else _("tidak")
    return dict(setting.choices).get(value, value)


def _state(template: MessageTemplate) -> str:
    """Meta's word for it, in ours."""
    known = {
        "APPROVED": _("Disetujui"), "PENDING": _("Menunggu persetujuan"), "REJECTED": _("Ditolak"),
        "PAUSED": _("Dijeda"), "DISABLED": _("Dimatikan"), "IN_APPEAL": _("Banding"),
    }  # fmt: skip
    return known.get(template.status, template.status)


def _meant(template: MessageTemplate) -> list[tuple[str, str]]:
    known = meanings(template)
    return [(name, known.get(name, "")) for name in template.variables]


def _row(pk: int) -> Connection:
    return get_object_or_404(Connection.objects.select_related("channel"), pk=pk)


def _who(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
