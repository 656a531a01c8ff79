"""ASGI entry point: pages and the API over HTTP, live updates over WebSockets, on the same server."""

import gc
import os
from typing import Any

import django
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path, re_path
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "djpk.settings")
django.setup(set_prefix=False)
pages: Any = import_string("djpk.page_serving.PagesHandler")()
sockets = import_string("djpk.sockets.application")  # imports models, so not before the line above
waiting = import_string("livechat.waiting.application")
calls = URLRouter([path("obrolan/tunggu/", waiting), re_path(r"", pages)])
application = ProtocolTypeRouter({"http": calls, "websocket": sockets})

# Rendering makes many short-lived objects and few cycles: collecting every 700 of them costs a tenth of a page.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
