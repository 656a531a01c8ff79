"""The set-based SQL that fills monthly figures: one statement a source, over the rows of one month.

Each statement takes `month` (date), `start`, `end` (timestamptz, half-open, cut in Asia/Jakarta) and yields
(indicator, dim1, dim2, value, numerator, denominator, rules_version). No rows means: no record that month.
A dimensioned indicator also yields its total under empty dimensions.
"""

# Population P1 (decisions 22): consultation channels, neither merged away nor spam nor simulated.
P1 = """
    SELECT t.id, t.created_at, t.user_group, t.region_id, t.zone, t.service_hours, t.window_version,
           t.channel_id, t.topic_id, t.contact_id
    FROM tickets_ticket t
    JOIN messaging_channel c ON c.id = t.channel_id AND c.makes_tickets
    WHERE t.merged_into_id IS NULL AND NOT t.is_spam AND t.source <> 'SIMULATOR'
"""

# A merged contact counts as its survivor, through any chain of merges; only merged ones are listed.
SURVIVORS = """
    survivor(id, final) AS (
        WITH RECURSIVE step(id, final) AS (
            SELECT id, merged_into_id FROM people_contact WHERE merged_into_id IS NOT NULL
            UNION
            SELECT step.id, next.merged_into_id
            FROM step JOIN people_contact next ON next.id = step.final AND next.merged_into_id IS NOT NULL
        )
        SELECT step.id, step.final FROM step
        JOIN people_contact last ON last.id = step.final AND last.merged_into_id IS NULL
    )
"""

TICKETS = f"""
WITH {SURVIVORS},
base AS MATERIALIZED (
    SELECT p.*, coalesce(s.final, p.contact_id) AS person,
           coalesce(nullif(p.zone, ''), 'NONE') AS zone_code,
           e.found IS NOT NULL AS escalated
    FROM ({P1} AND t.created_at >= %(start)s AND t.created_at < %(end)s) p
    LEFT JOIN survivor s ON s.id = p.contact_id
    LEFT JOIN LATERAL (SELECT 1 AS found FROM escalation_escalation e WHERE e.ticket_id = p.id LIMIT 1) e ON true
),
cube AS (
    SELECT channel_id, topic_id, zone_code, service_hours, count(*) AS n,
           count(*) FILTER (WHERE escalated) AS escalated,
           count(*) FILTER (WHERE escalated AND service_hours = 'OUTSIDE') AS out_escalated,
           GROUPING(channel_id, topic_id, zone_code, service_hours) AS level,
           min(window_version) FILTER (WHERE service_hours <> 'UNKNOWN') AS oldest_window,
           max(window_version) FILTER (WHERE service_hours <> 'UNKNOWN') AS newest_window
    FROM base
    GROUP BY GROUPING SETS ((), (channel_id), (topic_id), (channel_id, topic_id), (zone_code, service_hours))
),
of_regions AS (
    SELECT region_id, topic_id, count(*) AS n, count(DISTINCT person) AS people, GROUPING(topic_id) AS level
    FROM base WHERE user_group = 'PEMDA' AND region_id IS NOT NULL
    GROUP BY GROUPING SETS ((region_id), (region_id, topic_id))
),
last_of_person AS (
    SELECT DISTINCT ON (person) person, user_group FROM base ORDER BY person, created_at DESC, id DESC
),
by_group AS (
    SELECT user_group, count(*) AS n FROM last_of_person GROUP BY user_group
),
channel AS (SELECT id, code FROM messaging_channel),
topic AS (SELECT id, code FROM tickets_topic UNION ALL SELECT NULL, 'NONE'),
region AS (SELECT id, code FROM people_region)
SELECT 'consultations.by_channel', coalesce(channel.code, ''), '', n, NULL, NULL, ''
FROM cube LEFT JOIN channel ON channel.id = cube.channel_id WHERE level IN (15, 7) AND n > 0
UNION ALL
SELECT 'consultations.by_topic', CASE level WHEN 15 THEN '' ELSE topic.code END, '', n, NULL, NULL, ''
FROM cube LEFT JOIN topic ON topic.id IS NOT DISTINCT FROM cube.topic_id WHERE level IN (15, 11) AND n > 0
UNION ALL
SELECT 'consultations.by_channel_topic', coalesce(channel.code, ''), CASE level WHEN 15 THEN '' ELSE topic.code END,
       n, NULL, NULL, ''
FROM cube LEFT JOIN channel ON channel.id = cube.channel_id
LEFT JOIN topic ON topic.id IS NOT DISTINCT FROM cube.topic_id WHERE level IN (15, 3) AND n > 0
UNION ALL
SELECT 'ticket_breakdown.by_zone_hours', CASE level WHEN 15 THEN '' ELSE zone_code END,
       CASE level WHEN 15 THEN '' ELSE service_hours END,
       n, NULL, NULL, coalesce(concat_ws(', ', oldest_window, nullif(newest_window, oldest_window)), '')
FROM cube WHERE level IN (15, 12) AND n > 0
UNION ALL
SELECT 'ticket_breakdown.out_escalated_by_topic', CASE level WHEN 15 THEN '' ELSE topic.code END, '',
       out_escalated, NULL, NULL, ''
FROM cube LEFT JOIN topic ON topic.id IS NOT DISTINCT FROM cube.topic_id
WHERE n > 0 AND (level = 15 OR (level = 11 AND out_escalated > 0))
UNION ALL
SELECT 'ticket_breakdown.escalated', '', '', escalated, NULL, NULL, '' FROM cube WHERE level = 15 AND n > 0
UNION ALL
SELECT 'users.by_group', user_group, '', n, NULL, NULL, '' FROM by_group
UNION ALL
SELECT 'users.by_group', '', '', sum(n), NULL, NULL, '' FROM by_group HAVING count(*) > 0
UNION ALL
SELECT 'top_regions.tickets', region.code, '', n, NULL, NULL, ''
FROM of_regions JOIN region ON region.id = region_id WHERE level = 1
UNION ALL
SELECT 'top_regions.users', region.code, '', people, NULL, NULL, ''
FROM of_regions JOIN region ON region.id = region_id WHERE level = 1
UNION ALL
SELECT 'top_regions.topics', region.code, topic.code, n, NULL, NULL, ''
FROM of_regions JOIN region ON region.id = region_id
LEFT JOIN topic ON topic.id IS NOT DISTINCT FROM of_regions.topic_id WHERE level = 0
"""

