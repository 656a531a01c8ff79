"""Statement-level triggers that mark (month, source) as dirty when a record changes (decisions 16).

`{rows}` stands for the rows a statement added, removed or changed (before and after). Only changes of the
columns a figure depends on mark anything.
"""

from dataclasses import dataclass


def _month(moment: str) -> str:
    return f"date_trunc('month', {moment} AT TIME ZONE 'Asia/Jakarta')::date"


def _of(source: str, moment: str) -> str:
    return f"SELECT {_month(moment)}, '{source}' FROM {{rows}} r WHERE {moment} IS NOT NULL"


def _on(source: str, day: str) -> str:
    return f"SELECT date_trunc('month', {day})::date, '{source}' FROM {{rows}} r WHERE {day} IS NOT NULL"


@dataclass(frozen=True)
class Mark:
    """What a change of `table` marks: SQL over `{rows}` for all changes, more for updates and deletions."""

    table: str
    columns: str
    sql: str
    also_on_change: str = ""
    on_insert: bool = True


TICKET_DEPENDENTS = f"""
    UNION SELECT {_month("e.escalated_at")}, 'escalations' FROM {{rows}} r
        JOIN escalation_escalation e ON e.ticket_id = r.id
    UNION SELECT {_month("e.answered_at")}, 'escalations' FROM {{rows}} r
        JOIN escalation_escalation e ON e.ticket_id = r.id WHERE e.answered_at IS NOT NULL
    UNION SELECT {_month("s.rated_at")}, 'ratings' FROM {{rows}} r
        JOIN tickets_satisfactionrating s ON s.ticket_id = r.id
"""
ESCALATIONS = f"""
    {_of("escalations", "r.escalated_at")} UNION {_of("escalations", "r.answered_at")}
    UNION SELECT {_month("t.created_at")}, 'tickets' FROM {{rows}} r JOIN tickets_ticket t ON t.id = r.ticket_id
"""
MERGED_PEOPLE = f"""
    SELECT {_month("t.created_at")}, 'tickets' FROM tickets_ticket t JOIN person ON person.id = t.contact_id
    UNION SELECT {_month("s.rated_at")}, 'ratings' FROM tickets_satisfactionrating s
        JOIN person ON person.id = s.contact_id
"""
CONTACTS = f"""
    SELECT * FROM (
        WITH RECURSIVE person(id) AS (
            SELECT r.id FROM {{rows}} r
            UNION SELECT c.id FROM people_contact c JOIN person ON c.merged_into_id = person.id
        ) {MERGED_PEOPLE}
    ) merged
"""
REVIEW_SPAN = """
    SELECT generate_series(
        date_trunc('month', {asked} AT TIME ZONE 'Asia/Jakarta'),
        date_trunc('month', coalesce({done}, now()) AT TIME ZONE 'Asia/Jakarta'), interval '1 month'
    )::date, 'knowledge'
"""
REVIEWS = REVIEW_SPAN.format(asked="r.requested_at", done="r.reviewed_at") + " FROM {rows} r"
ARTICLES = REVIEW_SPAN.format(asked="r.created_at", done="NULL::timestamptz") + " FROM {rows} r"
CHANNELS = f"""
    SELECT {_month("t.created_at")}, 'tickets' FROM {{rows}} r JOIN tickets_ticket t ON t.channel_id = r.id
    UNION SELECT {_month("e.escalated_at")}, 'escalations' FROM {{rows}} r
        JOIN tickets_ticket t ON t.channel_id = r.id JOIN escalation_escalation e ON e.ticket_id = t.id
    UNION SELECT {_month("e.answered_at")}, 'escalations' FROM {{rows}} r
        JOIN tickets_ticket t ON t.channel_id = r.id JOIN escalation_escalation e ON e.ticket_id = t.id
        WHERE e.answered_at IS NOT NULL
    UNION SELECT {_month("s.rated_at")}, 'ratings' FROM {{rows}} r
        JOIN tickets_ticket t ON t.channel_id = r.id JOIN tickets_satisfactionrating s ON s.ticket_id = t.id
"""
VISIT_TOPICS = """
    SELECT date_trunc('month', v.held_on)::date, 'visits' FROM {rows} r JOIN consultations_visit v ON v.id = r.visit_id
"""
MENUS = (
    f"SELECT {_month('s.started_at')}, 'chatbot' FROM chatbot_chatbotsession s WHERE EXISTS (SELECT 1 FROM {{rows}} r)"
)
LIVE_FROM = """
    SELECT month::date, source
    FROM {rows} r
    CROSS JOIN generate_series(date_trunc('month', r.live_from), date_trunc('month', now()), interval '1 month') month
    CROSS JOIN unnest(ARRAY['tickets', 'escalations', 'ratings', 'chatbot', 'visits', 'complaints', 'publications',
                            'events', 'blasts', 'lapor_mails', 'video_conferences', 'ppid']) source
    WHERE r.live_from IS NOT NULL
"""

