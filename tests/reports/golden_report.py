"""The golden figures of August 2024 in the shape that `reports.report.build` gives a page."""

import copy
import functools
import json
from pathlib import Path

GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "domain" / "golden-august-2024.json"


@functools.cache
def _golden() -> dict:
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


def golden_report() -> dict:
    """A fresh copy, to change at will."""
    report = copy.deepcopy({"sections": _golden()["sections"]})
    chatbot = section(report, "S17")["figures"][0]
    chatbot["comparisons"]["same_month_last_year"]["existed"] = False
    return report | {
        "month": "2024-08",
        "language": "id",
        "status": "DRAFT",
        "filled_at": "2024-09-02T02:10:00+00:00",
        "months": ["2024-08", "2024-07", "2023-08"],
        "quality_notes": [
            {
                "code": "tickets.no_zone",
                "severity": "warning",
                "text": "34 tiket tanpa zona waktu",
                "count": 34,
                "url": "/laporan/2024-08/angka/ticket_breakdown.zone_unidentified/",
            },
            {
                "code": "series.gap",
                "severity": "info",
                "text": "Email: data Jan, Feb belum dimuat",
                "count": 2,
                "url": "",
            },
        ],
    }


def section(report: dict, number: str) -> dict:
    return next(part for part in report["sections"] if part["id"] == number)
