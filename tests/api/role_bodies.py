"""What each endpoint of the table of roles is sent."""

from django.utils import timezone

from messaging.models import Connection, MessageTemplate
from messaging.permission import opt_out
from messaging.routes import routes_of
from messaging.verbs import store_message
from tests import factories as make
from tickets import sorting
from tickets.intake import receive_message


def second_message(ticket):
    """The entry of one more message of the requester."""
    how = {"channel": ticket.channel, "contact": ticket.contact, "at": make.NOW + make.HOUR}
    message, _new = store_message(external_id=f"second-{ticket.pk}", body="Dan DBH?", **how)
    return receive_message(ticket=ticket, message=message, at=make.NOW + make.HOUR).entries.latest("id")


def approved(ticket):
    """A template without variables, on a number of the ticket's channel."""
    line, _new = Connection.objects.get_or_create(channel=ticket.channel, address="x", defaults={"name": "x"})
    given = {"body": "Sudah dijawab.", "status": "APPROVED", "sendable": True, "synced_at": make.NOW}
    row, _new = MessageTemplate.objects.get_or_create(connection=line, name="jawab", language="id", defaults=given)
    return row.pk


def opted_out(ticket):
    """What takes the contact's messages up again."""
    opt_out(channel=make.channel("WHATSAPP"), contact=ticket.contact, at=make.NOW, actor=None)
    return {"channel": "WHATSAPP", "reason": "Lewat telepon."}


def mail_route(ticket):
    """How the ticket's contact is reached by mail."""
    line = {"channel": make.channel(), "address": "callcenter@djpk.example"}
    Connection.objects.get_or_create(**line, defaults={"name": "Contact Center"})
    return routes_of(ticket.contact)[0].key


def duty_row():
    """Duty for Laras on one day to come."""
    days = {"valid_from": "2999-01-01", "valid_until": "2999-01-01"}
    return {"agent": make.staff("laras").username, "opens": 480, "closes": 960, **days}


def urgent(ticket, user):
    """What the caller has just done."""
    sorting.set_priority(ticket=ticket, priority=40, at=timezone.now(), actor=user)
    return ticket.events.latest("id")


