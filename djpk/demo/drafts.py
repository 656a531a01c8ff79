"""A month's tickets complete: row, clock, person and words together, in order of their numbers. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from djpk.demo.people import AGENTS, Directory, Person
from djpk.demo.plans import NO_ZONE, Plan
from djpk.demo.skeleton import Place, Row, rows
from djpk.demo.texts import Setting, Words, Writer
from djpk.demo.timing import Life, lives
from people.models import Region
from worktime.clock import Calendar

HOURS = {"IN": "INSIDE", "OUT": "OUTSIDE", "UNKNOWN": "UNKNOWN"}


@dataclass(frozen=True, slots=True)
class Draft:
    """One ticket to write. `agent` is a username."""

    number: str
    row: Row
    life: Life
    person: Person
    words: Words
    agent: str

    @property
    def zone(self) -> str:
        return "" if self.row.zone == NO_ZONE else self.row.zone

    @property
    def hours(self) -> str:
        return HOURS[self.row.hours]


@dataclass
class World:
    """What drafts of several months share: regions, requesters, the turn of the texts."""

    region_names: dict[str, str]
    places: list[Place]
    office: Calendar
    directory: Directory
    writer: Writer

    @classmethod
    def of(cls, regions: list[Region], office: Calendar) -> "World":
        """`regions` in the order of the reference table: provinces first, then by code."""
        names = {region.code: region.display_name for region in regions}
        places = [Place(region.code, region.zone) for region in regions if region.is_autonomous]
        return cls(names, places, office, Directory(names), Writer())

    def month(self, plan: Plan) -> list[Draft]:
        """The month's tickets by number, which is the order of their arrival."""
        tickets = rows(plan, self.places)
        people = self.directory.of_month(tickets)
        pairs = sorted(
            zip(tickets, lives(plan, tickets, self.office), strict=True),
            key=lambda pair: (pair[1].created_at, pair[0].index),
        )
        return list(self._drafts(plan, pairs, people))

    def _drafts(self, plan: Plan, pairs: list[tuple[Row, Life]], people: dict[str, Person]) -> Iterator[Draft]:
        month = f"{plan.month.year}{plan.month.month:02d}"
        for serial, (row, life) in enumerate(pairs, start=1):
            person, agent = people[row.user], AGENTS[row.index % len(AGENTS)]
            setting = Setting(
                row.index, row.topic, row.channel, person, self.region_names.get(person.region, ""), agent.title(),
                life.created_at, life.replied_at, bool(row.unit),
            )  # fmt: skip
            words = self.writer.words(setting)
            yield Draft(f"CC-{month}-{serial:04d}", row, life, person, words, agent)
