"""The database of `bin/bench pages`: built once by set-based SQL, kept, and left as it was after each run."""

from datetime import datetime

from django.db import connection, models, transaction
from django.utils import timezone
from psycopg import sql

from djpk.bench import database
from djpk.bench.pages_sql import MONTHS, STEPS
from djpk.bench.words import SENTENCES, sentences
from escalation.models import Escalation
from kernel.months import JAKARTA
from kernel.numbering import pass_over
from messaging.models import Message
from people.models import Contact, ContactHandle, StaffRole, User
from tickets.intake import PREFIX
from tickets.models import SatisfactionRating, SavedView, Ticket, TicketEntry, TicketEvent, TicketFollower, TicketRead

VERSION = 2  # change it when the build changes
_FILLED: list[type[models.Model]] = [
    User, StaffRole, Contact, ContactHandle, Ticket, Message, TicketEvent, TicketEntry, Escalation, SatisfactionRating,
    TicketRead, TicketFollower, SavedView,
]  # fmt: skip


def use(tickets: int, say) -> None:
    """Point Django at the database of this size, in today's schema; build it first when it is not there."""
    database.use_kept(f"dering_bench_pages_{VERSION}_{tickets}", lambda: fill(tickets, at=timezone.now()), say)


def fill(tickets: int, *, at: datetime) -> None:
    """Load everything in one transaction, without triggers and without the indexes, which are built afterwards."""
    names = {"n": tickets, "contacts": max(tickets // 3, 10), "now": at.isoformat(), "months": MONTHS}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica; SET LOCAL maintenance_work_mem = '1GB'")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        _load_sentences(cursor)
        defaults = _set_defaults(cursor)
        indexes = _drop_indexes(cursor)
        for step in STEPS:
            cursor.execute(step.format(**names, sentences=SENTENCES))
        for statement in [*indexes, *defaults]:
            cursor.execute(statement)
        _set_sequences(cursor)
        for year in range(at.year - MONTHS // 12, at.year + 1):
            pass_over(PREFIX, datetime(year, 6, 1, tzinfo=JAKARTA), tickets)


class Marks:
    """Where every table ended before a run, so that what the run wrote can be taken out again. Not Django's own:
    a migration that somebody applies meanwhile stays applied."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT c.relname, a.attname FROM pg_index i
                JOIN pg_class c ON c.oid = i.indrelid
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
                WHERE i.indisprimary AND i.indnatts = 1 AND a.atttypid IN ('int'::regtype, 'bigint'::regtype)
                  AND c.relnamespace = 'public'::regnamespace
                  AND NOT starts_with(c.relname, 'django_')
                """
            )
            self.ends = []
            for table, key in cursor.fetchall():
                cursor.execute(f'SELECT coalesce(max("{key}"), 0) FROM "{table}"')
                self.ends.append((table, key, cursor.fetchone()[0]))

    def restore(self) -> None:
        """Delete the rows that came since; tickets that were there become what their history says they were."""
        columns = ", ".join(field.column for field in Ticket._meta.concrete_fields)
        history = Ticket.history.rel.related_model._meta.db_table
        end = next(end for table, _key, end in self.ends if table == history)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(
                f"UPDATE tickets_ticket t SET ({columns}) = (SELECT {columns} FROM {history} h"
                f" WHERE h.id = t.id AND h.pgh_id > %s ORDER BY h.pgh_id LIMIT 1)"
                f" WHERE t.id IN (SELECT id FROM {history} WHERE pgh_id > %s)",
                [end, end],
            )
            for table, key, end in self.ends:
                cursor.execute(f'DELETE FROM "{table}" WHERE "{key}" > %s', [end])


def _load_sentences(cursor) -> None:
    cursor.execute("CREATE TEMP TABLE sentence (i int, text text)")
    with cursor.copy("COPY sentence FROM STDIN") as copy:
        for place, text in enumerate(sentences()):
            copy.write_row((place, text))
    cursor.execute("ANALYZE sentence")


def _set_defaults(cursor) -> list:
    """Let the database give columns that we do not name their model's default; returns what undoes it."""
    undo = []
    for model in _FILLED:
        for field in model._meta.concrete_fields:
            plain = not (field.null or field.primary_key or field.generated or field.is_relation)
            if not plain or not (field.has_default() or field.empty_strings_allowed):
                continue
            where = {"t": sql.Identifier(model._meta.db_table), "c": sql.Identifier(field.column)}
            value = sql.Literal(field.get_db_prep_save(field.get_default(), connection))
            alter = "ALTER TABLE {t} ALTER COLUMN {c} "
            cursor.execute(sql.SQL(alter + "SET DEFAULT {v}").format(**where, v=value))
            undo.append(sql.SQL(alter + "DROP DEFAULT").format(**where))
    return undo


def _drop_indexes(cursor) -> list[str]:
    """Drop the indexes that no constraint needs; returns what makes them again."""
    cursor.execute(
        """
        SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = ANY(%s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
        """,
        [[model._meta.db_table for model in _FILLED]],
    )
    found = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _name, definition in found]


def _set_sequences(cursor) -> None:
    for model in _FILLED:
        table, key = model._meta.db_table, model._meta.pk.column
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', '{key}'), (SELECT max({key}) FROM {table}))")
