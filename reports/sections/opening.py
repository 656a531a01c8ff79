"""S01 to S03: cover, tiles, media."""

from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _

from kernel.reference import read_table
from reports.catalogue import SUMMARY
from reports.indicators import Same
from reports.printing import Json
from reports.report.context import Context


@lru_cache(maxsize=1)
def _media() -> tuple[dict[str, str], ...]:
    return tuple(read_table(Path(__file__).resolve().parent.parent, "media"))


def cover(context: Context) -> Json:
    return {"text": [_("LAPORAN LAYANAN INFORMASI DJPK"), context.name.upper()]}


def summary(context: Context) -> Json:
    figures = []
    for item in SUMMARY:
        if isinstance(item.rule, Same):
            of = context.figure(item.rule.of)
            figures.append(context.figure(item.key, ref=item.rule.of, comparisons=of.get("comparisons")))
    footnote = _("*rata-rata publikasi media sosial")
    for figure in figures:
        if figure["label"].endswith("*"):
            figure["footnote"] = footnote
    return {"figures": figures, "footnote": footnote}


def media(context: Context) -> Json:
    """Channels with their addresses as kept in the channel table; other media from the reference file."""
    english = context.language == "en"
    channels = []
    for row in _media():
        channel = context.labels.find("channel", row["code"]) if row["kind"] == "channel" else None
        label = row["label_en"] if english else row["label"]
        address = channel.note if channel else row["address"]
        channels.append({"code": row["code"], "label": label, "address": address or None, "kind": row["kind"]})
    return {"channels": channels}
