"""Those of the twenty tasks that look, sort and finish: what an agent does at a `Desk`, then what the database and the page say."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from escalation.models import Escalation
from tests import factories as make
from tests.browser.agent_day import KEYS, OPENED, PHONE, Desk, question
from tickets import verbs
from tickets.models import Notification, SavedView, Ticket

STATUS = "#percakapan .dr-chip:text-is('{}')"


def said(ticket: Ticket) -> list[str]:
    return list(ticket.events.order_by("pk").values_list("code", flat=True))


def now(ticket: Ticket) -> Any:
    """The ticket as the database has it."""
    ticket.refresh_from_db()
    return ticket


# Looking


def most_urgent(desk: Desk) -> None:
    late = [question(name, minutes=days * 1440) for days, name in ((9, "paling-mendesak"), (8, "berikutnya"))]
    question("masih-lama", minutes=5)
    desk.inbox()
    desk.sees(".dr-group[data-tone=danger]")
    assert desk.page.get_attribute(".dr-ticket >> nth=0", "data-ticket") == late[0].number
    desk.open_row(late[0])
    assert desk.page.inner_text("#judul-tiket") == "Tentang paling-mendesak"
    for step, ticket in (("j", late[1]), ("k", late[0])):
        if desk.way == PHONE:
            desk.use("#percakapan [data-show-pane=list]")
        if desk.way == KEYS:
            desk.page.keyboard.press(step)
            desk.page.keyboard.press("Enter")
        else:
            desk.use(f"#tiket-{ticket.pk} a[data-open]")
        desk.sees(f"#percakapan[data-pk='{ticket.pk}']")
        desk.page.wait_for_function(OPENED)
    assert late[0].reads.filter(user__username="laras").exists(), "an opened ticket is read"


def search(desk: Desk) -> None:
    ticket = question("bendungan", text="Kapan dana bendungan Jatigede disalurkan?")
    desk.inbox()
    if desk.way == KEYS:
        desk.page.keyboard.press("/")
    else:
        desk.use("[aria-label='Cari tiket']:visible")
    desk.page.wait_for_url("**/tiket/cari/**")
    desk.write_in("#cari", "jatigede")
    desk.sees(".dr-hit mark:text('Jatigede')")
    desk.settled()
    if desk.way == KEYS:
        desk.walk_to(f"#tiket-{ticket.pk} a[data-open], .dr-hit a[data-open]")
        desk.page.keyboard.press("Enter")
    else:
        desk.use(".dr-hit a[data-open]")
    desk.sees(f"#percakapan[data-pk='{ticket.pk}'] #judul-tiket:text('Tentang bendungan')")
    assert ticket.reads.filter(user__username="laras").exists()


def saved_view(desk: Desk) -> None:
    urgent = question("genting", priority=40)
    other = question("biasa")
    desk.inbox("?urut=terlama")
    if desk.way == KEYS:
        desk.page.keyboard.press("f")
    else:
        desk.use("[popovertarget=saringan]")
    desk.use("#saringan summary:has-text('Prioritas')")
    desk.mark("#saringan [name=prioritas][value='URGENT']")
    desk.use("#saringan button:has-text('Simpan tampilan')")
    desk.write_in("#nama-tampilan", "Yang mendesak")
    desk.use("#dialog-tampilan button:text-is('Simpan')")
    desk.page.wait_for_url("**simpanan=**")
    desk.sees(f"#tiket-{urgent.pk}")
    assert desk.page.query_selector(f"#tiket-{other.pk}") is None
    desk.sees(":is(.dr-views, .dr-strip) [aria-current=page]:visible:has-text('Yang mendesak')")
    view = SavedView.objects.get(name="Yang mendesak")
    assert (view.owner.username, view.shared, view.query["prioritas"]) == ("laras", False, ["URGENT"])


def new_ticket(desk: Desk) -> None:
    known = make.contact("melati")
    desk.inbox()
    if desk.way == KEYS:
        desk.page.keyboard.press("c")
    else:
        desk.use("a[aria-label='Tiket baru']:visible")
    desk.sees("h1:text('Tiket baru')")
    desk.choose("#baru-kanal", "Telepon")
    desk.write_in("#cari-kontak", "melati")
    desk.use("#kandidat-kontak .dr-candidate:has-text('Melati Kusumah')")
    desk.sees("#pemohon .dr-known:has-text('Kota Bandung')")
    desk.write_in("#baru-perihal", "Menelepon soal DBH")
    desk.write_in("#baru-teks", "Menanyakan jadwal DBH triwulan III.")
    desk.use("button:has-text('Buat tiket')")
    desk.sees("#judul-tiket:text('Menelepon soal DBH')")
    ticket: Any = Ticket.objects.get(subject="Menelepon soal DBH")
    assert (ticket.contact, ticket.channel.code, ticket.assignee.username) == (known, "PHONE", "laras")


# Sorting


def take(desk: Desk) -> None:
    ticket = desk.open(question("ambil"))
    desk.do("a", "#kepala-tiket button:has-text('Ambil')", "button:has-text('Ambil')")
    desk.sees("#log :text('Ditugaskan')")
    assert now(ticket).assignee.username == "laras"
    assert "ticket.assigned" in said(ticket)
    desk.properties()
    desk.sees("#ubah-agen :text('Laras Setyani')")


def assign(desk: Desk) -> None:
    ticket = desk.open(question("serahkan"))
    desk.edit("agen", "Agen", "Bima Pradipta")
    assert now(ticket).assignee.username == "bima"
    assert Notification.objects.filter(ticket=ticket, user__username="bima").exists(), "Bima is told"
    desk.conversation()
    desk.sees("#log :text('Bima Pradipta')")


def topic(desk: Desk) -> None:
    ticket = desk.open(question("topik", topic=None))
    desk.edit("topik", "Topik", "Dana Desa")
    assert now(ticket).topic.label == "Dana Desa"
    desk.sees(f"#tiket-{ticket.pk} .dr-chip:has-text('Dana Desa')", "attached")


def priority(desk: Desk) -> None:
    ticket = desk.open(question("prioritas"))
    desk.edit("prioritas", "Prioritas", "Tinggi")
    assert now(ticket).priority == Ticket.Priority.HIGH
    desk.sees(f"#tiket-{ticket.pk} .dr-chip:has-text('Tinggi')", "attached")


def tag(desk: Desk) -> None:
    ticket = desk.open(question("tanda"))
    desk.properties()
    if desk.way == KEYS:
        desk.command("Ubah Tanda")
    else:
        desk.use("#ubah-tanda")
    desk.page.wait_for_function("() => document.activeElement.id === 'nilai-tanda'")
    desk.page.keyboard.type("thr")
    if desk.way == KEYS:
        desk.page.keyboard.press("Enter")
    else:
        desk.use("#sunting-tanda button[aria-label=Tambah]")
    desk.sees("#ubah-tanda :text('thr')")
    assert now(ticket).tags == ["thr"]
    desk.sees("#sunting-tanda [aria-label='Hapus tanda thr']")


def merge(desk: Desk) -> None:
    asker = make.contact("yosef")
    first = question("pertama", minutes=90, contact=asker)
    again = desk.open(question("ulangan", minutes=60, contact=asker))
    desk.from_menu("m", "a:has-text('Gabungkan')")
    desk.use("#calon .dr-candidate:has-text('Tentang pertama')")
    desk.use("#dialog-tiket button:text-is('Gabungkan')")
    desk.sees("#kabar :text('digabungkan')")
    desk.sees(f"#percakapan[data-pk='{first.pk}'] summary:has-text('{again.number}')")
    desk.page.wait_for_url(f"**/tiket/{first.number}/?tampilan=terbuka&urut=terlama")
    assert now(again).merged_into == first
    assert "ticket.merged" in said(again)


# Finishing


def escalate(desk: Desk) -> None:
    ticket = desk.open(question("eskalasi"))
    desk.do("e", "#kepala-tiket button:has-text('Eskalasi')", "button:has-text('Eskalasi')")
    desk.page.wait_for_function("() => document.activeElement.id === 'eskalasi-unit'")
    desk.choose("#eskalasi-unit", str(make.unit("PK.3")))
    desk.write_in("#eskalasi-pertanyaan", "Kapan salur?")
    desk.use("#layer-2 button:text-is('Eskalasi')")
    desk.sees(STATUS.format("Menunggu Layer 2"), "attached")
    row = Escalation.objects.get(ticket=ticket)
    assert (row.unit.code, row.question, row.status) == ("PK.3", "Kapan salur?", "OPEN")
    assert now(ticket).status == "WAITING_LAYER2"


def close_and_undo(desk: Desk) -> None:
    ticket = desk.open(question("selesai"))
    desk.do("s", "#kepala-tiket button:has-text('Selesai')", "button:has-text('Selesai')")
    desk.sees(STATUS.format("Selesai"))
    assert now(ticket).status == "CLOSED"
    desk.undo()
    desk.sees("#log :text('Diurungkan')")
    assert now(ticket).status != "CLOSED"
    assert ticket.closed_at is None


def reopen(desk: Desk) -> None:
    ticket = question("buka-lagi", minutes=60)
    verbs.close(ticket=ticket, at=timezone.now() - timedelta(minutes=5), actor=make.staff("laras"))
    desk.open(ticket, "?tampilan=selesai")
    desk.do("o", "#kepala-tiket button:has-text('Buka kembali')", "button:has-text('Buka kembali')")
    desk.sees(STATUS.format("Terbuka"))
    assert (now(ticket).status, ticket.closed_at) == ("OPEN", None)
    assert "ticket.reopened" in said(ticket)


def close_several(desk: Desk) -> None:
    done = [question(f"massal-{number}") for number in range(2)]
    bare = question("tanpa-topik", topic=None)
    desk.inbox("?urut=terbaru")
    if desk.way == PHONE:
        desk.use("[data-select-mode]")
    for ticket in (*done, bare):
        box = f"#tiket-{ticket.pk} .dr-check"
        if desk.way == KEYS:
            desk.walk_to(f"#tiket-{ticket.pk} a[data-open]", "j" if ticket == done[0] else "k")
            desk.page.keyboard.press("x")
        else:
            desk.use(box)
    assert desk.page.inner_text("#terpilih").startswith("3")
    if desk.way == KEYS:
        desk.command("Selesaikan tiket terpilih")
    else:
        desk.use("[popovertarget=massal-selesai]")
    desk.use("#massal-selesai button:has-text('Selesaikan')")
    desk.sees(f"#hasil-massal [data-skipped='{bare.number}']")
    assert [now(ticket).status for ticket in (*done, bare)] == ["CLOSED", "CLOSED", "NEW"]
    for ticket in done:
        desk.sees(f"#tiket-{ticket.pk}", "detached")
    assert desk.page.inner_text("#terpilih").startswith("1"), "what was skipped stays chosen"
