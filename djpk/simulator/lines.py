"""Connects Dering to the simulator: every channel it plays, to its own servers, with secrets that both derive."""

from datetime import datetime
from typing import Any

import structlog

from djpk.simulator.handset import DISPLAYED, NUMBER
from djpk.simulator.mailing import LAPOR_MAILBOX, MAILBOX
from djpk.simulator.secrets import secret
from kernel.errors import Refused
from kernel.secrets import unseal
from messaging.connection_verbs import connect
from messaging.models import Channel, Connection
from messaging.whatsapp import templates

MARK = "simulator"
PLAYED = ("WHATSAPP", "EMAIL", "LAPOR", "HAI", "PHONE")
log = structlog.get_logger()


def connect_lines(*, url: str, smtp_port: int, at: datetime) -> bool:
    """Make or renew the simulator's connections. False, and nothing changed, where one of these channels has a
    connection of somebody else's: what real requesters write must never meet invented ones."""
    others = Connection.objects.filter(channel__code__in=PLAYED).exclude(settings__has_key=MARK)
    if others.exists():
        log.error("simulator_not_connected", because=[str(line) for line in others])
        return False
    for code, given in _lines(url, smtp_port).items():
        row = _connected(code, given, at)
        if code == "WHATSAPP":
            _synchronise(row, at)
    return True


def _lines(url: str, smtp_port: int) -> dict[str, dict[str, Any]]:
    mail = {"smtp_host": "127.0.0.1", "smtp_port": smtp_port, "smtp_security": "none"}
    meta = {"access_token": secret("graph"), "app_secret": secret("whatsapp"), "verify_token": secret("verify")}
    return {
        "WHATSAPP": {
            "address": f"+{DISPLAYED}", "secrets": meta,
            "settings": {"phone_number_id": NUMBER, "business_account_id": f"{NUMBER}1"},
        },
        "EMAIL": {"address": MAILBOX, "settings": mail},
        "LAPOR": {"address": LAPOR_MAILBOX, "settings": mail},
        "HAI": {"address": "hai", "settings": {"callback_url": f"{url}/hai/"}, "secrets": {"secret": secret("hai")}},
        "PHONE": {"address": "avaya", "secrets": {"secret": secret("cti")}},
    }  # fmt: skip


def _connected(code: str, given: dict[str, Any], at: datetime) -> Connection:
    """The connection as it should be; one that is so already is left alone."""
    channel = Channel.objects.get(code=code)
    settings, secrets = {**given.get("settings", {}), MARK: True}, given.get("secrets", {})
    found = Connection.objects.filter(channel=channel, address=given["address"]).first()
    if found and settings.items() <= found.settings.items() and secrets.items() <= unseal(found.secrets).items():
        return found
    name = found.name if found else f"{channel.label} DJPK"
    return connect(
        channel=channel, address=given["address"], name=name, settings=settings, secrets=secrets, at=at, actor=None
    )


def _synchronise(row: Connection, at: datetime) -> None:
    try:
        templates.synchronise(connection=row, at=at)
    except Refused as refusal:
        log.warning("simulator_templates", reason=refusal.message)
