"""The words of the demonstration: complete, filled in, varied, and without names of real staff."""

from collections import Counter
from datetime import UTC, datetime
from itertools import product

import pytest

from djpk.demo import plans
from djpk.demo.people import Directory
from djpk.demo.texts import FOLDER, Setting, Writer, cases
from tickets.models import Ticket

TOPICS = sorted(set().union(*plans.AUGUST.cells.values()))
GROUPS = ("PEMDA", "KL", "AKADEMISI", "LAINNYA")
PERSON = Directory({"31": "Prov. DKI Jakarta"}).person("PEMDA", "31", 1)


def setting(topic: str, channel: str, index: int, year: int = 2024) -> Setting:
    at = datetime(year, 8, 1 + index % 28, 2, tzinfo=UTC)
    return Setting(index, topic, channel, PERSON, "Prov. DKI Jakarta", "Laras", at, at)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_case_fills_its_slots_for_every_channel(topic):
    writer = Writer()
    for index, (channel, _) in enumerate(product(plans.AUGUST.cells, range(12))):
        words = writer.words(setting(topic, channel, index))
        said = (words.subject, words.question, words.acknowledgement, words.answer, words.to_unit, words.unit_answer)
        assert all(len(text) > 8 and "{" not in text and "  " not in text for text in said)
        assert bool(words.ask) == bool(words.detail)


@pytest.mark.parametrize("plan", plans.PLANS, ids=lambda plan: str(plan.month))
def test_every_group_has_something_to_ask_about_every_topic_it_asks_about(plan):
    for topic in TOPICS:
        for group in GROUPS:
            asks = group == "PEMDA" or any(n and cell[1] == topic for cell, n in plan.groups[group].items())
            if asks:
                assert any(case.fits(plan.month.year, group) for case in cases(topic))


@pytest.mark.parametrize("topic", TOPICS)
def test_every_question_has_its_answer(topic):
    assert all(len(case.questions) == len(case.answers) for case in cases(topic))
    assert all(bool(case.asks) == bool(case.details) for case in cases(topic))


def test_later_years_have_cases_too():
    assert all(any(case.fits(2031, "PEMDA") for case in cases(topic)) for topic in TOPICS)


def test_there_is_a_file_for_each_topic_and_none_left_over():
    assert sorted(path.stem.upper() for path in FOLDER.glob("*.toml") if path.stem != "frames") == TOPICS


def test_questions_seldom_repeat(demo):
    questions: Counter[str] = Counter()
    for ticket in Ticket.objects.filter(number__startswith="CC-202408").prefetch_related("entries__message"):
        questions[next(e.message.body for e in ticket.entries.all() if e.message)] += 1
    assert len(questions) > 950
