import django.contrib.postgres.fields
from django.db import migrations, models

# Seals made before cover the columns that their tables have now. A seal is never changed afterwards: its trigger is
# put aside for this one statement, which only the owner of the tables can do.
COVER_THE_COLUMNS_OF_NOW = """
ALTER TABLE clinic_historyseal DISABLE TRIGGER USER;
UPDATE clinic_historyseal AS seal SET columns = coalesce((
    SELECT array_agg(attname::varchar ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = to_regclass(quote_ident(seal."table")) AND attnum > 0 AND NOT attisdropped
), '{}');
ALTER TABLE clinic_historyseal ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("clinic", "0008_staff_mobile")]

    operations = [
        migrations.AddField(
            model_name="historyseal",
            name="columns",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=63),
                default=list,
                help_text="Those that the digest covers: later ones are not its.",
                size=None,
            ),
        ),
        migrations.RunSQL(COVER_THE_COLUMNS_OF_NOW, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="readevent",
            name="address",
            field=models.GenericIPAddressField(blank=True, help_text="From where; empty for our own tasks.", null=True),
        ),
    ]
