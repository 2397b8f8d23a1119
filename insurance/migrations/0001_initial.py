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
        ("clinic", "__first__"),
        ("patients", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Payer",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120)),
                ("payer_id", models.CharField(blank=True, max_length=40, verbose_name="electronic payer id")),
                ("phone", models.CharField(blank=True, max_length=20)),
                (
                    "source_id",
                    models.CharField(blank=True, help_text="The id in the system it was imported from.", max_length=60),
                ),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("source_id", ""), _negated=True),
                        fields=("source_id",),
                        name="payer_source_once",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "insurance_payerhistory" ("id", "is_active", "name", "payer_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "source_id") VALUES (NEW."id", NEW."is_active", NEW."name", NEW."payer_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phone", NEW."source_id"); RETURN NULL;',
                            hash="2c20224671edf3b50bd45bef2ea7c22223fd03fc",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_811e5",
                            table="insurance_payer",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "insurance_payerhistory" ("id", "is_active", "name", "payer_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "source_id") VALUES (NEW."id", NEW."is_active", NEW."name", NEW."payer_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone", NEW."source_id"); RETURN NULL;',
                            hash="d43a487f4b79d48c5bba079c7014951937ce7ad3",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_cdbd5",
                            table="insurance_payer",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "insurance_payerhistory" ("id", "is_active", "name", "payer_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "source_id") VALUES (OLD."id", OLD."is_active", OLD."name", OLD."payer_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phone", OLD."source_id"); RETURN NULL;',
                            hash="b94bc21b9f2d61e7273105587580f92443835882",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_76971",
                            table="insurance_payer",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Coverage",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("entered_in_error_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("entered_in_error_reason", models.CharField(blank=True, editable=False, max_length=300)),
                ("rank", models.PositiveSmallIntegerField(default=1, help_text="1 primary, 2 secondary, 3 tertiary")),
                ("member_id", models.CharField(blank=True, max_length=60)),
                ("group_number", models.CharField(blank=True, max_length=60)),
                ("plan_name", models.CharField(blank=True, max_length=120)),
                ("subscriber_name", models.CharField(blank=True, max_length=160)),
                (
                    "relation",
                    models.CharField(
                        choices=[("self", "Self"), ("spouse", "Spouse"), ("child", "Child"), ("other", "Other")],
                        default="self",
                        max_length=7,
                    ),
                ),
                ("starts_on", models.DateField(blank=True, null=True)),
                ("ends_on", models.DateField(blank=True, help_text="The last day that is covered.", null=True)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="coverages", to="patients.patient"
                    ),
                ),
                (
                    "payer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="coverages", to="insurance.payer"
                    ),
                ),
            ],
            options={
                "ordering": ["rank", "-starts_on"],
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
                        name="insurance_coverage_error_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rank__isnull", True), models.Q(("rank__gte", 1), ("rank__lte", 3)), _connector="OR"
                        ),
                        name="coverage_rank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_on__isnull", True),
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="coverage_ends_after_start",
                    ),
                    models.UniqueConstraint(
                        fields=("patient", "payer", "member_id", "starts_on"),
                        name="coverage_once",
                        nulls_distinct=False,
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "insurance_coveragehistory" ("ends_on", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "group_number", "id", "member_id", "patient_id", "payer_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_name", "rank", "relation", "starts_on", "subscriber_name") VALUES (NEW."ends_on", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."group_number", NEW."id", NEW."member_id", NEW."patient_id", NEW."payer_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."plan_name", NEW."rank", NEW."relation", NEW."starts_on", NEW."subscriber_name"); RETURN NULL;',
                            hash="6ee41e945cae85158da8d696fb33a5754eb51822",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_10c38",
                            table="insurance_coverage",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "insurance_coveragehistory" ("ends_on", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "group_number", "id", "member_id", "patient_id", "payer_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_name", "rank", "relation", "starts_on", "subscriber_name") VALUES (NEW."ends_on", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."group_number", NEW."id", NEW."member_id", NEW."patient_id", NEW."payer_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."plan_name", NEW."rank", NEW."relation", NEW."starts_on", NEW."subscriber_name"); RETURN NULL;',
                            hash="39fd5d60d30574c75bc4779685bbcd4385d18255",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_4a0fd",
                            table="insurance_coverage",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "insurance_coveragehistory" ("ends_on", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "group_number", "id", "member_id", "patient_id", "payer_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_name", "rank", "relation", "starts_on", "subscriber_name") VALUES (OLD."ends_on", OLD."entered_in_error_at", OLD."entered_in_error_by_id", OLD."entered_in_error_reason", OLD."group_number", OLD."id", OLD."member_id", OLD."patient_id", OLD."payer_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."plan_name", OLD."rank", OLD."relation", OLD."starts_on", OLD."subscriber_name"); RETURN NULL;',
                            hash="f73360582cd9db674a597c47f22f56d3fabea8c0",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_2e310",
                            table="insurance_coverage",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "leg",
                    models.CharField(
                        choices=[("medical", "Medical"), ("behavioral", "Behavioral health")], max_length=10
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("not_started", "Not started"),
                            ("in_progress", "In progress"),
                            ("needs_info", "Needs information"),
                            ("active", "Verified, active"),
                            ("inactive", "Verified, inactive"),
                            ("not_covered", "Not covered"),
                            ("self_pay", "Self-pay"),
                            ("expired", "Expired"),
                            ("error", "Check failed"),
                        ],
                        default="not_started",
                        max_length=12,
                    ),
                ),
                ("opened_at", models.DateTimeField(default=clinic.clock.now)),
                ("due_on", models.DateField(blank=True, null=True)),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[("phone", "Phone"), ("portal", "Payer portal"), ("271", "270/271")],
                        max_length=8,
                    ),
                ),
                ("representative", models.CharField(blank=True, max_length=120)),
                ("reference", models.CharField(blank=True, max_length=60, verbose_name="call reference")),
                ("in_network", models.BooleanField(blank=True, null=True)),
                (
                    "copay",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True, verbose_name="copay, $"),
                ),
                (
                    "coinsurance_percent",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="coinsurance, %"),
                ),
                (
                    "deductible",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=9, null=True, verbose_name="deductible, $"
                    ),
                ),
                (
                    "deductible_met",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=9, null=True, verbose_name="deductible met, $"
                    ),
                ),
                ("authorization_required", models.BooleanField(blank=True, null=True)),
                ("note", models.TextField(blank=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("valid_until", models.DateField(blank=True, null=True)),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "coverage",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="verifications",
                        to="insurance.coverage",
                    ),
                ),
                (
                    "owner",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="verifications", to="patients.patient"
                    ),
                ),
            ],
            options={
                "ordering": ["-opened_at"],
                "indexes": [
                    models.Index(fields=["patient", "leg", "-opened_at"], name="verification_by_patient"),
                    models.Index(fields=["state", "due_on"], name="verification_queue"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_at__isnull", True), ("checked_by__isnull", True)),
                            models.Q(("checked_at__isnull", False), ("checked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="verification_checked_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["active", "inactive", "not_covered", "self_pay", "expired"]),
                                _negated=True,
                            ),
                            ("checked_at__isnull", False),
                            _connector="OR",
                        ),
                        name="verification_result_has_checker",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["active", "inactive"]), _negated=True),
                            ("coverage__isnull", False),
                            _connector="OR",
                        ),
                        name="verification_insured_has_coverage",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["not_started", "in_progress", "needs_info", "error"])),
                        fields=("patient", "coverage", "leg"),
                        name="verification_one_open",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("coinsurance_percent__isnull", True),
                            models.Q(("coinsurance_percent__gte", 0), ("coinsurance_percent__lte", 100)),
                            _connector="OR",
                        ),
                        name="verification_coinsurance",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("copay__isnull", True), ("copay__gte", 0), _connector="OR"),
                            models.Q(("deductible__isnull", True), ("deductible__gte", 0), _connector="OR"),
                            models.Q(("deductible_met__isnull", True), ("deductible_met__gte", 0), _connector="OR"),
                        ),
                        name="verification_money_not_negative",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="verification_expired",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.\"state\" = 'expired')",
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="e82de6181b9cf047d36c43d81b1fcfc2e7a05466",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_verification_expired_d381b",
                            table="insurance_verification",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "insurance_verificationhistory" ("authorization_required", "checked_at", "checked_by_id", "coinsurance_percent", "copay", "coverage_id", "deductible", "deductible_met", "due_on", "id", "in_network", "leg", "method", "note", "opened_at", "owner_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "representative", "state", "valid_until") VALUES (NEW."authorization_required", NEW."checked_at", NEW."checked_by_id", NEW."coinsurance_percent", NEW."copay", NEW."coverage_id", NEW."deductible", NEW."deductible_met", NEW."due_on", NEW."id", NEW."in_network", NEW."leg", NEW."method", NEW."note", NEW."opened_at", NEW."owner_id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reference", NEW."representative", NEW."state", NEW."valid_until"); RETURN NULL;',
                            hash="beccfd77250dacd85498b175cceed92429747b9f",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_b32bc",
                            table="insurance_verification",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "insurance_verificationhistory" ("authorization_required", "checked_at", "checked_by_id", "coinsurance_percent", "copay", "coverage_id", "deductible", "deductible_met", "due_on", "id", "in_network", "leg", "method", "note", "opened_at", "owner_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "representative", "state", "valid_until") VALUES (NEW."authorization_required", NEW."checked_at", NEW."checked_by_id", NEW."coinsurance_percent", NEW."copay", NEW."coverage_id", NEW."deductible", NEW."deductible_met", NEW."due_on", NEW."id", NEW."in_network", NEW."leg", NEW."method", NEW."note", NEW."opened_at", NEW."owner_id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reference", NEW."representative", NEW."state", NEW."valid_until"); RETURN NULL;',
                            hash="67f9f8aba41b278c3900678574910ed3d24baf21",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b45a7",
                            table="insurance_verification",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "insurance_verificationhistory" ("authorization_required", "checked_at", "checked_by_id", "coinsurance_percent", "copay", "coverage_id", "deductible", "deductible_met", "due_on", "id", "in_network", "leg", "method", "note", "opened_at", "owner_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "representative", "state", "valid_until") VALUES (OLD."authorization_required", OLD."checked_at", OLD."checked_by_id", OLD."coinsurance_percent", OLD."copay", OLD."coverage_id", OLD."deductible", OLD."deductible_met", OLD."due_on", OLD."id", OLD."in_network", OLD."leg", OLD."method", OLD."note", OLD."opened_at", OLD."owner_id", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reference", OLD."representative", OLD."state", OLD."valid_until"); RETURN NULL;',
                            hash="24f29d6c9c41a22c9f2b97dc24d69dcc69a9da49",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_d75f0",
                            table="insurance_verification",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayerContact",
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
                            ("not_started", "Not started"),
                            ("in_progress", "In progress"),
                            ("needs_info", "Needs information"),
                            ("active", "Verified, active"),
                            ("inactive", "Verified, inactive"),
                            ("not_covered", "Not covered"),
                            ("self_pay", "Self-pay"),
                            ("expired", "Expired"),
                            ("error", "Check failed"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[("phone", "Phone"), ("portal", "Payer portal"), ("271", "270/271")],
                        max_length=8,
                    ),
                ),
                ("representative", models.CharField(blank=True, max_length=120)),
                ("reference", models.CharField(blank=True, max_length=60, verbose_name="call reference")),
                ("note", models.TextField(blank=True)),
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
                    "verification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="insurance.verification",
                    ),
                ),
            ],
            options={
                "ordering": ["-observed_at", "-id"],
                "indexes": [models.Index(fields=["verification", "-observed_at"], name="payer_contact_by_check")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="payer_contact_append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="f230666fe9a9ac2f42c96a3afacada84015e845a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_payer_contact_append_only_64790",
                            table="insurance_payercontact",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "insurance_payercontacthistory" ("entered_at", "entered_by_id", "id", "method", "note", "observed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "representative", "state", "verification_id") VALUES (NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."method", NEW."note", NEW."observed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reference", NEW."representative", NEW."state", NEW."verification_id"); RETURN NULL;',
                            hash="70418bc2a601bf9491bf70939f465356b769ce8e",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_7128d",
                            table="insurance_payercontact",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "insurance_payercontacthistory" ("entered_at", "entered_by_id", "id", "method", "note", "observed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "representative", "state", "verification_id") VALUES (NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."method", NEW."note", NEW."observed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reference", NEW."representative", NEW."state", NEW."verification_id"); RETURN NULL;',
                            hash="1e82f1239c975887243a7977a5d928f6ccddf246",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_66326",
                            table="insurance_payercontact",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "insurance_payercontacthistory" ("entered_at", "entered_by_id", "id", "method", "note", "observed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "representative", "state", "verification_id") VALUES (OLD."entered_at", OLD."entered_by_id", OLD."id", OLD."method", OLD."note", OLD."observed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reference", OLD."representative", OLD."state", OLD."verification_id"); RETURN NULL;',
                            hash="6b0970cc34566028b406542fb66cca7540ca1ccb",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_e7900",
                            table="insurance_payercontact",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayerContactHistory",
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
                            ("not_started", "Not started"),
                            ("in_progress", "In progress"),
                            ("needs_info", "Needs information"),
                            ("active", "Verified, active"),
                            ("inactive", "Verified, inactive"),
                            ("not_covered", "Not covered"),
                            ("self_pay", "Self-pay"),
                            ("expired", "Expired"),
                            ("error", "Check failed"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[("phone", "Phone"), ("portal", "Payer portal"), ("271", "270/271")],
                        max_length=8,
                    ),
                ),
                ("representative", models.CharField(blank=True, max_length=120)),
                ("reference", models.CharField(blank=True, max_length=60, verbose_name="call reference")),
                ("note", models.TextField(blank=True)),
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
                        to="insurance.payercontact",
                    ),
                ),
                (
                    "verification",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="insurance.verification",
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
                            hash="218249bd2e9e88364c6a1c0aae90b193b4aa868d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_51edb",
                            table="insurance_payercontacthistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PayerHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("name", models.CharField(max_length=120)),
                ("payer_id", models.CharField(blank=True, max_length=40, verbose_name="electronic payer id")),
                ("phone", models.CharField(blank=True, max_length=20)),
                (
                    "source_id",
                    models.CharField(blank=True, help_text="The id in the system it was imported from.", max_length=60),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="insurance.payer",
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
                            hash="68134af0a92f10bac15fc517e6024f1510822b51",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_7ff9d",
                            table="insurance_payerhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SelfPay",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                ("reason", models.CharField(max_length=200)),
                ("agreed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "gfe_due",
                    models.DateField(
                        blank=True,
                        help_text="The last day to give the good-faith estimate (45 CFR 149.610).",
                        null=True,
                        verbose_name="estimate due",
                    ),
                ),
                ("estimate_given_on", models.DateField(blank=True, null=True)),
                (
                    "agreed_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="self_pay", to="patients.patient"
                    ),
                ),
            ],
            options={
                "ordering": ["-since"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)), fields=("patient",), name="self_pay_one_in_force"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                        name="self_pay_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agreed_at__isnull", True), ("agreed_by__isnull", True)),
                            models.Q(("agreed_at__isnull", False), ("agreed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="self_pay_agreement_whole",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "insurance_selfpayhistory" ("agreed_at", "agreed_by_id", "estimate_given_on", "gfe_due", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "since", "until") VALUES (NEW."agreed_at", NEW."agreed_by_id", NEW."estimate_given_on", NEW."gfe_due", NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reason", NEW."since", NEW."until"); RETURN NULL;',
                            hash="398bacfc88d1accff5ce46afbfe604c2d41431ca",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_2f9dd",
                            table="insurance_selfpay",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "insurance_selfpayhistory" ("agreed_at", "agreed_by_id", "estimate_given_on", "gfe_due", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "since", "until") VALUES (NEW."agreed_at", NEW."agreed_by_id", NEW."estimate_given_on", NEW."gfe_due", NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reason", NEW."since", NEW."until"); RETURN NULL;',
                            hash="a7caeeb7f987fe9fffa48e70c4890d68631b6659",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_4da01",
                            table="insurance_selfpay",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "insurance_selfpayhistory" ("agreed_at", "agreed_by_id", "estimate_given_on", "gfe_due", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "since", "until") VALUES (OLD."agreed_at", OLD."agreed_by_id", OLD."estimate_given_on", OLD."gfe_due", OLD."id", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reason", OLD."since", OLD."until"); RETURN NULL;',
                            hash="131c64efbd4644c55c5d661ce08878bc239e21c7",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_7efa4",
                            table="insurance_selfpay",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SelfPayHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                ("reason", models.CharField(max_length=200)),
                ("agreed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "gfe_due",
                    models.DateField(
                        blank=True,
                        help_text="The last day to give the good-faith estimate (45 CFR 149.610).",
                        null=True,
                        verbose_name="estimate due",
                    ),
                ),
                ("estimate_given_on", models.DateField(blank=True, null=True)),
                (
                    "agreed_by",
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
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="insurance.selfpay",
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
                            hash="b5f06887a100f48685df70cbc93a67bdc12245e4",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_a4abe",
                            table="insurance_selfpayhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VerificationHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                (
                    "leg",
                    models.CharField(
                        choices=[("medical", "Medical"), ("behavioral", "Behavioral health")], max_length=10
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("not_started", "Not started"),
                            ("in_progress", "In progress"),
                            ("needs_info", "Needs information"),
                            ("active", "Verified, active"),
                            ("inactive", "Verified, inactive"),
                            ("not_covered", "Not covered"),
                            ("self_pay", "Self-pay"),
                            ("expired", "Expired"),
                            ("error", "Check failed"),
                        ],
                        default="not_started",
                        max_length=12,
                    ),
                ),
                ("opened_at", models.DateTimeField(default=clinic.clock.now)),
                ("due_on", models.DateField(blank=True, null=True)),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[("phone", "Phone"), ("portal", "Payer portal"), ("271", "270/271")],
                        max_length=8,
                    ),
                ),
                ("representative", models.CharField(blank=True, max_length=120)),
                ("reference", models.CharField(blank=True, max_length=60, verbose_name="call reference")),
                ("in_network", models.BooleanField(blank=True, null=True)),
                (
                    "copay",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True, verbose_name="copay, $"),
                ),
                (
                    "coinsurance_percent",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="coinsurance, %"),
                ),
                (
                    "deductible",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=9, null=True, verbose_name="deductible, $"
                    ),
                ),
                (
                    "deductible_met",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=9, null=True, verbose_name="deductible met, $"
                    ),
                ),
                ("authorization_required", models.BooleanField(blank=True, null=True)),
                ("note", models.TextField(blank=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("valid_until", models.DateField(blank=True, null=True)),
                (
                    "checked_by",
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
                    "coverage",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="insurance.coverage",
                    ),
                ),
                (
                    "owner",
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
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="insurance.verification",
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
                            hash="7656b9901b0fdb231449ea6b892b26fb1027c8cf",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_dc2a0",
                            table="insurance_verificationhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CoverageHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("entered_in_error_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("entered_in_error_reason", models.CharField(blank=True, editable=False, max_length=300)),
                ("rank", models.PositiveSmallIntegerField(default=1, help_text="1 primary, 2 secondary, 3 tertiary")),
                ("member_id", models.CharField(blank=True, max_length=60)),
                ("group_number", models.CharField(blank=True, max_length=60)),
                ("plan_name", models.CharField(blank=True, max_length=120)),
                ("subscriber_name", models.CharField(blank=True, max_length=160)),
                (
                    "relation",
                    models.CharField(
                        choices=[("self", "Self"), ("spouse", "Spouse"), ("child", "Child"), ("other", "Other")],
                        default="self",
                        max_length=7,
                    ),
                ),
                ("starts_on", models.DateField(blank=True, null=True)),
                ("ends_on", models.DateField(blank=True, help_text="The last day that is covered.", null=True)),
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
                        to="insurance.coverage",
                    ),
                ),
                (
                    "payer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="insurance.payer",
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
                            hash="092a9a84c687f6b9e8acad160543a5b623ad56b6",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_8725d",
                            table="insurance_coveragehistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
    ]
