"""What keeps a tree from being published, each with the menu it concerns. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chatbot import tree as t
from chatbot.tree import Content, Node, Tree, tree_of

CHANNELS = ("WHATSAPP", "LIVE_CHAT")
_CODE = re.compile(r"[A-Z0-9_]{2,40}")


@dataclass(frozen=True, slots=True)
class Problem:
    """`node` is the code of the menu, or empty."""

    message: str
    node: str = ""


def problems(content: Content, *, topics: Set[str], articles: Set[str]) -> list[Problem]:
    """All of them; `topics` in use and `articles` published, by code."""
    tree = tree_of(content)
    codes = Counter(row.get("code", "") for row in content.get("nodes", []))
    found = [Problem(_("Kode {code} dipakai dua kali.").format(code=code), code) for code, n in codes.items() if n > 1]
    found += [Problem(message) for message in _whole(tree)]
    for node in tree.nodes.values():
        found += [Problem(message, node.code) for message in _one(node, tree, topics, articles)]
    return found


def _whole(tree: Tree) -> Iterator[str]:
    for name, label in text_labels().items():
        if not tree.texts[name].strip():
            yield _("Teks “{label}” masih kosong.").format(label=label)
        if len(tree.texts[name]) > t.LONGEST_TEXT:
            yield _("Teks “{label}” terlalu panjang.").format(label=label)
    if not tree.children():
        yield _("Belum ada menu utama.")
    if len(tree.children()) > t.MOST_TOP:
        yield _("Menu utama paling banyak {most}.").format(most=t.MOST_TOP)
    if set(tree.channels) - set(CHANNELS):
        yield _("Kanal chatbot tidak dikenal.")
    if not t.SHORTEST_IDLE <= tree.idle_minutes <= t.LONGEST_IDLE:
        yield _("Batas waktu diam harus {least} sampai {most} menit.").format(
            least=t.SHORTEST_IDLE, most=t.LONGEST_IDLE
        )


def _one(node: Node, tree: Tree, topics: Set[str], articles: Set[str]) -> Iterator[str]:
    if not _CODE.fullmatch(node.code):
        yield _("Kode hanya huruf besar, angka, dan garis bawah.")
    if not node.label.strip() or len(node.label) > t.LONGEST_LABEL:
        yield _("Nama menu wajib diisi, paling panjang {most} huruf.").format(most=t.LONGEST_LABEL)
    if len(node.short) > t.LONGEST_SHORT:
        yield _("Nama singkat paling panjang {most} huruf.").format(most=t.LONGEST_SHORT)
    if len(node.text) > t.LONGEST_TEXT or len(node.words) > t.LONGEST_WORDS:
        yield _("Jawaban atau kata kunci terlalu panjang.")
    if node.topic and node.topic not in topics:
        yield _("Topik {code} tidak dipakai lagi.").format(code=node.topic)
    if node.article and node.article not in articles:
        yield _("Artikel {code} tidak terbit.").format(code=node.article)
    yield from _placed(node, tree)


def _placed(node: Node, tree: Tree) -> Iterator[str]:
    path = tree.path(node.code)
    if (node.parent and node.parent not in tree.nodes) or (path and path[0].parent):
        yield _("Menu induknya tidak ada.")
        return
    if len(path) > t.DEEPEST:
        yield _("Menu bertingkat paling dalam {most}.").format(most=t.DEEPEST)
    below = tree.children(node.code)
    if len(below) > t.MOST_BELOW:
        yield _("Submenu paling banyak {most}.").format(most=t.MOST_BELOW)
    if node.active and not below and not (node.text.strip() or node.article):
        yield _("Menu ini belum berisi jawaban, artikel, atau submenu.")
    labels = [one.label.strip().lower() for one in tree.children(node.parent)]
    if node.active and labels.count(node.label.strip().lower()) > 1:
        yield _("Ada dua menu dengan nama ini.")


def text_labels() -> dict[str, str]:
    """What each text of the tree is for."""
    return {
        "greeting": _("Sapaan"),
        "menu": _("Pengantar menu utama"),
        "closing": _("Penutup"),
        "timeout": _("Penutup karena lama tidak dibalas"),
        "handed_over": _("Saat diteruskan ke petugas"),
    }
