"""`bin/bench escalation`: a unit's queue page over HTTP, and the sweep over all open clocks.

`--tickets` is the number of escalations, 100,000 unless told; a tenth of them, at most 10,000, are open.
"""

from collections.abc import Iterator

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from djpk.bench import database
from djpk.bench.measure import Figure, figure, sql_ms, timed
from djpk.bench.pages import Ask, Bench
from djpk.bench.web import Server, signed_in
from escalation.models import Escalation
from escalation.reminding import remind
from escalation.scores import Judge
from escalation.winding import rewind, wind_all
from people.models import Role, StaffRole, Unit, User

VERSION = 1  # change it when the build changes
OPEN = 10_000
ROUNDS = 60
AGENT, UNIT = "bench1", "PK.2"
BARE = """
    SELECT id, drops_at FROM escalation_escalation
    WHERE unit_id = (SELECT id FROM people_unit WHERE code = 'PK.2') AND status IN ('OPEN', 'TAKEN')
    ORDER BY unit_id, drops_at NULLS LAST, id LIMIT 51
"""
# Closed ones on every ticket that has none yet, spread as those of the other benches; then the open ones of late.
MORE = """
ALTER TABLE escalation_escalation DISABLE TRIGGER USER;
INSERT INTO escalation_escalation (ticket_id, unit_id, status, via_app, question, urgent, escalated_at, answered_at,
    closed_at, answer, rule_id, working_minutes, calendar_version, score, excluded, excluded_reason)
SELECT t.id, u.id, 'ANSWERED', true, 'Mohon penjelasan.', false, t.created_at + interval '1 hour',
       t.created_at + interval '4 hours', t.created_at + interval '4 hours', 'Sudah.', r.id, 180, 'OFFICE:1',
       120 - 10 * (t.id % 3), false, ''
FROM tickets_ticket t
JOIN (SELECT row_number() OVER (ORDER BY code) - 1 AS i, id FROM people_unit) u ON u.i = t.id % 7
CROSS JOIN (SELECT id FROM escalation_scorerule LIMIT 1) r
WHERE t.id % 7 <> 3 AND t.id > {open};
UPDATE escalation_escalation SET answered_at = NULL, closed_at = NULL, score = NULL, rule_id = NULL,
       working_minutes = NULL, status = 'OPEN' WHERE ticket_id <= {open};
INSERT INTO escalation_escalation (ticket_id, unit_id, status, via_app, question, urgent, escalated_at, answer,
    calendar_version, excluded, excluded_reason)
SELECT t.id, u.id, 'OPEN', true, 'Mohon penjelasan.', false, now(), '', '', false, ''
FROM tickets_ticket t JOIN (SELECT row_number() OVER (ORDER BY code) - 1 AS i, id FROM people_unit) u ON u.i = t.id % 7
WHERE t.id <= {open} AND NOT EXISTS (SELECT 1 FROM escalation_escalation e WHERE e.ticket_id = t.id);
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE escalation_escalation ENABLE TRIGGER USER;
"""
RECENT = """
UPDATE escalation_escalation SET escalated_at = now() - (id % 4000) * interval '1 minute'
WHERE status = 'OPEN'
"""


def run(tickets: int, say, rounds: int = ROUNDS) -> Iterator[Figure]:
    database.use_kept(f"dering_bench_escalation_{VERSION}_{tickets}", lambda: _fill(tickets), say)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE escalation_escalation DISABLE TRIGGER USER")
        cursor.execute(RECENT)
        cursor.execute("ALTER TABLE escalation_escalation ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE escalation_escalation")
    open_ones = Escalation.objects.filter(status="OPEN").count()
    say(f"{Escalation.objects.count():,} escalations, {open_ones:,} open")
    sweeps = [timed(_sweep) for _round in range(5)]
    yield figure("wind all open clocks", sweeps, count=open_ones)
    remind(at=timezone.now())  # the first one tells of everything
    yield figure(
        "sweep: wind and remind", [timed(lambda: remind(at=timezone.now())) for _round in range(5)], count=open_ones
    )
    user = User.objects.get(username=AGENT)
    StaffRole.objects.get_or_create(user=user, role=Role.AGENT_L2, unit=Unit.objects.get(code=UNIT))
    browser = signed_in(user)
    try:
        with Server() as server:
            bench = Bench(server, browser, "", rounds, [], [], [])
            yield bench.measure("unit queue, whole page", lambda _place: Ask(reverse("layer2")))
            yield bench.measure("unit queue, list alone", lambda _place: Ask(reverse("layer2"), htmx=True))
            yield figure("its rows by bare SQL", sql_ms(BARE, 20))
    finally:
        browser.logout()


def _sweep() -> None:
    rewind(wind_all(Judge.load(), timezone.now()))


def _fill(tickets: int) -> None:
    database.fill(tickets)
    with connection.cursor() as cursor:
        cursor.execute(MORE.format(open=min(OPEN, tickets // 10)))
