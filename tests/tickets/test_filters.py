"""Filters of the inbox: every one against what plain Python finds, bad values explained, all of it in the address."""

import random
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.test import Client

from escalation.verbs import escalate
from tests import factories as make
from tickets import conversation, sorting, verbs
from tickets.clocks import Clocks
from tickets.inbox import reading
from tickets.inbox.facets import Reader
from tickets.inbox.filters import FilterForm, params_of
from tickets.merging import merge_tickets
from tickets.models import Ticket, TicketRead

pytestmark = pytest.mark.django_db
NOW = make.wib("2024-08-15 11:00")
JAKARTA = ZoneInfo("Asia/Jakarta")


def narrowed(query: str, user=None) -> set[int]:
    reader = Reader(user or make.staff("laras"), Clocks.load(), NOW)
    form = FilterForm(params_of(QueryDict(query)))
    return set(form.apply(Ticket.objects.all(), reader).values_list("pk", flat=True))


@pytest.fixture
def table():
    """Sixty tickets of every kind, always the same."""
    dice = random.Random(20240815)
    people = [make.staff("laras"), make.staff("bima"), None]
    askers = [make.contact(key) for key in ("arung", "melati", "yosef", "rangga")]
    for _number in range(60):
        at = make.wib("2024-08-12 00:00") + timedelta(minutes=dice.randrange(0, 3 * 24 * 60))
        row = make.ticket(
            channel=make.channel(dice.choice(["EMAIL", "WHATSAPP", "HAI"])),
            contact=dice.choice(askers),
            topic=dice.choice([None, make.topic("DAU"), make.topic("DBH")]),
            tags=dice.sample(["salur", "mendesak", "skpd"], dice.randrange(0, 3)),
            priority=dice.choice(Ticket.Priority.values),
            at=at,
        )
        whose = dice.choice(people)
        if whose:
            sorting.assign(ticket=row, to=whose, at=NOW, actor=None)
        if dice.random() < 0.3:
            escalate(row, unit=make.unit(dice.choice(["PK.2", "PK.4"])), at=NOW, actor=make.staff("laras"))
        elif dice.random() < 0.3 and row.channel.code != "WHATSAPP":  # its window of 24 hours has closed
            conversation.post_reply(ticket=row, text="Ya.", at=NOW, actor=make.staff("bima"))
        elif dice.random() < 0.2 and row.topic_id:
            verbs.close(ticket=row, at=NOW, actor=make.staff("bima"))
        if dice.random() < 0.5:
            reading.mark_read(ticket=row, at=NOW, actor=make.staff("laras"))
    return list(Ticket.objects.select_related("channel", "topic", "assignee", "region__province"))


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JAKARTA)


def units(row: Ticket) -> set[str]:
    return set(row.escalations.values_list("unit__code", flat=True))


def read(row: Ticket) -> bool:
    return TicketRead.objects.filter(ticket=row, user__username="laras", read_at__gte=row.last_requester_at).exists()


CASES = {
    "kanal=EMAIL&kanal=HAI": lambda row: row.channel.code in ("EMAIL", "HAI"),
    "topik=DAU&topik=tanpa": lambda row: row.topic is None or row.topic.code == "DAU",
    "status=NEW&status=ANSWERED": lambda row: row.status in ("NEW", "ANSWERED"),
    "prioritas=HIGH&prioritas=URGENT": lambda row: row.priority >= 30,
    "agen=saya": lambda row: row.assignee and row.assignee.username == "laras",
    "agen=tanpa&agen=bima": lambda row: row.assignee is None or row.assignee.username == "bima",
    "tanda=Salur,skpd": lambda row: {"salur", "skpd"} & set(row.tags),
    "wilayah=73.06&wilayah=Kota Bandung": lambda row: row.region and row.region.code in ("73.06", "32.73"),
    "wilayah=73": lambda row: row.region and row.region.code.startswith("73"),
    "zona=WIT&zona=WITA": lambda row: row.zone in ("WIT", "WITA"),
    "kelompok=AKADEMISI": lambda row: row.user_group == "AKADEMISI",
    "unit=PK.2": lambda row: "PK.2" in units(row),
    "unit=ada": units,
    "unit=tanpa&unit=PK.4": lambda row: not units(row) or "PK.4" in units(row),
    "sejak=2024-08-13": lambda row: row.created_at >= day("2024-08-13"),
    "hingga=2024-08-13": lambda row: row.created_at < day("2024-08-14"),
    "sejak=2024-08-13&hingga=2024-08-13": lambda row: row.created_at.astimezone(JAKARTA).date() == day("2024-08-13").date(),
    "belum_dibaca=ya": lambda row: row.status != "CLOSED" and not read(row),
    "lewat=ya": lambda row: row.due_at is not None and row.due_at <= NOW,
    "kanal=WHATSAPP&topik=DBH": lambda row: row.channel.code == "WHATSAPP" and row.topic and row.topic.code == "DBH",
}  # fmt: skip


