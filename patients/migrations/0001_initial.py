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
        migrations.CreateModel(
            name="Patient",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "mrn",
                    models.CharField(
                        editable=False, max_length=16, unique=True, verbose_name="MRN"
                    ),
                ),
                ("given_name", models.CharField(max_length=80)),
                ("middle_name", models.CharField(blank=True, max_length=80)),
                ("family_name", models.CharField(max_length=80)),
                ("preferred_name", models.CharField(blank=True, max_length=80)),
                ("pronouns", models.CharField(blank=True, max_length=30)),
                ("birth_date", models.DateField()),
                (
                    "sex",
                    models.CharField(
                        choices=[
                            ("female", "Female"),
                            ("male", "Male"),
                            ("other", "Other"),
                            ("unknown", "Unknown"),
                        ],
                        default="unknown",
                        max_length=8,
                        verbose_name="sex, as recorded at birth",
                    ),
                ),
                ("deceased_on", models.DateField(blank=True, null=True)),
                (
                    "phone",
                    models.CharField(
                        blank=True, help_text="E.164, like +15550137740.", max_length=20
                    ),
                ),
                ("phone_other", models.CharField(blank=True, max_length=20)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("address", models.CharField(blank=True, max_length=160)),
                ("city", models.CharField(blank=True, max_length=80)),
                ("state", models.CharField(blank=True, max_length=40)),
                ("postal_code", models.CharField(blank=True, max_length=12)),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("es", "Spanish")],
                        default="en",
                        max_length=5,
                    ),
                ),
                ("search_text", models.TextField(editable=False)),
                (
                    "sounds_like",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16),
                        default=list,
                        editable=False,
                        size=None,
                    ),
                ),
                (
                    "registered_at",
                    models.DateTimeField(default=clinic.clock.now, editable=False),
                ),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="patients",
                        to="clinic.site",
                    ),
                ),
            ],
            options={
                "ordering": ["family_name", "given_name", "id"],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(
                            "search_text", name="gin_trgm_ops"
                        ),
                        name="patient_search",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["sounds_like"], name="patient_sounds_like"
                    ),
                    models.Index(fields=["birth_date"], name="patient_birth_date"),
                    models.Index(
                        fields=["site", "family_name", "given_name", "id"],
                        name="patient_by_site_name",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deceased_on__isnull", True),
                            ("deceased_on__gte", models.F("birth_date")),
                            _connector="OR",
                        ),
                        name="patient_dies_after_birth",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("given_name", ""), _negated=True),
                            models.Q(("family_name", ""), _negated=True),
                        ),
                        name="patient_has_names",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_patientevent" ("address", "birth_date", "city", "deceased_on", "email", "family_name", "given_name", "id", "language", "middle_name", "mrn", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_other", "postal_code", "preferred_name", "pronouns", "registered_at", "registered_by_id", "search_text", "sex", "site_id", "sounds_like", "state") VALUES (NEW."address", NEW."birth_date", NEW."city", NEW."deceased_on", NEW."email", NEW."family_name", NEW."given_name", NEW."id", NEW."language", NEW."middle_name", NEW."mrn", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phone", NEW."phone_other", NEW."postal_code", NEW."preferred_name", NEW."pronouns", NEW."registered_at", NEW."registered_by_id", NEW."search_text", NEW."sex", NEW."site_id", NEW."sounds_like", NEW."state"); RETURN NULL;',
                            hash="6e8acd9bc07184e6d5d50054daef91031cf7bab4",
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
                            func='INSERT INTO "patients_patientevent" ("address", "birth_date", "city", "deceased_on", "email", "family_name", "given_name", "id", "language", "middle_name", "mrn", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_other", "postal_code", "preferred_name", "pronouns", "registered_at", "registered_by_id", "search_text", "sex", "site_id", "sounds_like", "state") VALUES (NEW."address", NEW."birth_date", NEW."city", NEW."deceased_on", NEW."email", NEW."family_name", NEW."given_name", NEW."id", NEW."language", NEW."middle_name", NEW."mrn", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone", NEW."phone_other", NEW."postal_code", NEW."preferred_name", NEW."pronouns", NEW."registered_at", NEW."registered_by_id", NEW."search_text", NEW."sex", NEW."site_id", NEW."sounds_like", NEW."state"); RETURN NULL;',
                            hash="108df008bcb77be572d626843c6ccadcf43d43b8",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_546ce",
                            table="patients_patient",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_patientevent" ("address", "birth_date", "city", "deceased_on", "email", "family_name", "given_name", "id", "language", "middle_name", "mrn", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_other", "postal_code", "preferred_name", "pronouns", "registered_at", "registered_by_id", "search_text", "sex", "site_id", "sounds_like", "state") VALUES (OLD."address", OLD."birth_date", OLD."city", OLD."deceased_on", OLD."email", OLD."family_name", OLD."given_name", OLD."id", OLD."language", OLD."middle_name", OLD."mrn", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phone", OLD."phone_other", OLD."postal_code", OLD."preferred_name", OLD."pronouns", OLD."registered_at", OLD."registered_by_id", OLD."search_text", OLD."sex", OLD."site_id", OLD."sounds_like", OLD."state"); RETURN NULL;',
                            hash="fe9b466cb23d93563514afc6b580942cf343da55",
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
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("escort", "Escort"),
                            ("emergency", "Emergency contact"),
                            ("clinician", "Clinician"),
                        ],
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "name"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_contactevent" ("id", "is_active", "kind", "name", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "relation") VALUES (NEW."id", NEW."is_active", NEW."kind", NEW."name", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phone", NEW."relation"); RETURN NULL;',
                            hash="6a95445262550a586e8c5bc3c190ce7d700db9b3",
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
                            func='INSERT INTO "patients_contactevent" ("id", "is_active", "kind", "name", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "relation") VALUES (NEW."id", NEW."is_active", NEW."kind", NEW."name", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone", NEW."relation"); RETURN NULL;',
                            hash="822acbec594fd306281c52bf89ce76a738cc8df5",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_5208d",
                            table="patients_contact",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_contactevent" ("id", "is_active", "kind", "name", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "relation") VALUES (OLD."id", OLD."is_active", OLD."kind", OLD."name", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phone", OLD."relation"); RETURN NULL;',
                            hash="8735d6ad75f6d75c97e898088e6dde557de38507",
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
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("system", models.CharField(max_length=120)),
                ("value", models.CharField(max_length=120)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identifiers",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("system", "value"), name="external_identifier_once"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_externalidentifierevent" ("id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "system", "value") VALUES (NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."system", NEW."value"); RETURN NULL;',
                            hash="85a15d05a54b62ceea5515a9bca821680d63dae3",
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
                            func='INSERT INTO "patients_externalidentifierevent" ("id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "system", "value") VALUES (NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."system", NEW."value"); RETURN NULL;',
                            hash="e97b30ec8ac37d021515495206667d5b2a8ce9a5",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_813a1",
                            table="patients_externalidentifier",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_externalidentifierevent" ("id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "system", "value") VALUES (OLD."id", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."system", OLD."value"); RETURN NULL;',
                            hash="022cc5f7e22fd85efa5c2ee0f0d3d3dee7d5188d",
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
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "entered_in_error_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "entered_in_error_reason",
                    models.CharField(blank=True, editable=False, max_length=300),
                ),
                ("system", models.CharField(blank=True, max_length=80)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("display", models.CharField(max_length=255)),
                (
                    "source",
                    models.CharField(
                        default="staff",
                        help_text="staff, patient, record or import",
                        max_length=20,
                    ),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allergies",
                        to="patients.patient",
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
                                models.Q(
                                    ("entered_in_error_reason", ""), _negated=True
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="patients_allergy_error_whole",
                    ),
                    models.UniqueConstraint(
                        fields=("patient", "system", "code", "display"),
                        name="allergy_once",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_allergyevent" ("code", "display", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "noted_on", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reaction", "severity", "source", "system") VALUES (NEW."code", NEW."display", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."noted_on", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reaction", NEW."severity", NEW."source", NEW."system"); RETURN NULL;',
                            hash="80a162e1790f7d7e382d1b85866fed5e6398eaa9",
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
                            func='INSERT INTO "patients_allergyevent" ("code", "display", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "noted_on", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reaction", "severity", "source", "system") VALUES (NEW."code", NEW."display", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."noted_on", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reaction", NEW."severity", NEW."source", NEW."system"); RETURN NULL;',
                            hash="ae59f5bda5b1eaea1214f2142d934e5f3f6e5c05",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_6c37b",
                            table="patients_allergy",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_allergyevent" ("code", "display", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "noted_on", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reaction", "severity", "source", "system") VALUES (OLD."code", OLD."display", OLD."entered_in_error_at", OLD."entered_in_error_by_id", OLD."entered_in_error_reason", OLD."id", OLD."noted_on", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reaction", OLD."severity", OLD."source", OLD."system"); RETURN NULL;',
                            hash="ec6dd6cddde3599911e6e5451d7925c0a5f90444",
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
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "entered_in_error_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "entered_in_error_reason",
                    models.CharField(blank=True, editable=False, max_length=300),
                ),
                ("system", models.CharField(blank=True, max_length=80)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("display", models.CharField(max_length=255)),
                (
                    "source",
                    models.CharField(
                        default="staff",
                        help_text="staff, patient, record or import",
                        max_length=20,
                    ),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conditions",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "ordering": ["-onset", "display"],
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["patient", "-onset"], name="condition_by_patient"
                    )
                ],
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
                                models.Q(
                                    ("entered_in_error_reason", ""), _negated=True
                                ),
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
                            func='INSERT INTO "patients_conditionevent" ("abatement", "code", "display", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "onset", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "system") VALUES (NEW."abatement", NEW."code", NEW."display", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."onset", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."source", NEW."system"); RETURN NULL;',
                            hash="9d41d276ca95477f58a1e4ab2571c2f2bdb8f0da",
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
                            func='INSERT INTO "patients_conditionevent" ("abatement", "code", "display", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "onset", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "system") VALUES (NEW."abatement", NEW."code", NEW."display", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."onset", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."source", NEW."system"); RETURN NULL;',
                            hash="b68abc7d3708907b78ca9a35fdcf5bf985148750",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_6df95",
                            table="patients_condition",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_conditionevent" ("abatement", "code", "display", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "onset", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "system") VALUES (OLD."abatement", OLD."code", OLD."display", OLD."entered_in_error_at", OLD."entered_in_error_by_id", OLD."entered_in_error_reason", OLD."id", OLD."onset", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."source", OLD."system"); RETURN NULL;',
                            hash="8e371cb465990f9c2316504c04641647beaf5aa4",
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
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("observed_at", models.DateTimeField(help_text="When it happened.")),
                (
                    "entered_at",
                    models.DateTimeField(
                        default=clinic.clock.now,
                        editable=False,
                        help_text="When it was typed.",
                    ),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "ordering": ["-observed_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("signer_name", ""), _negated=True),
                        name="consent_has_signer",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_consentevent" ("entered_at", "entered_by_id", "id", "kind", "language", "observed_at", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signer_name", "text_sha256", "valid_until", "version", "withdrawn_at", "witness_id") VALUES (NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."kind", NEW."language", NEW."observed_at", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."signer_name", NEW."text_sha256", NEW."valid_until", NEW."version", NEW."withdrawn_at", NEW."witness_id"); RETURN NULL;',
                            hash="442b8df1e6d868c8afde945d365d27af517897d7",
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
                            func='INSERT INTO "patients_consentevent" ("entered_at", "entered_by_id", "id", "kind", "language", "observed_at", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signer_name", "text_sha256", "valid_until", "version", "withdrawn_at", "witness_id") VALUES (NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."kind", NEW."language", NEW."observed_at", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."signer_name", NEW."text_sha256", NEW."valid_until", NEW."version", NEW."withdrawn_at", NEW."witness_id"); RETURN NULL;',
                            hash="2f9e94fe81ad8086e8ad96949b3a392747144635",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_06fdd",
                            table="patients_consent",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_consentevent" ("entered_at", "entered_by_id", "id", "kind", "language", "observed_at", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signer_name", "text_sha256", "valid_until", "version", "withdrawn_at", "witness_id") VALUES (OLD."entered_at", OLD."entered_by_id", OLD."id", OLD."kind", OLD."language", OLD."observed_at", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."signer_name", OLD."text_sha256", OLD."valid_until", OLD."version", OLD."withdrawn_at", OLD."witness_id"); RETURN NULL;',
                            hash="8c04bbdb786d3fa3e46f19b9e2e8d69ab352c4de",
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
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "Email"), ("text", "Text message")],
                        max_length=5,
                    ),
                ),
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
                            ("revoked_at__isnull", True),
                            ("revoked_at__gt", models.F("given_at")),
                            _connector="OR",
                        ),
                        name="contact_consent_revoked_after",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_contactconsentevent" ("channel", "given_at", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "taken_by_id", "version", "words") VALUES (NEW."channel", NEW."given_at", NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."revoked_at", NEW."taken_by_id", NEW."version", NEW."words"); RETURN NULL;',
                            hash="376071d92659f165c9e29493894a04d5a6519b23",
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
                            func='INSERT INTO "patients_contactconsentevent" ("channel", "given_at", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "taken_by_id", "version", "words") VALUES (NEW."channel", NEW."given_at", NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."revoked_at", NEW."taken_by_id", NEW."version", NEW."words"); RETURN NULL;',
                            hash="3cd062628504a42aa94a52878e018389a2396bf6",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_2d5e0",
                            table="patients_contactconsent",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_contactconsentevent" ("channel", "given_at", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "taken_by_id", "version", "words") VALUES (OLD."channel", OLD."given_at", OLD."id", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."revoked_at", OLD."taken_by_id", OLD."version", OLD."words"); RETURN NULL;',
                            hash="62835053f33601e6198d0e34b3145f937cd68b3b",
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
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("observed_at", models.DateTimeField(help_text="When it happened.")),
                (
                    "entered_at",
                    models.DateTimeField(
                        default=clinic.clock.now,
                        editable=False,
                        help_text="When it was typed.",
                    ),
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
                (
                    "diagnosis_code",
                    models.CharField(
                        blank=True, max_length=10, verbose_name="ICD-10-CM code"
                    ),
                ),
                (
                    "history",
                    models.TextField(blank=True, verbose_name="history of the illness"),
                ),
                (
                    "goals",
                    models.TextField(
                        blank=True, verbose_name="goals, in the patient’s own words"
                    ),
                ),
                ("plan", models.TextField(blank=True)),
                ("planned_count", models.PositiveSmallIntegerField(default=6)),
                (
                    "height_cm",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=5, null=True
                    ),
                ),
                (
                    "weight_kg",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=5, null=True
                    ),
                ),
                ("systolic", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("diastolic", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "rationale",
                    models.TextField(
                        blank=True,
                        help_text="Why, where the answers don’t say it by themselves.",
                    ),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evaluations",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "ordering": ["-observed_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("signed_at__isnull", True), ("signed_by__isnull", True)
                            ),
                            models.Q(
                                ("signed_at__isnull", False),
                                ("signed_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="evaluation_signature_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("diastolic__isnull", True), ("systolic__isnull", True)
                            ),
                            models.Q(
                                ("diastolic__isnull", False),
                                ("systolic__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="evaluation_pressure_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("signed_at__isnull", True),
                                ("state__in", ["draft", "in_review"]),
                            ),
                            models.Q(
                                ("signed_at__isnull", False),
                                (
                                    "state__in",
                                    [
                                        "eligible",
                                        "conditional",
                                        "deferred",
                                        "ineligible",
                                    ],
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="evaluation_signed_states",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["eligible", "conditional"]),
                                _negated=True,
                            ),
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
                            models.Q(
                                ("planned_count__gte", 6), ("planned_count__lte", 8)
                            ),
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
                            func='INSERT INTO "patients_evaluationevent" ("conditions_to_meet", "diagnosis", "diagnosis_code", "diastolic", "entered_at", "entered_by_id", "goals", "height_cm", "history", "id", "observed_at", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan", "planned_count", "rationale", "revisit_on", "signed_at", "signed_by_id", "state", "supersedes_id", "systolic", "valid_until", "version", "weight_kg") VALUES (NEW."conditions_to_meet", NEW."diagnosis", NEW."diagnosis_code", NEW."diastolic", NEW."entered_at", NEW."entered_by_id", NEW."goals", NEW."height_cm", NEW."history", NEW."id", NEW."observed_at", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."plan", NEW."planned_count", NEW."rationale", NEW."revisit_on", NEW."signed_at", NEW."signed_by_id", NEW."state", NEW."supersedes_id", NEW."systolic", NEW."valid_until", NEW."version", NEW."weight_kg"); RETURN NULL;',
                            hash="0010d9342301b11e049e2b29bd3303f7abf42c23",
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
                            func='INSERT INTO "patients_evaluationevent" ("conditions_to_meet", "diagnosis", "diagnosis_code", "diastolic", "entered_at", "entered_by_id", "goals", "height_cm", "history", "id", "observed_at", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan", "planned_count", "rationale", "revisit_on", "signed_at", "signed_by_id", "state", "supersedes_id", "systolic", "valid_until", "version", "weight_kg") VALUES (NEW."conditions_to_meet", NEW."diagnosis", NEW."diagnosis_code", NEW."diastolic", NEW."entered_at", NEW."entered_by_id", NEW."goals", NEW."height_cm", NEW."history", NEW."id", NEW."observed_at", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."plan", NEW."planned_count", NEW."rationale", NEW."revisit_on", NEW."signed_at", NEW."signed_by_id", NEW."state", NEW."supersedes_id", NEW."systolic", NEW."valid_until", NEW."version", NEW."weight_kg"); RETURN NULL;',
                            hash="0aa961588b9597a8abb61e522fcb9e094022815f",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_11e73",
                            table="patients_evaluation",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_evaluationevent" ("conditions_to_meet", "diagnosis", "diagnosis_code", "diastolic", "entered_at", "entered_by_id", "goals", "height_cm", "history", "id", "observed_at", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan", "planned_count", "rationale", "revisit_on", "signed_at", "signed_by_id", "state", "supersedes_id", "systolic", "valid_until", "version", "weight_kg") VALUES (OLD."conditions_to_meet", OLD."diagnosis", OLD."diagnosis_code", OLD."diastolic", OLD."entered_at", OLD."entered_by_id", OLD."goals", OLD."height_cm", OLD."history", OLD."id", OLD."observed_at", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."plan", OLD."planned_count", OLD."rationale", OLD."revisit_on", OLD."signed_at", OLD."signed_by_id", OLD."state", OLD."supersedes_id", OLD."systolic", OLD."valid_until", OLD."version", OLD."weight_kg"); RETURN NULL;',
                            hash="040a6f6b64225b33ea2e9f3ccf60e129f416e5af",
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
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("key", models.CharField(max_length=40)),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("no", "No"),
                            ("yes", "Yes"),
                            ("unknown", "Not known"),
                        ],
                        max_length=8,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "evaluation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="patients.evaluation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("evaluation", "key"), name="evaluation_answer_once"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="evaluation_answer_signed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE signed timestamptz; parent_id uuid;",
                            func="\n            IF TG_OP = 'DELETE' THEN parent_id := OLD.evaluation_id; ELSE parent_id := NEW.evaluation_id; END IF;\n            SELECT signed_at INTO signed FROM patients_evaluation WHERE id = parent_id;\n            IF signed IS NOT NULL THEN\n                RAISE EXCEPTION 'signed: rows of a signed record can not be written';\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n            ",
                            hash="ef67ce242896143399ea845e873682d48e8640db",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_evaluation_answer_signed_11c66",
                            table="patients_evaluationanswer",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_evaluationanswerevent" ("answer", "evaluation_id", "id", "key", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."answer", NEW."evaluation_id", NEW."id", NEW."key", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="2e0ab8271935b59aa645b061c88c1303267afd45",
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
                            func='INSERT INTO "patients_evaluationanswerevent" ("answer", "evaluation_id", "id", "key", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."answer", NEW."evaluation_id", NEW."id", NEW."key", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="43925ebc0e19ce85caa5970fd8f934346c976381",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_edc6d",
                            table="patients_evaluationanswer",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_evaluationanswerevent" ("answer", "evaluation_id", "id", "key", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."answer", OLD."evaluation_id", OLD."id", OLD."key", OLD."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id"); RETURN NULL;',
                            hash="306f9c020c608236a1f3b5f4e5c351febc519920",
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
            name="EvaluationAnswerEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, serialize=False
                    ),
                ),
                ("key", models.CharField(max_length=40)),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("no", "No"),
                            ("yes", "Yes"),
                            ("unknown", "Not known"),
                        ],
                        max_length=8,
                    ),
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
                            hash="6e3d93a69c48973643d26c2c20e0811bae7d4b27",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_e29b7",
                            table="patients_evaluationanswerevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportJob",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
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
                        blank=True,
                        help_text="The uploaded file; emptied when the run ends.",
                        null=True,
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
                        blank=True,
                        help_text="Why the whole file was refused: line and column.",
                        max_length=500,
                    ),
                ),
                ("asked_at", models.DateTimeField(default=clinic.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="import_jobs",
                        to="clinic.site",
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
                            func='INSERT INTO "patients_importjobevent" ("asked_at", "content", "dry_run", "ended_at", "file_name", "format", "handled", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "refusal", "site_id", "started_by_id", "state", "total") VALUES (NEW."asked_at", NEW."content", NEW."dry_run", NEW."ended_at", NEW."file_name", NEW."format", NEW."handled", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."refusal", NEW."site_id", NEW."started_by_id", NEW."state", NEW."total"); RETURN NULL;',
                            hash="63cad254c5da5f4eefed71e1d3c8dac95c8c2cae",
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
                            func='INSERT INTO "patients_importjobevent" ("asked_at", "content", "dry_run", "ended_at", "file_name", "format", "handled", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "refusal", "site_id", "started_by_id", "state", "total") VALUES (NEW."asked_at", NEW."content", NEW."dry_run", NEW."ended_at", NEW."file_name", NEW."format", NEW."handled", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."refusal", NEW."site_id", NEW."started_by_id", NEW."state", NEW."total"); RETURN NULL;',
                            hash="d57ec874e4f881605d6309b9e2afa5c7e3ccf54b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_a4ae8",
                            table="patients_importjob",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_importjobevent" ("asked_at", "content", "dry_run", "ended_at", "file_name", "format", "handled", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "refusal", "site_id", "started_by_id", "state", "total") VALUES (OLD."asked_at", OLD."content", OLD."dry_run", OLD."ended_at", OLD."file_name", OLD."format", OLD."handled", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."refusal", OLD."site_id", OLD."started_by_id", OLD."state", OLD."total"); RETURN NULL;',
                            hash="39d85c4c40488076fc2099dd42a75c6693cec86d",
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
            name="ImportJobEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, serialize=False
                    ),
                ),
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
                        blank=True,
                        help_text="The uploaded file; emptied when the run ends.",
                        null=True,
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
                        blank=True,
                        help_text="Why the whole file was refused: line and column.",
                        max_length=500,
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
                            hash="d7a98f84a11b3f7dadd524a8194f9067cc283b94",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_bc490",
                            table="patients_importjobevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Inquiry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("web", "Web form"), ("phone", "Phone")], max_length=5
                    ),
                ),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inquiries",
                        to="clinic.site",
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
                "indexes": [
                    models.Index(
                        fields=["site", "state", "-received_at"], name="inquiry_queue"
                    )
                ],
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
                            func='INSERT INTO "patients_inquiryevent" ("birth_date", "closed_reason", "email", "family_name", "given_name", "id", "message", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "received_at", "site_id", "source", "state", "taken_by_id") VALUES (NEW."birth_date", NEW."closed_reason", NEW."email", NEW."family_name", NEW."given_name", NEW."id", NEW."message", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phone", NEW."received_at", NEW."site_id", NEW."source", NEW."state", NEW."taken_by_id"); RETURN NULL;',
                            hash="9c676f18a916a2a22831c6ab04f75ed469f63f72",
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
                            func='INSERT INTO "patients_inquiryevent" ("birth_date", "closed_reason", "email", "family_name", "given_name", "id", "message", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "received_at", "site_id", "source", "state", "taken_by_id") VALUES (NEW."birth_date", NEW."closed_reason", NEW."email", NEW."family_name", NEW."given_name", NEW."id", NEW."message", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone", NEW."received_at", NEW."site_id", NEW."source", NEW."state", NEW."taken_by_id"); RETURN NULL;',
                            hash="25c2fe8eba6f7b4c869e6980e961081f6fd3234f",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_380ea",
                            table="patients_inquiry",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_inquiryevent" ("birth_date", "closed_reason", "email", "family_name", "given_name", "id", "message", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "received_at", "site_id", "source", "state", "taken_by_id") VALUES (OLD."birth_date", OLD."closed_reason", OLD."email", OLD."family_name", OLD."given_name", OLD."id", OLD."message", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phone", OLD."received_at", OLD."site_id", OLD."source", OLD."state", OLD."taken_by_id"); RETURN NULL;',
                            hash="a7070378877b14a87e806586983762918cdde4d0",
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
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("observed_at", models.DateTimeField(help_text="When it happened.")),
                (
                    "entered_at",
                    models.DateTimeField(
                        default=clinic.clock.now,
                        editable=False,
                        help_text="When it was typed.",
                    ),
                ),
                (
                    "entered_in_error_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "entered_in_error_reason",
                    models.CharField(blank=True, editable=False, max_length=300),
                ),
                (
                    "instrument",
                    models.CharField(
                        choices=[
                            ("phq9", "PHQ-9"),
                            ("gad7", "GAD-7"),
                            ("cssrs", "C-SSRS screener"),
                        ],
                        max_length=8,
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
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), size=None
                    ),
                ),
                (
                    "score",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty for a screen without a sum.",
                        null=True,
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measures",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "ordering": ["-observed_at"],
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["patient", "instrument", "-observed_at"],
                        name="measure_by_patient",
                    )
                ],
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
                                models.Q(
                                    ("entered_in_error_reason", ""), _negated=True
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="patients_measureresponse_error_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("instrument", "phq9"),
                                ("items__len", 9),
                                ("score__isnull", False),
                                ("score__lte", 27),
                            ),
                            models.Q(
                                ("instrument", "gad7"),
                                ("items__len", 7),
                                ("score__isnull", False),
                                ("score__lte", 21),
                            ),
                            models.Q(
                                ("instrument", "cssrs"),
                                ("items__len", 6),
                                ("score__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="measure_items_whole",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_measureresponseevent" ("entered_at", "entered_by_id", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "instrument", "items", "language", "observed_at", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "score", "timepoint", "version") VALUES (NEW."entered_at", NEW."entered_by_id", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."instrument", NEW."items", NEW."language", NEW."observed_at", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."score", NEW."timepoint", NEW."version"); RETURN NULL;',
                            hash="bb4268c211ed1f171348483c1dfeeb87415bc2ae",
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
                            func='INSERT INTO "patients_measureresponseevent" ("entered_at", "entered_by_id", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "instrument", "items", "language", "observed_at", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "score", "timepoint", "version") VALUES (NEW."entered_at", NEW."entered_by_id", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."instrument", NEW."items", NEW."language", NEW."observed_at", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."score", NEW."timepoint", NEW."version"); RETURN NULL;',
                            hash="059da635109ddbbc5a2c2919888f36c679c81c5b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_1cc82",
                            table="patients_measureresponse",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_measureresponseevent" ("entered_at", "entered_by_id", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "instrument", "items", "language", "observed_at", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "score", "timepoint", "version") VALUES (OLD."entered_at", OLD."entered_by_id", OLD."entered_in_error_at", OLD."entered_in_error_by_id", OLD."entered_in_error_reason", OLD."id", OLD."instrument", OLD."items", OLD."language", OLD."observed_at", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."score", OLD."timepoint", OLD."version"); RETURN NULL;',
                            hash="652fff63a464e2f93cd008ad68ad3d02c16b7f06",
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
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "entered_in_error_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "entered_in_error_reason",
                    models.CharField(blank=True, editable=False, max_length=300),
                ),
                ("system", models.CharField(blank=True, max_length=80)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("display", models.CharField(max_length=255)),
                (
                    "source",
                    models.CharField(
                        default="staff",
                        help_text="staff, patient, record or import",
                        max_length=20,
                    ),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="medications",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "ordering": ["-started", "display"],
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["patient", "-started"], name="medication_by_patient"
                    )
                ],
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
                                models.Q(
                                    ("entered_in_error_reason", ""), _negated=True
                                ),
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
                            func='INSERT INTO "patients_medicationevent" ("code", "display", "dose", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "started", "stopped", "system") VALUES (NEW."code", NEW."display", NEW."dose", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."source", NEW."started", NEW."stopped", NEW."system"); RETURN NULL;',
                            hash="cd532c4093d2dbc2c80e3095bdd83dfb70925028",
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
                            func='INSERT INTO "patients_medicationevent" ("code", "display", "dose", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "started", "stopped", "system") VALUES (NEW."code", NEW."display", NEW."dose", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."source", NEW."started", NEW."stopped", NEW."system"); RETURN NULL;',
                            hash="759625d5e4a00a7620b610be4c9e4ce243725b57",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_64339",
                            table="patients_medication",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_medicationevent" ("code", "display", "dose", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "started", "stopped", "system") VALUES (OLD."code", OLD."display", OLD."dose", OLD."entered_in_error_at", OLD."entered_in_error_by_id", OLD."entered_in_error_reason", OLD."id", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."source", OLD."started", OLD."stopped", OLD."system"); RETURN NULL;',
                            hash="a623acaecdf0221427d31fec628d37e38cb8022c",
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
            name="MedicationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, serialize=False
                    ),
                ),
                (
                    "entered_in_error_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "entered_in_error_reason",
                    models.CharField(blank=True, editable=False, max_length=300),
                ),
                ("system", models.CharField(blank=True, max_length=80)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("display", models.CharField(max_length=255)),
                (
                    "source",
                    models.CharField(
                        default="staff",
                        help_text="staff, patient, record or import",
                        max_length=20,
                    ),
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
                            hash="f3c4d0ad448b5bfc9797ade73a83127994bf3672",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_02766",
                            table="patients_medicationevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MeasureResponseEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, serialize=False
                    ),
                ),
                ("observed_at", models.DateTimeField(help_text="When it happened.")),
                (
                    "entered_at",
                    models.DateTimeField(
                        default=clinic.clock.now,
                        editable=False,
                        help_text="When it was typed.",
                    ),
                ),
                (
                    "entered_in_error_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "entered_in_error_reason",
                    models.CharField(blank=True, editable=False, max_length=300),
                ),
                (
                    "instrument",
                    models.CharField(
                        choices=[
                            ("phq9", "PHQ-9"),
                            ("gad7", "GAD-7"),
                            ("cssrs", "C-SSRS screener"),
                        ],
                        max_length=8,
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
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), size=None
                    ),
                ),
                (
                    "score",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty for a screen without a sum.",
                        null=True,
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
                            hash="55b6c77c71725f196162788345085a61514e6efd",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_d8d75",
                            table="patients_measureresponseevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InquiryEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, serialize=False
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("web", "Web form"), ("phone", "Phone")], max_length=5
                    ),
                ),
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
                            hash="819b361afb5020a957de2494dbddeac5b8b6d9b3",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_d2de0",
                            table="patients_inquiryevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="patients.importjob",
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
                "indexes": [
                    models.Index(
                        fields=["job", "outcome"], name="import_row_by_outcome"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExternalIdentifierEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, serialize=False
                    ),
                ),
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
                            hash="5de238a47f683ccc0d6b8285c34e624045fc09da",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_d70eb",
                            table="patients_externalidentifierevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EvaluationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, serialize=False
                    ),
                ),
                ("observed_at", models.DateTimeField(help_text="When it happened.")),
                (
                    "entered_at",
                    models.DateTimeField(
                        default=clinic.clock.now,
                        editable=False,
                        help_text="When it was typed.",
                    ),
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
                (
                    "diagnosis_code",
                    models.CharField(
                        blank=True, max_length=10, verbose_name="ICD-10-CM code"
                    ),
                ),
                (
                    "history",
                    models.TextField(blank=True, verbose_name="history of the illness"),
                ),
                (
                    "goals",
                    models.TextField(
                        blank=True, verbose_name="goals, in the patient’s own words"
                    ),
                ),
                ("plan", models.TextField(blank=True)),
                ("planned_count", models.PositiveSmallIntegerField(default=6)),
                (
                    "height_cm",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=5, null=True
                    ),
                ),
                (
                    "weight_kg",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=5, null=True
                    ),
                ),
                ("systolic", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("diastolic", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "rationale",
                    models.TextField(
                        blank=True,
                        help_text="Why, where the answers don’t say it by themselves.",
                    ),
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
                            hash="5555d91430206bf8deaa4913a0f9b261ce45a0c7",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_ee2c2",
                            table="patients_evaluationevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("escort", "Escort"),
                            ("emergency", "Emergency contact"),
                            ("clinician", "Clinician"),
                        ],
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
                            hash="af6438bfa586ab665dfae47d8f8d57cd637b6f28",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_f2985",
                            table="patients_contactevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactConsentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, serialize=False
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "Email"), ("text", "Text message")],
                        max_length=5,
                    ),
                ),
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
                            hash="a5a999149d85f4314d432a90985469c453ff260c",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_ef5a6",
                            table="patients_contactconsentevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, serialize=False
                    ),
                ),
                ("observed_at", models.DateTimeField(help_text="When it happened.")),
                (
                    "entered_at",
                    models.DateTimeField(
                        default=clinic.clock.now,
                        editable=False,
                        help_text="When it was typed.",
                    ),
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
                            hash="fced6dcbc87843e2b3fc4d589e9e5c46457e7a26",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_76697",
                            table="patients_consentevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConditionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, serialize=False
                    ),
                ),
                (
                    "entered_in_error_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "entered_in_error_reason",
                    models.CharField(blank=True, editable=False, max_length=300),
                ),
                ("system", models.CharField(blank=True, max_length=80)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("display", models.CharField(max_length=255)),
                (
                    "source",
                    models.CharField(
                        default="staff",
                        help_text="staff, patient, record or import",
                        max_length=20,
                    ),
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
                            hash="d3f643e962d731f53c7b280531c004edb70af8d5",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_2fdad",
                            table="patients_conditionevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AllergyEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, serialize=False
                    ),
                ),
                (
                    "entered_in_error_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "entered_in_error_reason",
                    models.CharField(blank=True, editable=False, max_length=300),
                ),
                ("system", models.CharField(blank=True, max_length=80)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("display", models.CharField(max_length=255)),
                (
                    "source",
                    models.CharField(
                        default="staff",
                        help_text="staff, patient, record or import",
                        max_length=20,
                    ),
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
                            hash="c548d99255e80820398f5ae48af48c09093f1f15",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_539c8",
                            table="patients_allergyevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PatientEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, serialize=False
                    ),
                ),
                (
                    "mrn",
                    models.CharField(editable=False, max_length=16, verbose_name="MRN"),
                ),
                ("given_name", models.CharField(max_length=80)),
                ("middle_name", models.CharField(blank=True, max_length=80)),
                ("family_name", models.CharField(max_length=80)),
                ("preferred_name", models.CharField(blank=True, max_length=80)),
                ("pronouns", models.CharField(blank=True, max_length=30)),
                ("birth_date", models.DateField()),
                (
                    "sex",
                    models.CharField(
                        choices=[
                            ("female", "Female"),
                            ("male", "Male"),
                            ("other", "Other"),
                            ("unknown", "Unknown"),
                        ],
                        default="unknown",
                        max_length=8,
                        verbose_name="sex, as recorded at birth",
                    ),
                ),
                ("deceased_on", models.DateField(blank=True, null=True)),
                (
                    "phone",
                    models.CharField(
                        blank=True, help_text="E.164, like +15550137740.", max_length=20
                    ),
                ),
                ("phone_other", models.CharField(blank=True, max_length=20)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("address", models.CharField(blank=True, max_length=160)),
                ("city", models.CharField(blank=True, max_length=80)),
                ("state", models.CharField(blank=True, max_length=40)),
                ("postal_code", models.CharField(blank=True, max_length=12)),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("es", "Spanish")],
                        default="en",
                        max_length=5,
                    ),
                ),
                ("search_text", models.TextField(editable=False)),
                (
                    "sounds_like",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16),
                        default=list,
                        editable=False,
                        size=None,
                    ),
                ),
                (
                    "registered_at",
                    models.DateTimeField(default=clinic.clock.now, editable=False),
                ),
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
                            hash="d56fc44e91ee8df71d41dd0265710731967b921c",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_ade9e",
                            table="patients_patientevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SafetyAlert",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
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
                        default=False,
                        help_text="A provider cleared infusions while the alert is open.",
                    ),
                ),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alerts",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "ordering": ["-opened_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["patient"],
                        name="alert_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("acknowledged_at__isnull", True),
                                ("acknowledged_by__isnull", True),
                            ),
                            models.Q(
                                ("acknowledged_at__isnull", False),
                                ("acknowledged_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="alert_acknowledged_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", True), ("closed_by__isnull", True)
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("closed_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="alert_closed_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at__isnull", True),
                            models.Q(("outcome", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="alert_closed_says_why",
                    ),
                    models.UniqueConstraint(
                        fields=("measure",), name="alert_once_a_measure"
                    ),
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
                            func='INSERT INTO "patients_safetyalertevent" ("acknowledge_by", "acknowledged_at", "acknowledged_by_id", "closed_at", "closed_by_id", "grade", "id", "may_infuse", "measure_id", "opened_at", "outcome", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."acknowledge_by", NEW."acknowledged_at", NEW."acknowledged_by_id", NEW."closed_at", NEW."closed_by_id", NEW."grade", NEW."id", NEW."may_infuse", NEW."measure_id", NEW."opened_at", NEW."outcome", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="21b2cb7e98a204fc4e9f7352fd7ece8f4fc1a9be",
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
                            func='INSERT INTO "patients_safetyalertevent" ("acknowledge_by", "acknowledged_at", "acknowledged_by_id", "closed_at", "closed_by_id", "grade", "id", "may_infuse", "measure_id", "opened_at", "outcome", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."acknowledge_by", NEW."acknowledged_at", NEW."acknowledged_by_id", NEW."closed_at", NEW."closed_by_id", NEW."grade", NEW."id", NEW."may_infuse", NEW."measure_id", NEW."opened_at", NEW."outcome", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="7872c11327214aa8a97e3f48b1f9f206192a2e4b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_f3512",
                            table="patients_safetyalert",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_safetyalertevent" ("acknowledge_by", "acknowledged_at", "acknowledged_by_id", "closed_at", "closed_by_id", "grade", "id", "may_infuse", "measure_id", "opened_at", "outcome", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."acknowledge_by", OLD."acknowledged_at", OLD."acknowledged_by_id", OLD."closed_at", OLD."closed_by_id", OLD."grade", OLD."id", OLD."may_infuse", OLD."measure_id", OLD."opened_at", OLD."outcome", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id"); RETURN NULL;',
                            hash="cf685c0e54d12ddf38e76124f16872074ef1042e",
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
            name="SafetyAlertEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, serialize=False
                    ),
                ),
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
                        default=False,
                        help_text="A provider cleared infusions while the alert is open.",
                    ),
                ),
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
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="175152d738f530f6d817d26c55503666f6a6e9c4",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_b1daf",
                            table="patients_safetyalertevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TreatmentTrial",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "entered_in_error_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "entered_in_error_reason",
                    models.CharField(blank=True, editable=False, max_length=300),
                ),
                ("treatment", models.CharField(max_length=120)),
                (
                    "treatment_class",
                    models.CharField(blank=True, max_length=60, verbose_name="class"),
                ),
                (
                    "dose",
                    models.CharField(
                        blank=True, max_length=60, verbose_name="highest dose"
                    ),
                ),
                (
                    "weeks_at_adequate_dose",
                    models.PositiveSmallIntegerField(
                        verbose_name="weeks at an adequate dose"
                    ),
                ),
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
                (
                    "this_episode",
                    models.BooleanField(
                        default=True, verbose_name="in the present episode"
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trials",
                        to="patients.patient",
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
                                models.Q(
                                    ("entered_in_error_reason", ""), _negated=True
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="patients_treatmenttrial_error_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("weeks_at_adequate_dose__isnull", True),
                            models.Q(
                                ("weeks_at_adequate_dose__gte", 0),
                                ("weeks_at_adequate_dose__lte", 1040),
                            ),
                            _connector="OR",
                        ),
                        name="trial_weeks_sane",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_treatmenttrialevent" ("dose", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "outcome", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "this_episode", "treatment", "treatment_class", "weeks_at_adequate_dose") VALUES (NEW."dose", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."outcome", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."this_episode", NEW."treatment", NEW."treatment_class", NEW."weeks_at_adequate_dose"); RETURN NULL;',
                            hash="3c67ed33d8f89b3d7f425ab21acb676293959491",
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
                            func='INSERT INTO "patients_treatmenttrialevent" ("dose", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "outcome", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "this_episode", "treatment", "treatment_class", "weeks_at_adequate_dose") VALUES (NEW."dose", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."outcome", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."this_episode", NEW."treatment", NEW."treatment_class", NEW."weeks_at_adequate_dose"); RETURN NULL;',
                            hash="0003d70ccf32750c9a857fd9d7afeca82843993b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_f3550",
                            table="patients_treatmenttrial",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_treatmenttrialevent" ("dose", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "outcome", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "this_episode", "treatment", "treatment_class", "weeks_at_adequate_dose") VALUES (OLD."dose", OLD."entered_in_error_at", OLD."entered_in_error_by_id", OLD."entered_in_error_reason", OLD."id", OLD."outcome", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."this_episode", OLD."treatment", OLD."treatment_class", OLD."weeks_at_adequate_dose"); RETURN NULL;',
                            hash="288d49009bb6f3e42fed8fd97172cc80147ee040",
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
            name="TreatmentTrialEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, serialize=False
                    ),
                ),
                (
                    "entered_in_error_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "entered_in_error_reason",
                    models.CharField(blank=True, editable=False, max_length=300),
                ),
                ("treatment", models.CharField(max_length=120)),
                (
                    "treatment_class",
                    models.CharField(blank=True, max_length=60, verbose_name="class"),
                ),
                (
                    "dose",
                    models.CharField(
                        blank=True, max_length=60, verbose_name="highest dose"
                    ),
                ),
                (
                    "weeks_at_adequate_dose",
                    models.PositiveSmallIntegerField(
                        verbose_name="weeks at an adequate dose"
                    ),
                ),
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
                (
                    "this_episode",
                    models.BooleanField(
                        default=True, verbose_name="in the present episode"
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
                            hash="b425379350bd43554f106ab5523584d3fa54d242",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_1bc5c",
                            table="patients_treatmenttrialevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
    ]
