"""Words of the demonstration tickets: cases per topic (`data/texts/*.toml`) with slots, framed by channel.

A case has a subject, questions and answers that fit each other. Cases are taken in turn, then their
variants, so that neighbouring tickets differ; slots (region, period, letter, amount) follow the ticket.
"""

import tomllib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from djpk.demo.people import Person
from kernel.formats import MONTHS, long_date
from kernel.months import JAKARTA

FOLDER = Path(__file__).parent / "data" / "texts"
QUARTERS = ("I", "II", "III", "IV")
WRITTEN = ("EMAIL", "HAI")


@dataclass(frozen=True, slots=True)
class Case:
    """One matter: questions and their answers in pairs; `asks` are questions back, `details` their replies.

    `years` and `groups` limit it, empty means all.
    """

    subject: str
    questions: tuple[str, ...]
    answers: tuple[str, ...]
    asks: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    groups: tuple[str, ...] = ()

    def fits(self, year: int, group: str) -> bool:
        return (not self.years or year in self.years) and (not self.groups or group in self.groups)


@dataclass(frozen=True, slots=True)
class Words:
    """What was said on one ticket. `ask` and `detail` are a question back and its reply; '' when none."""

    subject: str
    question: str
    acknowledgement: str
    ask: str
    detail: str
    answer: str
    thanks: str
    to_unit: str
    unit_answer: str


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when a ticket is asked."""

    index: int
    topic: str
    channel: str
    person: Person
    region_name: str
    agent: str
    at: datetime
    replied_at: datetime
    escalated: bool = False


@cache
def cases(topic: str) -> tuple[Case, ...]:
    """The cases of a topic, from its file."""
    with (FOLDER / f"{topic.lower()}.toml").open("rb") as handle:
        rows: list[dict[str, Any]] = tomllib.load(handle)["case"]
    return tuple(_case(row) for row in rows)


def _case(row: dict[str, Any]) -> Case:
    lists = ("questions", "answers", "asks", "details", "years", "groups")
    return Case(row["subject"], *(tuple(row.get(name, ())) for name in lists))


@cache
def frames() -> dict[str, tuple[str, ...]]:
    """Greetings and closings, from `frames.toml`."""
    with (FOLDER / "frames.toml").open("rb") as handle:
        return {key: tuple(value) for key, value in tomllib.load(handle).items()}


@dataclass
class Writer:
    """Hands out cases in turn, per topic and group."""

    used: Counter[tuple[str, str]] = field(default_factory=Counter)

    def words(self, setting: Setting) -> Words:
        """The texts of the next ticket of that topic."""
        person = setting.person
        fitting = [case for case in cases(setting.topic) if case.fits(setting.at.year, person.group)]
        turn = self.used[setting.topic, person.group]
        self.used[setting.topic, person.group] += 1
        case = fitting[turn % len(fitting)]
        variant = turn // len(fitting)
        slots = _slots(setting)
        question = _fill(case.questions, variant, slots)
        answer = _fill(case.answers, variant, slots)
        return Words(
            subject=case.subject.format_map(slots),
            question=_framed_question(setting, question, slots),
            acknowledgement=_frame("acknowledgements", setting, slots),
            ask=_fill(case.asks, variant, slots) if case.asks else "",
            detail=_fill(case.details, variant, slots) if case.details else "",
            answer=_framed_answer(setting, answer, slots),
            thanks=_frame("thanks", setting, slots),
            to_unit=f"{_frame('to_unit', setting, slots)} {question}",
            unit_answer=f"{_frame('from_unit', setting, slots)} {answer}",
        )


def _fill(variants: tuple[str, ...], turn: int, slots: dict[str, str]) -> str:
    text = variants[turn % len(variants)].strip().format_map(slots)
    return text[:1].upper() + text[1:]


def _frame(kind: str, setting: Setting, slots: dict[str, str]) -> str:
    return _fill(frames()[kind], setting.index + setting.index // 8 + setting.at.day, slots)


def _framed_question(setting: Setting, question: str, slots: dict[str, str]) -> str:
    kind = "email" if setting.channel in WRITTEN else "phone" if setting.channel == "PHONE" else "chat"
    return _frame(f"ask_{kind}", setting, {**slots, "isi": question})


def _framed_answer(setting: Setting, answer: str, slots: dict[str, str]) -> str:
    kind = "email" if setting.channel in WRITTEN else "phone" if setting.channel == "PHONE" else "chat"
    if setting.escalated:
        kind = f"later_{kind}"
    hello = _greeting(setting.replied_at)
    return _frame(f"reply_{kind}", setting, {**slots, "isi": answer, "salam": hello})


def _slots(setting: Setting) -> dict[str, str]:
    """Values of the slots; periods are those that were current at the time."""
    local, i = setting.at.astimezone(JAKARTA), setting.index
    quarter = (local.month - 1) // 3
    before = local.date() - timedelta(days=3 + i % 9)
    return {
        "salam": _greeting(local), "salam_kecil": _greeting(local).lower(), "nama": setting.person.name,
        "agen": setting.agent, "daerah": setting.region_name or "daerah kami",
        "instansi": setting.person.organization or "instansi kami", "jabatan": setting.person.position,
        "tahun": str(local.year), "tahun_lalu": str(local.year - 1),
        "tahun_depan": str(local.year + 1), "bulan": MONTHS["id"][0][local.month - 1],
        "bulan_lalu": MONTHS["id"][0][local.month - 2], "tw": QUARTERS[quarter], "tw_lalu": QUARTERS[quarter - 1],
        "tanggal": long_date(before), "surat": _letter(i, before), "nilai": _amount(i), "persen": str(20 + i * 7 % 65),
        "jumlah": str(2 + i * 5 % 17), "menit": str(3 + i % 9), "kode": f"{1000 + i * 37 % 9000}",
    }  # fmt: skip


def _letter(index: int, day: date) -> str:
    forms = ("900.1/{n}/BPKAD/{y}", "900/{n}/{y}", "973/{n}/Bapenda/{y}", "B-{n}/BKAD/{y}", "S-{n}/BPKAD/{y}")
    return forms[index % len(forms)].format(n=100 + index * 13 % 870, y=day.year)


def _amount(index: int) -> str:
    whole, tenth = 1 + index * 11 % 97, index * 7 % 10
    return f"Rp{whole},{tenth} miliar" if tenth else f"Rp{whole} miliar"


def _greeting(at: datetime) -> str:
    hour = at.astimezone(JAKARTA).hour
    return "Selamat " + ("pagi" if hour < 11 else "siang" if hour < 15 else "sore" if hour < 18 else "malam")
