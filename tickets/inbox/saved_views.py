"""Saved views: a named list of one agent, or shared with all who read tickets. Verbs and who may use them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import BooleanField, Case, Max, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.kept import Kept
from kernel.locks import lock, lock_names
from people.access import TICKET_READERS, has_role
from people.models import Role, User
from tickets.inbox.counting import shown
from tickets.inbox.filters import Params
from tickets.inbox.views_column import OPEN, VIEWS
from tickets.models import SavedView

MOST = 50  # of one owner
LONGEST_NAME = 60
_MODERATORS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class SavedLine:
    """A line of the views column."""

    pk: int
    name: str
    count: str
    shared: bool
    current: bool
    may_change: bool


class _Views(NamedTuple):
    """All of them in their order: by owner, and those that are shared."""

    own: dict[int, list[SavedView]]
    shared: list[SavedView]


def _views() -> _Views:
    rows = list(SavedView.objects.order_by("position", "name", "pk"))
    own: dict[int, list[SavedView]] = {}
    for row in rows:
        own.setdefault(row.owner_id, []).append(row)
    return _Views(own, [row for row in rows if row.shared])


_VIEWS = Kept(_views, "tickets.SavedView")


def visible_views(user: User) -> QuerySet[SavedView]:
    """One's own in their order, then what others share."""
    own = Case(When(owner=user, then=Value(False)), default=Value(True), output_field=BooleanField())
    rows = SavedView.objects.filter(Q(owner=user) | Q(shared=True)).select_related("owner")
    return rows.order_by(own, "position", "name", "pk")


def views_of(user: User) -> list[SavedView]:
    """The same from memory; nobody may change them."""
    views = _VIEWS()
    return [*views.own.get(user.pk, ()), *(view for view in views.shared if view.owner_id != user.pk)]


def may_change(view: SavedView, user: User) -> bool:
    """The owner; a shared one also supervisors and administrators."""
    return view.owner_id == user.pk or (view.shared and has_role(user, _MODERATORS))


def may_share(user: User) -> bool:
    """Those who read all tickets: what a Layer 2 agent sees is their unit's."""
    return has_role(user, TICKET_READERS)


def lines(
    views: Sequence[SavedView], user: User, counts: Mapping[str, int], current: SavedView | None
) -> list[SavedLine]:
    """What the column shows; `counts` by "saved <id>"."""
    return [
        SavedLine(
            view.pk,
            view.name,
            shown(counts.get(f"saved {view.pk}")),
            view.shared,
            view == current,
            may_change(view, user),
        )
        for view in views
    ]


def split(view: SavedView) -> tuple[dict[str, list[str]], str]:
    """The stored filters and the view they narrow."""
    stored = view.query if isinstance(view.query, dict) else {}
    named = stored.get("tampilan")
    scope = named[0] if isinstance(named, list) and named and named[0] in VIEWS else OPEN
    return {name: values for name, values in stored.items() if name != "tampilan"}, scope


def same(view: SavedView, query: Params, sort: str) -> bool:
    """Whether a view says what this list shows, in whatever order values were chosen."""
    return view.sort == sort and _sorted(view.query) == _sorted(query)


@transaction.atomic
def create_view(*, name: str, query: Params, sort: str, shared: bool = False, at: datetime, actor: User) -> SavedView:
    """Keep a list under a name, at the end of one's own. Raises Refused when the name is taken."""
    lock_names(f"saved views of {actor.pk}")
    own = SavedView.objects.filter(owner=actor)
    if own.count() >= MOST:
        raise Refused("view.too_many", _("Paling banyak {most} tampilan. Hapus yang tidak dipakai."), most=MOST)
    last = own.aggregate(last=Max("position"))["last"]
    view = SavedView(owner=actor, position=0 if last is None else last + 1, created_at=at)
    return _write(view, actor, {"name": name, "query": query, "sort": sort, "shared": shared})