# P7 and what was answered: escalations count by `escalated_at`, scores by `answered_at` (decisions 20).
ESCALATIONS = f"""
WITH p1 AS NOT MATERIALIZED ({P1}),
asked AS (
    SELECT u.code AS unit, count(*) AS n
    FROM escalation_escalation e JOIN people_unit u ON u.id = e.unit_id JOIN p1 ON p1.id = e.ticket_id
    WHERE e.via_app AND e.escalated_at >= %(start)s AND e.escalated_at < %(end)s GROUP BY u.code
),
answered AS (
    SELECT u.code AS unit, e.score, e.excluded, count(*) AS n, string_agg(DISTINCT r.version, ', ') AS versions
    FROM escalation_escalation e JOIN people_unit u ON u.id = e.unit_id JOIN p1 ON p1.id = e.ticket_id
    JOIN escalation_scorerule r ON r.id = e.rule_id
    WHERE e.via_app AND e.score IS NOT NULL AND e.answered_at >= %(start)s AND e.answered_at < %(end)s
    GROUP BY u.code, e.score, e.excluded
)
SELECT 'layer2.escalations_by_unit', coalesce(unit, ''), '', sum(n), NULL::numeric, NULL::numeric, ''
FROM asked GROUP BY GROUPING SETS ((unit), ()) HAVING sum(n) > 0
UNION ALL
SELECT 'layer2.response_scores', coalesce(unit, ''), '', sum(score * n)::numeric / sum(n), sum(score * n), sum(n),
       left(string_agg(DISTINCT versions, ', '), 120)
FROM answered WHERE NOT excluded GROUP BY GROUPING SETS ((unit), ()) HAVING sum(n) > 0
UNION ALL
SELECT 'layer2.scores_by_unit', coalesce(unit, ''), coalesce(score::text, ''), sum(n), NULL, NULL, ''
FROM answered WHERE NOT excluded GROUP BY GROUPING SETS ((unit, score), ()) HAVING sum(n) > 0
UNION ALL
SELECT 'layer2.excluded', coalesce(unit, ''), '', coalesce(sum(n) FILTER (WHERE excluded), 0), NULL, NULL, ''
FROM answered GROUP BY GROUPING SETS ((unit), ()) HAVING sum(n) > 0
"""