MARKS = (
    Mark(
        "tickets_ticket",
        "created_at, channel_id, contact_id, topic_id, user_group, region_id, zone, service_hours, window_version,"
        " merged_into_id, is_spam, source",
        _of("tickets", "r.created_at"),
        TICKET_DEPENDENTS,
    ),
    Mark("people_contact", "merged_into_id", CONTACTS, on_insert=False),
    Mark("messaging_channel", "code, makes_tickets", CHANNELS, on_insert=False),
    Mark(
        "escalation_escalation",
        "ticket_id, unit_id, via_app, escalated_at, answered_at, score, rule_id, excluded",
        ESCALATIONS,
    ),
    Mark(
        "tickets_satisfactionrating",
        "ticket_id, agent_id, contact_id, service_score, substance_score, rated_at",
        _of("ratings", "r.rated_at"),
    ),
    Mark("chatbot_chatbotsession", "started_at, menu_id, outcome", _of("chatbot", "r.started_at")),
    Mark("chatbot_chatbotmenu", "code, parent_id", MENUS, on_insert=False),
    Mark("consultations_visit", "held_on, status, guest_count, over_limit", _on("visits", "r.held_on")),
    Mark("consultations_visittopic", "visit_id, topic_id", VISIT_TOPICS),
    Mark("consultations_videoconference", "held_on, status", _on("video_conferences", "r.held_on")),
    Mark("information_complaint", "received_at, kind, subject", _of("complaints", "r.received_at")),
    Mark("information_ppidrequest", "received_at", _of("ppid", "r.received_at")),
    Mark("outreach_publication", "published_on", _on("publications", "r.published_on")),
    Mark("outreach_event", "held_on", _on("events", "r.held_on")),
    Mark("outreach_blast", "sent_at, status", _of("blasts", "r.sent_at")),
    Mark("outreach_lapormail", "received_at, document_type", _of("lapor_mails", "r.received_at")),
    Mark("outreach_webtraffic", "month, visitors", _on("web_traffic", "r.month")),
    Mark(
        "outreach_socialmetric",
        "month, platform, posts, feeds, stories, followers, reach_total, reach_posts, reach_average",
        _on("social", "r.month"),
    ),
    Mark("knowledge_reviewrequest", "article_id, requested_at, reviewed_at", REVIEWS),
    Mark("knowledge_knowledgearticle", "unit_id, created_at", ARTICLES),
    Mark("reports_indicatorsetting", "indicator, aspect, live_from", LIVE_FROM),
)


def _insert(sql: str, rows: str) -> str:
    return f"""
        INSERT INTO reports_dirtymonth (month, source)
        SELECT DISTINCT m.month, m.source FROM ({sql.format(rows=rows)}) AS m(month, source);
    """


def _changed(mark: Mark) -> str:
    columns = [name.strip() for name in mark.columns.split(",")]
    before, after = (", ".join(f"{row}.{name}" for name in columns) for row in ("o", "n"))
    differ = f"removed o JOIN added n USING (id) WHERE ({before}) IS DISTINCT FROM ({after})"
    return f"(SELECT o.* FROM {differ} UNION ALL SELECT n.* FROM {differ})"


def create(mark: Mark) -> str:
    """SQL that creates the function and the triggers of a table."""
    table, name = mark.table, f"mark_{mark.table}"
    all_of_it = mark.sql + mark.also_on_change
    on_insert = f"""
        CREATE TRIGGER {name}_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS added
            FOR EACH STATEMENT EXECUTE FUNCTION {name}();
    """
    return f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
            IF TG_OP = 'INSERT' THEN {_insert(mark.sql, "added")}
            ELSIF TG_OP = 'DELETE' THEN {_insert(all_of_it, "removed")}
            ELSE {_insert(all_of_it, _changed(mark))}
            END IF;
            RETURN NULL;
        END $body$;
        {on_insert if mark.on_insert else ""}
        CREATE TRIGGER {name}_update AFTER UPDATE ON {table} REFERENCING OLD TABLE AS removed NEW TABLE AS added
            FOR EACH STATEMENT EXECUTE FUNCTION {name}();
        CREATE TRIGGER {name}_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS removed
            FOR EACH STATEMENT EXECUTE FUNCTION {name}();
    """


def drop(mark: Mark) -> str:
    """SQL that removes them."""
    return f"DROP FUNCTION mark_{mark.table}() CASCADE;"
