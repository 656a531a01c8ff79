"""How the OpenAPI document is made: every operation lists its problems, scope and roles."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import is_list_serializer
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from kernel.api.idempotency import HEADER
from kernel.api.problems import MEDIA_TYPE
from kernel.api.views import ListEndpoint

ALWAYS = {
    400: "Malformed or unknown parameters or body; `errors` says where.",
    401: "No token, or one that is unknown, expired or revoked.",
    403: "The token's scope or the user's role does not cover this.",
    406: "Only application/json is on offer.",
    429: "Too many calls in this minute; see Retry-After.",
    500: "A fault of the server, logged.",
}
WITH_PATH = {404: "There is no such row, or the caller may not see it."}
WITH_BODY = {413: "The body is too large.", 415: "The body must be application/json."}
OF_VERBS = {
    409: "The state of the row stands against it, or the same Idempotency-Key is still running.",
    422: "What was sent breaks a rule, or the Idempotency-Key came with another body before.",
}


class FieldErrorSerializer(serializers.Serializer):
    field = serializers.CharField(
        help_text="Dotted path into the body, or a parameter; empty for the whole.", allow_blank=True
    )
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """An error (RFC 9457). `code` is stable; `title` and `detail` are for people."""

    type = serializers.CharField(help_text="urn:dering:problem:<code>")
    title = serializers.CharField()
    status = serializers.IntegerField(min_value=400, max_value=599)
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = FieldErrorSerializer(many=True)


PROBLEM_EXAMPLE = OpenApiExample(
    "invalid",
    value={
        "type": "urn:dering:problem:invalid",
        "title": "Permintaan tidak sah",
        "status": 400,
        "detail": "Periksa isian yang disebut di “errors”.",
        "code": "invalid",
        "errors": [{"field": "created_from", "code": "bad_moment", "message": "Tulis 2024-08-01 …"}],
    },
    response_only=True,
    status_codes=["400"],
    media_type=MEDIA_TYPE,
)


class ProblemSchema(AutoSchema):
    """drf-spectacular's inspector, with the problems of every operation and lists by class, not by guess."""

    def get_description(self) -> str:
        """The docstring, then who may call it."""
        own = super().get_description() or ""
        scope, roles = self.view.scopes.get(self.method), self.view.roles.get(self.method, ())
        if not scope:
            return own
        names = ", ".join(f"`{role}`" for role in sorted(str(role) for role in roles))
        return f"{own}\n\nScope `{scope}`. Roles: {names}.".strip()

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "tag", super().get_tags()[0])]

    def get_override_parameters(self) -> list[Any]:
        if self.method == "GET":
            return []
        description = "Send again with the same key and body: same answer, nothing done twice. Kept for 24 hours."
        schema = {"type": "string", "pattern": r"^[\x21-\x7e]{1,200}$"}
        return [OpenApiParameter(HEADER, schema, OpenApiParameter.HEADER, description=description)]

    def _is_list_view(self, serializer: Any = None) -> bool:
        return self._is_paged() or is_list_serializer(serializer)

    def _get_paginator(self) -> Any:
        return super()._get_paginator() if self._is_paged() else None

    def _is_paged(self) -> bool:
        return isinstance(self.view, ListEndpoint) and self.method == "GET"

    def _get_filter_parameters(self) -> list[dict[str, Any]]:
        parameters = super()._get_filter_parameters()
        filters = getattr(getattr(self.view, "filterset_class", None), "base_filters", {})
        for parameter in parameters:
            if label := getattr(filters.get(parameter["name"]), "_label", None):
                parameter["description"] = str(label)
            if parameter["schema"].get("type") == "array":
                parameter |= {"style": "form", "explode": False}
        return parameters

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        for status, description in self._problems().items():
            examples = [PROBLEM_EXAMPLE] if status == 400 else []
            response = OpenApiResponse(ProblemSerializer, description=description, examples=examples)
            bodies.setdefault(str(status), self._get_response_for_code(response, str(status), [MEDIA_TYPE], direction))
        return bodies

    def _problems(self) -> dict[int, str]:
        found = dict(ALWAYS)
        if "{" in self.path:
            found |= WITH_PATH
        if self.method in ("POST", "PUT", "PATCH"):
            found |= WITH_BODY
        if self.method != "GET":
            found |= OF_VERBS
        return dict(sorted(found.items()))
