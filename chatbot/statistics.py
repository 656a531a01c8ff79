"""How menus are used in a month. The sums of top menus are those of the report (S17)."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from chatbot.models import ChatbotMenu, ChatbotSession, ChatbotStep
from kernel.months import Month

MOST_WORDS = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A menu with all below it. `answered`: ended there without an agent; `opened` counts its own openings only."""

    menu: ChatbotMenu
    depth: int
    opened: int
    answered: int
    handed_over: int


@dataclass(frozen=True, slots=True)
class Statistics:
    lines: list[Line]
    sessions: int
    answered: int
    dropped: int
    handed_over: int
    missed: list[tuple[str, int]]

    @property
    def without_agent(self) -> int:
        return self.answered + self.dropped


def statistics(month: Month) -> Statistics:
    """Four queries."""
    start, end = month.bounds()
    began = ChatbotSession.objects.filter(started_at__gte=start, started_at__lt=end, simulated=False).order_by()
    ends = {(menu, outcome): n for menu, outcome, n in began.values_list("menu", "outcome").annotate(Count("pk"))}
    steps = ChatbotStep.objects.filter(at__gte=start, at__lt=end, session__simulated=False).order_by()
    opened = dict(steps.filter(kind="OPENED").values_list("menu").annotate(Count("pk")))
    missed = steps.filter(kind="MISSED").values_list("words").annotate(n=Count("pk")).order_by("-n", "words")
    outcomes: Counter[str] = Counter()
    for (_menu, outcome), number in ends.items():
        outcomes[outcome] += number
    return Statistics(
        _lines(ends, opened), sum(outcomes.values()), outcomes["ANSWERED"], outcomes["DROPPED"],
        outcomes["HANDED_OVER"], list(missed[:MOST_WORDS]),
    )  # fmt: skip


def _lines(ends: dict[tuple[int | None, str], int], opened: dict[int, int]) -> list[Line]:
    menus = list(ChatbotMenu.objects.order_by("position", "code"))
    below: dict[int | None, list[ChatbotMenu]] = {}
    for menu in menus:
        below.setdefault(menu.parent_id, []).append(menu)

    def within(menu: ChatbotMenu, outcome: str) -> int:
        return ends.get((menu.pk, outcome), 0) + sum(within(one, outcome) for one in below.get(menu.pk, ()))

    def walk(parent: int | None, depth: int) -> list[Line]:
        found = []
        for menu in below.get(parent, ()):
            times = opened.get(menu.pk, 0)
            line = Line(menu, depth, times, within(menu, "ANSWERED"), within(menu, "HANDED_OVER"))
            under = walk(menu.pk, depth + 1)
            if menu.active or times or line.answered or line.handed_over:
                found += [line, *under]
        return found

    return walk(None, 0)
