"""What a browser loads for a page: the HTML, and the files it names, compressed, with how long they are kept."""

import re
from dataclasses import dataclass

from djpk.bench.web import Session

_NAMED = re.compile(r'(?:src|href)="(/static/[^"]+)"')
_FACE = re.compile(r"@font-face\s*\{([^}]*)\}")
_URL = re.compile(r'url\("?([^")]+\.woff2)"?\)')
_FOR_GOOD = 300 * 24 * 60 * 60  # seconds; files whose name holds their hash never change


@dataclass(frozen=True)
class Weight:
    """Bytes over the wire; `kept` says that a browser keeps them for good."""

    name: str
    size: int
    kept: bool = False

    def as_json(self) -> dict:
        return {"name": self.name, "kb": round(self.size / 1000, 1), "kept": self.kept}

    def as_line(self) -> str:
        return f"{self.name:<44} {self.size / 1000:>11.1f} kB" + ("  kept by hash" if self.kept else "")


def page_weight(session: Session, path: str, name: str) -> list[Weight]:
    """The page itself uncompressed, and all its files compressed."""
    html = session.get(path).content.decode()
    found: dict[str, Weight] = {}
    for address in dict.fromkeys(_NAMED.findall(html)):
        found[address] = _weigh(session, address)
        if address.endswith(".css"):
            style = session.get(address).content.decode()
            for font in _fonts(style, html):
                full = f"{address.rpartition('/')[0]}/{font.removeprefix('./')}"
                found.setdefault(full, _weigh(session, full))
    total, kept = sum(one.size for one in found.values()), all(one.kept for one in found.values())
    return [Weight(f"{name}: HTML", len(html.encode())), Weight(f"{name}: {len(found)} assets", total, kept)]


def _weigh(session: Session, address: str) -> Weight:
    answer = session.get(address, **{"Accept-Encoding": "br, gzip"})
    lasting = re.search(r"max-age=(\d+)", answer.headers.get("Cache-Control", ""))
    return Weight(address, len(answer.content), bool(lasting) and int(lasting[1]) >= _FOR_GOOD)


def _fonts(style: str, text: str) -> list[str]:
    """Fonts of the sheet that hold a character of the page."""
    return [
        address
        for face in _FACE.findall(style)
        for address in _URL.findall(face)
        if _holds(re.search(r"unicode-range:\s*([^;}]+)", face), text)
    ]


def _holds(ranges: re.Match[str] | None, text: str) -> bool:
    if ranges is None:
        return True
    for part in ranges[1].split(","):
        first, _dash, last = part.strip().removeprefix("U+").removeprefix("u+").partition("-")
        low, high = int(first.replace("?", "0"), 16), int((last or first).replace("?", "F"), 16)
        if any(low <= ord(letter) <= high for letter in set(text)):
            return True
    return False
