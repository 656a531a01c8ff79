"""The OpenAPI document at /api/v1/schema/ and the page that shows it, from our own files only."""

from functools import cache
from typing import Any

from django.utils import translation
from django.views.generic import TemplateView
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document, made once per process; its examples are as Indonesian as the answers."""
    with translation.override("id"):
        return SchemaGenerator().get_schema(request=None, public=True)


class Schema(APIView):
    """Open to all: it describes the API and holds no data."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    metadata_class = None
    schema = None
    renderer_classes = (OpenApiJsonRenderer, JSONRenderer, OpenApiYamlRenderer)

    def get(self, request: Request) -> Response:
        return Response(document())


class Docs(TemplateView):
    """Swagger UI; its start-up script is a file because the content policy allows no inline script."""

    template_name = "api/docs.html"


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "people.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An API token; its scopes and the roles of its user both limit it.",
        }


class BrowserScheme(OpenApiAuthenticationExtension):
    target_class = "people.authentication.BrowserAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "The session of a signed-in browser; POST and DELETE need X-CSRFToken as well.",
        }
