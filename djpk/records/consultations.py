"""Visits and video conferences: what was held, in the register's order."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from consultations.models import (
    ConsultationRule,
    HeldStatus,
    VideoConference,
    VideoConferenceTopic,
    Visit,
    VisitTopic,
)
from djpk.records.base import RecordLoader, Values, field_value, record_kind
from djpk.records.lookups import REGION, TOPIC
from kernel.importing.columns import Column
from kernel.importing.engine import Context
from kernel.importing.fields import Choice, Day, Integer, Several, Text
from people.models import UserGroup

_SHARED = (
    Column(
        "number",
        Text(40, free=False),
        _("nomor register; kosong: dibuat dari tanggal dan tamu"),
        example="KTM-24-00001",
    ),
    Column("held_on", Day(), _("tanggal terlaksana"), True, "2024-08-05"),
    Column("visitor", Text(160), _("daerah atau instansi tamu, seperti di register"), True, "Kab. Gowa"),
    Column(
        "user_group",
        Choice(UserGroup, blank=None),
        _("kelompok; kosong: PEMDA bila daerahnya diisi, selain itu LAINNYA"),
        example="PEMDA",
    ),
    Column("region", REGION, _("daerah tamu, bila ada"), example="73.06"),
    Column("topics", Several(TOPIC), _("topik"), example="DAU; DBH"),
)
_STATUS = Column(
    "status", Choice(HeldStatus, blank="HELD"), _("hanya HELD dihitung; kosong berarti HELD"), example="HELD"
)
_NOTE = Column("note", Text(255), _("catatan"))
_POSITION = Column("position", Integer(), _("urutan di register; kosong: menurut urutan berkas"), example="1")


class _Held(RecordLoader):
    """What visits and video conferences share."""

    topic_model: Any
    owner: str
    derived_from = ("held_on", "visitor")
    dated_by = "held_on"
    automatic = frozenset({"position", "user_group"})
    related = ("region",)
    prefetched = ("topic_rows__topic",)
    ordering = ("held_on", "position", "id")

    @classmethod
    def shown(cls, row: Any) -> Values:
        values = {c.name: field_value(row, c) for c in cls.columns if c.name != "topics"}
        topics = sorted(row.topic_rows.all(), key=lambda one: (one.position, one.pk))
        return {**values, "topics": tuple(one.topic for one in topics)}

    def complete(self, values: Values) -> None:
        values["position"] = values["position"] or 0
        values["user_group"] = values["user_group"] or (UserGroup.PEMDA if values["region"] else UserGroup.LAINNYA)

    def apply(self, row: Any, values: Values) -> None:
        for column in self.columns:
            if column.name != "topics":
                setattr(row, column.name, values[column.name])

    def link(self, rows: Sequence[tuple[Any, Values]]) -> None:
        self.topic_model.objects.filter(**{f"{self.owner}__in": [row for row, _values in rows]}).delete()
        self.topic_model.objects.bulk_create(
            self.topic_model(**{self.owner: row, "topic": topic, "position": position})
            for row, values in rows
            for position, topic in enumerate(values["topics"])
        )


class VisitLoader(_Held):
    """Face-to-face consultations; over the limit of the rule of their day they are marked (rules 4.2)."""

    model = Visit
    topic_model, owner = VisitTopic, "visit"
    prefix = "KTM"
    columns = (
        *_SHARED,
        Column("guest_count", Integer(least=1, most=32_767), _("jumlah tamu yang hadir"), True, "5"),
        _STATUS,
        _NOTE,
        _POSITION,
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.rules = list(ConsultationRule.objects.order_by("valid_from"))

    def apply(self, row: Any, values: Values) -> None:
        super().apply(row, values)
        day = values["held_on"]
        row.rule = next(
            (r for r in self.rules if r.valid_from <= day and (r.valid_to is None or day < r.valid_to)), None
        )
        row.over_limit = row.rule is not None and values["guest_count"] > row.rule.guest_limit


class VideoConferenceLoader(_Held):
    model = VideoConference
    topic_model, owner = VideoConferenceTopic, "conference"
    prefix = "VC"
    columns = (
        *_SHARED,
        Column("meeting_url", Text(200, free=False), _("alamat rapat daring")),
        _STATUS,
        _NOTE,
        _POSITION,
    )

    def problems(self, values: Values) -> Iterable[str]:
        yield from url_problems("meeting_url", values["meeting_url"])


def url_problems(name: str, text: str) -> Iterable[str]:
    """Whether text is an address of the web; blank is fine."""
    if text and not text.startswith(("https://", "http://")):
        yield f"{name}: " + str(_("tulis lengkap dengan https://."))


VISITS = record_kind("visits", _("Konsultasi tatap muka"), VisitLoader)
VIDEO_CONFERENCES = record_kind("video_conferences", _("Video conference"), VideoConferenceLoader)
