"""WhiteNoise for an asynchronous server."""

from typing import Any

from django.http import HttpRequest
from whitenoise.middleware import WhiteNoiseFileResponse, WhiteNoiseMiddleware

from kernel.streaming import StreamedFileResponse


class _Served(StreamedFileResponse, WhiteNoiseFileResponse):
    """With WhiteNoise's headers and no others."""


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> _Served:
        found = static_file.get_response(request.method, request.META)
        response = _Served(found.file or (), status=int(found.status))
        del response["content-type"]
        for key, value in found.headers:
            response[key] = value
        return response
