"""ASGI entry point: HTTP now, WebSockets for live updates later on the same server."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "djpk.settings")
application = get_asgi_application()