RATINGS = f"""
WITH {SURVIVORS},
p1 AS NOT MATERIALIZED ({P1}),
rated AS (
    SELECT r.agent_id, coalesce(s.final, r.contact_id) AS person, r.service_score, r.substance_score
    FROM tickets_satisfactionrating r JOIN p1 ON p1.id = r.ticket_id
    LEFT JOIN survivor s ON s.id = r.contact_id
    WHERE r.rated_at >= %(start)s AND r.rated_at < %(end)s
),
sums AS (
    SELECT agent_id, count(*) AS n, sum(service_score) AS service, sum(substance_score) AS substance,
           count(DISTINCT person) AS raters, GROUPING(agent_id) AS level
    FROM rated GROUP BY GROUPING SETS ((agent_id), ())
)
SELECT f.indicator, '', '', f.total / n, f.total, n, ''
FROM sums CROSS JOIN LATERAL (VALUES
    ('satisfaction.average', (service + substance)::numeric / 2),
    ('satisfaction.service', service::numeric), ('satisfaction.substance', substance::numeric)
) AS f(indicator, total)
WHERE level = 1 AND n > 0
UNION ALL
SELECT 'satisfaction.by_agent', coalesce(agent_id::text, 'NONE'), '', (service + substance)::numeric / 2 / n,
       (service + substance)::numeric / 2, n, ''
FROM sums WHERE level = 0
UNION ALL
SELECT 'satisfaction.raters_by_agent', coalesce(agent_id::text, 'NONE'), '', raters, NULL, NULL, ''
FROM sums WHERE level = 0
"""

CHATBOT = """
WITH RECURSIVE top(id, code, root) AS (
    SELECT id, code, code FROM chatbot_chatbotmenu WHERE parent_id IS NULL
    UNION ALL
    SELECT m.id, m.code, top.root FROM chatbot_chatbotmenu m JOIN top ON m.parent_id = top.id
),
session AS (
    SELECT outcome, CASE outcome WHEN 'DROPPED' THEN 'DROPPED' ELSE top.root END AS menu
    FROM chatbot_chatbotsession s LEFT JOIN top ON top.id = s.menu_id
    WHERE s.started_at >= %(start)s AND s.started_at < %(end)s AND NOT s.simulated
)
SELECT 'chatbot.by_menu', menu, '', count(*), NULL::numeric, NULL::numeric, ''
FROM session WHERE outcome IN ('ANSWERED', 'DROPPED') GROUP BY menu
UNION ALL
SELECT 'chatbot.by_menu', '', '', count(*) FILTER (WHERE outcome IN ('ANSWERED', 'DROPPED')), NULL, NULL, ''
FROM session HAVING count(*) > 0
"""


def _count(indicator: str, table: str, column: str, where: str = "true", day: bool = False) -> str:
    """Count of a register's rows by moment, or by day when `day`."""
    span = f"{column} >= %(first)s AND {column} <= %(last)s" if day else f"{column} >= %(start)s AND {column} < %(end)s"
    return f"""
        SELECT '{indicator}', '', '', count(*) FILTER (WHERE {where}), NULL::numeric, NULL::numeric, ''
        FROM {table} WHERE {span} HAVING count(*) > 0
    """


def _by(indicator: str, table: str, column: str, dim: str) -> str:
    return f"""
        SELECT '{indicator}', coalesce({dim}::text, ''), '', count(*), NULL::numeric, NULL::numeric, ''
        FROM {table} WHERE {column} >= %(start)s AND {column} < %(end)s
        GROUP BY GROUPING SETS (({dim}), ()) HAVING count(*) > 0
    """