DRAFT = {
    "channels": ["WHATSAPP"], "idle_minutes": 30,
    "texts": dict.fromkeys(("greeting", "menu", "closing", "timeout", "handed_over"), "Teks"),
    "menus": [{"code": "DAU", "label": "DAU", "text": "DAU disalurkan bulanan."}],
}  # fmt: skip
BODIES = {
    "PUT chatbot/draft/": DRAFT,
    "POST tickets/": {"channel": "EMAIL", "contact": {"name": "Rangga"}, "text": "Apa itu DBH?"},
    "PATCH tickets/{number}/": {"priority": "HIGH"},
    "POST tickets/bulk/": {"action": "take", "tickets": ["DRG-24-00001"]},
    "POST views/": {"name": "DBH", "query": {"topik": ["DBH"]}},
    "PATCH views/{id}/": {"name": "DBH saja"},
    "POST tickets/{number}/replies/": {"text": "Sudah salur."},
    "POST tickets/{number}/entries/{id}/decision/": {"sent": False},
    "POST tickets/{number}/entries/{id}/routes/": lambda ticket, user: {"route": mail_route(ticket)},
    "POST tickets/{number}/templates/": lambda ticket, user: {"template": approved(ticket)},
    "POST connections/": {"channel": "HAI", "address": "hai", "settings": {"callback_url": "https://hai.example/"}},
    "PATCH connections/{id}/": {"name": "WhatsApp DJPK"},
    "POST contacts/{id}/opt-out/": {"channel": "WHATSAPP"},
    "POST contacts/{id}/opt-in/": lambda ticket, user: opted_out(ticket),
    "POST tickets/{number}/notes/": {"text": "Cek SK."},
    "PUT tickets/{number}/drafts/{kind}/": {"text": "Sudah"},
    "POST tickets/{number}/drafts/{kind}/files/": {"name": "sk.txt", "content": "U0s="},
    "POST macros/": {"title": "Salam", "text": "{{ salam }}"},
    "PATCH macros/{id}/": {"title": "Salam pagi"},
    "POST tickets/{number}/closure/": {"topic": "DAU"},
    "POST tickets/{number}/merge/": {"into": "DRG-24-00002"},
    "POST tickets/{number}/splits/": lambda ticket, user: {"entry": second_message(ticket).pk},
    "POST tickets/{number}/children/": {"text": "Bagian DBH."},
    "POST tickets/{number}/parent/": {"parent": "DRG-24-00002"},
    "POST tickets/{number}/links/": {"ticket": "DRG-24-00002"},
    "POST tickets/{number}/undo/": lambda ticket, user: {"event": urgent(ticket, user).pk},
    "POST calls/": {
        "caller": {"phone": "+6200077770001"},
        "topic": "DAU",
        "question": "Kapan?",
        "answer": "20.",
        "outcome": "ANSWERED",
    },
    "PATCH lapor-mails/{id}/": {"document_type": "DBH", "period": "2024-TW2", "region": "73.06"},
    "PUT extensions/": lambda ticket, user: {
        "extensions": [{"agent": make.staff("laras").username, "extension": "2101"}]
    },
    "POST lapor-rules/": {"words": "syarat salur, dbh", "document_type": "DBH", "unit": "PK.2"},
    "POST duty-shifts/": lambda ticket, user: duty_row(),
    "PUT duty-shifts/{id}/": lambda ticket, user: duty_row(),
    "PUT lapor-contacts/{code}/": {"name": "Ratih", "email": "ratih@djpk.example"},
    "PUT extensions/{username}/": {"extension": "2101"},
    "POST contacts/{id}/reveal/": {"reason": "Menelepon balik."},
    "POST tickets/{number}/escalations/": {"unit": "PK.6", "question": "Mohon jadwal salur."},
    "POST escalations/{id}/assignment/": {"assignee": "damar"},
    "POST escalations/{id}/answer/": {"answer": "Salur tanggal 5."},
    "POST escalations/{id}/return/": {"reason": "Nama daerah?"},
    "POST escalations/{id}/transfer/": {"unit": "PK.6", "reason": "Bukan DTU."},
    "POST escalations/{id}/recall/": {"reason": "Sudah jelas."},
    "POST score-rules/trial/": {"month": "2024-08", "steps": [{"within_days": 1, "points": 120}], "later_points": 60},
    "POST absences/": {"user": "damar", "starts_on": "2999-01-01", "ends_on": "2999-01-03"},
    "POST escalations/{id}/exclusion/": {"excluded": True, "reason": "Salah catat."},
    "POST reservations/": {
        "mode": "VIDEO",
        "organization": "KPP Pratama",
        "user_group": "KL",
        "topics": ["DAU"],
        "starts_at": "2099-01-06T09:00:00+07:00",
    },
    "POST walk-ins/": {
        "organization": "KPP Pratama",
        "user_group": "KL",
        "topics": ["DAU"],
        "reason": "Datang.",
        "guests": [{"name": "Sari"}],
    },
    "POST reservations/{number}/check/": {"waivers": [{"rule": "letter", "reason": "Menyusul."}]},
    "POST reservations/{number}/confirmation/": {"room": "R1"},
    "POST reservations/{number}/link/": {"meeting_url": "https://teams.example/a"},
    "POST reservations/{number}/move/": {"starts_at": "2099-01-07T09:00:00+07:00"},
    "POST reservations/{number}/cancellation/": {"reason": "Sakit."},
    "POST reservations/{number}/check-in/": {"guest_count": 2},
    "POST reservations/{number}/minutes/": {"text": "Dibahas DAU."},
    "POST reservations/{number}/follow-ups/": {"text": "Kirim SK."},
    "POST slot-patterns/": {
        "mode": "VIDEO",
        "weekdays": [0],
        "opens": 540,
        "closes": 600,
        "slot_minutes": 60,
        "valid_from": "2027-01-04",
    },
    "POST slot-exceptions/": {"starts_on": "2027-01-04", "ends_on": "2027-01-04", "reason": "Rapat."},
}
