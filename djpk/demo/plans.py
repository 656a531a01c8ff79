"""How many tickets of what kind each demonstration month has.

August 2024 is bound by the source report; the numbers it does not print are free choices that keep every
printed one true. July 2024 and August 2023 are bound by their channel totals alone and take August's
proportions, scaled by largest remainder.
"""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from kernel.months import Month

K = TypeVar("K", bound=Hashable)
Cell = tuple[str, str]  # channel, topic

AUGUST_2024, JULY_2024, AUGUST_2023 = Month(2024, 8), Month(2024, 7), Month(2023, 8)
NO_ZONE = "NONE"
SCORES = (120, 110, 100, 90, 80)


@dataclass(frozen=True)
class Plan:
    """The counts of one month. Groups without an entry in a cell leave the rest of the cell to PEMDA."""

    month: Month
    cells: Mapping[str, Mapping[str, int]]  # channel: topic: tickets
    top: Mapping[str, Mapping[Cell, int]]  # region code: cell: tickets, each by another user
    groups: Mapping[str, Mapping[Cell, int]]
    users: Mapping[str, int]  # distinct contacts per group
    zones: Mapping[str, Mapping[str, int]]  # group: zone: tickets
    outside: Mapping[Cell, int]  # (zone, channel): tickets outside service hours
    outside_escalated: tuple[tuple[str, str], ...]  # (zone, topic), part of `outside`
    escalated: Mapping[str, int]  # topic: tickets
    escalated_unzoned: Mapping[str, int]  # topic: tickets, part of `escalated`
    units: Mapping[str, str]  # topic: unit code
    scores: Mapping[str, Mapping[int, int]]  # unit: score: answers
    busy_cap: int  # most tickets of a Pemda that is not in `top`

    @property
    def tickets(self) -> int:
        return sum(sum(topics.values()) for topics in self.cells.values())

    def channel_totals(self) -> dict[str, int]:
        return {channel: sum(topics.values()) for channel, topics in self.cells.items()}


UNITS = {
    "DAU": "PK.2", "DBH": "PK.2", "DAK_FISIK": "PK.3", "DAK_NONFISIK": "PK.3", "DANA_DESA": "PK.4", "IF": "PK.4",
    "OTSUS": "PK.4", "PDRD": "PK.5", "SHSR": "PK.6", "PEMBIAYAAN": "PK.6", "HIBAH": "PK.6", "APLIKASI": "PK.7",
    "SIKD": "PK.7", "JF_AKPD": "PK.1", "SURAT_MASUK": "PK.1",
}  # fmt: skip

