"""Finding menus by words, forgiving endings and misspellings. Pure."""

import re
from difflib import get_close_matches

from chatbot.tree import Node, Tree

MOST = 5
SHORTEST, LONGEST, MOST_WORDS = 3, 400, 30
CLOSE_ENOUGH = 0.8
_WORD = re.compile(r"[^\W_]+")
_SAID_OFTEN = (
    "yang dan atau untuk dari dengan pada dalam apa apakah bagaimana kapan mengapa kenapa berapa saya kami kita anda"
    " ini itu ada tidak belum sudah akan bisa dapat mohon tolong minta ingin mau tanya bertanya informasi info tentang"
    " terkait mengenai oleh juga agar jika bila cara selamat pagi siang sore malam pak ibu bapak terima kasih"
)
_COMMON = frozenset(_SAID_OFTEN.split())
_MELTED = re.compile(r"^[mp]eny(?=\w{4})")  # penyaluran: the s of "salur" has melted into the prefix
_BEFORE = re.compile(r"^(?:di|ber|ter|per|meng|mem|men|peng|pem|pen)(?=\w{4})")
_AFTER = re.compile(r"(?<=\w{3})(?:nya|kan|an|lah)$")


def words_of(text: str) -> list[str]:
    """Words that say something, each once, cut down to their stem as far as that is easy."""
    found = _WORD.findall(text.lower()[:LONGEST])
    kept = (word for word in found if len(word) >= SHORTEST and word not in _COMMON)
    return list(dict.fromkeys(stem(word) for word in kept))[:MOST_WORDS]


def stem(word: str) -> str:
    """Without the commonest prefixes and endings: "penyaluran" and "disalurkan" keep what they share.

    >>> stem("penyaluran"), stem("disalurkan")
    ('salur', 'salur')
    """
    return _AFTER.sub("", _BEFORE.sub("", _MELTED.sub("s", word)))


def find(text: str, tree: Tree) -> list[Node]:
    """At most five menus that answer and speak of the words, the best first."""
    wanted = words_of(text)
    if not wanted:
        return []
    scored = []
    for place, node in enumerate(tree.nodes.values()):
        if tree.node(node.code) and (tree.answer(node) or not tree.children(node.code)):
            score = _score(wanted, node, tree)
            if score:
                scored.append((-score, place, node))
    return [node for _score, _place, node in sorted(scored, key=lambda one: one[:2])[:MOST]]


def _score(wanted: list[str], node: Node, tree: Tree) -> float:
    article = tree.articles.get(node.article)
    named = _stems(f"{node.label} {node.words} {node.code.replace('_', ' ')} {article.title if article else ''}")
    said = _stems(f"{node.text} {article.body if article else ''}")
    above = _stems(" ".join(one.label for one in tree.path(node.code)[:-1]))
    score = 0.0
    for word in wanted:
        if _known(word, named):
            score += 3
        elif word in said:
            score += 1
        elif word in above:
            score += 0.5
    return score / len(wanted) if score >= 1 else 0.0


def _stems(text: str) -> set[str]:
    return {stem(word) for word in _WORD.findall(text.lower()) if word not in _COMMON}


def _known(word: str, stems: set[str]) -> bool:
    return word in stems or (len(word) > 4 and bool(get_close_matches(word, stems, 1, CLOSE_ENOUGH)))
