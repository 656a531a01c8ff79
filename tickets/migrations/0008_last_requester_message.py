"""When the requester last wrote, for tickets that were there before; their history is not touched."""

import pgtrigger
from django.db import migrations

FILL = """
    UPDATE tickets_ticket SET last_requester_at = said.at
    FROM (
        SELECT entry.ticket_id, max(entry.at) AS at
        FROM tickets_ticketentry entry JOIN messaging_message message ON message.id = entry.message_id
        WHERE message.direction = 'IN' GROUP BY entry.ticket_id
    ) said
    WHERE said.ticket_id = tickets_ticket.id
"""


def fill(apps, schema_editor):
    with pgtrigger.ignore("tickets.Ticket:update_update"):
        schema_editor.execute(FILL)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0007_workspace"), ("messaging", "0003_workspace")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