AUGUST = Plan(
    month=AUGUST_2024,
    cells={
        "WHATSAPP": {
            "DAU": 196, "JF_AKPD": 114, "DBH": 69, "SURAT_MASUK": 62, "APLIKASI": 50, "DAK_NONFISIK": 48, "PDRD": 46,
            "RESERVASI": 40, "DAK_FISIK": 38, "NON_DJPK": 27, "SIKD": 18, "SHSR": 12, "IF": 9, "OTSUS": 6,
            "DANA_DESA": 5, "PEMBIAYAAN": 3, "HIBAH": 2, "DIKLAT": 1,
        },
        "PHONE": {
            "DBH": 21, "RESERVASI": 13, "DAK_FISIK": 6, "DAU": 4, "PDRD": 3, "SURAT_MASUK": 2, "JF_AKPD": 1,
        },
        "HAI": {
            "NON_DJPK": 6, "DAU": 5, "PDRD": 4, "DANA_DESA": 4, "DAK_FISIK": 3, "SURAT_MASUK": 2, "APLIKASI": 2,
        },
        "LIVE_CHAT": {"DAU": 8, "SURAT_MASUK": 6, "PDRD": 4, "DBH": 2, "NON_DJPK": 2, "JF_AKPD": 1},
        "EMAIL": {
            "SURAT_MASUK": 118, "RESERVASI": 17, "NON_DJPK": 8, "DAU": 6, "PDRD": 6, "DBH": 5, "SHSR": 4,
            "OTSUS": 3, "PEMBIAYAAN": 3, "JF_AKPD": 2, "HIBAH": 1,
        },
    },
    top={
        "31": {
            ("EMAIL", "SURAT_MASUK"): 7, ("WHATSAPP", "SURAT_MASUK"): 3, ("WHATSAPP", "RESERVASI"): 3,
            ("PHONE", "RESERVASI"): 2, ("EMAIL", "RESERVASI"): 1, ("WHATSAPP", "DAK_FISIK"): 4,
            ("PHONE", "DAK_FISIK"): 1,
        },
        "13": {
            ("EMAIL", "SURAT_MASUK"): 4, ("WHATSAPP", "SURAT_MASUK"): 2, ("WHATSAPP", "DBH"): 3,
            ("PHONE", "DBH"): 1, ("WHATSAPP", "PDRD"): 2, ("HAI", "PDRD"): 1,
        },
        "61": {
            ("EMAIL", "SURAT_MASUK"): 4, ("WHATSAPP", "SURAT_MASUK"): 1, ("WHATSAPP", "APLIKASI"): 3,
            ("HAI", "APLIKASI"): 1, ("WHATSAPP", "DBH"): 2,
        },
    },
    groups={
        "KL": {
            ("EMAIL", "SURAT_MASUK"): 26, ("WHATSAPP", "SURAT_MASUK"): 4, ("WHATSAPP", "JF_AKPD"): 14,
            ("EMAIL", "RESERVASI"): 5, ("WHATSAPP", "RESERVASI"): 3, ("WHATSAPP", "DAU"): 4,
            ("WHATSAPP", "DAK_FISIK"): 2, ("HAI", "DAK_FISIK"): 1, ("EMAIL", "NON_DJPK"): 3,
            ("WHATSAPP", "NON_DJPK"): 2, ("WHATSAPP", "APLIKASI"): 3,
        },
        "AKADEMISI": {
            ("WHATSAPP", "NON_DJPK"): 8, ("HAI", "NON_DJPK"): 4, ("LIVE_CHAT", "NON_DJPK"): 1,
            ("EMAIL", "NON_DJPK"): 2, ("WHATSAPP", "PDRD"): 8, ("HAI", "PDRD"): 1, ("LIVE_CHAT", "PDRD"): 1,
            ("EMAIL", "PDRD"): 2, ("WHATSAPP", "DAU"): 12, ("LIVE_CHAT", "DAU"): 3, ("EMAIL", "DAU"): 1,
            ("WHATSAPP", "DBH"): 7, ("EMAIL", "DBH"): 1, ("WHATSAPP", "DAK_FISIK"): 6, ("WHATSAPP", "DANA_DESA"): 2,
            ("HAI", "DANA_DESA"): 2, ("WHATSAPP", "SIKD"): 10, ("WHATSAPP", "APLIKASI"): 4,
            ("EMAIL", "SURAT_MASUK"): 11, ("WHATSAPP", "SURAT_MASUK"): 3, ("LIVE_CHAT", "SURAT_MASUK"): 1,
            ("WHATSAPP", "RESERVASI"): 2, ("EMAIL", "RESERVASI"): 2, ("EMAIL", "SHSR"): 2,
            ("EMAIL", "PEMBIAYAAN"): 1, ("WHATSAPP", "PEMBIAYAAN"): 1,
        },
        "LAINNYA": {
            ("WHATSAPP", "NON_DJPK"): 8, ("HAI", "NON_DJPK"): 2, ("LIVE_CHAT", "NON_DJPK"): 1,
            ("EMAIL", "NON_DJPK"): 1, ("EMAIL", "SURAT_MASUK"): 3, ("LIVE_CHAT", "PDRD"): 1,
            ("WHATSAPP", "PDRD"): 1, ("WHATSAPP", "DBH"): 1,
        },
    },
    users={"PEMDA": 776, "AKADEMISI": 93, "KL": 62, "LAINNYA": 16},
    zones={
        "PEMDA": {"WIB": 514, "WITA": 234, "WIT": 87},
        "KL": {"WIB": 55, "WITA": 4, "WIT": 2, NO_ZONE: 6},
        "AKADEMISI": {"WIB": 67, "WITA": 13, "WIT": 4, NO_ZONE: 14},
        "LAINNYA": {"WIB": 4, NO_ZONE: 14},
    },
    outside={
        ("WIB", "WHATSAPP"): 22, ("WIB", "EMAIL"): 9, ("WIB", "HAI"): 1, ("WITA", "WHATSAPP"): 6,
        ("WITA", "EMAIL"): 2, ("WITA", "HAI"): 1, ("WIT", "WHATSAPP"): 3, ("WIT", "EMAIL"): 1,
    },
    outside_escalated=(("WIB", "DBH"), ("WITA", "DAK_NONFISIK"), ("WIT", "SHSR")),
    escalated={
        "DAU": 41, "DBH": 22, "DAK_FISIK": 9, "DAK_NONFISIK": 11, "DANA_DESA": 5, "IF": 5, "OTSUS": 4, "PDRD": 20,
        "SHSR": 5, "PEMBIAYAAN": 2, "HIBAH": 1, "APLIKASI": 10, "SIKD": 5, "JF_AKPD": 6, "SURAT_MASUK": 2,
    },
    escalated_unzoned={"PDRD": 2, "DAU": 1, "DBH": 1, "APLIKASI": 1},
    units=UNITS,
    scores={
        "PK.1": {120: 8}, "PK.2": {120: 45, 110: 14, 100: 3, 80: 1}, "PK.3": {120: 16, 110: 3, 100: 1},
        "PK.4": {120: 11, 110: 2, 100: 1}, "PK.5": {120: 8, 110: 4, 100: 4, 90: 4},
        "PK.6": {120: 4, 110: 2, 100: 2}, "PK.7": {120: 11, 110: 2, 100: 2},
    },
    busy_cap=9,
)  # fmt: skip


