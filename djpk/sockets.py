"""Addresses of WebSockets: for our own pages, agents' with the session of the page, chats with a token of their own."""

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from django.urls import path, re_path

from livechat.consumer import ChatSocket
from tickets.live.consumer import TicketSocket
from tickets.live.origin import OwnPagesOnly

application = OwnPagesOnly(
    URLRouter(
        [
            path("ws/tiket/", AuthMiddlewareStack(TicketSocket.as_asgi())),
            path("ws/obrolan/", ChatSocket.as_asgi()),
            re_path(r"", WebsocketDenier.as_asgi()),
        ]
    )
)
