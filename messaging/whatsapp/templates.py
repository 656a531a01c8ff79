"""The catalogue of approved templates: synchronised from the Graph API, offered, and filled in.

Shapes: Meta's `message_templates` edge of a WhatsApp business account.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock
from messaging.models import Connection, MessageTemplate
from messaging.transports import SendError
from messaging.waking import wake_catalogue
from messaging.whatsapp.parsing import TemplateNews
from messaging.whatsapp.sending import fetch
from messaging.whatsapp.window import CODE

LONGEST_VALUE, MOST_PAGES = 1024, 50
APPROVED = "APPROVED"
_VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_]{1,60})\s*\}\}")
_SPACES = re.compile(r"\s+")
_FIELDS = "name,language,status,category,parameter_format,components"


@dataclass(frozen=True, slots=True)
class Filled:
    """A template with its values: what it says, and what the transport sends."""

    text: str
    details: dict[str, Any]


def synchronise(*, connection: Connection, at: datetime) -> int:
    """Bring the catalogue of a number up to date; how many templates there are. Raises Refused.

    What Meta no longer lists stays as GONE: messages name it.
    """
    account = str(connection.settings.get("business_account_id", ""))
    if connection.channel.code != CODE or not account:
        raise Refused("templates.no_account", _("Isi dahulu nomor akun bisnis WhatsApp pada sambungan ini."))
    try:
        found = [row for row in _listed(connection, account) if row.get("name") and row.get("language")]
    except SendError as error:
        raise Refused("templates.unreachable", _("WhatsApp menolak: {reason}"), reason=str(error.reason)) from error
    return _keep(connection, found, at)


@transaction.atomic
def _keep(connection: Connection, found: list[dict[str, Any]], at: datetime) -> int:
    lock(connection)
    kept = []
    for row in found:
        made, _new = MessageTemplate.objects.update_or_create(
            connection=connection,
            name=str(row["name"])[:255],
            language=str(row["language"])[:15],
            defaults=_read(row) | {"synced_at": at},
        )
        kept.append(made.pk)
    gone = MessageTemplate.objects.filter(connection=connection).exclude(pk__in=kept)
    gone.update(status="GONE", sendable=False, synced_at=at)
    return len(kept)


@transaction.atomic
def hear_of_templates(news: Iterable[TemplateNews], *, at: datetime) -> int:
    """Take down what Meta says became of templates; how many rows changed. Safe to repeat.

    What may not be sent any more is not offered from now on; what may be again is offered once its text was read.
    """
    changed, approved = 0, False
    for one in news:
        rows = MessageTemplate.objects.filter(
            connection__settings__business_account_id=one.account, name=one.name, language=one.language
        ).exclude(status=one.status[:30])
        changed += rows.update(status=one.status[:30], sendable=False, synced_at=at)
        approved |= one.status == APPROVED
    if approved:
        transaction.on_commit(wake_catalogue)
    return changed


def _listed(connection: Connection, account: str) -> Iterator[dict[str, Any]]:
    """Every page; `after` is taken from the cursors, so that our address stays the one of the settings."""
    after = ""
    for _page in range(MOST_PAGES):
        asked = {"fields": _FIELDS, "limit": 100, **({"after": after} if after else {})}
        said = fetch(connection, "GET", f"{settings.WHATSAPP_GRAPH_URL}/{account}/message_templates?{urlencode(asked)}")
        rows = said.get("data")
        yield from (row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()
        paging = said.get("paging")
        cursors = paging.get("cursors") if isinstance(paging, dict) and paging.get("next") else None
        after = str(cursors.get("after", "")) if isinstance(cursors, dict) else ""
        if not after:
            return


def _read(row: dict[str, Any]) -> dict[str, Any]:
    """Columns of a template; one with variables outside its text cannot be sent from here."""
    parts = row.get("components")
    parts = [one for one in parts if isinstance(one, dict)] if isinstance(parts, list) else []
    by_kind = {str(one.get("type", "")).upper(): one for one in parts}
    body, header = str(by_kind.get("BODY", {}).get("text", "")), by_kind.get("HEADER", {})
    elsewhere = [one for kind, one in by_kind.items() if kind != "BODY"]
    plain_header = not header or str(header.get("format", "TEXT")).upper() == "TEXT"
    status = str(row.get("status", ""))[:30]
    return {
        "category": str(row.get("category", ""))[:30],
        "status": status,
        "header": str(header.get("text", ""))[:255],
        "body": body,
        "footer": str(by_kind.get("FOOTER", {}).get("text", ""))[:255],
        "variables": list(dict.fromkeys(_VARIABLE.findall(body))),
        "named": str(row.get("parameter_format", "")).upper() == "NAMED",
        "sendable": status == APPROVED and bool(body) and plain_header and not _VARIABLE.search(str(elsewhere)),
    }


def fill(template: MessageTemplate, values: Mapping[str, str]) -> Filled:
    """The template with a value for each variable. Raises Refused for a missing one and for what is not sendable."""
    if not template.sendable:
        raise Refused("template.not_sendable", _("Templat {name} tidak dapat dikirim."), name=template.name)
    given = {name: _SPACES.sub(" ", str(values.get(name, ""))).strip() for name in template.variables}
    if missing := [name for name, value in given.items() if not value]:
        raise Refused("template.needs_values", _("Isi dahulu: {names}."), names=", ".join(missing))
    if any(len(value) > LONGEST_VALUE for value in given.values()):
        raise Refused("template.too_long", _("Isian templat paling panjang {count} karakter."), count=LONGEST_VALUE)
    details: dict[str, Any] = {"name": template.name, "language": template.language, "values": list(given.values())}
    if template.named:
        details["names"] = list(given)
    return Filled(preview(template, given), {"template": details})


def preview(template: MessageTemplate, values: Mapping[str, str]) -> str:
    """What the requester reads; a variable without a value stays as it is."""
    text = _VARIABLE.sub(lambda match: values.get(match.group(1)) or match.group(0), template.body)
    return "\n\n".join(part for part in (template.header, text, template.footer) if part)


@transaction.atomic
def set_fills(*, template: MessageTemplate, fills: Mapping[str, str]) -> MessageTemplate:
    """Say by which value of a ticket each variable is filled in; empty ones are left to the agent."""
    row = lock(template)
    row.fills = {name: value for name, value in fills.items() if name in row.variables and value}
    row.save(update_fields=["fills"])
    return row
