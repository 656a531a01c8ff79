"""The rows that the table of roles is tried on, and how an endpoint is asked about them.

`prepare` brings them into the state that a move needs; `ask` makes the row an address names.
"""

import json
import re
from datetime import date

from django.utils import timezone

from calls.models import Call
from consultations.models import (
    Reservation,
    SlotException,
    SlotPattern,
    VideoConference,
    VideoConferenceTopic,
    Visit,
    VisitTopic,
)
from escalation.models import Absence, Escalation, PlannedEscalation
from escalation.scores import score_answered
from escalation.verbs import answer as give_answer
from escalation.verbs import escalate, recall, return_to_layer1
from kernel.secrets import seal
from messaging.models import Connection, Message
from outreach.models import LaporMail, LaporRule, PersonInCharge
from tests import factories as make
from tests.api.role_bodies import BODIES
from tests.chatbot.talk import publish_seeded
from tickets import verbs
from tickets.composer.drafts import save_draft
from tickets.composer.sending import send_note, send_reply
from tickets.composer.uploads import add_file
from tickets.conversation import write_reply
from tickets.merging import merge_tickets
from tickets.models import DutyShift, Macro, SavedView, Ticket
from tickets.relations import link_tickets


def world():
    """Two of everything: one for PK.2, one for PK.4."""
    made = {}
    for code, unit in (("DAU", "PK.2"), ("DANA_DESA", "PK.4")):
        ticket = make.ticket(topic=make.topic(code))
        escalation = escalate(ticket, unit=make.unit(unit), at=make.NOW, actor=None)
        held = {"held_on": make.NOW.date(), "visitor": "Kab. Gowa", "user_group": "PEMDA"}
        visit = Visit.objects.create(number=f"K-{unit}", guest_count=2, **held)
        VisitTopic.objects.create(visit=visit, topic=make.topic(code))
        conference = VideoConference.objects.create(number=f"V-{unit}", **held)
        VideoConferenceTopic.objects.create(conference=conference, topic=make.topic(code))
        coming(unit)
        made[unit] = ticket, escalation
    return made


def coming(unit, state="REQUESTED", mode="FACE_TO_FACE", starts_at=None):
    """A reservation of the unit, as far as it has come."""
    starts_at = starts_at or make.wib("2099-01-06 09:00")
    row = Reservation.objects.create(
        number=f"RSV-{unit}-{Reservation.objects.count()}", mode=mode, status=state, organization="BKAD",
        user_group="PEMDA", unit=make.unit(unit), contact=make.contact(), requested_at=make.NOW, starts_at=starts_at,
        ends_at=starts_at + make.HOUR, reason_face_to_face="Dokumen asli.",
    )  # fmt: skip
    row.topics.add(make.topic("DAU" if unit == "PK.2" else "DANA_DESA"))
    row.guests.create(name="Arung")
    return row


STATES = {
    "confirmation": ("CHECKED", {}),
    "link": ("CONFIRMED", {"mode": "VIDEO"}),
    "check-in": ("CONFIRMED", {"starts_at": make.NOW}),
    "no-show": ("CONFIRMED", {"starts_at": make.NOW}),
    "holding": ("CONFIRMED", {"mode": "VIDEO", "starts_at": make.NOW}),
    "minutes": ("CONFIRMED", {}),
    "follow-ups": ("CHECKED_IN", {"starts_at": make.NOW}),
}


ACCOUNT = {"business_account_id": "77"}


def prepare(endpoint, ticket, escalation, world_rows):
    """Bring the rows into the state that the move needs."""
    now, actor = make.NOW + make.MINUTE, make.staff("laras")
    if endpoint == "GET chatbot/tree/":
        publish_seeded()
    if "/score/" in endpoint:
        for _unit, row in world_rows:
            give_answer(row, answer="Salur tanggal 5.", at=now, actor=actor)
        score_answered(at=now)
    if "assignment" in endpoint or "absences" in endpoint:
        make.staff("damar")
    if "resumption" in endpoint:
        return_to_layer1(escalation, reason="Nama daerah?", at=now, actor=actor)
    if "exclusion" in endpoint:
        give_answer(escalation, answer="Salur tanggal 5.", at=now, actor=actor)
    if "closure" in endpoint or "spam" in endpoint or "merge" in endpoint:
        recall(escalation, reason="Terjawab sendiri.", at=now, actor=actor)
    if endpoint == "DELETE tickets/{number}/closure/":
        verbs.close(ticket=ticket, at=timezone.now(), actor=actor)
    other = Ticket.objects.get(number="DRG-24-00002")
    if endpoint == "DELETE tickets/{number}/merge/":
        merge_tickets(ticket=ticket, into=other, at=now, actor=actor)
    if endpoint == "DELETE tickets/{number}/links/{other}/":
        link_tickets(ticket=ticket, other=other, at=now, actor=actor)
    if endpoint == "DELETE tickets/{number}/spam/":
        verbs.mark_spam(ticket=ticket, at=now, actor=actor)


def ask_about(caller, endpoint, ticket, escalation):
    body = BODIES.get(endpoint, {})
    if callable(body):
        body = body(ticket, caller.user)
    return ask(caller, endpoint, ticket.number, escalation.pk, ticket.contact_id, body)


