"""Record numbers come from a sequence: two registrations at one moment can't draw the same."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("patients", "0002_alert_clearance")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE patients_mrn AS bigint START WITH 10001",
            "DROP SEQUENCE patients_mrn",
        ),
    ]