def test_every_filter_finds_what_plain_python_finds(table):
    for query, fits in CASES.items():
        expected = {row.pk for row in table if fits(row)}
        assert narrowed(query) == expected, query
        assert 0 < len(expected) < len(table), f"{query} says nothing about this table"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("kanal=FAKS", "Kanal: “FAKS” tidak dikenal."),
        ("wilayah=Atlantis", "<span>Daerah “Atlantis” tidak dikenal."),
        ("wilayah=Bandung", "tidak jelas"),
        ("sejak=kemarin", "“kemarin” bukan tanggal"),
        ("hingga=2024-02-30", "“2024-02-30” bukan tanggal"),
        ("agen=siapa", "Agen: “siapa” tidak dikenal."),
        ("status=X%00Y", "Status: “XY” tidak dikenal."),
        ("topik=DAU&topik=XYZ", "Topik: “XYZ” tidak dikenal."),
        (f"tanda={'x' * 41}", f"Tanda: “{'x' * 41}” tidak dikenal."),
    ],
)
def test_what_makes_no_sense_is_kept_explained_and_narrows_nothing(query, said, table):
    page = signed_in("laras").get(f"/tiket/?tampilan=semua&{query}").content.decode()
    assert said in page
    assert len(re.findall(r'<li class="dr-chip"', page)) == query.count("=")
    if "DAU" in query:
        assert narrowed(query) == narrowed("topik=DAU"), "the value that makes sense still counts"
    else:
        assert narrowed(query) == {row.pk for row in table}


@pytest.mark.parametrize(
    ("query", "said"),
    [("tampilan=xyz", "Tampilan: “xyz” tidak dikenal."), ("urut=x%00yz", "Urutan: “xyz” tidak dikenal.")],
)
def test_a_view_or_an_order_that_there_is_not_is_named_and_the_usual_one_shown(query, said):
    row = make.ticket()
    page = signed_in("laras").get(f"/tiket/?{query}").content.decode()
    assert said in page
    assert row.number in page
    usual = signed_in("laras").get("/tiket/?tampilan=terbuka&urut=tenggat").content.decode()
    assert "tidak dikenal" not in usual
    assert "tidak dikenal" not in signed_in("laras").get("/tiket/?tampilan=&urut=").content.decode()


def test_a_topic_out_of_use_still_finds_its_tickets_and_says_so():
    row = make.ticket(topic=make.topic("DBH"))
    type(row.topic).objects.filter(code="DBH").update(active=False)
    page = signed_in("laras").get("/tiket/?topik=DBH").content.decode()
    assert "DBH sudah tidak dipakai lagi" in page
    assert row.number in page


def test_a_chip_takes_its_value_out_and_leaves_the_rest():
    make.ticket(topic=make.topic("DAU"))
    page = signed_in("laras").get("/tiket/?topik=DAU&topik=DBH&kanal=EMAIL&urut=terlama").content.decode()
    without = re.search(r'href="([^"]+)" aria-label="Hapus saringan Topik: DBH"', page)[1].replace("&amp;", "&")
    assert without == "/tiket/?tampilan=terbuka&kanal=EMAIL&topik=DAU&urut=terlama"
    assert re.search(r'name="topik" value="DAU" checked', page), "the panel shows what was chosen"


def test_spam_and_merged_tickets_are_found_by_their_scope():
    spam, away, into = make.ticket(), make.ticket(), make.ticket()
    verbs.mark_spam(ticket=spam, at=make.NOW, actor=make.staff("laras"))
    merge_tickets(ticket=away, into=into, at=make.NOW, actor=make.staff("laras"))
    client = signed_in("laras")

    def found(scope: str) -> set[str]:
        return set(re.findall(r'data-ticket="([^"]+)"', client.get(f"/tiket/?tampilan={scope}").content.decode()))

    assert found("spam") == {spam.number}
    assert found("gabungan") == {away.number}
    assert found("terbuka") == {into.number}
    assert found("selesai") == set()
    assert found("semua") == {spam.number, away.number, into.number}


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(make.staff(name))
    return client
