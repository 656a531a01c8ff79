"""The twenty most common tasks of an agent, each by mouse and by keyboard on a desktop and by touch on a phone.

Each task checks the rows in the database and what the agent sees. `TASKS` is the table; every task is done in every way.
`pytest tests/browser/test_twenty_tasks.py -v` prints task and way.
"""

import pytest

from tests import factories as make
from tests.browser import agent_answers as answer
from tests.browser import agent_tasks as day
from tests.browser.agent_day import DESKTOP, PHONE, TOUCH, WAYS, Desk, is_trouble, signed_in
from tests.browser.fixtures import paced

pytestmark = pytest.mark.browser

# Part of the day: what is done then, and how. All three ways go for each.
TASKS = {
    "looking": {
        "open the most urgent, go on to the next and back": day.most_urgent,
        "search and open": day.search,
        "filter and keep it as a view": day.saved_view,
        "write down a call": day.new_ticket,
    },
    "sorting": {
        "take": day.take,
        "assign to a colleague": day.assign,
        "set the topic": day.topic,
        "set the priority": day.priority,
        "tag": day.tag,
        "merge a repeated question": day.merge,
    },
    "answering": {
        "reply": answer.reply,
        "reply and close": answer.reply_and_close,
        "reply and wait": answer.reply_and_wait,
        "note that mentions a colleague": answer.note_with_mention,
        "macro": answer.macro,
        "attach a file": answer.attach,
    },
    "finishing": {
        "escalate to a unit": day.escalate,
        "close, and take it back": day.close_and_undo,
        "reopen": day.reopen,
        "close several at once": day.close_several,
    },
}


def test_there_are_twenty():
    assert sum(len(part) for part in TASKS.values()) == 20


@pytest.fixture
def desk(live, chromium, way):
    """Laras at work; nothing may stand in the console at the end, and no script may have failed."""
    for name in ("bima", "sekar"):
        make.staff(name)
    context = signed_in(chromium, live.url, make.staff("laras"), **(TOUCH if way == PHONE else DESKTOP))
    page = paced(context.new_page())
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if is_trouble(message) else None)
    yield Desk(page, live.url, way)
    context.close()
    assert said == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("part", TASKS)
def test_an_agent_does_it(desk, part, way, subtests):
    for name, task in TASKS[part].items():
        with subtests.test(task=name, way=way):
            task(desk)
