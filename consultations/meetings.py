"""Video meetings by a service: the interface, and Microsoft Graph behind it.

Graph: `POST /users/{organizer}/onlineMeetings/createOrGet` names a meeting by an id of ours (`externalId`), so that
asking twice makes one; a token by client credentials. No call may stand inside a transaction.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from django.conf import settings

TIMEOUT = 20  # seconds
_MOST = 1024 * 1024  # bytes of an answer


class MeetingError(Exception):
    """The service did not do it; the text says why."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """`key` is how the service names it, `url` what people open."""

    key: str
    url: str


class MeetingService(Protocol):
    def create(self, name: str, subject: str, starts_at: datetime, ends_at: datetime) -> Meeting:
        """The meeting of that name, made when it is not there yet. Raises MeetingError."""

    def delete(self, key: str) -> None:
        """Take it away; one that is gone already is fine. Raises MeetingError."""


class GraphMeetings:
    """Teams meetings in the name of one organizer."""

    def __init__(self, given: dict[str, str]) -> None:
        self.given = given
        self._token = ""

    def create(self, name: str, subject: str, starts_at: datetime, ends_at: datetime) -> Meeting:
        body = {
            "externalId": name,
            "subject": subject,
            "startDateTime": _moment(starts_at),
            "endDateTime": _moment(ends_at),
        }
        found = self._ask("POST", "onlineMeetings/createOrGet", body)
        key, url = found.get("id"), found.get("joinWebUrl")
        if not isinstance(key, str) or not isinstance(url, str) or not url.startswith("https://"):
            raise MeetingError("the answer names no meeting")
        return Meeting(key, url)

    def delete(self, key: str) -> None:
        self._ask("DELETE", f"onlineMeetings/{quote(key, safe='')}")

    def _ask(self, method: str, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        self._token = self._token or self._sign_in()
        address = f"{self.given['graph_url']}/users/{quote(self.given['organizer'], safe='@')}/{path}"
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        return _call(Request(address, data, headers, method=method), gone_is_fine=method == "DELETE")  # noqa: S310

    def _sign_in(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.given["client_id"],
            "client_secret": self.given["client_secret"],
            "scope": "https://graph.microsoft.com/.default",
        }
        address = f"{self.given['login_url']}/{quote(self.given['tenant'], safe='')}/oauth2/v2.0/token"
        answer = _call(Request(address, urlencode(form).encode()))  # noqa: S310
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise MeetingError("no token was given")
        return token


def service() -> MeetingService | None:
    """The service of this installation; None where links are typed in."""
    return GraphMeetings(settings.MEETINGS) if settings.MEETINGS["organizer"] else None


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _call(request: Request, *, gone_is_fine: bool = False) -> dict[str, Any]:
    try:
        with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - addresses of the installation's settings
            text = answer.read(_MOST)
    except HTTPError as error:
        if error.code == 404 and gone_is_fine:
            return {}
        raise MeetingError(f"{error.code} {_said(error)}") from error
    except (OSError, HTTPException) as error:
        raise MeetingError(f"not reached: {type(error).__name__}") from error
    try:
        found = json.loads(text) if text else {}
    except ValueError as error:
        raise MeetingError("the answer is no JSON") from error
    return found if isinstance(found, dict) else {}


def _said(error: HTTPError) -> str:
    """What Graph says of itself: its error code, nothing of ours."""
    try:
        found = json.loads(error.read(_MOST))["error"]
    except (ValueError, KeyError, TypeError, OSError):
        return str(error.reason)[:80]
    return str(found.get("code") if isinstance(found, dict) else found)[:80]
