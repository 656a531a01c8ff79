"""How guests get to a room; the address is that of the source report's last page."""

from django.db import migrations, models

WAY = "Gedung Radius Prawiro, Jl. Dr. Wahidin Raya Nomor 1, Jakarta. Bawa kartu identitas dan lapor ke meja depan."


def fill(apps, schema_editor):
    apps.get_model("consultations", "Room").objects.filter(directions="").update(directions=WAY)


class Migration(migrations.Migration):
    dependencies = [
        ("consultations", "0006_reference_slots"),
    ]

    operations = [
        migrations.AddField(
            model_name="room",
            name="directions",
            field=models.TextField(blank=True, db_default="", default="", help_text="how guests get there"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
