"""Published articles among the results of a search for words."""

from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.compiled import run
from people.models import User
from tickets.access import may_read_tickets
from tickets.search.query import Term
from tickets.search.slots import Thing, Things

_FOUND = """
  SELECT code, title FROM (
    SELECT code, title, setweight(to_tsvector('indonesian', title), 'A')
                        || setweight(to_tsvector('indonesian', body), 'C') AS vector
    FROM knowledge_knowledgearticle WHERE status = 'PUBLISHED') a, (SELECT {wanted} AS q) asked
  WHERE vector @@ q ORDER BY ts_rank(vector, q) DESC, code LIMIT %s
"""


def source(user: User, terms: tuple[Term, ...], most: int) -> Things | None:
    """Articles in which all the wanted words stand, titles before bodies. One query."""
    wanted = [term for term in terms if not term.out]
    if not wanted or not may_read_tickets(user):
        return None
    sql = _FOUND.format(wanted=" && ".join(_reading(term) for term in wanted))
    found = run(sql, [*(term.text for term in wanted), most])
    return Things(_("Artikel"), [Thing(reverse("article", args=[code]), title, code) for code, title in found])


def _reading(term: Term) -> str:
    return f"{'phrase' if term.phrase else 'plain'}to_tsquery('indonesian', %s)"
