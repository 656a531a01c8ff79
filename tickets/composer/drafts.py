"""Drafts: what an agent has typed on a ticket and not sent, one per kind, and the files put into it."""

from datetime import UTC, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy

from kernel.compiled import Compiled, run
from kernel.errors import Refused
from messaging.verbs import Files
from people.models import User
from tickets.models import Draft, DraftFile, Ticket, TicketRead

_MINE_LOCKED = Compiled(
    lambda rows, user, ticket, kind: rows.filter(user_id=user, ticket_id=ticket, kind=kind).select_for_update(),
    "user",
    "ticket",
    "kind",
)
_GONE = f"""
WITH given AS (SELECT %s::bigint AS "user", %s::bigint AS ticket, %s::text AS kind),
mine AS (
    SELECT draft.id FROM {Draft._meta.db_table} AS draft JOIN given
    ON draft.user_id = given."user" AND draft.ticket_id = given.ticket AND draft.kind = given.kind
),
files AS (DELETE FROM {DraftFile._meta.db_table} WHERE draft_id IN (SELECT id FROM mine)),
gone AS (DELETE FROM {Draft._meta.db_table} WHERE id IN (SELECT id FROM mine))
"""  # noqa: S608
_DISCARD = f"{_GONE} SELECT"
_DISCARD_AND_READ = f"""{_GONE}
INSERT INTO {TicketRead._meta.db_table} (user_id, ticket_id, read_at) SELECT "user", ticket, %s::timestamptz FROM given
ON CONFLICT (user_id, ticket_id) DO UPDATE SET read_at = excluded.read_at
"""  # noqa: S608
LONGEST = 50_000  # characters of what is sent; a draft keeps whatever was typed


def draft_of(ticket: Ticket, kind: str, user: User) -> Draft | None:
    return Draft.objects.filter(user=user, ticket=ticket, kind=kind).first()


def version_of(draft: Draft | None) -> str:
    """What a page has to name when it saves the draft again; empty for none."""
    return draft.updated_at.astimezone(UTC).isoformat() if draft else ""


@transaction.atomic
def save_draft(
    *, ticket: Ticket, kind: str, text: str, version: str | None = None, at: datetime, actor: User
) -> Draft | None:
    """Keep what is typed; None when nothing is left to keep.

    `version` is the one the writer last saw; when the text was changed since then by another page of theirs,
    Refused(`draft.newer`). Without a version the draft is replaced.
    """
    draft = Draft.objects.select_for_update().filter(user=actor, ticket=ticket, kind=kind).first()
    if draft and draft.text == text and (text or draft.files.exists()):
        return draft
    if draft and version is not None and draft.text.strip() and version != version_of(draft):
        raise Refused("draft.newer", gettext_lazy("Draf ini sudah diubah di halaman lain."))
    if not text.strip() and (draft is None or not draft.files.exists()):
        if draft:
            draft.delete()
        return None
    changes = {"text": text, "updated_at": at}
    return Draft.objects.update_or_create(user=actor, ticket=ticket, kind=kind, defaults=changes)[0]


def discard(*, ticket: Ticket, kind: str, actor: User, read_at: datetime | None = None) -> None:
    """Nothing is kept any more, files neither; with `read_at` the ticket is read up to then. One statement."""
    run(_DISCARD_AND_READ if read_at else _DISCARD, [actor.pk, ticket.pk, str(kind), *([read_at] if read_at else [])])


def take_files(*, ticket: Ticket, kind: str, actor: User) -> Files:
    """The files of the draft, for sending them; the draft is locked until the transaction ends."""
    draft = next(iter(_MINE_LOCKED(Draft.objects.all(), user=actor.pk, ticket=ticket.pk, kind=str(kind))), None)
    return [(one.file, one.name) for one in draft.files.select_related("file")] if draft else []


@transaction.atomic
def put_back(*, ticket: Ticket, kind: str, text: str, files: Files, at: datetime, actor: User) -> Draft:
    """What was sent is a draft again, above what has been typed meanwhile."""
    draft = Draft.objects.select_for_update().filter(user=actor, ticket=ticket, kind=kind).first()
    typed = draft.text.strip() if draft else ""
    whole = f"{text}\n\n{draft.text}" if draft and typed and typed != text.strip() else text
    changes = {"text": whole, "updated_at": at}
    draft, _created = Draft.objects.update_or_create(user=actor, ticket=ticket, kind=kind, defaults=changes)
    first = draft.files.count()
    DraftFile.objects.bulk_create(
        DraftFile(draft=draft, file=file, name=name, position=first + index) for index, (file, name) in enumerate(files)
    )
    return draft
