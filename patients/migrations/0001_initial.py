import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import clinic.clock
import clinic.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("clinic", "0001_initial"),
        ("clinic", "__first__"),
    ]

    operations = [
        # Record numbers come from a sequence: two registrations at one moment can't draw the same.
        migrations.RunSQL("CREATE SEQUENCE patients_mrn AS bigint START WITH 10001", "DROP SEQUENCE patients_mrn"),
        migrations.CreateModel(
            name="Patient",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("mrn", models.CharField(editable=False, max_length=16, unique=True, verbose_name="MRN")),
                ("given_name", models.CharField(max_length=80)),
                ("middle_name", models.CharField(blank=True, max_length=80)),
                ("family_name", models.CharField(max_length=80)),
                ("preferred_name", models.CharField(blank=True, max_length=80)),
                ("pronouns", models.CharField(blank=True, max_length=30)),
                ("birth_date", models.DateField()),
                (
                    "sex",
                    models.CharField(
                        choices=[("female", "Female"), ("male", "Male"), ("other", "Other"), ("unknown", "Unknown")],
                        default="unknown",
                        max_length=8,
                        verbose_name="sex, as recorded at birth",
                    ),
                ),
                ("deceased_on", models.DateField(blank=True, null=True)),
                ("phone", models.CharField(blank=True, help_text="E.164, like +15550137740.", max_length=20)),
                ("phone_other", models.CharField(blank=True, max_length=20)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("address", models.CharField(blank=True, max_length=160)),
                ("city", models.CharField(blank=True, max_length=80)),
                ("state", models.CharField(blank=True, max_length=40)),
                ("postal_code", models.CharField(blank=True, max_length=12)),
                (
                    "language",
                    models.CharField(choices=[("en", "English"), ("es", "Spanish")], default="en", max_length=5),
                ),
                ("search_text", models.TextField(editable=False)),
                (
                    "sounds_like",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), default=list, editable=False, size=None
                    ),
                ),
                ("registered_at", models.DateTimeField(default=clinic.clock.now, editable=False)),
                (
                    "registered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="patients", to="clinic.site"
                    ),
                ),
            ],
            options={
                "ordering": ["search_text", "id"],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                        name="patient_search",
                    ),
                    django.contrib.postgres.indexes.GinIndex(fields=["sounds_like"], name="patient_sounds_like"),
                    models.Index(fields=["birth_date"], name="patient_birth_date"),
                    models.Index(fields=["site", "search_text", "id"], name="patient_by_site_name"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deceased_on__isnull", True), ("deceased_on__gte", models.F("birth_date")), _connector="OR"
                        ),
                        name="patient_dies_after_birth",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("given_name", ""), _negated=True), models.Q(("family_name", ""), _negated=True)
                        ),
                        name="patient_has_names",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_patienthistory" ("address", "birth_date", "city", "deceased_on", "email", "family_name", "given_name", "id", "language", "middle_name", "mrn", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_other", "postal_code", "preferred_name", "pronouns", "registered_at", "registered_by_id", "search_text", "sex", "site_id", "sounds_like", "state") VALUES (NEW."address", NEW."birth_date", NEW."city", NEW."deceased_on", NEW."email", NEW."family_name", NEW."given_name", NEW."id", NEW."language", NEW."middle_name", NEW."mrn", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phone", NEW."phone_other", NEW."postal_code", NEW."preferred_name", NEW."pronouns", NEW."registered_at", NEW."registered_by_id", NEW."search_text", NEW."sex", NEW."site_id", NEW."sounds_like", NEW."state"); RETURN NULL;',
                            hash="b155f17338171e7a6bf227718bb9cf5d7eba5c51",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_62165",
                            table="patients_patient",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_patienthistory" ("address", "birth_date", "city", "deceased_on", "email", "family_name", "given_name", "id", "language", "middle_name", "mrn", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_other", "postal_code", "preferred_name", "pronouns", "registered_at", "registered_by_id", "search_text", "sex", "site_id", "sounds_like", "state") VALUES (NEW."address", NEW."birth_date", NEW."city", NEW."deceased_on", NEW."email", NEW."family_name", NEW."given_name", NEW."id", NEW."language", NEW."middle_name", NEW."mrn", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone", NEW."phone_other", NEW."postal_code", NEW."preferred_name", NEW."pronouns", NEW."registered_at", NEW."registered_by_id", NEW."search_text", NEW."sex", NEW."site_id", NEW."sounds_like", NEW."state"); RETURN NULL;',
                            hash="598bbdf194127640e70e5a9c80874d42850e4278",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_546ce",
                            table="patients_patient",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_patienthistory" ("address", "birth_date", "city", "deceased_on", "email", "family_name", "given_name", "id", "language", "middle_name", "mrn", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_other", "postal_code", "preferred_name", "pronouns", "registered_at", "registered_by_id", "search_text", "sex", "site_id", "sounds_like", "state") VALUES (OLD."address", OLD."birth_date", OLD."city", OLD."deceased_on", OLD."email", OLD."family_name", OLD."given_name", OLD."id", OLD."language", OLD."middle_name", OLD."mrn", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phone", OLD."phone_other", OLD."postal_code", OLD."preferred_name", OLD."pronouns", OLD."registered_at", OLD."registered_by_id", OLD."search_text", OLD."sex", OLD."site_id", OLD."sounds_like", OLD."state"); RETURN NULL;',
                            hash="3fd4ade2a764f6203969c77137711160e77cba48",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_9898d",
                            table="patients_patient",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("escort", "Escort"), ("emergency", "Emergency contact"), ("clinician", "Clinician")],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("relation", models.CharField(blank=True, max_length=60)),
                ("phone", models.CharField(blank=True, max_length=20)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="patients.patient"
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "name"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_contacthistory" ("id", "is_active", "kind", "name", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "relation") VALUES (NEW."id", NEW."is_active", NEW."kind", NEW."name", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phone", NEW."relation"); RETURN NULL;',
                            hash="6fa28ab23f3df92cebc2a6cf7406075c0cddece8",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_bd922",
                            table="patients_contact",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_contacthistory" ("id", "is_active", "kind", "name", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "relation") VALUES (NEW."id", NEW."is_active", NEW."kind", NEW."name", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone", NEW."relation"); RETURN NULL;',
                            hash="14661f911b1264de6a9ebb9c0fb67a6779ab21e7",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_5208d",
                            table="patients_contact",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_contacthistory" ("id", "is_active", "kind", "name", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "relation") VALUES (OLD."id", OLD."is_active", OLD."kind", OLD."name", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phone", OLD."relation"); RETURN NULL;',
                            hash="36077bd08614e5dea8e11fe83f7d1407077cd187",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_447f9",
                            table="patients_contact",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExternalIdentifier",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("system", models.CharField(max_length=120)),
                ("value", models.CharField(max_length=120)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="identifiers", to="patients.patient"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("system", "value"), name="external_identifier_once")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_externalidentifierhistory" ("id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "system", "value") VALUES (NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."system", NEW."value"); RETURN NULL;',
                            hash="0e74dfcdcd35a81388814565437dcfcc98ead233",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_99657",
                            table="patients_externalidentifier",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_externalidentifierhistory" ("id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "system", "value") VALUES (NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."system", NEW."value"); RETURN NULL;',
                            hash="f1bd739ee6df578342960a9b387868be716add9e",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_813a1",
                            table="patients_externalidentifier",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_externalidentifierhistory" ("id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "system", "value") VALUES (OLD."id", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."system", OLD."value"); RETURN NULL;',
                            hash="7c5c9fd0bb88e05be34ae0c8864b3c69346d3dc7",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_96e6a",
                            table="patients_externalidentifier",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Allergy",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("entered_in_error_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("entered_in_error_reason", models.CharField(blank=True, editable=False, max_length=300)),
                ("system", models.CharField(blank=True, max_length=80)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("display", models.CharField(max_length=255)),
                (
                    "source",
                    models.CharField(default="staff", help_text="staff, patient, record or import", max_length=20),
                ),
                ("reaction", models.CharField(blank=True, max_length=200)),
                (
                    "severity",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("mild", "Mild"),
                            ("moderate", "Moderate"),
                            ("severe", "Severe"),
                            ("", "Not recorded"),
                        ],
                        max_length=8,
                    ),
                ),
                ("noted_on", models.DateField(blank=True, null=True)),
                (
                    "entered_in_error_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="allergies", to="patients.patient"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "allergies",
                "ordering": ["display"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("entered_in_error_at__isnull", True),
                                ("entered_in_error_by__isnull", True),
                                ("entered_in_error_reason", ""),
                            ),
                            models.Q(
                                ("entered_in_error_at__isnull", False),
                                ("entered_in_error_by__isnull", False),
                                models.Q(("entered_in_error_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="patients_allergy_error_whole",
                    ),
                    models.UniqueConstraint(fields=("patient", "system", "code", "display"), name="allergy_once"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_allergyhistory" ("code", "display", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "noted_on", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reaction", "severity", "source", "system") VALUES (NEW."code", NEW."display", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."noted_on", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reaction", NEW."severity", NEW."source", NEW."system"); RETURN NULL;',
                            hash="f043b4b50e56547f719a20bdaa2b421210106a30",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_09063",
                            table="patients_allergy",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_allergyhistory" ("code", "display", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "noted_on", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reaction", "severity", "source", "system") VALUES (NEW."code", NEW."display", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."noted_on", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reaction", NEW."severity", NEW."source", NEW."system"); RETURN NULL;',
                            hash="fa11f67f806ce24cfd960ebd5609f01d8629d47a",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_6c37b",
                            table="patients_allergy",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_allergyhistory" ("code", "display", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "noted_on", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reaction", "severity", "source", "system") VALUES (OLD."code", OLD."display", OLD."entered_in_error_at", OLD."entered_in_error_by_id", OLD."entered_in_error_reason", OLD."id", OLD."noted_on", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reaction", OLD."severity", OLD."source", OLD."system"); RETURN NULL;',
                            hash="d4809aa401d2c035050ca0a592b4b15fa27d0d31",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_9391c",
                            table="patients_allergy",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Condition",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("entered_in_error_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("entered_in_error_reason", models.CharField(blank=True, editable=False, max_length=300)),
                ("system", models.CharField(blank=True, max_length=80)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("display", models.CharField(max_length=255)),
                (
                    "source",
                    models.CharField(default="staff", help_text="staff, patient, record or import", max_length=20),
                ),
                ("onset", models.DateField(blank=True, null=True)),
                ("abatement", models.DateField(blank=True, null=True)),
                (
                    "entered_in_error_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="conditions", to="patients.patient"
                    ),
                ),
            ],
            options={
                "ordering": ["-onset", "display"],
                "abstract": False,
                "indexes": [models.Index(fields=["patient", "-onset"], name="condition_by_patient")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("entered_in_error_at__isnull", True),
                                ("entered_in_error_by__isnull", True),
                                ("entered_in_error_reason", ""),
                            ),
                            models.Q(
                                ("entered_in_error_at__isnull", False),
                                ("entered_in_error_by__isnull", False),
                                models.Q(("entered_in_error_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="patients_condition_error_whole",
                    ),
                    models.UniqueConstraint(
                        fields=("patient", "system", "code", "display", "onset"),
                        name="condition_once",
                        nulls_distinct=False,
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_conditionhistory" ("abatement", "code", "display", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "onset", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "system") VALUES (NEW."abatement", NEW."code", NEW."display", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."onset", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."source", NEW."system"); RETURN NULL;',
                            hash="0e7d47dccfecc9607c0020af50f8f57a8e310e79",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_07e1c",
                            table="patients_condition",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_conditionhistory" ("abatement", "code", "display", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "onset", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "system") VALUES (NEW."abatement", NEW."code", NEW."display", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."onset", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."source", NEW."system"); RETURN NULL;',
                            hash="e1b198ee7aadd3d3f409b12aaf213841364adb1b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_6df95",
                            table="patients_condition",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_conditionhistory" ("abatement", "code", "display", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "onset", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "system") VALUES (OLD."abatement", OLD."code", OLD."display", OLD."entered_in_error_at", OLD."entered_in_error_by_id", OLD."entered_in_error_reason", OLD."id", OLD."onset", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."source", OLD."system"); RETURN NULL;',
                            hash="5e2b3ad482dfe5ab30096054b9bd6190e3143689",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_26f1e",
                            table="patients_condition",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("observed_at", models.DateTimeField(help_text="When it happened.")),
                (
                    "entered_at",
                    models.DateTimeField(default=clinic.clock.now, editable=False, help_text="When it was typed."),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("treatment", "Treatment with ketamine"),
                            ("privacy", "Privacy practices"),
                            ("financial", "Costs and payment"),
                        ],
                        max_length=10,
                    ),
                ),
                ("version", models.CharField(max_length=20)),
                ("language", models.CharField(default="en", max_length=5)),
                ("text_sha256", models.CharField(max_length=64)),
                ("signer_name", models.CharField(max_length=120)),
                ("valid_until", models.DateField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "witness",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="patients.patient"
                    ),
                ),
            ],
            options={
                "ordering": ["-observed_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("signer_name", ""), _negated=True), name="consent_has_signer"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_consenthistory" ("entered_at", "entered_by_id", "id", "kind", "language", "observed_at", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signer_name", "text_sha256", "valid_until", "version", "withdrawn_at", "witness_id") VALUES (NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."kind", NEW."language", NEW."observed_at", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."signer_name", NEW."text_sha256", NEW."valid_until", NEW."version", NEW."withdrawn_at", NEW."witness_id"); RETURN NULL;',
                            hash="c92892997124afb359e212d97b692c2edb45f31f",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_f3c10",
                            table="patients_consent",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_consenthistory" ("entered_at", "entered_by_id", "id", "kind", "language", "observed_at", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signer_name", "text_sha256", "valid_until", "version", "withdrawn_at", "witness_id") VALUES (NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."kind", NEW."language", NEW."observed_at", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."signer_name", NEW."text_sha256", NEW."valid_until", NEW."version", NEW."withdrawn_at", NEW."witness_id"); RETURN NULL;',
                            hash="6701cc9d88cae982bd35b456bed6c04504931930",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_06fdd",
                            table="patients_consent",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_consenthistory" ("entered_at", "entered_by_id", "id", "kind", "language", "observed_at", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signer_name", "text_sha256", "valid_until", "version", "withdrawn_at", "witness_id") VALUES (OLD."entered_at", OLD."entered_by_id", OLD."id", OLD."kind", OLD."language", OLD."observed_at", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."signer_name", OLD."text_sha256", OLD."valid_until", OLD."version", OLD."withdrawn_at", OLD."witness_id"); RETURN NULL;',
                            hash="9505beb05df9128e980d2839a5b32ae7f6462a6f",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_a515a",
                            table="patients_consent",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactConsent",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("channel", models.CharField(choices=[("email", "Email"), ("text", "Text message")], max_length=5)),
                ("words", models.TextField()),
                ("version", models.CharField(max_length=20)),
                ("given_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "taken_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_consents",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("patient", "channel"),
                        name="contact_consent_one_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("revoked_at__isnull", True), ("revoked_at__gt", models.F("given_at")), _connector="OR"
                        ),
                        name="contact_consent_revoked_after",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_contactconsenthistory" ("channel", "given_at", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "taken_by_id", "version", "words") VALUES (NEW."channel", NEW."given_at", NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."revoked_at", NEW."taken_by_id", NEW."version", NEW."words"); RETURN NULL;',
                            hash="dc3b9234b358de2671cc7256b26639a2023bf704",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_fe802",
                            table="patients_contactconsent",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_contactconsenthistory" ("channel", "given_at", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "taken_by_id", "version", "words") VALUES (NEW."channel", NEW."given_at", NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."revoked_at", NEW."taken_by_id", NEW."version", NEW."words"); RETURN NULL;',
                            hash="6c68c088c48cd79bb9e6aa51cdf3fe11f366f8c2",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_2d5e0",
                            table="patients_contactconsent",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_contactconsenthistory" ("channel", "given_at", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "taken_by_id", "version", "words") VALUES (OLD."channel", OLD."given_at", OLD."id", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."revoked_at", OLD."taken_by_id", OLD."version", OLD."words"); RETURN NULL;',
                            hash="e6697e93a704949ac7f6b6847941053e8fb427aa",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_38538",
                            table="patients_contactconsent",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Evaluation",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("observed_at", models.DateTimeField(help_text="When it happened.")),
                (
                    "entered_at",
                    models.DateTimeField(default=clinic.clock.now, editable=False, help_text="When it was typed."),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("in_review", "In review"),
                            ("eligible", "Eligible"),
                            ("conditional", "Eligible with conditions"),
                            ("deferred", "Deferred"),
                            ("ineligible", "Ineligible"),
                        ],
                        default="draft",
                        max_length=12,
                    ),
                ),
                ("diagnosis", models.CharField(blank=True, max_length=160)),
                ("diagnosis_code", models.CharField(blank=True, max_length=10, verbose_name="ICD-10-CM code")),
                ("history", models.TextField(blank=True, verbose_name="history of the illness")),
                ("goals", models.TextField(blank=True, verbose_name="goals, in the patient’s own words")),
                ("plan", models.TextField(blank=True)),
                ("planned_count", models.PositiveSmallIntegerField(default=6)),
                ("height_cm", models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True)),
                ("weight_kg", models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True)),
                ("systolic", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("diastolic", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "rationale",
                    models.TextField(blank=True, help_text="Why, where the answers don’t say it by themselves."),
                ),
                ("conditions_to_meet", models.TextField(blank=True)),
                ("revisit_on", models.DateField(blank=True, null=True)),
                ("valid_until", models.DateField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="patients.evaluation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evaluations", to="patients.patient"
                    ),
                ),
            ],
            options={
                "ordering": ["-observed_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_at__isnull", True), ("signed_by__isnull", True)),
                            models.Q(("signed_at__isnull", False), ("signed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="evaluation_signature_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("diastolic__isnull", True), ("systolic__isnull", True)),
                            models.Q(("diastolic__isnull", False), ("systolic__isnull", False)),
                            _connector="OR",
                        ),
                        name="evaluation_pressure_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_at__isnull", True), ("state__in", ["draft", "in_review"])),
                            models.Q(
                                ("signed_at__isnull", False),
                                ("state__in", ["eligible", "conditional", "deferred", "ineligible"]),
                            ),
                            _connector="OR",
                        ),
                        name="evaluation_signed_states",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["eligible", "conditional"]), _negated=True),
                            ("valid_until__isnull", False),
                            _connector="OR",
                        ),
                        name="evaluation_eligible_has_end",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("signed_at__isnull", True)),
                        fields=("patient",),
                        name="evaluation_one_open_a_patient",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("planned_count__isnull", True),
                            models.Q(("planned_count__gte", 6), ("planned_count__lte", 8)),
                            _connector="OR",
                        ),
                        name="evaluation_count_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("weight_kg__isnull", True),
                            models.Q(("weight_kg__gte", 30), ("weight_kg__lte", 300)),
                            _connector="OR",
                        ),
                        name="evaluation_weight_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("height_cm__isnull", True),
                            models.Q(("height_cm__gte", 100), ("height_cm__lte", 250)),
                            _connector="OR",
                        ),
                        name="evaluation_height_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("systolic__isnull", True),
                            models.Q(("systolic__gte", 50), ("systolic__lte", 260)),
                            _connector="OR",
                        ),
                        name="evaluation_systolic_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("diastolic__isnull", True),
                            models.Q(("diastolic__gte", 30), ("diastolic__lte", 160)),
                            _connector="OR",
                        ),
                        name="evaluation_diastolic_sane",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="evaluation_signed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."signed_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="e6a7c77ecd787cc3d61db5b3eb732023d4787db9",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_evaluation_signed_2c09c",
                            table="patients_evaluation",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_evaluationhistory" ("conditions_to_meet", "diagnosis", "diagnosis_code", "diastolic", "entered_at", "entered_by_id", "goals", "height_cm", "history", "id", "observed_at", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan", "planned_count", "rationale", "revisit_on", "signed_at", "signed_by_id", "state", "supersedes_id", "systolic", "valid_until", "version", "weight_kg") VALUES (NEW."conditions_to_meet", NEW."diagnosis", NEW."diagnosis_code", NEW."diastolic", NEW."entered_at", NEW."entered_by_id", NEW."goals", NEW."height_cm", NEW."history", NEW."id", NEW."observed_at", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."plan", NEW."planned_count", NEW."rationale", NEW."revisit_on", NEW."signed_at", NEW."signed_by_id", NEW."state", NEW."supersedes_id", NEW."systolic", NEW."valid_until", NEW."version", NEW."weight_kg"); RETURN NULL;',
                            hash="c10f64db080f12b0cdc23069d3a2b0d6f7b7992c",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_2831c",
                            table="patients_evaluation",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_evaluationhistory" ("conditions_to_meet", "diagnosis", "diagnosis_code", "diastolic", "entered_at", "entered_by_id", "goals", "height_cm", "history", "id", "observed_at", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan", "planned_count", "rationale", "revisit_on", "signed_at", "signed_by_id", "state", "supersedes_id", "systolic", "valid_until", "version", "weight_kg") VALUES (NEW."conditions_to_meet", NEW."diagnosis", NEW."diagnosis_code", NEW."diastolic", NEW."entered_at", NEW."entered_by_id", NEW."goals", NEW."height_cm", NEW."history", NEW."id", NEW."observed_at", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."plan", NEW."planned_count", NEW."rationale", NEW."revisit_on", NEW."signed_at", NEW."signed_by_id", NEW."state", NEW."supersedes_id", NEW."systolic", NEW."valid_until", NEW."version", NEW."weight_kg"); RETURN NULL;',
                            hash="da1088b99581154cfb7ea0167b094e2086b1a6ca",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_11e73",
                            table="patients_evaluation",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_evaluationhistory" ("conditions_to_meet", "diagnosis", "diagnosis_code", "diastolic", "entered_at", "entered_by_id", "goals", "height_cm", "history", "id", "observed_at", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan", "planned_count", "rationale", "revisit_on", "signed_at", "signed_by_id", "state", "supersedes_id", "systolic", "valid_until", "version", "weight_kg") VALUES (OLD."conditions_to_meet", OLD."diagnosis", OLD."diagnosis_code", OLD."diastolic", OLD."entered_at", OLD."entered_by_id", OLD."goals", OLD."height_cm", OLD."history", OLD."id", OLD."observed_at", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."plan", OLD."planned_count", OLD."rationale", OLD."revisit_on", OLD."signed_at", OLD."signed_by_id", OLD."state", OLD."supersedes_id", OLD."systolic", OLD."valid_until", OLD."version", OLD."weight_kg"); RETURN NULL;',
                            hash="ea845d55dcdc4b1c047787ddab0e2bb1c8b4df36",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_668f7",
                            table="patients_evaluation",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EvaluationAnswer",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=40)),
                (
                    "answer",
                    models.CharField(choices=[("no", "No"), ("yes", "Yes"), ("unknown", "Not known")], max_length=8),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "evaluation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="patients.evaluation"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("evaluation", "key"), name="evaluation_answer_once")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="evaluation_answer_signed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF TG_OP <> 'INSERT' AND EXISTS\n                (SELECT 1 FROM patients_evaluation WHERE id = OLD.evaluation_id AND signed_at IS NOT NULL)\n            OR TG_OP <> 'DELETE' AND EXISTS\n                (SELECT 1 FROM patients_evaluation WHERE id = NEW.evaluation_id AND signed_at IS NOT NULL)\n            THEN\n                RAISE EXCEPTION 'signed: rows of a signed record can not be written';\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n            ",
                            hash="76e6a4f2daf85d69d69e0d020bc6b3796dc863f3",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_evaluation_answer_signed_11c66",
                            table="patients_evaluationanswer",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_evaluationanswerhistory" ("answer", "evaluation_id", "id", "key", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."answer", NEW."evaluation_id", NEW."id", NEW."key", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="5d1599775e45c92af358175b9b94b17f50a9818b",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_25ac9",
                            table="patients_evaluationanswer",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_evaluationanswerhistory" ("answer", "evaluation_id", "id", "key", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."answer", NEW."evaluation_id", NEW."id", NEW."key", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="28d195a5a6c59dc56a6b9971414a3c2c1523ca90",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_edc6d",
                            table="patients_evaluationanswer",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_evaluationanswerhistory" ("answer", "evaluation_id", "id", "key", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."answer", OLD."evaluation_id", OLD."id", OLD."key", OLD."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id"); RETURN NULL;',
                            hash="7420ceb59ab5a29d081f8112596ce2ee74d946fb",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_21f89",
                            table="patients_evaluationanswer",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EvaluationAnswerHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("key", models.CharField(max_length=40)),
                (
                    "answer",
                    models.CharField(choices=[("no", "No"), ("yes", "Yes"), ("unknown", "Not known")], max_length=8),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "evaluation",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.evaluation",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="patients.evaluationanswer",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="517e5d93c5b914fd6a430c86c21678a633797be4",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_4bec9",
                            table="patients_evaluationanswerhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportJob",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("synthea-csv", "Synthea CSV folder (as a zip file)"),
                            ("csv", "CSV with our header"),
                            ("fhir", "FHIR R4 bundle"),
                        ],
                        max_length=12,
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                (
                    "content",
                    models.BinaryField(
                        blank=True, help_text="The uploaded file; emptied when the run ends.", null=True
                    ),
                ),
                ("dry_run", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("refused", "Refused"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                ("handled", models.PositiveIntegerField(default=0)),
                (
                    "refusal",
                    models.CharField(
                        blank=True, help_text="Why the whole file was refused: line and column.", max_length=500
                    ),
                ),
                ("asked_at", models.DateTimeField(default=clinic.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="import_jobs", to="clinic.site"
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_importjobhistory" ("asked_at", "content", "dry_run", "ended_at", "file_name", "format", "handled", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "refusal", "site_id", "started_by_id", "state", "total") VALUES (NEW."asked_at", NEW."content", NEW."dry_run", NEW."ended_at", NEW."file_name", NEW."format", NEW."handled", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."refusal", NEW."site_id", NEW."started_by_id", NEW."state", NEW."total"); RETURN NULL;',
                            hash="7180e0ac0d79f6d06c9de0c86b8eabc281231f37",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_9d344",
                            table="patients_importjob",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_importjobhistory" ("asked_at", "content", "dry_run", "ended_at", "file_name", "format", "handled", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "refusal", "site_id", "started_by_id", "state", "total") VALUES (NEW."asked_at", NEW."content", NEW."dry_run", NEW."ended_at", NEW."file_name", NEW."format", NEW."handled", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."refusal", NEW."site_id", NEW."started_by_id", NEW."state", NEW."total"); RETURN NULL;',
                            hash="7015afe380faa1552d0c7a92680260960dfc9c17",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_a4ae8",
                            table="patients_importjob",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_importjobhistory" ("asked_at", "content", "dry_run", "ended_at", "file_name", "format", "handled", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "refusal", "site_id", "started_by_id", "state", "total") VALUES (OLD."asked_at", OLD."content", OLD."dry_run", OLD."ended_at", OLD."file_name", OLD."format", OLD."handled", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."refusal", OLD."site_id", OLD."started_by_id", OLD."state", OLD."total"); RETURN NULL;',
                            hash="2d3e5b6d6ac68756de503528462a1b88d9ab7d4c",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_8c75c",
                            table="patients_importjob",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportJobHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("synthea-csv", "Synthea CSV folder (as a zip file)"),
                            ("csv", "CSV with our header"),
                            ("fhir", "FHIR R4 bundle"),
                        ],
                        max_length=12,
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                (
                    "content",
                    models.BinaryField(
                        blank=True, help_text="The uploaded file; emptied when the run ends.", null=True
                    ),
                ),
                ("dry_run", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("refused", "Refused"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                ("handled", models.PositiveIntegerField(default=0)),
                (
                    "refusal",
                    models.CharField(
                        blank=True, help_text="Why the whole file was refused: line and column.", max_length=500
                    ),
                ),
                ("asked_at", models.DateTimeField(default=clinic.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="patients.importjob",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.site",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="def09174bace305ef489edf56a65748f648f81e9",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_4b1ef",
                            table="patients_importjobhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Inquiry",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("source", models.CharField(choices=[("web", "Web form"), ("phone", "Phone")], max_length=5)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("contacted", "Contacted"),
                            ("registered", "Registered"),
                            ("closed", "Closed"),
                        ],
                        default="new",
                        max_length=10,
                    ),
                ),
                ("given_name", models.CharField(max_length=80)),
                ("family_name", models.CharField(max_length=80)),
                ("birth_date", models.DateField(blank=True, null=True)),
                ("phone", models.CharField(blank=True, max_length=20)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("message", models.TextField(blank=True, max_length=2000)),
                ("received_at", models.DateTimeField(default=clinic.clock.now)),
                ("closed_reason", models.CharField(blank=True, max_length=200)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="inquiries", to="clinic.site"
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inquiries",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "inquiries",
                "ordering": ["-received_at"],
                "indexes": [models.Index(fields=["site", "state", "-received_at"], name="inquiry_queue")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("phone", ""), _negated=True),
                            models.Q(("email", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="inquiry_reachable",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "registered"), _negated=True),
                            ("patient__isnull", False),
                            _connector="OR",
                        ),
                        name="inquiry_registered_has_patient",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_inquiryhistory" ("birth_date", "closed_reason", "email", "family_name", "given_name", "id", "message", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "received_at", "site_id", "source", "state", "taken_by_id") VALUES (NEW."birth_date", NEW."closed_reason", NEW."email", NEW."family_name", NEW."given_name", NEW."id", NEW."message", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phone", NEW."received_at", NEW."site_id", NEW."source", NEW."state", NEW."taken_by_id"); RETURN NULL;',
                            hash="7ef85d068e37f6b2b603c984b68cb35168f10d96",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_78054",
                            table="patients_inquiry",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_inquiryhistory" ("birth_date", "closed_reason", "email", "family_name", "given_name", "id", "message", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "received_at", "site_id", "source", "state", "taken_by_id") VALUES (NEW."birth_date", NEW."closed_reason", NEW."email", NEW."family_name", NEW."given_name", NEW."id", NEW."message", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone", NEW."received_at", NEW."site_id", NEW."source", NEW."state", NEW."taken_by_id"); RETURN NULL;',
                            hash="785030fbd600619793c604cdaa00d7e3f5e6bf0c",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_380ea",
                            table="patients_inquiry",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_inquiryhistory" ("birth_date", "closed_reason", "email", "family_name", "given_name", "id", "message", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "received_at", "site_id", "source", "state", "taken_by_id") VALUES (OLD."birth_date", OLD."closed_reason", OLD."email", OLD."family_name", OLD."given_name", OLD."id", OLD."message", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phone", OLD."received_at", OLD."site_id", OLD."source", OLD."state", OLD."taken_by_id"); RETURN NULL;',
                            hash="40abddbbd9f21b7897fd56b3a81fb1bc20be5af4",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_585bc",
                            table="patients_inquiry",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MeasureResponse",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("observed_at", models.DateTimeField(help_text="When it happened.")),
                (
                    "entered_at",
                    models.DateTimeField(default=clinic.clock.now, editable=False, help_text="When it was typed."),
                ),
                ("entered_in_error_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("entered_in_error_reason", models.CharField(blank=True, editable=False, max_length=300)),
                (
                    "instrument",
                    models.CharField(
                        choices=[("phq9", "PHQ-9"), ("gad7", "GAD-7"), ("cssrs", "C-SSRS screener")], max_length=8
                    ),
                ),
                ("version", models.CharField(default="1", max_length=20)),
                ("language", models.CharField(default="en", max_length=5)),
                (
                    "timepoint",
                    models.CharField(
                        choices=[
                            ("baseline", "Baseline"),
                            ("pre_infusion", "Before an infusion"),
                            ("post_series", "After the series"),
                            ("follow_up", "Follow-up"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "items",
                    django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), size=None),
                ),
                (
                    "score",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="Empty for a screen without a sum.", null=True
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_in_error_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="measures", to="patients.patient"
                    ),
                ),
            ],
            options={
                "ordering": ["-observed_at"],
                "abstract": False,
                "indexes": [models.Index(fields=["patient", "instrument", "-observed_at"], name="measure_by_patient")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("entered_in_error_at__isnull", True),
                                ("entered_in_error_by__isnull", True),
                                ("entered_in_error_reason", ""),
                            ),
                            models.Q(
                                ("entered_in_error_at__isnull", False),
                                ("entered_in_error_by__isnull", False),
                                models.Q(("entered_in_error_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="patients_measureresponse_error_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("instrument", "phq9"), ("items__len", 9), ("score__isnull", False), ("score__lte", 27)
                            ),
                            models.Q(
                                ("instrument", "gad7"), ("items__len", 7), ("score__isnull", False), ("score__lte", 21)
                            ),
                            models.Q(("instrument", "cssrs"), ("items__len", 6), ("score__isnull", True)),
                            _connector="OR",
                        ),
                        name="measure_items_whole",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_measureresponsehistory" ("entered_at", "entered_by_id", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "instrument", "items", "language", "observed_at", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "score", "timepoint", "version") VALUES (NEW."entered_at", NEW."entered_by_id", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."instrument", NEW."items", NEW."language", NEW."observed_at", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."score", NEW."timepoint", NEW."version"); RETURN NULL;',
                            hash="3131df2bdfc82acd0cd7045fb7cb21441a255621",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_26afc",
                            table="patients_measureresponse",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_measureresponsehistory" ("entered_at", "entered_by_id", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "instrument", "items", "language", "observed_at", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "score", "timepoint", "version") VALUES (NEW."entered_at", NEW."entered_by_id", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."instrument", NEW."items", NEW."language", NEW."observed_at", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."score", NEW."timepoint", NEW."version"); RETURN NULL;',
                            hash="75f03ff11b62a18161a961b180ad7c98e4de5996",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_1cc82",
                            table="patients_measureresponse",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_measureresponsehistory" ("entered_at", "entered_by_id", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "instrument", "items", "language", "observed_at", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "score", "timepoint", "version") VALUES (OLD."entered_at", OLD."entered_by_id", OLD."entered_in_error_at", OLD."entered_in_error_by_id", OLD."entered_in_error_reason", OLD."id", OLD."instrument", OLD."items", OLD."language", OLD."observed_at", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."score", OLD."timepoint", OLD."version"); RETURN NULL;',
                            hash="3d7afa3bd65ce338b06d439efa4b060509e416cb",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_99a62",
                            table="patients_measureresponse",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Medication",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("entered_in_error_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("entered_in_error_reason", models.CharField(blank=True, editable=False, max_length=300)),
                ("system", models.CharField(blank=True, max_length=80)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("display", models.CharField(max_length=255)),
                (
                    "source",
                    models.CharField(default="staff", help_text="staff, patient, record or import", max_length=20),
                ),
                ("dose", models.CharField(blank=True, max_length=120)),
                ("started", models.DateField(blank=True, null=True)),
                ("stopped", models.DateField(blank=True, null=True)),
                (
                    "entered_in_error_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="medications", to="patients.patient"
                    ),
                ),
            ],
            options={
                "ordering": ["-started", "display"],
                "abstract": False,
                "indexes": [models.Index(fields=["patient", "-started"], name="medication_by_patient")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("entered_in_error_at__isnull", True),
                                ("entered_in_error_by__isnull", True),
                                ("entered_in_error_reason", ""),
                            ),
                            models.Q(
                                ("entered_in_error_at__isnull", False),
                                ("entered_in_error_by__isnull", False),
                                models.Q(("entered_in_error_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="patients_medication_error_whole",
                    ),
                    models.UniqueConstraint(
                        fields=("patient", "system", "code", "display", "started"),
                        name="medication_once",
                        nulls_distinct=False,
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_medicationhistory" ("code", "display", "dose", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "started", "stopped", "system") VALUES (NEW."code", NEW."display", NEW."dose", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."source", NEW."started", NEW."stopped", NEW."system"); RETURN NULL;',
                            hash="88559edb954562baa0b7a9e1637432e70f7c0247",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_47d9a",
                            table="patients_medication",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_medicationhistory" ("code", "display", "dose", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "started", "stopped", "system") VALUES (NEW."code", NEW."display", NEW."dose", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."source", NEW."started", NEW."stopped", NEW."system"); RETURN NULL;',
                            hash="809cba8f67ff2c2126d7d142c2fdee5760251035",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_64339",
                            table="patients_medication",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_medicationhistory" ("code", "display", "dose", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "started", "stopped", "system") VALUES (OLD."code", OLD."display", OLD."dose", OLD."entered_in_error_at", OLD."entered_in_error_by_id", OLD."entered_in_error_reason", OLD."id", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."source", OLD."started", OLD."stopped", OLD."system"); RETURN NULL;',
                            hash="8b75dbe7462f0225b4197749decf47bf0ce9d315",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_397ac",
                            table="patients_medication",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MedicationHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("entered_in_error_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("entered_in_error_reason", models.CharField(blank=True, editable=False, max_length=300)),
                ("system", models.CharField(blank=True, max_length=80)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("display", models.CharField(max_length=255)),
                (
                    "source",
                    models.CharField(default="staff", help_text="staff, patient, record or import", max_length=20),
                ),
                ("dose", models.CharField(blank=True, max_length=120)),
                ("started", models.DateField(blank=True, null=True)),
                ("stopped", models.DateField(blank=True, null=True)),
                (
                    "entered_in_error_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="patients.medication",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="aa9b668ad18dcaecfd33550a6398b60d6cc51f98",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_a9c5d",
                            table="patients_medicationhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MeasureResponseHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("observed_at", models.DateTimeField(help_text="When it happened.")),
                (
                    "entered_at",
                    models.DateTimeField(default=clinic.clock.now, editable=False, help_text="When it was typed."),
                ),
                ("entered_in_error_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("entered_in_error_reason", models.CharField(blank=True, editable=False, max_length=300)),
                (
                    "instrument",
                    models.CharField(
                        choices=[("phq9", "PHQ-9"), ("gad7", "GAD-7"), ("cssrs", "C-SSRS screener")], max_length=8
                    ),
                ),
                ("version", models.CharField(default="1", max_length=20)),
                ("language", models.CharField(default="en", max_length=5)),
                (
                    "timepoint",
                    models.CharField(
                        choices=[
                            ("baseline", "Baseline"),
                            ("pre_infusion", "Before an infusion"),
                            ("post_series", "After the series"),
                            ("follow_up", "Follow-up"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "items",
                    django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), size=None),
                ),
                (
                    "score",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="Empty for a screen without a sum.", null=True
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_in_error_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="patients.measureresponse",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="768eeeeda0792439f222e1fabecb3bec72d371aa",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_9f25c",
                            table="patients_measureresponsehistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InquiryHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("source", models.CharField(choices=[("web", "Web form"), ("phone", "Phone")], max_length=5)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("contacted", "Contacted"),
                            ("registered", "Registered"),
                            ("closed", "Closed"),
                        ],
                        default="new",
                        max_length=10,
                    ),
                ),
                ("given_name", models.CharField(max_length=80)),
                ("family_name", models.CharField(max_length=80)),
                ("birth_date", models.DateField(blank=True, null=True)),
                ("phone", models.CharField(blank=True, max_length=20)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("message", models.TextField(blank=True, max_length=2000)),
                ("received_at", models.DateTimeField(default=clinic.clock.now)),
                ("closed_reason", models.CharField(blank=True, max_length=200)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="patients.inquiry",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.site",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="26cf327f6b8028a6b9c2645a553fd556c5d66fd3",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_1ad2f",
                            table="patients_inquiryhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.CharField(max_length=120)),
                ("line", models.PositiveIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("created", "Taken, new"),
                            ("updated", "Taken, changed"),
                            ("unchanged", "Already here"),
                            ("skipped", "Skipped"),
                            ("failed", "Not taken"),
                        ],
                        max_length=10,
                    ),
                ),
                ("what", models.CharField(max_length=200)),
                ("why", models.CharField(blank=True, max_length=300)),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="patients.importjob"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "ordering": ["file", "line", "id"],
                "indexes": [models.Index(fields=["job", "outcome"], name="import_row_by_outcome")],
            },
        ),
        migrations.CreateModel(
            name="ExternalIdentifierHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("system", models.CharField(max_length=120)),
                ("value", models.CharField(max_length=120)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="patients.externalidentifier",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="32c6d369b800280b1c12cfed1b2f2ca1d416789c",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_cbce4",
                            table="patients_externalidentifierhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EvaluationHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("observed_at", models.DateTimeField(help_text="When it happened.")),
                (
                    "entered_at",
                    models.DateTimeField(default=clinic.clock.now, editable=False, help_text="When it was typed."),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("in_review", "In review"),
                            ("eligible", "Eligible"),
                            ("conditional", "Eligible with conditions"),
                            ("deferred", "Deferred"),
                            ("ineligible", "Ineligible"),
                        ],
                        default="draft",
                        max_length=12,
                    ),
                ),
                ("diagnosis", models.CharField(blank=True, max_length=160)),
                ("diagnosis_code", models.CharField(blank=True, max_length=10, verbose_name="ICD-10-CM code")),
                ("history", models.TextField(blank=True, verbose_name="history of the illness")),
                ("goals", models.TextField(blank=True, verbose_name="goals, in the patient’s own words")),
                ("plan", models.TextField(blank=True)),
                ("planned_count", models.PositiveSmallIntegerField(default=6)),
                ("height_cm", models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True)),
                ("weight_kg", models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True)),
                ("systolic", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("diastolic", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "rationale",
                    models.TextField(blank=True, help_text="Why, where the answers don’t say it by themselves."),
                ),
                ("conditions_to_meet", models.TextField(blank=True)),
                ("revisit_on", models.DateField(blank=True, null=True)),
                ("valid_until", models.DateField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="patients.evaluation",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.evaluation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="88c97ab418bf44a21a7ab5945d04f00d0cbf6db5",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_45a2d",
                            table="patients_evaluationhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("escort", "Escort"), ("emergency", "Emergency contact"), ("clinician", "Clinician")],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("relation", models.CharField(blank=True, max_length=60)),
                ("phone", models.CharField(blank=True, max_length=20)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="patients.contact",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="9eba8912e7dc5b624e28c8cf18d024f597328264",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_50fcf",
                            table="patients_contacthistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactConsentHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("channel", models.CharField(choices=[("email", "Email"), ("text", "Text message")], max_length=5)),
                ("words", models.TextField()),
                ("version", models.CharField(max_length=20)),
                ("given_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="patients.contactconsent",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="747a56881c89ff81d16c3400d0afb774743054cc",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_029c6",
                            table="patients_contactconsenthistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("observed_at", models.DateTimeField(help_text="When it happened.")),
                (
                    "entered_at",
                    models.DateTimeField(default=clinic.clock.now, editable=False, help_text="When it was typed."),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("treatment", "Treatment with ketamine"),
                            ("privacy", "Privacy practices"),
                            ("financial", "Costs and payment"),
                        ],
                        max_length=10,
                    ),
                ),
                ("version", models.CharField(max_length=20)),
                ("language", models.CharField(default="en", max_length=5)),
                ("text_sha256", models.CharField(max_length=64)),
                ("signer_name", models.CharField(max_length=120)),
                ("valid_until", models.DateField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="patients.consent",
                    ),
                ),
                (
                    "witness",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="fc4f2a6717963fb1b036f5ca131c4b7f0f010fd7",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_400f0",
                            table="patients_consenthistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConditionHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("entered_in_error_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("entered_in_error_reason", models.CharField(blank=True, editable=False, max_length=300)),
                ("system", models.CharField(blank=True, max_length=80)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("display", models.CharField(max_length=255)),
                (
                    "source",
                    models.CharField(default="staff", help_text="staff, patient, record or import", max_length=20),
                ),
                ("onset", models.DateField(blank=True, null=True)),
                ("abatement", models.DateField(blank=True, null=True)),
                (
                    "entered_in_error_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="patients.condition",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="412540cad96ed1107869a892b46cb31f422d54b2",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_eab8f",
                            table="patients_conditionhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AllergyHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("entered_in_error_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("entered_in_error_reason", models.CharField(blank=True, editable=False, max_length=300)),
                ("system", models.CharField(blank=True, max_length=80)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("display", models.CharField(max_length=255)),
                (
                    "source",
                    models.CharField(default="staff", help_text="staff, patient, record or import", max_length=20),
                ),
                ("reaction", models.CharField(blank=True, max_length=200)),
                (
                    "severity",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("mild", "Mild"),
                            ("moderate", "Moderate"),
                            ("severe", "Severe"),
                            ("", "Not recorded"),
                        ],
                        max_length=8,
                    ),
                ),
                ("noted_on", models.DateField(blank=True, null=True)),
                (
                    "entered_in_error_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="patients.allergy",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="8f74201c64b3938e3d20c8e837c3fe642849fae3",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_4bf23",
                            table="patients_allergyhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PatientHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("mrn", models.CharField(editable=False, max_length=16, verbose_name="MRN")),
                ("given_name", models.CharField(max_length=80)),
                ("middle_name", models.CharField(blank=True, max_length=80)),
                ("family_name", models.CharField(max_length=80)),
                ("preferred_name", models.CharField(blank=True, max_length=80)),
                ("pronouns", models.CharField(blank=True, max_length=30)),
                ("birth_date", models.DateField()),
                (
                    "sex",
                    models.CharField(
                        choices=[("female", "Female"), ("male", "Male"), ("other", "Other"), ("unknown", "Unknown")],
                        default="unknown",
                        max_length=8,
                        verbose_name="sex, as recorded at birth",
                    ),
                ),
                ("deceased_on", models.DateField(blank=True, null=True)),
                ("phone", models.CharField(blank=True, help_text="E.164, like +15550137740.", max_length=20)),
                ("phone_other", models.CharField(blank=True, max_length=20)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("address", models.CharField(blank=True, max_length=160)),
                ("city", models.CharField(blank=True, max_length=80)),
                ("state", models.CharField(blank=True, max_length=40)),
                ("postal_code", models.CharField(blank=True, max_length=12)),
                (
                    "language",
                    models.CharField(choices=[("en", "English"), ("es", "Spanish")], default="en", max_length=5),
                ),
                ("search_text", models.TextField(editable=False)),
                (
                    "sounds_like",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), default=list, editable=False, size=None
                    ),
                ),
                ("registered_at", models.DateTimeField(default=clinic.clock.now, editable=False)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="patients.patient",
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.site",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="a4de9884829f2425f099143faea7a7dbba2d6571",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_d83d2",
                            table="patients_patienthistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SafetyAlert",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "grade",
                    models.CharField(
                        choices=[
                            ("high", "High"),
                            ("moderate", "Moderate"),
                            ("low", "Low"),
                            ("unscreened", "To be screened"),
                        ],
                        max_length=10,
                    ),
                ),
                ("opened_at", models.DateTimeField(default=clinic.clock.now)),
                ("acknowledge_by", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("outcome", models.TextField(blank=True)),
                (
                    "may_infuse",
                    models.BooleanField(
                        default=False, help_text="A provider cleared infusions while the alert is open."
                    ),
                ),
                ("cleared_at", models.DateTimeField(blank=True, null=True)),
                ("clearance_note", models.TextField(blank=True)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cleared_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "measure",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alerts",
                        to="patients.measureresponse",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="alerts", to="patients.patient"
                    ),
                ),
                (
                    "screen",
                    models.ForeignKey(
                        blank=True,
                        help_text="The C-SSRS screener that graded it.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="graded_alerts",
                        to="patients.measureresponse",
                    ),
                ),
            ],
            options={
                "ordering": ["-opened_at"],
                "indexes": [
                    models.Index(condition=models.Q(("closed_at__isnull", True)), fields=["patient"], name="alert_open")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("acknowledged_at__isnull", True), ("acknowledged_by__isnull", True)),
                            models.Q(("acknowledged_at__isnull", False), ("acknowledged_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="alert_acknowledged_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                            models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="alert_closed_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cleared_at__isnull", True), ("cleared_by__isnull", True)),
                            models.Q(("cleared_at__isnull", False), ("cleared_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="alert_cleared_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("may_infuse", False),
                            models.Q(("cleared_at__isnull", False), models.Q(("clearance_note", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="alert_infuses_when_cleared",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at__isnull", True), models.Q(("outcome", ""), _negated=True), _connector="OR"
                        ),
                        name="alert_closed_says_why",
                    ),
                    models.UniqueConstraint(fields=("measure",), name="alert_once_a_measure"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="safety_alert_closed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."closed_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="ea692c18a449892dea4a534afcc3a5a199f657d2",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_safety_alert_closed_cb3f9",
                            table="patients_safetyalert",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_safetyalerthistory" ("acknowledge_by", "acknowledged_at", "acknowledged_by_id", "clearance_note", "cleared_at", "cleared_by_id", "closed_at", "closed_by_id", "grade", "id", "may_infuse", "measure_id", "opened_at", "outcome", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "screen_id") VALUES (NEW."acknowledge_by", NEW."acknowledged_at", NEW."acknowledged_by_id", NEW."clearance_note", NEW."cleared_at", NEW."cleared_by_id", NEW."closed_at", NEW."closed_by_id", NEW."grade", NEW."id", NEW."may_infuse", NEW."measure_id", NEW."opened_at", NEW."outcome", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."screen_id"); RETURN NULL;',
                            hash="098a60d8b75b3df1ea7972b763135042a0f0c550",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_2f20e",
                            table="patients_safetyalert",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_safetyalerthistory" ("acknowledge_by", "acknowledged_at", "acknowledged_by_id", "clearance_note", "cleared_at", "cleared_by_id", "closed_at", "closed_by_id", "grade", "id", "may_infuse", "measure_id", "opened_at", "outcome", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "screen_id") VALUES (NEW."acknowledge_by", NEW."acknowledged_at", NEW."acknowledged_by_id", NEW."clearance_note", NEW."cleared_at", NEW."cleared_by_id", NEW."closed_at", NEW."closed_by_id", NEW."grade", NEW."id", NEW."may_infuse", NEW."measure_id", NEW."opened_at", NEW."outcome", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."screen_id"); RETURN NULL;',
                            hash="be52e4f01b5452878644bde9b932c8ffe634fa80",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_f3512",
                            table="patients_safetyalert",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_safetyalerthistory" ("acknowledge_by", "acknowledged_at", "acknowledged_by_id", "clearance_note", "cleared_at", "cleared_by_id", "closed_at", "closed_by_id", "grade", "id", "may_infuse", "measure_id", "opened_at", "outcome", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "screen_id") VALUES (OLD."acknowledge_by", OLD."acknowledged_at", OLD."acknowledged_by_id", OLD."clearance_note", OLD."cleared_at", OLD."cleared_by_id", OLD."closed_at", OLD."closed_by_id", OLD."grade", OLD."id", OLD."may_infuse", OLD."measure_id", OLD."opened_at", OLD."outcome", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."screen_id"); RETURN NULL;',
                            hash="37226c2d6fdecb8b4d000b35b8cd4306477adedc",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_bba2a",
                            table="patients_safetyalert",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SafetyAlertHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                (
                    "grade",
                    models.CharField(
                        choices=[
                            ("high", "High"),
                            ("moderate", "Moderate"),
                            ("low", "Low"),
                            ("unscreened", "To be screened"),
                        ],
                        max_length=10,
                    ),
                ),
                ("opened_at", models.DateTimeField(default=clinic.clock.now)),
                ("acknowledge_by", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("outcome", models.TextField(blank=True)),
                (
                    "may_infuse",
                    models.BooleanField(
                        default=False, help_text="A provider cleared infusions while the alert is open."
                    ),
                ),
                ("cleared_at", models.DateTimeField(blank=True, null=True)),
                ("clearance_note", models.TextField(blank=True)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cleared_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "measure",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.measureresponse",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="patients.safetyalert",
                    ),
                ),
                (
                    "screen",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The C-SSRS screener that graded it.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.measureresponse",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="0675c5beffac52bfb7b93cc7e969f54fa4c91139",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_ab2ed",
                            table="patients_safetyalerthistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TreatmentTrial",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("entered_in_error_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("entered_in_error_reason", models.CharField(blank=True, editable=False, max_length=300)),
                ("treatment", models.CharField(max_length=120)),
                ("treatment_class", models.CharField(blank=True, max_length=60, verbose_name="class")),
                ("dose", models.CharField(blank=True, max_length=60, verbose_name="highest dose")),
                ("weeks_at_adequate_dose", models.PositiveSmallIntegerField(verbose_name="weeks at an adequate dose")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("none", "No change"),
                            ("under_25", "Less than 25 % better"),
                            ("under_50", "25 to 49 % better"),
                            ("response", "50 % better or more"),
                            ("remission", "Remission"),
                            ("intolerant", "Not tolerated"),
                        ],
                        max_length=10,
                    ),
                ),
                ("this_episode", models.BooleanField(default=True, verbose_name="in the present episode")),
                (
                    "entered_in_error_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="trials", to="patients.patient"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("entered_in_error_at__isnull", True),
                                ("entered_in_error_by__isnull", True),
                                ("entered_in_error_reason", ""),
                            ),
                            models.Q(
                                ("entered_in_error_at__isnull", False),
                                ("entered_in_error_by__isnull", False),
                                models.Q(("entered_in_error_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="patients_treatmenttrial_error_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("weeks_at_adequate_dose__isnull", True),
                            models.Q(("weeks_at_adequate_dose__gte", 0), ("weeks_at_adequate_dose__lte", 1040)),
                            _connector="OR",
                        ),
                        name="trial_weeks_sane",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_treatmenttrialhistory" ("dose", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "outcome", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "this_episode", "treatment", "treatment_class", "weeks_at_adequate_dose") VALUES (NEW."dose", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."outcome", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."this_episode", NEW."treatment", NEW."treatment_class", NEW."weeks_at_adequate_dose"); RETURN NULL;',
                            hash="191ac2f6585ada3a03bca8bef5bb595189e30c21",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_3e249",
                            table="patients_treatmenttrial",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_treatmenttrialhistory" ("dose", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "outcome", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "this_episode", "treatment", "treatment_class", "weeks_at_adequate_dose") VALUES (NEW."dose", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."outcome", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."this_episode", NEW."treatment", NEW."treatment_class", NEW."weeks_at_adequate_dose"); RETURN NULL;',
                            hash="6e6db3a6211123ff5e7d06cb9a7dfc4846872493",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_f3550",
                            table="patients_treatmenttrial",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_treatmenttrialhistory" ("dose", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "outcome", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "this_episode", "treatment", "treatment_class", "weeks_at_adequate_dose") VALUES (OLD."dose", OLD."entered_in_error_at", OLD."entered_in_error_by_id", OLD."entered_in_error_reason", OLD."id", OLD."outcome", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."this_episode", OLD."treatment", OLD."treatment_class", OLD."weeks_at_adequate_dose"); RETURN NULL;',
                            hash="9c638f9a7bce53df9b915c0630d3cb41ce3bcdcf",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_ba6e2",
                            table="patients_treatmenttrial",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TreatmentTrialHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("entered_in_error_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("entered_in_error_reason", models.CharField(blank=True, editable=False, max_length=300)),
                ("treatment", models.CharField(max_length=120)),
                ("treatment_class", models.CharField(blank=True, max_length=60, verbose_name="class")),
                ("dose", models.CharField(blank=True, max_length=60, verbose_name="highest dose")),
                ("weeks_at_adequate_dose", models.PositiveSmallIntegerField(verbose_name="weeks at an adequate dose")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("none", "No change"),
                            ("under_25", "Less than 25 % better"),
                            ("under_50", "25 to 49 % better"),
                            ("response", "50 % better or more"),
                            ("remission", "Remission"),
                            ("intolerant", "Not tolerated"),
                        ],
                        max_length=10,
                    ),
                ),
                ("this_episode", models.BooleanField(default=True, verbose_name="in the present episode")),
                (
                    "entered_in_error_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="patients.treatmenttrial",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="17635dcc1350329693cbc2bb6de5c9e1034700d6",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_05ff4",
                            table="patients_treatmenttrialhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
    ]
