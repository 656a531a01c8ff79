"""Statements that fill the database of `bin/bench pages`: {n} tickets over 24 months up to {now}.

Everything is spread by hashing the row's number: no random numbers, the same database each time. Columns
that are not named get their model's default (`pages_database`). Ids of what hangs on ticket t lie at t * 16.
"""
# ruff: noqa: E501

MONTHS = 24
HELPERS = """
CREATE FUNCTION pg_temp.h(n bigint, seed int, below int) RETURNS int LANGUAGE sql IMMUTABLE
RETURN ((hashint8extended(n, seed) & 2147483647) % below)::int;
CREATE TEMP TABLE place AS
SELECT row_number() OVER (ORDER BY code) - 1 AS i, id, zone FROM people_region WHERE is_autonomous;
CREATE TEMP TABLE unit AS
SELECT row_number() OVER (ORDER BY code) - 1 AS i, id FROM people_unit WHERE valid_to IS NULL;
CREATE TEMP TABLE way AS
SELECT (ARRAY[0, 45, 60, 85, 95, 100])[row_number() OVER (ORDER BY position)] AS a,
       (ARRAY[0, 45, 60, 85, 95, 100])[1 + row_number() OVER (ORDER BY position)] AS b, id, code,
       nullif(first_answer_minutes, 0) AS minutes
FROM messaging_channel WHERE makes_tickets ORDER BY position LIMIT 5;
CREATE TEMP TABLE subject AS
SELECT row_number() OVER (ORDER BY position) - 1 AS i, count(*) OVER () AS total, id, label FROM tickets_topic;
"""
STAFF = """
INSERT INTO people_user (id, username, display_name, password, is_superuser, is_staff, is_active, date_joined)
SELECT n, 'bench' || n, 'Agen Contoh ' || n, '!', false, false, true, '{now}' FROM generate_series(1, 62) n;
INSERT INTO people_staffrole (user_id, role, unit_id, is_head)
SELECT n, CASE WHEN n <= 40 THEN 'AGENT_L1' WHEN n <= 45 THEN 'SUPERVISOR' WHEN n <= 59 THEN 'AGENT_L2'
               WHEN n <= 61 THEN 'MANAGER' ELSE 'ADMINISTRATOR' END,
       CASE WHEN n BETWEEN 46 AND 59 THEN unit.id END, n BETWEEN 46 AND 52
FROM generate_series(1, 62) n JOIN unit ON unit.i = n % 7;
"""
CONTACTS = """
INSERT INTO people_contact (id, name, user_group, region_id, organization, created_at)
SELECT n, (ARRAY['Melati','Budi','Sari','Agus','Dewi','Rudi','Ayu','Hendra','Putri','Yusuf','Wati','Eko'])[1 + pg_temp.h(n, 1, 12)]
       || ' ' || (ARRAY['Kusumah','Pratama','Siregar','Lestari','Nasution','Wijaya','Saputra','Manurung'])[1 + pg_temp.h(n, 2, 8)]
       || ' ' || n,
       (ARRAY['PEMDA','PEMDA','PEMDA','PEMDA','AKADEMISI','KL','LAINNYA'])[1 + pg_temp.h(n, 3, 7)],
       CASE WHEN pg_temp.h(n, 4, 30) > 0 THEN place.id END, 'Badan Keuangan Contoh', timestamptz '{now}' - interval '{months} months'
FROM generate_series(1, {contacts}) n JOIN place ON place.i = pg_temp.h(n, 5, (SELECT count(*)::int FROM place));
INSERT INTO people_contacthandle (id, contact_id, kind, value, verified)
SELECT n * 2, n, 'EMAIL', 'kontak' || n || '@pemda.example', true FROM generate_series(1, {contacts}) n
UNION ALL
SELECT n * 2 + 1, n, 'PHONE', '+62000' || lpad(n::text, 8, '0'), true FROM generate_series(1, {contacts}) n WHERE n % 2 = 0;
"""
# A plan of each ticket: when it came, how it stands, how many messages it has and who works on it.
PLAN = """
CREATE TEMP TABLE plan AS
SELECT n AS id, at, status, said, contact,
       CASE WHEN status = 'NEW' AND pg_temp.h(n, 20, 10) < 7 OR status = 'OPEN' AND said = 1 AND pg_temp.h(n, 20, 10) < 3 THEN NULL
            ELSE 1 + pg_temp.h(n, 21, 40) END AS agent,
       CASE WHEN status = 'CLOSED' THEN least(at + pg_temp.h(n, 22, 4300) * interval '1 minute', timestamptz '{now}') END AS closed,
       CASE WHEN status = 'CLOSED' THEN least(pg_temp.h(n, 22, 4300) * interval '1 minute', timestamptz '{now}' - at)
            ELSE least(timestamptz '{now}' - at, interval '30 hours') END / said AS step
FROM (
    SELECT n, at, status, 1 + pg_temp.h(n, 10, {contacts}) AS contact,
           CASE status WHEN 'NEW' THEN 1 WHEN 'OPEN' THEN 1 + 2 * pg_temp.h(n, 11, 2) WHEN 'WAITING_LAYER2' THEN 1 + pg_temp.h(n, 11, 3)
                       WHEN 'CLOSED' THEN 2 + pg_temp.h(n, 11, 3) ELSE 2 + 2 * pg_temp.h(n, 11, 2) END AS said
    FROM (
        SELECT n, timestamptz '{now}' - interval '{months} months'
                  + (n - pg_temp.h(n, 12, 1000) / 1000.0) / {n} * (interval '{months} months') AS at,
               CASE WHEN n <= {n} * 0.95 OR pg_temp.h(n, 13, 100) >= 40 THEN 'CLOSED'
                    ELSE (ARRAY['NEW','NEW','NEW','OPEN','OPEN','OPEN','OPEN','OPEN','OPEN','WAITING_REQUESTER',
                          'WAITING_REQUESTER','WAITING_REQUESTER','WAITING_REQUESTER','WAITING_LAYER2','WAITING_LAYER2',
                          'WAITING_LAYER2','ANSWERED','ANSWERED','ANSWERED','ANSWERED'])[1 + pg_temp.h(n, 14, 20)] END AS status
        FROM generate_series(1, {n}) n
    ) moment
) state;
ANALYZE plan;
"""
TICKETS = """
INSERT INTO tickets_ticket (id, number, channel_id, contact_id, topic_id, subject, status, priority, assignee_id, tags,
    created_at, first_answered_at, closed_at, last_message_at, last_requester_at, first_answer_due_at, due_at, user_group, region_id, zone, service_hours,
    window_version, is_spam, source, merged_into_id)
SELECT p.id, 'DRG-' || to_char(p.at AT TIME ZONE 'Asia/Jakarta', 'YY') || '-' || lpad(p.id::text, greatest(5, length(p.id::text)), '0'), way.id,
       p.contact, CASE WHEN p.status = 'NEW' AND p.agent IS NULL THEN NULL ELSE subject.id END,
       left(subject.label || ': ' || s.text, 90), p.status,
       (ARRAY[10,20,20,20,20,20,20,20,30,40])[1 + pg_temp.h(p.id, 30, 10)], p.agent,
       CASE WHEN pg_temp.h(p.id, 31, 10) < 6 THEN '{{}}' WHEN pg_temp.h(p.id, 31, 10) < 9 THEN ARRAY['tanda' || lpad(tag::text, 2, '0')]
            ELSE ARRAY['mendesak', 'tanda' || lpad(tag::text, 2, '0')] END,
       p.at, CASE WHEN p.said > 1 THEN p.at + p.step END, p.closed, p.at + (p.said - 1) * p.step,
       p.at + (p.said - 2 + p.said % 2) * p.step, due, CASE WHEN p.status IN ('NEW', 'OPEN', 'WAITING_LAYER2') AND p.said = 1 THEN due END,
       c.user_group,
       c.region_id, coalesce(r.zone, ''), CASE WHEN r.id IS NULL THEN 'UNKNOWN' WHEN pg_temp.h(p.id, 32, 20) = 0 THEN 'OUTSIDE'
       ELSE 'INSIDE' END, 'SERVICE@1', p.status = 'CLOSED' AND pg_temp.h(p.id, 33, 100) = 0, 'LIVE',
       CASE WHEN p.status = 'CLOSED' AND p.id % 200 = 0 THEN p.id - 1 END
FROM plan p
JOIN people_contact c ON c.id = p.contact
LEFT JOIN people_region r ON r.id = c.region_id
JOIN way ON pg_temp.h(p.id, 34, 100) >= way.a AND pg_temp.h(p.id, 34, 100) < way.b
JOIN subject ON subject.i = least(pg_temp.h(p.id, 35, 21), pg_temp.h(p.id, 36, 21)) % subject.total
JOIN sentence s ON s.i = pg_temp.h(p.id, 37, {sentences})
CROSS JOIN LATERAL (SELECT least(pg_temp.h(p.id, 38, 40), pg_temp.h(p.id, 39, 40)) AS tag) t
CROSS JOIN LATERAL (SELECT p.at + CASE WHEN way.minutes >= 480 THEN interval '1 day' ELSE way.minutes * interval '1 minute' END AS due) d
ORDER BY p.id;
"""
MESSAGES = """
INSERT INTO messaging_message (id, channel_id, external_id, direction, contact_id, author_id, subject, body,
    received_at, claimed_by, delivery)
SELECT p.id * 16 + j, t.channel_id, 'b:' || p.id || ':' || j, CASE WHEN j % 2 = 1 THEN 'IN' ELSE 'OUT' END, p.contact,
       CASE WHEN j % 2 = 0 THEN p.agent END, CASE WHEN way.code = 'EMAIL' THEN t.subject ELSE '' END,
       a.text || ' ' || b.text || ' ' || c.text
       || CASE WHEN pg_temp.h(p.id * 16 + j, 4, 10) = 0 THEN ' Surat S-' || p.id || '/PK/2026.' ELSE '' END,
       p.at + (j - 1) * p.step, 'tickets', CASE WHEN j % 2 = 1 THEN 'RECEIVED' ELSE 'SENT' END
FROM plan p
JOIN tickets_ticket t ON t.id = p.id
JOIN way ON way.id = t.channel_id
CROSS JOIN LATERAL generate_series(1, p.said) j
JOIN sentence a ON a.i = pg_temp.h(p.id * 16 + j, 1, {sentences})
JOIN sentence b ON b.i = pg_temp.h(p.id * 16 + j, 2, {sentences})
JOIN sentence c ON c.i = pg_temp.h(p.id * 16 + j, 3, {sentences})
ORDER BY p.id, j;
"""
EVENTS = """
INSERT INTO tickets_ticketevent (id, ticket_id, at, actor_id, code, from_value, to_value, data)
SELECT p.id * 16 + slot, p.id, moment, actor, code, before, after, '{{}}'::jsonb
FROM plan p
CROSS JOIN LATERAL (
    SELECT 0 AS slot, p.at AS moment, NULL::int AS actor, 'ticket.opened' AS code, '' AS before, 'NEW' AS after
    UNION ALL SELECT 9, p.at, p.agent, 'ticket.assigned', '', 'bench' || p.agent WHERE p.agent IS NOT NULL
    UNION ALL
    SELECT j, p.at + (j - 1) * p.step, CASE WHEN j % 2 = 0 THEN p.agent END,
           CASE WHEN j % 2 = 0 THEN 'ticket.replied' ELSE 'ticket.message_received' END, 'OPEN',
           CASE WHEN j % 2 = 0 THEN 'ANSWERED' ELSE 'OPEN' END
    FROM generate_series(2, p.said) j
    UNION ALL SELECT 10, p.closed, p.agent, 'ticket.closed', 'ANSWERED', 'CLOSED' WHERE p.closed IS NOT NULL
) e
ORDER BY p.id, slot;
"""
ENTRIES = """
INSERT INTO tickets_ticketentry (id, ticket_id, kind, at, message_id, event_id, author_id, note)
SELECT p.id * 16 + slot, p.id, kind, moment, message, event, author, note
FROM plan p
CROSS JOIN LATERAL (
    SELECT j AS slot, 'MESSAGE' AS kind, p.at + (j - 1) * p.step AS moment, p.id * 16 + j AS message,
           NULL::bigint AS event, CASE WHEN j % 2 = 0 THEN p.agent END AS author, '' AS note
    FROM generate_series(1, p.said) j
    UNION ALL SELECT 9, 'EVENT', p.at, NULL, p.id * 16 + 9, p.agent, '' WHERE p.agent IS NOT NULL
    UNION ALL SELECT 10, 'EVENT', p.closed, NULL, p.id * 16 + 10, p.agent, '' WHERE p.closed IS NOT NULL
    UNION ALL SELECT 11, 'NOTE', p.at + p.step / 2, NULL, NULL, p.agent, 'Sudah dicek dengan unit.'
    WHERE p.agent IS NOT NULL AND pg_temp.h(p.id, 40, 10) = 0
) e
ORDER BY p.id, slot;
"""
ESCALATIONS = """
INSERT INTO escalation_escalation (id, ticket_id, unit_id, status, question, escalated_at, answered_at, closed_at,
    rule_id, working_minutes, calendar_version, score)
SELECT p.id, p.id, unit.id, CASE WHEN p.closed IS NULL THEN 'OPEN' ELSE 'ANSWERED' END, 'Mohon tanggapan unit.',
       p.at + p.step / 2, p.closed, p.closed, CASE WHEN p.closed IS NOT NULL THEN r.id END,
       CASE WHEN p.closed IS NOT NULL THEN 180 END, CASE WHEN p.closed IS NOT NULL THEN 'OFFICE@1' ELSE '' END,
       CASE WHEN p.closed IS NOT NULL THEN 120 - 10 * pg_temp.h(p.id, 50, 3) END
FROM plan p JOIN unit ON unit.i = pg_temp.h(p.id, 51, 7) CROSS JOIN (SELECT id FROM escalation_scorerule LIMIT 1) r
WHERE p.status = 'WAITING_LAYER2' OR p.status = 'CLOSED' AND pg_temp.h(p.id, 52, 100) < 12;
INSERT INTO tickets_satisfactionrating (ticket_id, agent_id, contact_id, service_score, substance_score, rated_at)
SELECT id, agent, contact, 4 + pg_temp.h(id, 53, 2), 3 + pg_temp.h(id, 54, 3), closed FROM plan WHERE closed IS NOT NULL AND id % 6 = 0;
"""
# Whoever works on a ticket has read it, half of them before the requester wrote again.
WORKSPACE = """
INSERT INTO tickets_ticketread (user_id, ticket_id, read_at)
SELECT p.agent, p.id, p.at + (p.said - 1) * p.step + CASE WHEN pg_temp.h(p.id, 60, 2) = 0 THEN interval '1 minute' ELSE - p.step / 2 END
FROM plan p WHERE p.closed IS NULL AND p.agent IS NOT NULL;
INSERT INTO tickets_ticketfollower (user_id, ticket_id, since)
SELECT 41 + pg_temp.h(p.id, 61, 5), p.id, p.at FROM plan p WHERE p.closed IS NULL AND pg_temp.h(p.id, 62, 20) = 0;
INSERT INTO tickets_savedview (owner_id, name, shared, query, position, created_at)
SELECT 41, name, true, query::jsonb, place, '{now}' FROM (VALUES
    (1, 'DAU WITA', '{{"topik": ["DAU"], "zona": ["WITA"]}}'), (2, 'Otsus', '{{"topik": ["OTSUS"]}}'),
    (3, 'Email Pemda', '{{"kanal": ["EMAIL"], "kelompok": ["PEMDA"]}}'), (4, 'Mendesak', '{{"tanda": ["mendesak"]}}'),
    (5, 'Jawa Barat', '{{"wilayah": ["32"]}}')) v (place, name, query);
"""
STEPS = (HELPERS, STAFF, CONTACTS, PLAN, TICKETS, MESSAGES, EVENTS, ENTRIES, ESCALATIONS, WORKSPACE)
