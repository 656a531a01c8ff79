"""The widget's frame, the page that shows how it is embedded, and the calls of the frame."""

from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from kernel.address import client_address
from kernel.errors import Refused
from livechat import limits, mailing, rating, reading, telling, verbs
from livechat.availability import availability, connected, line, sites
from livechat.calls import body_of, call, form_of, number, session_call, text
from livechat.models import ChatSession
from livechat.tokens import proves_simulation
from livechat.words import words
from tickets.composer.serving import serve

THEMES = ("light", "dark", "auto")


@require_safe
def frame(request: HttpRequest) -> HttpResponse:
    """The widget itself, for the allowed sites; no cookie is read or set."""
    shown, now = connected(), timezone.now()
    wanted = request.GET.get("bahasa", "")
    language = wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    theme = request.GET.get("tema", "")
    with translation.override(language):
        found = availability(line(), now)
        context = {
            "language": language,
            "theme": theme if theme in THEMES else "auto",
            "config": {
                "open": found.open,
                "opening": found.opening(language),
                "words": words(),
                "language": language,
                "fileMB": settings.CHAT_FILE_MB,
                "files": settings.CHAT_FILES,
                "longest": verbs.LONGEST,
            },
            "name": shown.name if shown else "Live Chat DJPK",
        }
        response = render(request, "livechat/frame.html", context)
    response["Content-Language"] = language
    response["Cache-Control"] = "no-store"
    response.xframe_options_exempt = True
    response._csp_replace = {"frame-ancestors": ["'self'", *sites(shown)]}
    return response


@require_safe
def example(request: HttpRequest) -> HttpResponse:
    """A page of some site with the widget on it, and the line that does it."""
    address = request.build_absolute_uri("/").rstrip("/")
    context = {"address": address, "loader": f"{settings.STATIC_URL}obrolan.js", "connection": line()}
    return render(request, "livechat/example.html", context)


@call
def start(request: HttpRequest) -> dict[str, Any]:
    """{"name", "email", "consent", "language", "page", "simulation"} → {"token"}."""
    limits.count("start", client_address(request))
    given, connection = body_of(request), line()
    if connection is None:
        raise Refused("chat.closed", translation.gettext("Obrolan sedang tutup. Tinggalkan pertanyaan Anda."))
    language = text(given, "language")
    _session, token = verbs.start_session(
        connection=connection,
        name=text(given, "name"),
        email=text(given, "email"),
        consent=given.get("consent") is True,
        language=language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
        page=text(given, "page"),
        simulated=proves_simulation(text(given, "simulation")),
        at=timezone.now(),
    )
    return {"token": token}


@call
def offline(request: HttpRequest) -> dict[str, Any]:
    """{"id", "name", "email", "text", "page", "simulation"} → {}: becomes a ticket that is answered by mail."""
    address = client_address(request)
    limits.count("form", address)
    given = body_of(request)
    if given.get("consent") is not True:
        raise Refused("chat.consent", translation.gettext("Setujui pemrosesan data untuk mengirim pertanyaan."))
    verbs.take_offline_form(
        client_id=text(given, "id"),
        name=text(given, "name"),
        email=text(given, "email"),
        text=text(given, "text"),
        page=text(given, "page"),
        simulated=proves_simulation(text(given, "simulation")),
        at=timezone.now(),
    )
    return {}


@session_call("message")
def message(request: HttpRequest, session: ChatSession) -> dict[str, Any]:
    """Form fields id, text, choice and files → {"line"}; the same id again is the same line."""
    given, files = form_of(request)
    if files:
        limits.count("upload", session.pk)
    line = verbs.take_message(
        session=session,
        client_id=text(given, "id"),
        text=text(given, "text"),
        choice=text(given, "choice"),
        files=files,
        at=timezone.now(),
    )
    return {"line": reading.shown(line)}


@session_call("sync")
def sync(request: HttpRequest, session: ChatSession) -> dict[str, Any]:
    """{"after", "read", "types"}: lines beyond `after`, marks of both sides, and how the chat stands."""
    given, now = body_of(request), timezone.now()
    after = number(given, "after")
    verbs.note_marks(session=session, delivered=after, read=number(given, "read"), at=now)
    verbs.note_seen(session=session, at=now)
    state = reading.state_of(session, now)
    if state.ticket and session.ended_at is None and "types" in given:
        telling.visitor_types(session.pk, state.ticket.pk, session.name, types=given["types"] is True)
    lines = reading.lines_after(session, after)
    return {
        "lines": lines,
        "more": len(lines) == reading.MOST,
        "read": max(session.read_seq, number(given, "read")),
        "seen": state.seen.isoformat() if state.seen else "",
        "types": telling.agent_types(state.ticket.pk if state.ticket else None, telling.lines()),
        "ticket": state.ticket.number if state.ticket else "",
        "closed": bool(state.ticket and state.ticket.closed_at),
        "ended": session.ended_at is not None,
        "rate": state.rate,
        "rated": state.rated,
    }


@session_call("sync")
def end(request: HttpRequest, session: ChatSession) -> dict[str, Any]:
    verbs.end_session(session=session, by=ChatSession.EndedBy.REQUESTER, at=timezone.now())
    return {}


@session_call("sync")
def rate(request: HttpRequest, session: ChatSession) -> dict[str, Any]:
    """{"service", "substance", "comment"} → {}."""
    given = body_of(request)
    rating.rate_session(
        session=session,
        service_score=number(given, "service"),
        substance_score=number(given, "substance"),
        comment=text(given, "comment"),
        at=timezone.now(),
    )
    return {}


@session_call("transcript")
def transcript(request: HttpRequest, session: ChatSession) -> dict[str, Any]:
    mailing.send_transcript(session=session, at=timezone.now())
    return {"email": session.email}


@require_safe
def file(request: HttpRequest, key: str) -> FileResponse:
    """A file of a session, by an address that only its own lines hold and that ends with the day."""
    try:
        limits.count("call", client_address(request))
    except Refused:
        raise Http404 from None
    found = reading.file_of(key)
    if found is None:
        raise Http404
    return serve(found.file, found.name)