@transaction.atomic
def change_view(*, view: SavedView, at: datetime, actor: User, **changes: Any) -> SavedView:
    """Rename, share, or keep another list: `name`, `shared`, `query`, `sort`."""
    view = _own(view, actor)
    lock_names(f"saved views of {view.owner_id}")
    return _write(view, actor, changes)


@transaction.atomic
def delete_view(*, view: SavedView, at: datetime, actor: User) -> None:
    _own(view, actor).delete()


@transaction.atomic
def restore_view(*, kept: Mapping[str, Any], at: datetime, actor: User) -> SavedView:
    """Take a deletion back: the view that `as_kept` remembered, where it stood."""
    lock_names(f"saved views of {kept['owner_id']}")
    view = SavedView(pk=kept["pk"], owner_id=kept["owner_id"], position=kept["position"], created_at=at)
    if SavedView.objects.filter(pk=view.pk).exists():
        return SavedView.objects.get(pk=view.pk)
    if not may_change(SavedView(owner_id=kept["owner_id"], shared=kept["shared"]), actor):
        raise _not_yours()
    return _write(view, actor, {name: kept[name] for name in ("name", "query", "sort", "shared")})


def as_kept(view: SavedView) -> dict[str, Any]:
    """What `restore_view` needs."""
    names = ("pk", "owner_id", "name", "query", "sort", "shared", "position")
    return {name: getattr(view, name) for name in names}


@transaction.atomic
def reorder_views(*, keys: Sequence[int], at: datetime, actor: User) -> None:
    """Put one's own views in this order; those left out follow as they were."""
    lock_names(f"saved views of {actor.pk}")
    own = list(SavedView.objects.filter(owner=actor).order_by("position", "name", "pk"))
    wanted = {key: place for place, key in enumerate(keys)}
    if unknown := set(wanted) - {view.pk for view in own}:
        raise Refused("view.not_yours", _("Hanya tampilan sendiri dapat diurutkan."), keys=sorted(unknown))
    own.sort(key=lambda view: wanted.get(view.pk, len(wanted)))
    for place, view in enumerate(own):
        view.position = place
    SavedView.objects.bulk_update(own, ["position"])


@transaction.atomic
def move_view(*, view: SavedView, step: int, at: datetime, actor: User) -> None:
    """One place up (-1) or down (1) among one's own."""
    keys = list(SavedView.objects.filter(owner=actor).order_by("position", "name", "pk").values_list("pk", flat=True))
    if view.pk not in keys:
        raise Refused("view.not_yours", _("Hanya tampilan sendiri dapat diurutkan."))
    place = keys.index(view.pk)
    keys.insert(max(0, place + step), keys.pop(place))
    reorder_views(keys=keys, at=at, actor=actor)


def _own(view: SavedView, actor: User) -> SavedView:
    view = lock(view)
    if not may_change(view, actor):
        raise _not_yours()
    return view


def _not_yours() -> Refused:
    return Refused("view.not_yours", _("Hanya pemilik dan penyelia dapat mengubah tampilan ini."))


def _write(view: SavedView, actor: User, changes: Mapping[str, Any]) -> SavedView:
    for name, value in changes.items():
        setattr(view, name, value)
    view.name = " ".join(view.name.split())[:LONGEST_NAME]
    if not view.name:
        raise Refused("view.needs_name", _("Beri nama tampilan ini."))
    if changes.get("shared") and not may_share(actor):
        raise Refused("view.may_not_share", _("Anda tidak dapat membagikan tampilan."))
    others = SavedView.objects.filter(owner=view.owner_id, name=view.name).exclude(pk=view.pk)
    if others.exists():
        raise Refused("view.name_taken", _("Tampilan bernama “{name}” sudah ada. Pilih nama lain."), name=view.name)
    view.save()
    return view


def _sorted(query: object) -> dict[str, list[str]]:
    stored = query if isinstance(query, dict) else {}
    return {name: sorted(values) for name, values in stored.items() if values}
