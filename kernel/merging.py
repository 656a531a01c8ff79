"""Rows that point to a survivor by `merged_into` (decisions 9): flat, so that one step finds the survivor."""

from typing import Any

from django.db import models


def point_to(row: Any, survivor: models.Model) -> list[int]:
    """Make `row`, and those merged into it before, point to `survivor`; returns the keys of the latter."""
    manager = type(row)._default_manager
    held = manager.select_for_update(of=("self",)).filter(merged_into=row).order_by("pk")
    followers = [follower.pk for follower in held]  # one that left meanwhile is not among them
    manager.filter(pk__in=followers).update(merged_into=survivor)
    row.merged_into = survivor
    return followers


def point_back(row: Any, followers: list[int]) -> None:
    """Undo `point_to`: those followers that still share the row's survivor return to the row."""
    type(row)._default_manager.filter(pk__in=followers, merged_into=row.merged_into).update(merged_into=row)
    row.merged_into = None
