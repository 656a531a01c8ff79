"""GET /api/v1/search/: the search of the pages for other programs."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from kernel.api.paging import KeysetPagination
from kernel.api.views import Endpoint
from people.access import has_role
from people.authentication import holds_scope
from people.log import log_access
from tickets.api import READERS, TICKET_READERS, ContactBriefSerializer, TicketSerializer, shown_tickets
from tickets.models import Ticket
from tickets.search import snippets as shown
from tickets.search.people import people
from tickets.search.query import LONGEST, parse
from tickets.search.results import BEST, NEWEST, find, issued

TICKETS, CONTACTS = "tickets", "contacts"
ORDERINGS = {"relevance": BEST, "-time": NEWEST}
_PEOPLE = 20


class SnippetPartSerializer(serializers.Serializer):
    text = serializers.CharField()
    marked = serializers.BooleanField(help_text="Whether it is what was searched for.")


class FoundSerializer(serializers.Serializer):
    """A ticket or a contact; the other one is null."""

    type = serializers.ChoiceField(choices=[TICKETS, CONTACTS])
    ticket = TicketSerializer(allow_null=True)
    contact = ContactBriefSerializer(allow_null=True)
    snippet = SnippetPartSerializer(many=True, help_text="The text around the words, in parts; none for a name.")
    internal = serializers.BooleanField(help_text="The snippet is from an internal note.")


class NotUnderstoodSerializer(serializers.Serializer):
    message = serializers.CharField()
    suggestions = serializers.ListField(child=serializers.CharField())


class AnswerSerializer(serializers.Serializer):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = FoundSerializer(many=True)
    problems = NotUnderstoodSerializer(many=True, help_text="Filters that were not understood and are left out.")
    meant = serializers.CharField(
        allow_null=True, help_text="The query with misspelt names put right, when nothing was found as it was typed."
    )
    searched_to = serializers.DateTimeField(
        allow_null=True, help_text="Set when the search stopped looking further back; `next` goes on from there."
    )


def _parameter(name: str, schema: dict[str, Any], description: str, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.QUERY, required=required, description=description)


PARAMETERS = [
    _parameter("q", {"type": "string", "minLength": 1, "maxLength": LONGEST}, "As typed on the search page.", True),
    _parameter("type", {"type": "string", "enum": [TICKETS, CONTACTS], "default": TICKETS}, "What to look for."),
    _parameter("ordering", {"type": "string", "enum": list(ORDERINGS), "default": "relevance"}, "Of tickets."),
    _parameter("page_size", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}, "Rows per page."),
    _parameter("cursor", {"type": "string", "minLength": 1, "maxLength": 500}, "From another page's `next`."),
]


class Search(Endpoint):
    """Tickets or contacts by what was typed: words, phrases, numbers, addresses and filters (`kanal:wa`)."""

    tag = "tickets"
    scopes = {"GET": "tickets:read"}
    roles = {"GET": READERS}
    query_params = ("q", "type", "ordering", "page_size", "cursor")
    serializer_class = AnswerSerializer
    queryset = Ticket.objects.none()

    @extend_schema(operation_id="search", parameters=PARAMETERS)
    def get(self, request: Request) -> Response:
        text = self._text("q", LONGEST)
        if not text:
            raise _invalid("q", _("Isi kolom ini."), "required")
        kind = self._one_of("type", (TICKETS, CONTACTS), TICKETS)
        order = self._one_of("ordering", tuple(ORDERINGS), "relevance")
        size = KeysetPagination()._size(request)
        if kind == CONTACTS:
            return self._contacts(text, min(size, _PEOPLE))
        return self._tickets(text, ORDERINGS[order], size)

    def _tickets(self, text: str, order: str, size: int) -> Response:
        cursor = self.request.query_params.get("cursor", "")
        if not issued(cursor, order):
            raise _invalid(
                "cursor", _("Penunjuk halaman tidak dikenal. Mulai lagi dari halaman pertama."), "bad_cursor"
            )
        found = find(text, self.request.user, self.at, order=order, cursor=cursor, size=size)
        rows = {row.pk: row for row in shown_tickets(self.request.user).filter(pk__in=found.ids)}
        parts = shown.snippets(found.ids, found.words)
        self._log(str(found.query))
        results = [
            {
                "type": TICKETS,
                "ticket": rows[pk],
                "contact": None,
                "snippet": _parts(parts[pk].text) if pk in parts else [],
                "internal": pk in parts and parts[pk].note,
            }
            for pk in found.ids
            if pk in rows
        ]
        problems = [{"message": one.text, "suggestions": list(one.suggestions)} for one in found.problems]
        return self._answer(results, problems, self._link(found.next), found.cut, found.meant)

    def _contacts(self, text: str, size: int) -> Response:
        if not holds_scope(self.request, "contacts:read"):
            message = _("Token ini tidak mencakup “{scope}”.").format(scope="contacts:read")
            raise exceptions.PermissionDenied(message, "scope_missing")
        self._log(text)
        query = parse(text)
        rows = people(self.request.user, query, size) if has_role(self.request.user, TICKET_READERS) else []
        results = [
            {"type": CONTACTS, "ticket": None, "contact": row.contact, "snippet": [], "internal": False} for row in rows
        ]
        problems = [{"message": one.text, "suggestions": list(one.suggestions)} for one in query.problems]
        return self._answer(results, problems, None, None)

    def _answer(
        self, results: list[Any], problems: list[Any], following: str | None, searched_to: Any, meant: str | None = None
    ) -> Response:
        body = {"next": following, "previous": None, "results": results, "problems": problems, "meant": meant}
        return Response(self.get_serializer({**body, "searched_to": searched_to}).data)

    def _link(self, cursor: str | None) -> str | None:
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor) if cursor else None

    def _text(self, name: str, longest: int) -> str:
        text = self.request.query_params.get(name, "")
        if len(text) > longest:
            raise _invalid(name, _("Paling banyak {max} karakter.").format(max=longest), "max_length")
        return text

    def _one_of(self, name: str, known: tuple[str, ...], default: str) -> str:
        value = self.request.query_params.get(name, default)
        if value not in known:
            raise _invalid(name, _("Pilih salah satu: {names}.").format(names=", ".join(known)), "invalid")
        return value

    def _log(self, reason: str) -> None:
        log_access(user=self.request.user, action="ticket.searched", record=Ticket, reason=reason, at=self.at)


def _invalid(name: str, message: Any, code: str) -> exceptions.ValidationError:
    return exceptions.ValidationError({name: [exceptions.ErrorDetail(message, code)]})


def _parts(text: str) -> list[dict[str, Any]]:
    return [{"text": part, "marked": marked} for part, marked in shown.plain(text)]
