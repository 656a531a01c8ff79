"""A database of N tickets over 24 months, built once by set-based SQL and kept under its own name."""

from collections.abc import Callable

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

FIRST_DAY = "2023-01-01"
MONTHS = 24
VERSION = 2  # change it when the build changes

# Every number below is spread by multiplying with primes: no random numbers, the same database each time.
BUILD = """
ALTER TABLE tickets_ticket DISABLE TRIGGER USER;
ALTER TABLE people_contact DISABLE TRIGGER USER;
ALTER TABLE escalation_escalation DISABLE TRIGGER USER;
ALTER TABLE tickets_satisfactionrating DISABLE TRIGGER USER;

INSERT INTO people_user (username, display_name, password, first_name, last_name, email, phone, is_superuser,
                         is_staff, is_active, date_joined)
SELECT 'bench' || n, 'Agen ' || n, '!', '', '', '', '', false, false, true, now() FROM generate_series(1, 5) n;

CREATE TEMP TABLE place AS
SELECT row_number() OVER (ORDER BY code) - 1 AS i, id, zone FROM people_region WHERE is_autonomous;
CREATE TEMP TABLE way AS
SELECT row_number() OVER (ORDER BY position) - 1 AS i, id FROM messaging_channel WHERE makes_tickets;
CREATE TEMP TABLE subject AS
SELECT row_number() OVER (ORDER BY position) - 1 AS i, t.id, t.owner_unit_id FROM tickets_topic t;

INSERT INTO people_contact (id, name, user_group, region_id, organization, position, note, created_at)
SELECT n, 'Kontak ' || n, (ARRAY['PEMDA','PEMDA','PEMDA','PEMDA','AKADEMISI','KL','LAINNYA'])[1 + n % 7],
       place.id, '', '', '', timestamptz '{first} 00:00+07'
FROM generate_series(1, greatest({tickets} / 3, 10)) n JOIN place ON place.i = (n * 7919::bigint) % 546;

INSERT INTO tickets_ticket (id, number, channel_id, contact_id, topic_id, subject, status, priority, assignee_id,
    tags, created_at, closed_at, user_group, region_id, zone, service_hours, window_version, is_spam, source)
SELECT n, 'B-' || n, way.id, c.id, subject.id, 'Pertanyaan ' || n, 'CLOSED', 20,
       (SELECT min(id) FROM people_user) + n % 5, '{{}}', at, at + interval '5 hours', c.user_group,
       CASE WHEN n % 29 = 0 THEN NULL ELSE c.region_id END,
       CASE WHEN n % 29 = 0 THEN '' ELSE place.zone END,
       CASE WHEN n % 29 = 0 THEN 'UNKNOWN' WHEN n % 23 = 0 THEN 'OUTSIDE' ELSE 'INSIDE' END,
       'SERVICE:1', false, 'IMPORT'
FROM generate_series(1, {tickets}) n
CROSS JOIN LATERAL (SELECT timestamptz '{first} 00:00+07'
    + (n::float8 / {tickets}) * (timestamptz '{last} 00:00+07' - timestamptz '{first} 00:00+07') AS at) moment
JOIN people_contact c ON c.id = 1 + (n * 104729::bigint) % greatest({tickets} / 3, 10)
JOIN place ON place.id = c.region_id
JOIN way ON way.i = (n * 31::bigint) % 17 % 5
JOIN subject ON subject.i = (n * 37::bigint) % 43 % 21
ORDER BY n;

INSERT INTO escalation_escalation (ticket_id, unit_id, status, via_app, question, urgent, escalated_at, answered_at,
    closed_at, answer, rule_id, working_minutes, calendar_version, score, excluded, excluded_reason)
SELECT t.id, u.id, 'ANSWERED', true, '', false, t.created_at + interval '1 hour',
       t.created_at + interval '4 hours', t.created_at + interval '4 hours', '', r.id, 180, 'OFFICE:1',
       120 - 10 * (t.id % 3), false, ''
FROM tickets_ticket t
JOIN (SELECT row_number() OVER (ORDER BY code) - 1 AS i, id FROM people_unit) u ON u.i = t.id % 7
CROSS JOIN (SELECT id FROM escalation_scorerule LIMIT 1) r
WHERE t.id % 7 = 3
ORDER BY t.id;

INSERT INTO tickets_satisfactionrating (ticket_id, agent_id, contact_id, service_score, substance_score, comment,
    rated_at)
SELECT id, assignee_id, contact_id, 4 + id % 2, 3 + id % 3, '', closed_at FROM tickets_ticket WHERE id % 6 = 0;

SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE tickets_ticket ENABLE TRIGGER USER;
ALTER TABLE people_contact ENABLE TRIGGER USER;
ALTER TABLE escalation_escalation ENABLE TRIGGER USER;
ALTER TABLE tickets_satisfactionrating ENABLE TRIGGER USER;
SELECT setval(pg_get_serial_sequence('tickets_ticket', 'id'), {tickets});
SELECT setval(pg_get_serial_sequence('people_contact', 'id'), greatest({tickets} / 3, 10));
"""


def use(tickets: int, say) -> None:
    """Point Django at the database of this size; build it first when it is not there."""
    use_kept(f"dering_bench_{VERSION}_{tickets}", lambda: fill(tickets), say)


def use_kept(name: str, fill: Callable[[], None], say) -> None:
    """Point Django at a kept database: built and filled when it is not there, migrated when the schema moved on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        found = cursor.fetchone()
    if not found:
        say(f"building {name} …")
        _create(name, fill)
    _switch(name)
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say(f"migrating {name} …")
        call_command("migrate", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def use_empty(name: str) -> None:
    """Point Django at a new database without tables; an old one of this name goes."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}")
    _switch(name)


def _switch(name: str) -> None:
    connections.close_all()
    connections["default"].settings_dict["NAME"] = name


def _create(name: str, fill: Callable[[], None]) -> None:
    """Migrate and fill under a working name, then rename: a half-built database is never used."""
    home, building = settings.DATABASES["default"]["NAME"], f"{name}_building"
    use_empty(building)
    call_command("migrate", verbosity=0)
    fill()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    _switch(home)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {building} RENAME TO {name}")


def fill(tickets: int) -> None:
    """The rows of that many tickets."""
    last = f"{int(FIRST_DAY[:4]) + MONTHS // 12}{FIRST_DAY[4:]}"
    with connection.cursor() as cursor:
        cursor.execute(BUILD.format(tickets=tickets, first=FIRST_DAY, last=last))