def apportion(weights: Mapping[K, int], total: int) -> dict[K, int]:
    """`total` split in the proportion of `weights` by largest remainder; ties go to the earlier key."""
    whole = sum(weights.values())
    parts = {key: divmod(weight * total, whole) for key, weight in weights.items()}
    shares = {key: part[0] for key, part in parts.items()}
    for key in sorted(parts, key=lambda k: -parts[k][1])[: total - sum(shares.values())]:
        shares[key] += 1
    return shares


def scaled(month: Month, totals: Mapping[str, int], units: Mapping[str, str] = UNITS) -> Plan:
    """August's plan stretched to other channel totals."""
    cells = {channel: apportion(AUGUST.cells[channel], total) for channel, total in totals.items()}
    counts = AUGUST.tickets, sum(totals.values())
    groups, tickets = _groups(cells)
    escalated = apportion(AUGUST.escalated, _ratio(sum(AUGUST.escalated.values()), counts))
    return replace(
        AUGUST,
        month=month,
        cells=cells,
        top={region: _top(wanted, cells) for region, wanted in AUGUST.top.items()},
        groups=groups,
        users={g: _ratio(n, (sum(AUGUST.zones[g].values()), tickets[g])) for g, n in AUGUST.users.items()},
        zones={group: apportion(AUGUST.zones[group], tickets[group]) for group in AUGUST.zones},
        outside=apportion(AUGUST.outside, _ratio(sum(AUGUST.outside.values()), counts)),
        escalated=escalated,
        units=units,
        scores=_scores(escalated, units),
        busy_cap=_ratio(AUGUST.busy_cap, counts),
    )


def _ratio(count: int, counts: tuple[int, int]) -> int:
    return round(count * counts[1] / counts[0])


def _top(wanted: Mapping[Cell, int], cells: Mapping[str, Mapping[str, int]]) -> dict[Cell, int]:
    return {
        (channel, topic): n * cells[channel][topic] // AUGUST.cells[channel][topic]
        for (channel, topic), n in wanted.items()
    }


def _groups(cells: Mapping[str, Mapping[str, int]]) -> tuple[dict[str, dict[Cell, int]], Counter[str]]:
    """Each cell split over the user groups as in August; also the tickets per group."""
    groups: dict[str, dict[Cell, int]] = {group: {} for group in AUGUST.groups}
    tickets: Counter[str] = Counter()
    for channel, topics in cells.items():
        for topic, total in topics.items():
            cell = (channel, topic)
            weights = {group: wanted.get(cell, 0) for group, wanted in AUGUST.groups.items()}
            weights["PEMDA"] = AUGUST.cells[channel][topic] - sum(weights.values())
            shares = apportion(weights, total)
            tickets.update(shares)
            for group in groups:
                groups[group][cell] = shares[group]
    return groups, tickets


def _scores(escalated: Mapping[str, int], units: Mapping[str, str]) -> dict[str, dict[int, int]]:
    """August's answers of the units that share a unit now, in the same mix of scores."""
    answers: Counter[str] = Counter()
    mix: dict[str, Counter[int]] = {}
    for topic, count in escalated.items():
        answers[units[topic]] += count
        mix.setdefault(units[topic], Counter())
    for unit, merged in mix.items():
        for origin in {AUGUST.units[topic] for topic in escalated if units[topic] == unit}:
            merged.update(AUGUST.scores[origin])
    return {
        unit: apportion({score: mix[unit][score] for score in SCORES if mix[unit][score]}, answers[unit])
        for unit in mix
    }


JULY = scaled(JULY_2024, {"WHATSAPP": 989, "PHONE": 39, "HAI": 39, "LIVE_CHAT": 4, "EMAIL": 174})
# Until July 2024 the Sekretariat alone was Layer 2 (source report, S34).
AUGUST_LAST_YEAR = scaled(
    AUGUST_2023,
    {"WHATSAPP": 1448, "PHONE": 70, "HAI": 51, "LIVE_CHAT": 7, "EMAIL": 110},
    units=dict.fromkeys(UNITS, "PK.1"),
)
PLANS = (AUGUST_LAST_YEAR, JULY, AUGUST)
