"""What staff enter at the end of a month: visitors of the website and figures of social media (S07, S27 to S30)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock_names
from outreach.journal import append
from outreach.models import SocialMetric, WebPage, WebTraffic
from people.models import User


@dataclass(frozen=True, slots=True)
class SocialFigures:
    """A platform's month; None is not known. Posts are feeds and stories together where both are known."""

    posts: int | None = None
    feeds: int | None = None
    stories: int | None = None
    followers: int | None = None
    reach_total: int | None = None
    reach_posts: int | None = None
    reach_average: int | None = None

    def added_up(self) -> dict[str, int | None]:
        """The figures as stored. Raises Refused when posts are not feeds and stories, or one is negative."""
        values = asdict(self)
        if any(value is not None and value < 0 for value in values.values()):
            raise Refused("social.negative", _("Angka tidak boleh kurang dari nol."))
        if self.feeds is not None and self.stories is not None:
            together = self.feeds + self.stories
            if self.posts not in (None, together):
                raise Refused(
                    "social.posts_do_not_add_up",
                    _("Jumlah unggahan harus sama dengan feed ditambah story ({together})."),
                    together=together,
                )
            values["posts"] = together
        return values


@transaction.atomic
def enter_web_traffic(
    *, month: date, visitors: int, pages: Sequence[str], at: datetime, actor: User | None
) -> WebTraffic:
    """Visitors of a month and its most visited pages in order; entering it again corrects it."""
    first = month.replace(day=1)
    titles = [title.strip() for title in pages if title.strip()]
    if visitors < 0:
        raise Refused("web.negative", _("Angka tidak boleh kurang dari nol."))
    lock_names(f"web:{first}")
    row = WebTraffic.objects.filter(month=first).first()
    before = _web_state(row) if row else None
    if before == [visitors, titles] and row:
        return row
    row, created = WebTraffic.objects.update_or_create(
        month=first, defaults={"visitors": visitors, "entered_by": actor, "entered_at": at}
    )
    row.pages.all().delete()
    WebPage.objects.bulk_create(
        WebPage(traffic=row, rank=rank, title=title) for rank, title in enumerate(titles, start=1)
    )
    _entered(row, "web_traffic", created, before, at, actor)
    return row


@transaction.atomic
def enter_social_metric(
    *, month: date, platform: str, figures: SocialFigures, at: datetime, actor: User | None
) -> SocialMetric:
    """A platform's figures of a month; entering them again corrects them."""
    first, values = month.replace(day=1), figures.added_up()
    lock_names(f"social:{platform}:{first}")
    of: dict[str, Any] = {"month": first, "platform": SocialMetric.Platform(platform)}
    row = SocialMetric.objects.filter(**of).first()
    before = {name: getattr(row, name) for name in values} if row else None
    if before == values and row:
        return row
    row, created = SocialMetric.objects.update_or_create(
        **of, defaults={**values, "entered_by": actor, "entered_at": at}
    )
    _entered(row, "social_metric", created, before, at, actor)
    return row


def _web_state(row: WebTraffic) -> list[Any]:
    return [row.visitors, list(row.pages.values_list("title", flat=True))]


def _entered(
    row: WebTraffic | SocialMetric, name: str, created: bool, before: Any, at: datetime, actor: User | None
) -> None:
    code = f"{name}.entered" if created else f"{name}.corrected"
    append(row, code, at=at, actor=actor, data={} if created else {"before": before})
