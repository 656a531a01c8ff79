"""The tree's life: edited as a draft, published as a numbered version, taken up again from an earlier one."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from chatbot.checking import Problem, problems
from chatbot.models import ChatbotMenu, ChatbotSession, ChatbotStep, ChatbotVersion
from chatbot.tree import NODE_FIELDS, Content, Tree, articles_named, tree_of
from kernel.errors import Refused
from kernel.locks import lock, lock_names
from knowledge.models import KnowledgeArticle
from people.models import User
from tickets.models import Topic

CHANGEABLE = frozenset(NODE_FIELDS) - {"code", "parent"}
UP, DOWN = -1, 1


def draft() -> ChatbotVersion:
    """The draft; there is always one."""
    return ChatbotVersion.objects.select_related("saved_by").get(number=None)


def published() -> ChatbotVersion | None:
    return ChatbotVersion.objects.exclude(number=None).order_by("-number").first()


def problems_of(content: Content) -> list[Problem]:
    """What keeps it from being published."""
    rows = KnowledgeArticle.objects.filter(status="PUBLISHED", code__in=articles_named(content))
    topics = set(Topic.objects.filter(active=True).values_list("code", flat=True))
    found = problems(content, topics=topics, articles=set(rows.values_list("code", flat=True)))
    return found + _moved(tree_of(content))


@transaction.atomic
def save_draft(*, content: Content, at: datetime, actor: User | None) -> ChatbotVersion:
    """Replace the draft as a whole."""
    return _edit(lambda _old: content, at=at, actor=actor)


@transaction.atomic
def change_settings(*, changes: Mapping[str, Any], at: datetime, actor: User | None) -> ChatbotVersion:
    """Set some of texts, channels, idle_minutes."""
    if unknown := set(changes) - {"texts", "channels", "idle_minutes"}:
        raise ValueError(f"not settings: {', '.join(sorted(unknown))}")
    return _edit(lambda old: {**old, **changes}, at=at, actor=actor)


@transaction.atomic
def add_menu(*, parent: str = "", label: str, at: datetime, actor: User | None) -> str:
    """Put a new menu last under `parent`; returns its code, made of the label."""
    if not label.strip():
        raise Refused("chatbot.needs_label", _("Nama menu belum diisi."))
    code = ""

    def put(content: Content) -> Content:
        nonlocal code
        if parent and parent not in tree_of(content).nodes:
            raise Refused("chatbot.no_parent", _("Menu induknya tidak ada."))
        code = _free_code(label, content)
        return {**content, "nodes": [*content["nodes"], {"code": code, "label": label.strip(), "parent": parent}]}

    _edit(put, at=at, actor=actor)
    return code


@transaction.atomic
def change_menu(*, code: str, changes: Mapping[str, Any], at: datetime, actor: User | None) -> ChatbotVersion:
    """Set some of a menu's fields."""
    if unknown := set(changes) - CHANGEABLE:
        raise ValueError(f"not changeable: {', '.join(sorted(unknown))}")

    def put(content: Content) -> Content:
        _node(content, code).update(changes)
        return content

    return _edit(put, at=at, actor=actor)


@transaction.atomic
def move_menu(*, code: str, by: int = 0, parent: str | None = None, at: datetime, actor: User | None) -> ChatbotVersion:
    """One place up or down among its siblings, or last under another menu."""

    def put(content: Content) -> Content:
        node, nodes = _node(content, code), content["nodes"]
        if parent is not None:
            if parent == code or any(one.code == code for one in tree_of(content).path(parent)):
                raise Refused("chatbot.into_itself", _("Menu tidak dapat dipindahkan ke bawahnya sendiri."))
            if parent:
                _node(content, parent)
            nodes.remove(node)
            nodes.append({**node, "parent": parent})
            return content
        siblings = [row for row in nodes if row.get("parent", "") == node.get("parent", "")]
        place = siblings.index(node) + by
        if 0 <= place < len(siblings):
            here, there = nodes.index(node), nodes.index(siblings[place])
            nodes[here], nodes[there] = nodes[there], nodes[here]
        return content

    return _edit(put, at=at, actor=actor)


@transaction.atomic
def remove_menu(*, code: str, at: datetime, actor: User | None) -> ChatbotVersion:
    """Take a menu and all below it out of the draft. What was counted for it stays."""

    def put(content: Content) -> Content:
        _node(content, code)
        tree = tree_of(content)
        gone = {one for one in tree.nodes if any(node.code == code for node in tree.path(one))}
        return {**content, "nodes": [row for row in content["nodes"] if row["code"] not in gone]}

    return _edit(put, at=at, actor=actor)


