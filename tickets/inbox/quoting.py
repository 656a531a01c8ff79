"""What someone wrote, and what their mail program quoted or signed around it. Pure; Indonesian and English clients."""

import re
from dataclasses import dataclass

_SIGNATURE_LINES = 12  # a longer text below "--" is no signature
_WRAPPED = 3  # lines over which a client breaks "Pada … menulis:"
_LOOK_AHEAD = 4  # lines in which an Outlook header names its second field

_ATTRIBUTION = re.compile(
    r"^(?:>\s*)*(?:"
    r"(?:pada|tanggal|di)\b.{4,300}\bmenulis\s*:"
    r"|on\b.{4,300}\bwrote\s*:"
    r"|.{2,200}<[^<>\s]+@[^<>\s]+>\s*(?:menulis|wrote)\s*:"
    r")\s*$",
    re.IGNORECASE | re.DOTALL,
)
_BEGINS = re.compile(r"^(?:>\s*)*(?:pada|tanggal|di|on)\b", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"^\s*[-_–—]{2,}\s*(?:original message|pesan asli|email asli|original appointment)\s*[-_–—]{2,}\s*$", re.IGNORECASE
)
_FROM = re.compile(r"^\s*\*?(?:dari|from)\s*:\*?\s*\S", re.IGNORECASE)
_FIELD = re.compile(
    r"^\s*\*?(?:dikirim|terkirim|tanggal|kepada|untuk|ke|tembusan|perihal|subjek|hal|sent|date|to|cc|subject)\s*:\*?\s*",
    re.IGNORECASE,
)
_PASSED_ON = r"(?:pesan|surat|email)(?: yang)? (?:terusan|diteruskan)"
_FORWARDED = re.compile(
    rf"^\s*(?:[-_–—]{{2,}}\s*(?:(?:original )?forwarded (?:message|by)|{_PASSED_ON})\b.{{0,80}}"
    rf"|(?:begin forwarded message|(?:mulai|awal) {_PASSED_ON})\s*:)\s*$",
    re.IGNORECASE,
)
_PASSES_ON = re.compile(r"\s*(?:fwd?|tr|trs|terusan|teruskan)\s*:", re.IGNORECASE)
_FOOTER = re.compile(
    r"^\s*(?:"
    r"(?:terkirim|dikirim|dikirimkan) (?:dari|dengan|melalui|menggunakan)\b.{2,80}"
    r"|sent (?:from|via|with)\b.{2,80}"
    r"|(?:dapatkan|unduh) outlook untuk\b.{2,60}"
    r"|get outlook for\b.{2,60}"
    r")$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*_{8,}\s*$")
_QUOTED = re.compile(r"^\s*>")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a message; `folded` is what a reader has seen before or need not see."""

    text: str
    folded: bool = False


def parts_of(text: str, subject: str = "") -> list[Part]:
    """The message in order, quotations and signatures marked. The only text of a message is never folded.

    Outlook passes mails on below the same heading by which it quotes; there the `subject` says which of the two it is.
    """
    found = _marked(text, passed_on=bool(_PASSES_ON.match(subject)))
    if not any(not part.folded for part in found):
        whole = text.strip("\r\n")
        return [Part(whole)] if whole.strip() else []
    return _joined(found)


def own_text(text: str) -> str:
    """What its writer wrote; empty where all of it is quotation or signature."""
    return "\n".join(part.text for part in _joined(_marked(text)) if not part.folded).strip()


def _marked(text: str, *, passed_on: bool = False) -> list[Part]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found: list[Part] = []
    own: list[str] = []
    at = 0
    while at < len(lines):
        if _FORWARDED.match(lines[at]) or (passed_on and _header(lines, at)):  # nobody here has seen what is passed on
            end = _heading(lines, at + 1)
            own += lines[at:end]
            at, passed_on = end, False
            continue
        end = _folded_until(lines, at)
        if end == at:
            own.append(lines[at])
            at += 1
            continue
        _add(found, own, False)
        _add(found, lines[at:end], True)
        own, at = [], end
    _add(found, own, False)
    return found


def _folded_until(lines: list[str], at: int) -> int:
    """The line behind the quotation or signature that begins at `at`; `at` itself where none begins."""
    length = _attribution(lines, at)
    if length:
        return _quotation(lines, at + length)
    if _header(lines, at):
        return len(lines)
    if _QUOTED.match(lines[at]):
        end = _block(lines, at)
        alone = end - at == 1 and any(line.strip() for line in lines[end:])
        return at if alone else end  # one line in the middle may be "> 10 persen"
    if lines[at].rstrip() in ("--", "—") and _signs(lines, at + 1):
        return len(lines)
    return at + 1 if _FOOTER.match(lines[at]) else at


def _attribution(lines: list[str], at: int) -> int:
    """How many lines "Pada … menulis:" takes here; 0 when it does not stand here."""
    if not lines[at].strip():
        return 0
    for count in range(1, _WRAPPED + 1):
        if count > 1 and not _BEGINS.match(lines[at]):
            return 0
        piece = lines[at : at + count]
        if len(piece) < count or not piece[-1].strip():
            return 0
        if _ATTRIBUTION.match(" ".join(line.strip() for line in piece)):
            return count
    return 0


def _header(lines: list[str], at: int) -> bool:
    """Whether "Pesan asli" or a block of "Dari: Dikirim: Kepada:" begins here."""
    if _ORIGINAL.match(lines[at]):
        return True
    if _RULE.match(lines[at]):
        rest = [index for index in range(at + 1, min(at + 3, len(lines))) if lines[index].strip()]
        return bool(rest) and _header(lines, rest[0])
    if not _FROM.match(lines[at]):
        return False
    return any(_FIELD.match(line) for line in lines[at + 1 : at + 1 + _LOOK_AHEAD])


def _heading(lines: list[str], at: int) -> int:
    """The end of who wrote what is passed on, when and to whom; of all of it where it is marked by ">"."""
    while at < len(lines) and not lines[at].strip():
        at += 1
    if at < len(lines) and _QUOTED.match(lines[at]):
        return _block(lines, at)
    while at < len(lines) and lines[at].strip():
        at += 1
    return at


def _quotation(lines: list[str], at: int) -> int:
    """The end of what an attribution introduces: its ">" lines, or everything when it has none."""
    first = at
    while first < len(lines) and not lines[first].strip():
        first += 1
    if first < len(lines) and _QUOTED.match(lines[first]):
        return _block(lines, first)
    return len(lines)


def _block(lines: list[str], at: int) -> int:
    """The end of the ">" lines that begin at `at`, blank lines between them included."""
    end = at
    for index in range(at, len(lines)):
        if _QUOTED.match(lines[index]):
            end = index + 1
        elif lines[index].strip():
            break
    return end


def _signs(lines: list[str], at: int) -> bool:
    """Whether what follows "--" is short enough for a signature; quotations below it do not count."""
    count = 0
    for index in range(at, len(lines)):
        if _attribution(lines, index) or _header(lines, index) or _QUOTED.match(lines[index]):
            break
        count += bool(lines[index].strip())
    return count <= _SIGNATURE_LINES


def _add(found: list[Part], lines: list[str], folded: bool) -> None:
    text = "\n".join(lines).strip("\n")
    if text.strip():
        found.append(Part(text, folded))


def _joined(found: list[Part]) -> list[Part]:
    """Neighbours of one kind as one part."""
    joined: list[Part] = []
    for part in found:
        if joined and joined[-1].folded == part.folded:
            joined[-1] = Part(f"{joined[-1].text}\n\n{part.text}", part.folded)
        else:
            joined.append(part)
    return joined
