"""Entering a month again corrects it and says what it was."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from kernel.errors import Refused
from outreach.models import OutreachEvent, SocialMetric, WebTraffic
from outreach.monthly import SocialFigures, enter_social_metric, enter_web_traffic
from tests import factories as make

AUGUST = date(2024, 8, 1)


@pytest.fixture
def at(db):
    return {"at": make.NOW, "actor": make.staff("laras")}


def codes():
    return list(OutreachEvent.objects.values_list("code", flat=True))


def test_web_traffic_with_its_pages(at):
    enter_web_traffic(month=date(2024, 8, 31), visitors=100, pages=["Beranda", " ", "TKD"], **at)
    enter_web_traffic(month=AUGUST, visitors=100, pages=["Beranda", "TKD"], **at)
    row = enter_web_traffic(month=AUGUST, visitors=107000, pages=["TKD", "Beranda"], **at)
    assert WebTraffic.objects.get() == row
    assert [(page.rank, page.title) for page in row.pages.all()] == [(1, "TKD"), (2, "Beranda")]
    assert codes() == ["web_traffic.entered", "web_traffic.corrected"]
    assert OutreachEvent.objects.last().data == {"before": [100, ["Beranda", "TKD"]]}


def test_social_posts_add_up(at):
    row = enter_social_metric(
        month=AUGUST, platform="INSTAGRAM", figures=SocialFigures(feeds=20, stories=30, followers=0), **at
    )
    assert (row.posts, row.followers, row.reach_total) == (50, 0, None)
    with pytest.raises(Refused, match=r"social\.posts_do_not_add_up: .*50"):
        enter_social_metric(
            month=AUGUST, platform="INSTAGRAM", figures=SocialFigures(posts=49, feeds=20, stories=30), **at
        )
    with pytest.raises(IntegrityError, match="social_posts_add_up"), transaction.atomic():
        SocialMetric.objects.update(posts=49)


def test_entering_social_figures_again_corrects_them(at):
    for posts in (3, 3, 4):
        enter_social_metric(month=AUGUST, platform="X", figures=SocialFigures(posts=posts), **at)
    assert SocialMetric.objects.get().posts == 4
    assert codes() == ["social_metric.entered", "social_metric.corrected"]


def test_nothing_is_negative(at):
    with pytest.raises(Refused, match=r"social\.negative"):
        enter_social_metric(month=AUGUST, platform="X", figures=SocialFigures(followers=-1), **at)
    with pytest.raises(Refused, match=r"web\.negative"):
        enter_web_traffic(month=AUGUST, visitors=-1, pages=[], **at)