VISITS = """
WITH held AS (
    SELECT id, guest_count, over_limit, status = 'HELD' AS counts FROM consultations_visit
    WHERE held_on >= %(first)s AND held_on <= %(last)s
),
topics AS (
    SELECT coalesce(t.code, 'NONE') AS topic, count(*) AS n
    FROM held LEFT JOIN consultations_visittopic vt ON vt.visit_id = held.id
    LEFT JOIN tickets_topic t ON t.id = vt.topic_id
    WHERE held.counts GROUP BY 1
)
SELECT f.indicator, '', '', f.value, NULL::numeric, NULL::numeric, ''
FROM (
    SELECT count(*) FILTER (WHERE counts) AS visits, coalesce(sum(guest_count) FILTER (WHERE counts), 0) AS guests,
           count(*) FILTER (WHERE counts AND over_limit) AS over
    FROM held HAVING count(*) > 0
) AS s CROSS JOIN LATERAL (VALUES
    ('face_to_face.total', visits), ('face_to_face.guests', guests), ('face_to_face.over_limit', over)
) AS f(indicator, value)
UNION ALL SELECT 'face_to_face.by_topic', topic, '', n, NULL, NULL, '' FROM topics
UNION ALL SELECT 'face_to_face.by_topic', '', '', sum(n), NULL, NULL, '' FROM topics HAVING count(*) > 0
"""

COMPLAINTS = (
    _by("complaints.by_kind", "information_complaint", "received_at", "kind")
    + """
    UNION ALL
    SELECT 'complaints.subjects', '', '', count(DISTINCT subject) FILTER (WHERE kind = 'COMPLAINT'), NULL, NULL, ''
    FROM information_complaint WHERE received_at >= %(start)s AND received_at < %(end)s HAVING count(*) > 0
"""
)

KNOWLEDGE = """
WITH open_review AS (
    SELECT DISTINCT a.id, u.code AS unit
    FROM knowledge_reviewrequest r JOIN knowledge_knowledgearticle a ON a.id = r.article_id
    JOIN people_unit u ON u.id = a.unit_id
    WHERE r.requested_at < %(end)s AND (r.reviewed_at IS NULL OR r.reviewed_at >= %(end)s)
)
SELECT 'knowledge_base.to_review', unit, '', count(*), NULL::numeric, NULL::numeric, '' FROM open_review GROUP BY unit
UNION ALL
SELECT 'knowledge_base.to_review', '', '', (SELECT count(*) FROM open_review), NULL, NULL, ''
WHERE EXISTS (SELECT 1 FROM knowledge_knowledgearticle WHERE created_at < %(end)s)
"""

WEB_TRAFFIC = """
SELECT 'website_visits.total', '', '', visitors, NULL::numeric, NULL::numeric, ''
FROM outreach_webtraffic WHERE month = %(month)s
"""

SOCIAL = """
WITH m AS (
    SELECT platform, feeds, stories, followers, reach_total, coalesce(posts, feeds + stories) AS posts,
           coalesce(
               round(reach_total::numeric / nullif(coalesce(reach_posts, posts, feeds), 0)), reach_average
           ) AS reach
    FROM outreach_socialmetric WHERE month = %(month)s
)
SELECT f.indicator, platform, '', f.value, NULL::numeric, NULL::numeric, ''
FROM m CROSS JOIN LATERAL (VALUES
    ('social.posts', posts), ('social.followers', followers), ('social.feeds', feeds), ('social.stories', stories),
    ('social.reach_total', reach_total), ('social.reach_avg', reach)
) AS f(indicator, value)
WHERE f.value IS NOT NULL
UNION ALL
SELECT 'social.posts_avg', '', '', round(sum(posts)::numeric / count(posts)), sum(posts), count(posts), ''
FROM m HAVING count(posts) > 0
"""

STATEMENTS: dict[str, str] = {
    "tickets": TICKETS,
    "escalations": ESCALATIONS,
    "ratings": RATINGS,
    "chatbot": CHATBOT,
    "visits": VISITS,
    "complaints": COMPLAINTS,
    "knowledge": KNOWLEDGE,
    "web_traffic": WEB_TRAFFIC,
    "social": SOCIAL,
    "publications": _count("website_publications.total", "outreach_publication", "published_on", day=True),
    "events": _count("webinars.total", "outreach_event", "held_on", day=True),
    "blasts": _count("blasts.total", "outreach_blast", "sent_at", "status = 'SENT'"),
    "lapor_mails": _by("email_lapor.by_type", "outreach_lapormail", "received_at", "document_type"),
    "video_conferences": _count(
        "video_conferences.total", "consultations_videoconference", "held_on", "status = 'HELD'", day=True
    ),
    "ppid": _count("ppid.requests", "information_ppidrequest", "received_at"),
}
