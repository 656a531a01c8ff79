"""Keys that are pressed faster than the network brings the ticket they are meant for."""

import pytest

from tests.browser.test_crossing_answers import Held
from tests.browser.test_inbox_page import agent, open_ticket  # noqa: F401
from tickets.models import Ticket

pytestmark = pytest.mark.browser


def on_its_way(page, subject: str) -> tuple[Ticket, Held]:
    """A ticket that was opened by the keyboard and has not come yet."""
    ticket = Ticket.objects.get(subject=subject)
    answers = Held(page, f"**/tiket/{ticket.number}/?*")
    page.focus(f"#tiket-{ticket.pk} a[data-open]")
    page.keyboard.press("Enter")
    answers.wait()
    return ticket, answers


def arrives(page, ticket: Ticket, answers: Held) -> None:
    answers.let_go()
    page.wait_for_selector(f"#percakapan[data-ticket='{ticket.number}']")


def test_a_reply_begun_before_the_ticket_is_there_is_written_on_it(agent):  # noqa: F811
    ticket, answers = on_its_way(agent, "Pertanyaan melati")
    agent.keyboard.press("r")
    agent.keyboard.type("Halox")
    agent.keyboard.press("Backspace")
    agent.keyboard.press("Enter")
    agent.keyboard.type("sah")
    arrives(agent, ticket, answers)
    agent.wait_for_function("() => document.getElementById('teks').value === 'Halo\\nsah'")
    assert agent.evaluate("() => document.activeElement.id") == "teks"
    assert agent.url.startswith(agent.url.partition("/tiket/")[0] + f"/tiket/{ticket.number}/?")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee) == ("NEW", None)


def test_a_shortcut_works_on_the_ticket_that_comes_and_not_on_the_one_still_shown(agent):  # noqa: F811
    open_ticket(agent, "Bandung")
    ticket, answers = on_its_way(agent, "Pertanyaan rangga")
    agent.keyboard.press("a")
    arrives(agent, ticket, answers)
    agent.wait_for_selector("#fakta :text('Laras')")
    assert agent.get_attribute("#percakapan", "data-ticket") == ticket.number
    assert Ticket.objects.get(subject="Pertanyaan rangga").assignee.username == "laras"
    assert Ticket.objects.get(subject="Pertanyaan melati").assignee is None


def test_keys_of_the_list_and_of_the_page_do_not_wait(agent):  # noqa: F811
    first, answers = on_its_way(agent, "Pertanyaan melati")
    row = f"#tiket-{first.pk} a[data-open]"
    agent.keyboard.press("j")
    agent.keyboard.press("k")
    agent.wait_for_function("row => document.activeElement === document.querySelector(row)", arg=row)
    agent.keyboard.press("?")
    agent.wait_for_selector("#pintasan[open]")
    agent.keyboard.press("Escape")
    answers.let_go()