@transaction.atomic
def restore(*, version: ChatbotVersion, at: datetime, actor: User | None) -> ChatbotVersion:
    """Make an earlier version, or the published one, the draft."""
    return _edit(lambda _old: deepcopy(version.content), at=at, actor=actor)


@transaction.atomic
def publish(*, note: str = "", at: datetime, actor: User | None) -> ChatbotVersion:
    """Let requesters meet the draft from now on. Conversations that are running go on in the tree they began with."""
    lock_names("chatbot:publish")
    row = lock(draft())
    if found := problems_of(row.content):
        raise Refused("chatbot.not_ready", _("Draf belum dapat diterbitkan: {first}"), first=found[0].message)
    latest = published()
    if latest is not None and latest.content == row.content:
        raise Refused("chatbot.unchanged", _("Draf sama dengan versi yang terbit."))
    _follow(tree_of(row.content))
    return ChatbotVersion.objects.create(
        number=(latest.number or 0) + 1 if latest else 1,
        content=row.content,
        note=note.strip()[:200],
        saved_at=row.saved_at,
        saved_by=row.saved_by,
        published_at=at,
        published_by=actor,
    )


def _edit(put: Callable[[Content], Content], *, at: datetime, actor: User | None) -> ChatbotVersion:
    row = lock(draft())
    row.content, row.saved_at, row.saved_by = put(deepcopy(row.content)), at, actor
    row.save(update_fields=["content", "saved_at", "saved_by"])
    return row


def _node(content: Content, code: str) -> dict[str, Any]:
    for row in content["nodes"]:
        if row["code"] == code:
            return row
    raise Refused("chatbot.no_menu", _("Menu {code} tidak ada di draf."), code=code)


def _free_code(label: str, content: Content) -> str:
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().upper()
    stem = re.sub(r"[^A-Z0-9]+", "_", plain).strip("_")[:34].strip("_") or "MENU"
    stem = stem if len(stem) > 1 else f"MENU_{stem}"
    taken = {row["code"] for row in content["nodes"]} | set(ChatbotMenu.objects.values_list("code", flat=True))
    tries = [stem, *(f"{stem}_{number}" for number in range(2, len(taken) + 3))]
    return next(code for code in tries if code not in taken)


def _moved(tree: Tree) -> list[Problem]:
    """Menus that were counted under another top menu: moving them would change figures of the past."""
    parents = {row.code: row.parent.code if row.parent else "" for row in ChatbotMenu.objects.select_related("parent")}
    roots = {code: _root(code, parents) for code in parents}
    moved = [code for code, root in roots.items() if code in tree.nodes and tree.path(code)[0].code != root]
    if not moved:
        return []
    counted = set(ChatbotSession.objects.filter(menu__code__in=moved).values_list("menu__code", flat=True).distinct())
    counted |= set(ChatbotStep.objects.filter(menu__code__in=moved).values_list("menu__code", flat=True).distinct())
    text = _("Menu ini sudah dihitung di laporan di bawah menu utama lain. Buat menu baru sebagai gantinya.")
    return [Problem(str(text), code) for code in sorted(counted)]


def _root(code: str, parents: Mapping[str, str]) -> str:
    while parents.get(code):
        code = parents[code]
    return code


def _follow(tree: Tree) -> None:
    """Let the rows that sessions point to follow the tree; only what differs is written: figures hang on them."""
    topics = {row.code: row for row in Topic.objects.all()}
    named = {node.article for node in tree.nodes.values()}
    articles = {row.code: row for row in KnowledgeArticle.objects.filter(code__in=named)}
    rows = {row.code: row for row in ChatbotMenu.objects.select_related("parent")}
    for place, node in enumerate(sorted(tree.nodes.values(), key=lambda one: len(tree.path(one.code)))):
        wanted = {
            "label": node.label,
            "label_en": node.label_en,
            "parent": rows.get(node.parent),
            "topic": topics.get(node.topic),
            "article": articles.get(node.article),
            "position": place,
            "active": node.active,
        }
        rows[node.code] = _put(rows.get(node.code) or ChatbotMenu(code=node.code), wanted)
    ChatbotMenu.objects.exclude(code__in=tree.nodes).filter(active=True).update(active=False)


def _put(row: ChatbotMenu, wanted: Mapping[str, Any]) -> ChatbotMenu:
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, wanted[name])
    if row.pk is None:
        row.save()
    elif changed:
        row.save(update_fields=changed)
    return row