def ask(caller, endpoint, ticket, escalation, contact, body):
    method, path = endpoint.split(" ")
    path = path.replace("{kind}", "reply")
    if (path.startswith("tickets/{number}/") and "{id}" in path) or path == "macros/{id}/":
        path = path.replace("{id}", str(row_of(caller.user, path, ticket)))
    if "drafts" in path and "files" not in path and method != "PUT":
        save_draft(ticket=Ticket.objects.get(number=ticket), kind="REPLY", text="Sudah", at=make.NOW, actor=caller.user)
    row = {"tickets": ticket, "escalations": escalation, "contacts": contact, "chatbot": "2024-08"}.get(
        path.split("/")[0]
    )
    if path.startswith("lapor-mails/{"):
        PersonInCharge.objects.get_or_create(unit_code="PK.2", name="Ratih", email="ratih@djpk.example")
        name, unit = f"<{caller.user.username}@gowa.example>", make.unit("PK.2")
        given = {"sender": "bkad@gowa.example", "received_at": make.NOW, "unit": unit}
        row = LaporMail.objects.create(external_id=name, **given).pk
    if path.startswith("layer2-reports/{"):
        row = "2024-08"
    if path.startswith("absences/{"):
        days = {"starts_on": date(2999, 1, 1), "ends_on": date(2999, 1, 3)}
        row = Absence.objects.create(user=make.staff("damar"), entered_at=make.NOW, **days).pk
    if path.startswith("planned-escalations/{"):
        after = Escalation.objects.get(pk=escalation)
        how = {"after": after, "position": 0, "planned_at": make.NOW}
        row = PlannedEscalation.objects.create(ticket=after.ticket, unit=make.unit("PK.6"), **how).pk
    if path.startswith("lapor-contacts/{"):
        row = "PK.2"
    if path.startswith("lapor-rules/{"):
        row = LaporRule.objects.create(kind="WORDS", pattern=caller.user.username, document_type="DBH").pk
    if path.startswith("duty-shifts/{"):
        hours = {"opens": 480, "closes": 960, "valid_from": date(2999, 1, 1)}
        row = DutyShift.objects.create(agent=make.staff("laras"), **hours).pk
    if path.startswith("calls/{"):
        done = make.NOW if method == "DELETE" else None
        call_id = f"m-{caller.user.username}"
        row = Call.objects.create(call_id=call_id, status="MISSED", started_at=make.NOW, called_back_at=done).pk
    if path.startswith("extensions/{"):
        row = make.staff("laras").username
    if path.startswith("connections/{"):
        name = {"channel": make.channel("WHATSAPP"), "address": "+620001110000"}
        row = Connection.objects.get_or_create(
            **name, defaults={"name": "WA", "settings": ACCOUNT, "secrets": seal({"access_token": "E"})}
        )[0].pk
    if path.startswith("reservations/{"):
        unit = "PK.2" if Ticket.objects.get(number=ticket).topic.code == "DAU" else "PK.4"
        state, how = STATES.get(path.split("/")[-2], ("REQUESTED", {}))
        row = coming(unit, state, **how).number
    if path.startswith("slot-patterns/{"):
        row = SlotPattern.objects.first().pk
    if path.startswith("slot-exceptions/{"):
        day = make.wib("2099-01-06 09:00").date()
        row = SlotException.objects.create(starts_on=day, ends_on=day, reason="Rapat").pk
    if path.startswith("quarantine/{"):
        held = {"channel": make.channel(), "direction": "IN", "claimed_by": "quarantine", "received_at": make.NOW}
        row = Message.objects.create(external_id=path, **held).pk
    if path.startswith("views/{"):
        row = SavedView.objects.create(owner=caller.user, name=path, created_at=make.NOW).pk
    query = {"figures/": "?month=2024-08", "search/": "?q=salur", "lapor-completeness/": "?document_type=APBD"}.get(
        path, ""
    )
    address = re.sub(r"\{.+?\}", str(row), path.replace("{other}", "DRG-24-00002")) + query
    body = json.dumps(body) if method in ("POST", "PUT", "PATCH") else ""
    return caller.client.generic(method, f"/api/v1/{address}", body, "application/json")


def attached(ticket, file, kind):
    """The entry of a reply or note with a file, by whoever."""
    add_file(ticket=ticket, kind=kind, **file)
    at, actor = file["at"], file["actor"]
    if kind == "NOTE":
        send_note(ticket=ticket, text="SK terlampir.", at=at, actor=actor)
    else:
        send_reply(ticket=ticket, text="SK terlampir.", at=at, actor=actor)
    return ticket.entries.filter(kind="NOTE" if kind == "NOTE" else "MESSAGE").latest("id")


def row_of(user, path, number):
    """The key of a row of the caller's own, where an address names two."""
    if "macros" in path:
        return Macro.objects.create(owner=user, title="Cek", note="Cek.", updated_at=make.NOW).pk
    ticket = Ticket.objects.get(number=number)
    file = {"content": b"SK", "name": "sk.txt", "at": timezone.now(), "actor": user}
    if "drafts" in path:
        return add_file(ticket=ticket, kind="REPLY", **file).pk
    if "note-files" in path:
        return attached(ticket, file, "NOTE").files.get().pk
    if "attachments" in path:
        return attached(ticket, file, "REPLY").message.attachments.get().pk
    if path.endswith("html/"):
        Message.objects.filter(ticket_entry__ticket=ticket, direction="IN").update(html="<p>Halo</p>")
        return ticket.entries.filter(kind="MESSAGE").earliest("id").pk
    message = write_reply(ticket=ticket, text="Ya.", at=timezone.now(), actor=user)[1]
    state = "UNKNOWN" if "decision" in path else "FAILED" if "resending" in path or "routes" in path else "QUEUED"
    Message.objects.filter(pk=message.pk).update(delivery=state)
    return message.ticket_entry.pk
