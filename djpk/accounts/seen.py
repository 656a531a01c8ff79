"""Notes now and then that a session is in use, so that its owner sees when it last was."""

import time
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

MARK = "seen_at"
EVERY_SECONDS = 10 * 60


class SeenMiddleware:
    """At most one write in ten minutes and session; other requests cost nothing, not even reading a session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed and MARK in request.session:
            note_seen(request)
        return response


def begin(request: HttpRequest) -> None:
    """A session has begun: from now on note when it is used."""
    request.session[MARK] = time.time()


def note_seen(request: HttpRequest) -> None:
    """Remember that the session is in use, unless that was noted a moment ago."""
    if time.time() - request.session[MARK] < EVERY_SECONDS or not request.session.session_key:
        return
    request.session[MARK] = time.time()
    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())
