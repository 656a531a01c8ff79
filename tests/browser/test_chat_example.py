"""The example page with the widget: from consent through the chatbot to an agent of the workspace and the rating."""

import pytest
from playwright.sync_api import expect

from chatbot.models import ChatbotSession
from chatbot.versions import change_settings
from messaging.models import Channel, Connection
from tests import factories as make
from tests.browser.agent_day import DESKTOP, TOUCH, signed_in
from tests.browser.fixtures import PATIENCE, paced
from tests.browser.test_chat_widget import begun, opened
from tests.browser.test_report_page import findings, overflow
from tests.chatbot.talk import publish_seeded
from tickets.models import SatisfactionRating, Ticket

pytestmark = pytest.mark.browser
THEIRS = ".msg:not(.mine) .bubble"


@pytest.fixture
def chats(live, settings, tmp_path):
    """Chats at any hour, begun by the chatbot; replies leave at once."""
    settings.MEDIA_ROOT, settings.COMPOSER_UNDO_SECONDS = tmp_path, 0
    Channel.objects.filter(code="LIVE_CHAT").update(open_outside_hours=True)
    Connection.objects.create(channel=make.channel("LIVE_CHAT"), name="Live Chat DJPK", address="obrolan")
    change_settings(changes={"channels": ["LIVE_CHAT"]}, at=make.NOW, actor=None)
    publish_seeded()


@pytest.fixture(params=[DESKTOP, TOUCH], ids=["desktop", "phone"])
def visitor(request, chats, live, chromium):
    """Somebody on the example page."""
    context = chromium.new_context(locale="id-ID", timezone_id="Asia/Jakarta", **request.param)
    page = paced(context.new_page())
    page.goto(f"{live.url}/obrolan/contoh/")
    yield page
    context.close()


@pytest.fixture
def agent(live, chromium):
    """Laras, in a browser of her own."""
    context = signed_in(chromium, live.url, make.staff("laras"), **DESKTOP)
    yield paced(context.new_page())
    context.close()


class Chat:
    """The visitor's side: what is said is taken by a worker, and its answer waited for."""

    def __init__(self, frame, run_tasks) -> None:
        self.frame, self.work = frame, run_tasks

    def heard(self, mine: str, theirs: str) -> None:
        self.frame.locator(".msg.mine:not(.pending)", has_text=mine).last.wait_for()
        self.work()
        self.frame.locator(THEIRS, has_text=theirs).last.wait_for()

    def say(self, text: str, theirs: str) -> None:
        self.frame.locator("#tulis").fill(text)
        self.frame.locator(".composer [type=submit]").click()
        self.heard(text, theirs)

    def choose(self, title: str, theirs: str) -> None:
        self.frame.locator(".choice", has_text=title).click()
        self.heard(title, theirs)


def to_the_queue(visitor, run_tasks):
    """Consent, the chatbot's questions, its menu, and Chat Agent."""
    frame = begun(visitor)
    chat = Chat(frame, run_tasks)
    chat.say("Halo", "Dari daerah mana Anda?")
    chat.say("Kab. Gowa", "Daerah Anda Kabupaten Gowa")
    chat.choose("Ya, benar", "Apa instansi/SKPD Anda?")
    chat.say("BPKAD", "Apa pertanyaan Anda?")
    chat.say("Kapan disalurkan?", "Chat Agent")
    chat.choose("Chat Agent", "Nomor tiket")
    return frame


def test_a_chat_from_consent_through_the_chatbot_to_an_agent_and_the_rating(visitor, agent, live, run_tasks):
    frame = to_the_queue(visitor, run_tasks)
    ticket = Ticket.objects.get()
    assert (ticket.channel.code, ChatbotSession.objects.get().outcome) == ("LIVE_CHAT", "HANDED_OVER")
    expect(frame.locator("#keterangan")).to_contain_text(ticket.number)

    agent.goto(f"{live.url}/tiket/")
    agent.click(f"#daftar a[href*='{ticket.number}']")
    agent.locator("#teks").press_sequentially("Paling lambat tanggal 20.")
    agent.locator("#teks").press("Control+Enter")
    agent.wait_for_selector(".dr-msg[data-from=agent]:has-text('tanggal 20')")
    run_tasks()
    frame.locator(THEIRS, has_text="tanggal 20").wait_for()

    visitor.bring_to_front()
    frame.locator("#menu").click()
    frame.locator("dialog button", has_text="Akhiri obrolan").click()
    for factor in ("service", "substance"):
        frame.locator(f"[name={factor}][value='5']").check(force=True)
    frame.locator("button", has_text="Kirim nilai").click()
    frame.locator("text=Terima kasih atas penilaian Anda.").wait_for()
    assert not SatisfactionRating.objects.exists()  # it waits for the ticket
    agent.locator("#log", has_text="brolan berakhir").wait_for()


def test_a_chat_on_our_own_site_outlives_the_page(visitor):
    """There page and window write to one storage: neither may take the other's words for its own."""
    begun(visitor)
    visitor.reload()
    frame = opened(visitor)
    frame.locator("#tulis").wait_for()
    expect(frame.locator("[data-line=socket]")).to_be_attached(timeout=PATIENCE)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_is_clean_under_axe_with_its_window_open(visitor, theme, run_tasks):
    visitor.emulate_media(color_scheme=theme)
    to_the_queue(visitor, run_tasks)
    inside = next(one for one in visitor.frames if "/obrolan/?" in one.url)
    assert (findings(visitor), findings(inside)) == ([], [])
    assert max(overflow(visitor), overflow(inside)) <= 0
