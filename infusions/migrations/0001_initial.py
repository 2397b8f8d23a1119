from decimal import Decimal

import django.contrib.postgres.fields
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.expressions
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
        ("patients", "0001_initial"),
        ("visits", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DrugVial",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("label", models.CharField(help_text="The number on our own sticker; what is scanned.", max_length=40)),
                ("drug", models.CharField(default="Ketamine", max_length=40)),
                ("lot", models.CharField(max_length=40)),
                ("strength_mg_per_ml", models.DecimalField(decimal_places=1, max_digits=5)),
                ("volume_ml", models.DecimalField(decimal_places=2, max_digits=6)),
                ("expires_on", models.DateField()),
                (
                    "balance_ml",
                    models.DecimalField(decimal_places=2, default=Decimal("0"), editable=False, max_digits=6),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="vials", to="clinic.site"
                    ),
                ),
            ],
            options={
                "ordering": ["expires_on", "label"],
                "constraints": [
                    models.UniqueConstraint(fields=("site", "label"), name="vial_label_once_a_site"),
                    models.CheckConstraint(condition=models.Q(("balance_ml__gte", 0)), name="vial_never_below_zero"),
                    models.CheckConstraint(
                        condition=models.Q(("balance_ml__lte", models.F("volume_ml"))), name="vial_never_over_full"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("strength_mg_per_ml__in", [10, 50, 100])), name="vial_strengths"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("volume_ml__isnull", True),
                            models.Q(("volume_ml__gte", Decimal("0.5")), ("volume_ml__lte", Decimal("50"))),
                            _connector="OR",
                        ),
                        name="vial_volume_sane",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_drugvialhistory" ("balance_ml", "closed_at", "drug", "expires_on", "id", "label", "lot", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "strength_mg_per_ml", "volume_ml") VALUES (NEW."balance_ml", NEW."closed_at", NEW."drug", NEW."expires_on", NEW."id", NEW."label", NEW."lot", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."site_id", NEW."strength_mg_per_ml", NEW."volume_ml"); RETURN NULL;',
                            hash="39e55db01d3f255e1e3184ac9c908116ac47af35",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_1a900",
                            table="infusions_drugvial",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "infusions_drugvialhistory" ("balance_ml", "closed_at", "drug", "expires_on", "id", "label", "lot", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "strength_mg_per_ml", "volume_ml") VALUES (NEW."balance_ml", NEW."closed_at", NEW."drug", NEW."expires_on", NEW."id", NEW."label", NEW."lot", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."site_id", NEW."strength_mg_per_ml", NEW."volume_ml"); RETURN NULL;',
                            hash="a98e3b23049a687fde7db26b72637edbd5d8b0b9",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_71011",
                            table="infusions_drugvial",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_drugvialhistory" ("balance_ml", "closed_at", "drug", "expires_on", "id", "label", "lot", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "strength_mg_per_ml", "volume_ml") VALUES (OLD."balance_ml", OLD."closed_at", OLD."drug", OLD."expires_on", OLD."id", OLD."label", OLD."lot", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."site_id", OLD."strength_mg_per_ml", OLD."volume_ml"); RETURN NULL;',
                            hash="f41644aa0d7b3bb7fd56a2103c3f1a28bafbc11e",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_9ffc9",
                            table="infusions_drugvial",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("loading", "Loading series"), ("maintenance", "Maintenance")], max_length=11
                    ),
                ),
                ("template", models.CharField(blank=True, max_length=40)),
                ("planned_count", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("goals", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("active", "Active"),
                            ("completed", "Completed"),
                            ("stopped", "Stopped"),
                        ],
                        default="planned",
                        max_length=9,
                    ),
                ),
                ("opened_at", models.DateTimeField(default=clinic.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_reason", models.CharField(blank=True, max_length=300)),
                (
                    "follows",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="maintenance",
                        to="infusions.series",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="series", to="patients.patient"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.site"),
                ),
            ],
            options={
                "verbose_name_plural": "series",
                "ordering": ["-opened_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "loading"), ("planned_count__gte", 6), ("planned_count__lte", 8)),
                            models.Q(("kind", "maintenance"), ("planned_count__isnull", True)),
                            _connector="OR",
                        ),
                        name="series_loading_counts_6_to_8",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["planned", "active"])),
                        fields=("patient", "kind"),
                        name="series_one_running",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True), ("ended_at__gt", models.F("opened_at")), _connector="OR"
                        ),
                        name="series_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "stopped"), _negated=True),
                            models.Q(("ended_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="series_stopped_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state__in", ["planned", "active"])),
                            models.Q(("ended_at__isnull", False), ("state__in", ["completed", "stopped"])),
                            _connector="OR",
                        ),
                        name="series_ended_has_time",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_serieshistory" ("ended_at", "ended_reason", "follows_id", "goals", "id", "kind", "opened_at", "opened_by_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_count", "site_id", "state", "template") VALUES (NEW."ended_at", NEW."ended_reason", NEW."follows_id", NEW."goals", NEW."id", NEW."kind", NEW."opened_at", NEW."opened_by_id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."planned_count", NEW."site_id", NEW."state", NEW."template"); RETURN NULL;',
                            hash="5491376684fa872696f5123130da858e8d609630",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_a3f85",
                            table="infusions_series",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "infusions_serieshistory" ("ended_at", "ended_reason", "follows_id", "goals", "id", "kind", "opened_at", "opened_by_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_count", "site_id", "state", "template") VALUES (NEW."ended_at", NEW."ended_reason", NEW."follows_id", NEW."goals", NEW."id", NEW."kind", NEW."opened_at", NEW."opened_by_id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."planned_count", NEW."site_id", NEW."state", NEW."template"); RETURN NULL;',
                            hash="6efea58643bfd7cf9d30f24f63f1fc2576f208fc",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_7598c",
                            table="infusions_series",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_serieshistory" ("ended_at", "ended_reason", "follows_id", "goals", "id", "kind", "opened_at", "opened_by_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_count", "site_id", "state", "template") VALUES (OLD."ended_at", OLD."ended_reason", OLD."follows_id", OLD."goals", OLD."id", OLD."kind", OLD."opened_at", OLD."opened_by_id", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."planned_count", OLD."site_id", OLD."state", OLD."template"); RETURN NULL;',
                            hash="9df8f3de8a90c932ec82c1b2cb6e87815adc6f64",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_12156",
                            table="infusions_series",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("first_number", models.PositiveSmallIntegerField(help_text="The first infusion it is for.")),
                ("mg_per_kg", models.DecimalField(decimal_places=2, max_digits=4)),
                ("dosing_weight_kg", models.DecimalField(decimal_places=2, max_digits=5)),
                (
                    "weight_basis",
                    models.CharField(
                        choices=[("actual", "Actual weight"), ("ideal", "Ideal weight when BMI is 30 or more")],
                        default="actual",
                        max_length=8,
                    ),
                ),
                ("weight_measured_at", models.DateTimeField()),
                ("basis_reason", models.CharField(blank=True, max_length=200)),
                ("dose_mg", models.DecimalField(decimal_places=2, max_digits=6)),
                ("minutes", models.PositiveSmallIntegerField()),
                ("bag_ml", models.DecimalField(decimal_places=1, max_digits=5)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("signed_at", models.DateTimeField()),
                ("second_signed_at", models.DateTimeField(blank=True, null=True)),
                ("needs_second", models.BooleanField(default=False)),
                (
                    "second_signed_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="infusions.order",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="infusions.series"
                    ),
                ),
            ],
            options={
                "ordering": ["-signed_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("second_signed_at__isnull", True), ("second_signed_by__isnull", True)),
                            models.Q(("second_signed_at__isnull", False), ("second_signed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="order_second_signature_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("second_signed_by__isnull", True),
                            models.Q(("second_signed_by", models.F("signed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="order_two_different_signers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("mg_per_kg__isnull", True),
                            models.Q(("mg_per_kg__gte", Decimal("0.05")), ("mg_per_kg__lte", Decimal("2"))),
                            _connector="OR",
                        ),
                        name="order_dose_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("dosing_weight_kg__isnull", True),
                            models.Q(("dosing_weight_kg__gte", 30), ("dosing_weight_kg__lte", 300)),
                            _connector="OR",
                        ),
                        name="order_weight_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minutes__isnull", True),
                            models.Q(("minutes__gte", 10), ("minutes__lte", 120)),
                            _connector="OR",
                        ),
                        name="order_minutes_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("bag_ml__isnull", True),
                            models.Q(("bag_ml__gte", 10), ("bag_ml__lte", 500)),
                            _connector="OR",
                        ),
                        name="order_bag_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "dose_mg__gte",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("mg_per_kg"), "*", models.F("dosing_weight_kg")
                                    ),
                                    "-",
                                    models.Value(Decimal("0.01")),
                                ),
                            ),
                            (
                                "dose_mg__lte",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("mg_per_kg"), "*", models.F("dosing_weight_kg")
                                    ),
                                    "+",
                                    models.Value(Decimal("0.01")),
                                ),
                            ),
                        ),
                        name="order_dose_follows_from_weight",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("series",),
                        name="order_one_first_a_series",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="order_never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="7f57de2066f263571e39b5fde012b695e79dc022",
                            operation="DELETE",
                            pgid="pgtrigger_order_never_deleted_370d1",
                            table="infusions_order",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="order_never_edited",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."bag_ml" IS DISTINCT FROM (NEW."bag_ml") OR OLD."basis_reason" IS DISTINCT FROM (NEW."basis_reason") OR OLD."dose_mg" IS DISTINCT FROM (NEW."dose_mg") OR OLD."dosing_weight_kg" IS DISTINCT FROM (NEW."dosing_weight_kg") OR OLD."first_number" IS DISTINCT FROM (NEW."first_number") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."mg_per_kg" IS DISTINCT FROM (NEW."mg_per_kg") OR OLD."minutes" IS DISTINCT FROM (NEW."minutes") OR OLD."needs_second" IS DISTINCT FROM (NEW."needs_second") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."series_id" IS DISTINCT FROM (NEW."series_id") OR OLD."signed_at" IS DISTINCT FROM (NEW."signed_at") OR OLD."signed_by_id" IS DISTINCT FROM (NEW."signed_by_id") OR OLD."supersedes_id" IS DISTINCT FROM (NEW."supersedes_id") OR OLD."weight_basis" IS DISTINCT FROM (NEW."weight_basis") OR OLD."weight_measured_at" IS DISTINCT FROM (NEW."weight_measured_at"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="f847120f8beb05c4aa7bb239b1c0bb2f53dc45ad",
                            operation="UPDATE",
                            pgid="pgtrigger_order_never_edited_91a4b",
                            table="infusions_order",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="order_second_signed_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."second_signed_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="a7e6c95319be4fe9aa59e2fd7497d47f8b18d6a9",
                            operation="UPDATE",
                            pgid="pgtrigger_order_second_signed_once_48ae7",
                            table="infusions_order",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_orderhistory" ("bag_ml", "basis_reason", "dose_mg", "dosing_weight_kg", "first_number", "id", "mg_per_kg", "minutes", "needs_second", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "second_signed_at", "second_signed_by_id", "series_id", "signed_at", "signed_by_id", "supersedes_id", "weight_basis", "weight_measured_at") VALUES (NEW."bag_ml", NEW."basis_reason", NEW."dose_mg", NEW."dosing_weight_kg", NEW."first_number", NEW."id", NEW."mg_per_kg", NEW."minutes", NEW."needs_second", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reason", NEW."second_signed_at", NEW."second_signed_by_id", NEW."series_id", NEW."signed_at", NEW."signed_by_id", NEW."supersedes_id", NEW."weight_basis", NEW."weight_measured_at"); RETURN NULL;',
                            hash="6ab72ecfa55482f38ad21eae12705cbbcf87c22d",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_7a4c9",
                            table="infusions_order",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "infusions_orderhistory" ("bag_ml", "basis_reason", "dose_mg", "dosing_weight_kg", "first_number", "id", "mg_per_kg", "minutes", "needs_second", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "second_signed_at", "second_signed_by_id", "series_id", "signed_at", "signed_by_id", "supersedes_id", "weight_basis", "weight_measured_at") VALUES (NEW."bag_ml", NEW."basis_reason", NEW."dose_mg", NEW."dosing_weight_kg", NEW."first_number", NEW."id", NEW."mg_per_kg", NEW."minutes", NEW."needs_second", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reason", NEW."second_signed_at", NEW."second_signed_by_id", NEW."series_id", NEW."signed_at", NEW."signed_by_id", NEW."supersedes_id", NEW."weight_basis", NEW."weight_measured_at"); RETURN NULL;',
                            hash="8d2a4291015707ed9a10596c165ca589f32d09c7",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_f32ef",
                            table="infusions_order",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_orderhistory" ("bag_ml", "basis_reason", "dose_mg", "dosing_weight_kg", "first_number", "id", "mg_per_kg", "minutes", "needs_second", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "second_signed_at", "second_signed_by_id", "series_id", "signed_at", "signed_by_id", "supersedes_id", "weight_basis", "weight_measured_at") VALUES (OLD."bag_ml", OLD."basis_reason", OLD."dose_mg", OLD."dosing_weight_kg", OLD."first_number", OLD."id", OLD."mg_per_kg", OLD."minutes", OLD."needs_second", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reason", OLD."second_signed_at", OLD."second_signed_by_id", OLD."series_id", OLD."signed_at", OLD."signed_by_id", OLD."supersedes_id", OLD."weight_basis", OLD."weight_measured_at"); RETURN NULL;',
                            hash="6aa82d28fc838ec0337cda347deb7946f8e7f37d",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_ad7f2",
                            table="infusions_order",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Infusion",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="Place in the series; a visit that gave nothing has none.", null=True
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("scheduled", "Scheduled"),
                            ("checked_in", "Checked in"),
                            ("cleared", "Cleared"),
                            ("held", "Held"),
                            ("in_progress", "Infusing"),
                            ("paused", "Paused"),
                            ("completed", "Completed"),
                            ("stopped_early", "Stopped early"),
                            ("recovery", "Recovery"),
                            ("discharged", "Discharged"),
                            ("not_given", "Not given"),
                            ("no_show", "No-show"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="scheduled",
                        max_length=13,
                    ),
                ),
                ("drawn_ml", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("drawn_at", models.DateTimeField(blank=True, null=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("paused_seconds", models.PositiveIntegerField(default=0)),
                ("given_mg", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                (
                    "given_ml",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=6, null=True, verbose_name="given from the bag"
                    ),
                ),
                ("not_given_reason", models.CharField(blank=True, max_length=200)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "appointment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="infusion", to="visits.appointment"
                    ),
                ),
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
                    "drawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "nurse",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "vial",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="infusions",
                        to="infusions.drugvial",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="infusions",
                        to="infusions.order",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="infusions", to="infusions.series"
                    ),
                ),
            ],
            options={
                "ordering": ["series", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("series", "number"),
                        name="infusion_number_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number__isnull", True), ("state__in", ["not_given", "no_show", "cancelled"])),
                            models.Q(
                                models.Q(("state__in", ["not_given", "no_show", "cancelled"]), _negated=True),
                                ("number__gte", 1),
                            ),
                            _connector="OR",
                        ),
                        name="infusion_number_unless_nothing_given",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("drawn_at__isnull", True),
                                ("drawn_by__isnull", True),
                                ("drawn_ml__isnull", True),
                                ("vial__isnull", True),
                            ),
                            models.Q(
                                ("drawn_at__isnull", False),
                                ("drawn_by__isnull", False),
                                ("drawn_ml__isnull", False),
                                ("vial__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="infusion_drawn_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_at__isnull", True), ("checked_by__isnull", True)),
                            models.Q(("checked_at__isnull", False), ("checked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="infusion_check_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at__isnull", True), ("given_mg__isnull", True), ("given_ml__isnull", True)
                            ),
                            models.Q(
                                ("ended_at__isnull", False), ("given_mg__isnull", False), ("given_ml__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="infusion_given_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by__isnull", True),
                            models.Q(("checked_by", models.F("drawn_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="infusion_two_people_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("started_at__isnull", True),
                            models.Q(
                                ("checked_at__isnull", False), ("drawn_at__isnull", False), ("order__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="infusion_starts_checked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True), ("ended_at__gt", models.F("started_at")), _connector="OR"
                        ),
                        name="infusion_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "not_given"), _negated=True),
                            models.Q(("not_given_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="infusion_not_given_says_why",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_infusionhistory" ("appointment_id", "checked_at", "checked_by_id", "drawn_at", "drawn_by_id", "drawn_ml", "ended_at", "given_mg", "given_ml", "id", "not_given_reason", "number", "nurse_id", "order_id", "paused_seconds", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "series_id", "started_at", "state", "version", "vial_id") VALUES (NEW."appointment_id", NEW."checked_at", NEW."checked_by_id", NEW."drawn_at", NEW."drawn_by_id", NEW."drawn_ml", NEW."ended_at", NEW."given_mg", NEW."given_ml", NEW."id", NEW."not_given_reason", NEW."number", NEW."nurse_id", NEW."order_id", NEW."paused_seconds", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."series_id", NEW."started_at", NEW."state", NEW."version", NEW."vial_id"); RETURN NULL;',
                            hash="741c701ad0b618526e2eba29566a3a0f47fd7a26",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_3fdbb",
                            table="infusions_infusion",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "infusions_infusionhistory" ("appointment_id", "checked_at", "checked_by_id", "drawn_at", "drawn_by_id", "drawn_ml", "ended_at", "given_mg", "given_ml", "id", "not_given_reason", "number", "nurse_id", "order_id", "paused_seconds", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "series_id", "started_at", "state", "version", "vial_id") VALUES (NEW."appointment_id", NEW."checked_at", NEW."checked_by_id", NEW."drawn_at", NEW."drawn_by_id", NEW."drawn_ml", NEW."ended_at", NEW."given_mg", NEW."given_ml", NEW."id", NEW."not_given_reason", NEW."number", NEW."nurse_id", NEW."order_id", NEW."paused_seconds", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."series_id", NEW."started_at", NEW."state", NEW."version", NEW."vial_id"); RETURN NULL;',
                            hash="2a4cac2da0bf9f1e763eab118b7708dd6cc02a07",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_41812",
                            table="infusions_infusion",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_infusionhistory" ("appointment_id", "checked_at", "checked_by_id", "drawn_at", "drawn_by_id", "drawn_ml", "ended_at", "given_mg", "given_ml", "id", "not_given_reason", "number", "nurse_id", "order_id", "paused_seconds", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "series_id", "started_at", "state", "version", "vial_id") VALUES (OLD."appointment_id", OLD."checked_at", OLD."checked_by_id", OLD."drawn_at", OLD."drawn_by_id", OLD."drawn_ml", OLD."ended_at", OLD."given_mg", OLD."given_ml", OLD."id", OLD."not_given_reason", OLD."number", OLD."nurse_id", OLD."order_id", OLD."paused_seconds", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."series_id", OLD."started_at", OLD."state", OLD."version", OLD."vial_id"); RETURN NULL;',
                            hash="3b0fb510ac35f9bd12dc34d81c21303ba5eff0c6",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_3c0ff",
                            table="infusions_infusion",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ArrivalCheck",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("observed_at", models.DateTimeField(help_text="When it happened.")),
                (
                    "entered_at",
                    models.DateTimeField(default=clinic.clock.now, editable=False, help_text="When it was typed."),
                ),
                ("identity_confirmed", models.BooleanField(verbose_name="two identifiers confirmed by the patient")),
                ("weight_kg", models.DecimalField(decimal_places=1, max_digits=5)),
                (
                    "nothing_new",
                    models.BooleanField(verbose_name="no new medicines, illness, falls or hospital visits"),
                ),
                ("interval_history", models.CharField(blank=True, max_length=500)),
                ("last_solids_at", models.DateTimeField()),
                ("last_clear_at", models.DateTimeField()),
                (
                    "substances_clear",
                    models.BooleanField(
                        verbose_name="no alcohol, cannabis, benzodiazepine or opioid inside its hold time"
                    ),
                ),
                (
                    "pregnancy",
                    models.CharField(
                        choices=[("na", "Does not apply"), ("negative", "Negative"), ("positive", "Positive")],
                        max_length=8,
                    ),
                ),
                ("escort_confirmed", models.BooleanField(default=False)),
                ("emergency_ready", models.BooleanField(verbose_name="emergency kit, trained person and pump checked")),
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
                    "escort",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.contact",
                    ),
                ),
                (
                    "infusion",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="arrival_check",
                        to="infusions.infusion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("weight_kg__isnull", True),
                            models.Q(("weight_kg__gte", 30), ("weight_kg__lte", 300)),
                            _connector="OR",
                        ),
                        name="arrival_weight_sane",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_arrivalcheckhistory" ("emergency_ready", "entered_at", "entered_by_id", "escort_confirmed", "escort_id", "id", "identity_confirmed", "infusion_id", "interval_history", "last_clear_at", "last_solids_at", "nothing_new", "observed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pregnancy", "substances_clear", "weight_kg") VALUES (NEW."emergency_ready", NEW."entered_at", NEW."entered_by_id", NEW."escort_confirmed", NEW."escort_id", NEW."id", NEW."identity_confirmed", NEW."infusion_id", NEW."interval_history", NEW."last_clear_at", NEW."last_solids_at", NEW."nothing_new", NEW."observed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."pregnancy", NEW."substances_clear", NEW."weight_kg"); RETURN NULL;',
                            hash="3a4180e0edecb071060364ee4873da7c92cb9d75",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_f1b73",
                            table="infusions_arrivalcheck",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "infusions_arrivalcheckhistory" ("emergency_ready", "entered_at", "entered_by_id", "escort_confirmed", "escort_id", "id", "identity_confirmed", "infusion_id", "interval_history", "last_clear_at", "last_solids_at", "nothing_new", "observed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pregnancy", "substances_clear", "weight_kg") VALUES (NEW."emergency_ready", NEW."entered_at", NEW."entered_by_id", NEW."escort_confirmed", NEW."escort_id", NEW."id", NEW."identity_confirmed", NEW."infusion_id", NEW."interval_history", NEW."last_clear_at", NEW."last_solids_at", NEW."nothing_new", NEW."observed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."pregnancy", NEW."substances_clear", NEW."weight_kg"); RETURN NULL;',
                            hash="e4ebf0c7799d3651ee959bda75a87f6d9a04198b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_7b109",
                            table="infusions_arrivalcheck",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_arrivalcheckhistory" ("emergency_ready", "entered_at", "entered_by_id", "escort_confirmed", "escort_id", "id", "identity_confirmed", "infusion_id", "interval_history", "last_clear_at", "last_solids_at", "nothing_new", "observed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pregnancy", "substances_clear", "weight_kg") VALUES (OLD."emergency_ready", OLD."entered_at", OLD."entered_by_id", OLD."escort_confirmed", OLD."escort_id", OLD."id", OLD."identity_confirmed", OLD."infusion_id", OLD."interval_history", OLD."last_clear_at", OLD."last_solids_at", OLD."nothing_new", OLD."observed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."pregnancy", OLD."substances_clear", OLD."weight_kg"); RETURN NULL;',
                            hash="8d6c87faf3ab4c0a9973f3c0e03fd81b65b7a696",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_1c63e",
                            table="infusions_arrivalcheck",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BoosterPlan",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "intervals_days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), help_text="The last one repeats.", size=None
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("signed_at", models.DateTimeField(default=clinic.clock.now)),
                (
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="infusions.boosterplan",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="booster_plans", to="infusions.series"
                    ),
                ),
            ],
            options={
                "ordering": ["-signed_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("intervals_days__len__gte", 1)), name="booster_plan_not_empty"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("series",),
                        name="booster_plan_one_first_a_series",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="booster_plan_signed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="6379ce161db13d852dfbc0755c21d2bd9e7baebf",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_booster_plan_signed_bebda",
                            table="infusions_boosterplan",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_boosterplanhistory" ("id", "intervals_days", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "series_id", "signed_at", "signed_by_id", "supersedes_id") VALUES (NEW."id", NEW."intervals_days", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reason", NEW."series_id", NEW."signed_at", NEW."signed_by_id", NEW."supersedes_id"); RETURN NULL;',
                            hash="8f476d9a9e96836b6fae92de2ad76be466a606d8",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_34012",
                            table="infusions_boosterplan",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "infusions_boosterplanhistory" ("id", "intervals_days", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "series_id", "signed_at", "signed_by_id", "supersedes_id") VALUES (NEW."id", NEW."intervals_days", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reason", NEW."series_id", NEW."signed_at", NEW."signed_by_id", NEW."supersedes_id"); RETURN NULL;',
                            hash="056954fca1486a741d6559c3305a883873db2fc3",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_60d44",
                            table="infusions_boosterplan",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_boosterplanhistory" ("id", "intervals_days", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "series_id", "signed_at", "signed_by_id", "supersedes_id") VALUES (OLD."id", OLD."intervals_days", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reason", OLD."series_id", OLD."signed_at", OLD."signed_by_id", OLD."supersedes_id"); RETURN NULL;',
                            hash="b5c2877e017c45051a2ed6b93ca45b026ced27ac",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_0bcca",
                            table="infusions_boosterplan",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Discharge",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("observed_at", models.DateTimeField(help_text="When it happened.")),
                (
                    "entered_at",
                    models.DateTimeField(default=clinic.clock.now, editable=False, help_text="When it was typed."),
                ),
                ("aldrete", models.PositiveSmallIntegerField(verbose_name="modified Aldrete score, 0–10")),
                ("oriented", models.BooleanField(verbose_name="oriented to person, place, time and situation")),
                ("steady", models.BooleanField(verbose_name="walks steadily")),
                ("no_active_si", models.BooleanField(verbose_name="no active suicidal thoughts")),
                ("iv_out", models.BooleanField(verbose_name="IV out")),
                ("instructions_given", models.BooleanField(verbose_name="written instructions given and understood")),
                ("escort_name", models.CharField(blank=True, max_length=120)),
                ("escort_relation", models.CharField(blank=True, max_length=60)),
                ("released_reason", models.CharField(blank=True, max_length=300)),
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
                    "released_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Provider, when not all is met.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "infusion",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="discharge", to="infusions.infusion"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("aldrete__isnull", True),
                            models.Q(("aldrete__gte", 0), ("aldrete__lte", 10)),
                            _connector="OR",
                        ),
                        name="discharge_aldrete_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("released_by__isnull", True), ("released_reason", "")),
                            models.Q(("released_by__isnull", False), models.Q(("released_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="discharge_release_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("instructions_given", True),
                                ("iv_out", True),
                                ("no_active_si", True),
                                ("oriented", True),
                                ("steady", True),
                                models.Q(("escort_name", ""), _negated=True),
                            ),
                            ("released_by__isnull", False),
                            _connector="OR",
                        ),
                        name="discharge_met_or_released",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="discharge_append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="3cfa061cdaf3099d3c62fb8c51702529e70bb9d7",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_discharge_append_only_69509",
                            table="infusions_discharge",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_dischargehistory" ("aldrete", "entered_at", "entered_by_id", "escort_name", "escort_relation", "id", "infusion_id", "instructions_given", "iv_out", "no_active_si", "observed_at", "oriented", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "released_by_id", "released_reason", "steady") VALUES (NEW."aldrete", NEW."entered_at", NEW."entered_by_id", NEW."escort_name", NEW."escort_relation", NEW."id", NEW."infusion_id", NEW."instructions_given", NEW."iv_out", NEW."no_active_si", NEW."observed_at", NEW."oriented", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."released_by_id", NEW."released_reason", NEW."steady"); RETURN NULL;',
                            hash="3e87bd7b15a79bb78b6a65c7a1b1318e94c8fcd3",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_81236",
                            table="infusions_discharge",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "infusions_dischargehistory" ("aldrete", "entered_at", "entered_by_id", "escort_name", "escort_relation", "id", "infusion_id", "instructions_given", "iv_out", "no_active_si", "observed_at", "oriented", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "released_by_id", "released_reason", "steady") VALUES (NEW."aldrete", NEW."entered_at", NEW."entered_by_id", NEW."escort_name", NEW."escort_relation", NEW."id", NEW."infusion_id", NEW."instructions_given", NEW."iv_out", NEW."no_active_si", NEW."observed_at", NEW."oriented", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."released_by_id", NEW."released_reason", NEW."steady"); RETURN NULL;',
                            hash="d608c97e77768623de8d26e99a9460be3f675caf",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_99978",
                            table="infusions_discharge",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_dischargehistory" ("aldrete", "entered_at", "entered_by_id", "escort_name", "escort_relation", "id", "infusion_id", "instructions_given", "iv_out", "no_active_si", "observed_at", "oriented", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "released_by_id", "released_reason", "steady") VALUES (OLD."aldrete", OLD."entered_at", OLD."entered_by_id", OLD."escort_name", OLD."escort_relation", OLD."id", OLD."infusion_id", OLD."instructions_given", OLD."iv_out", OLD."no_active_si", OLD."observed_at", OLD."oriented", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."released_by_id", OLD."released_reason", OLD."steady"); RETURN NULL;',
                            hash="09b7eae9f98397f69c2cc7915c48d9caa643bbd9",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_4ee6a",
                            table="infusions_discharge",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DrugVialHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("label", models.CharField(help_text="The number on our own sticker; what is scanned.", max_length=40)),
                ("drug", models.CharField(default="Ketamine", max_length=40)),
                ("lot", models.CharField(max_length=40)),
                ("strength_mg_per_ml", models.DecimalField(decimal_places=1, max_digits=5)),
                ("volume_ml", models.DecimalField(decimal_places=2, max_digits=6)),
                ("expires_on", models.DateField()),
                (
                    "balance_ml",
                    models.DecimalField(decimal_places=2, default=Decimal("0"), editable=False, max_digits=6),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="infusions.drugvial",
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
                            hash="bfe29e9c078e2bf633c8a7c03167519426eba2c9",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_1b613",
                            table="infusions_drugvialhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GateOverride",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("light", models.CharField(max_length=20)),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField(default=clinic.clock.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "infusion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="overrides", to="infusions.infusion"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("infusion", "light"), name="gate_override_once"),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="gate_override_says_why"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="gate_override_append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="0af7319aca50a4d7b4f5c84ad2d04ea220e42299",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_gate_override_append_only_da3a4",
                            table="infusions_gateoverride",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_gateoverridehistory" ("at", "by_id", "id", "infusion_id", "light", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."at", NEW."by_id", NEW."id", NEW."infusion_id", NEW."light", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reason"); RETURN NULL;',
                            hash="7ccb722667dc19433f21d988ee0f8b51df7c9748",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_eb521",
                            table="infusions_gateoverride",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "infusions_gateoverridehistory" ("at", "by_id", "id", "infusion_id", "light", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."at", NEW."by_id", NEW."id", NEW."infusion_id", NEW."light", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reason"); RETURN NULL;',
                            hash="d8493bfabaae10388efe11bb1746805dde2ed6fe",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_d55c1",
                            table="infusions_gateoverride",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_gateoverridehistory" ("at", "by_id", "id", "infusion_id", "light", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (OLD."at", OLD."by_id", OLD."id", OLD."infusion_id", OLD."light", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reason"); RETURN NULL;',
                            hash="2e466aab43ac1868db26ce323d4b2d87a68e9ca6",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_94aa9",
                            table="infusions_gateoverride",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GateOverrideHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("light", models.CharField(max_length=20)),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField(default=clinic.clock.now)),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
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
                        to="infusions.gateoverride",
                    ),
                ),
                (
                    "infusion",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="infusions.infusion",
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
                            hash="eeb7a93706b4104999aa77a6b4fbf5013f8df550",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_1435b",
                            table="infusions_gateoverridehistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DischargeHistory",
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
                ("aldrete", models.PositiveSmallIntegerField(verbose_name="modified Aldrete score, 0–10")),
                ("oriented", models.BooleanField(verbose_name="oriented to person, place, time and situation")),
                ("steady", models.BooleanField(verbose_name="walks steadily")),
                ("no_active_si", models.BooleanField(verbose_name="no active suicidal thoughts")),
                ("iv_out", models.BooleanField(verbose_name="IV out")),
                ("instructions_given", models.BooleanField(verbose_name="written instructions given and understood")),
                ("escort_name", models.CharField(blank=True, max_length=120)),
                ("escort_relation", models.CharField(blank=True, max_length=60)),
                ("released_reason", models.CharField(blank=True, max_length=300)),
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
                        to="infusions.discharge",
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Provider, when not all is met.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "infusion",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="infusions.infusion",
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
                            hash="9d809970c907db72d9c8dd9d0aa6ca2a2c3e2d68",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_b645a",
                            table="infusions_dischargehistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ArrivalCheckHistory",
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
                ("identity_confirmed", models.BooleanField(verbose_name="two identifiers confirmed by the patient")),
                ("weight_kg", models.DecimalField(decimal_places=1, max_digits=5)),
                (
                    "nothing_new",
                    models.BooleanField(verbose_name="no new medicines, illness, falls or hospital visits"),
                ),
                ("interval_history", models.CharField(blank=True, max_length=500)),
                ("last_solids_at", models.DateTimeField()),
                ("last_clear_at", models.DateTimeField()),
                (
                    "substances_clear",
                    models.BooleanField(
                        verbose_name="no alcohol, cannabis, benzodiazepine or opioid inside its hold time"
                    ),
                ),
                (
                    "pregnancy",
                    models.CharField(
                        choices=[("na", "Does not apply"), ("negative", "Negative"), ("positive", "Positive")],
                        max_length=8,
                    ),
                ),
                ("escort_confirmed", models.BooleanField(default=False)),
                ("emergency_ready", models.BooleanField(verbose_name="emergency kit, trained person and pump checked")),
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
                    "escort",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.contact",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="infusions.arrivalcheck",
                    ),
                ),
                (
                    "infusion",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="infusions.infusion",
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
                            hash="7a62f8f6a66c2f7aaff495f8c0374f72d2300c04",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_13175",
                            table="infusions_arrivalcheckhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
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
                            ("received", "Received"),
                            ("drawn", "Drawn"),
                            ("wasted", "Wasted"),
                            ("returned", "Returned"),
                            ("counted", "Counted"),
                        ],
                        max_length=8,
                    ),
                ),
                ("change_ml", models.DecimalField(decimal_places=2, max_digits=6)),
                (
                    "balance_ml",
                    models.DecimalField(decimal_places=2, default=Decimal("0"), editable=False, max_digits=6),
                ),
                ("wasted_mg", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("counted_ml", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
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
                    "infusion",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledger",
                        to="infusions.infusion",
                    ),
                ),
                (
                    "vial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="infusions.drugvial"
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
            ],
            options={
                "verbose_name_plural": "ledger entries",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["vial", "id"], name="ledger_by_vial")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("balance_ml__gte", 0)), name="ledger_never_below_zero"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("change_ml__gt", 0), ("kind", "received")),
                            models.Q(("change_ml__lt", 0), ("kind__in", ["drawn", "returned"])),
                            models.Q(("change_ml__lte", 0), ("kind", "wasted")),
                            models.Q(("change_ml", 0), ("kind", "counted")),
                            _connector="OR",
                        ),
                        name="ledger_signs",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "wasted"), _negated=True), ("witness__isnull", False), _connector="OR"
                        ),
                        name="ledger_waste_has_witness",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("witness__isnull", True),
                            models.Q(("witness", models.F("entered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="ledger_witness_is_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("counted_ml__gte", 0), ("counted_ml__isnull", False), ("kind", "counted")),
                            models.Q(models.Q(("kind", "counted"), _negated=True), ("counted_ml__isnull", True)),
                            _connector="OR",
                        ),
                        name="ledger_count_says_what_was_there",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("counted_ml__isnull", True),
                            ("counted_ml", models.F("balance_ml")),
                            models.Q(("note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="ledger_difference_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "drawn"), _negated=True), ("infusion__isnull", False), _connector="OR"
                        ),
                        name="ledger_drawn_for_a_patient",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="ledger_append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="69002b7a4e1b7180e9ab116b8e8c344c282569a3",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_ledger_append_only_d40f0",
                            table="infusions_ledgerentry",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="ledger_running_balance",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n    DECLARE\n        before numeric;\n    BEGIN\n        SELECT balance_ml INTO before FROM infusions_drugvial WHERE id = NEW.vial_id FOR UPDATE;\n        NEW.balance_ml := before + NEW.change_ml;\n        IF NEW.balance_ml < 0 THEN\n            RAISE EXCEPTION 'ledger: vial holds % mL, less than %', before, -NEW.change_ml USING ERRCODE = 'check_violation';\n        END IF;\n        UPDATE infusions_drugvial SET balance_ml = NEW.balance_ml WHERE id = NEW.vial_id;\n        RETURN NEW;\n    END;\n",
                            hash="03f56220d04041da7a8b91cffaa34bf1162a57b4",
                            operation="INSERT",
                            pgid="pgtrigger_ledger_running_balance_f16bc",
                            table="infusions_ledgerentry",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_ledgerentryhistory" ("balance_ml", "change_ml", "counted_ml", "entered_at", "entered_by_id", "id", "infusion_id", "kind", "note", "observed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "vial_id", "wasted_mg", "witness_id") VALUES (NEW."balance_ml", NEW."change_ml", NEW."counted_ml", NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."infusion_id", NEW."kind", NEW."note", NEW."observed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."vial_id", NEW."wasted_mg", NEW."witness_id"); RETURN NULL;',
                            hash="1488a675acbdd25c416e22e49e7e7a1e06de6805",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_0c6f8",
                            table="infusions_ledgerentry",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "infusions_ledgerentryhistory" ("balance_ml", "change_ml", "counted_ml", "entered_at", "entered_by_id", "id", "infusion_id", "kind", "note", "observed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "vial_id", "wasted_mg", "witness_id") VALUES (NEW."balance_ml", NEW."change_ml", NEW."counted_ml", NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."infusion_id", NEW."kind", NEW."note", NEW."observed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."vial_id", NEW."wasted_mg", NEW."witness_id"); RETURN NULL;',
                            hash="8d89565338837e21e0c5c47d71bc580b3effd5e9",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_db863",
                            table="infusions_ledgerentry",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_ledgerentryhistory" ("balance_ml", "change_ml", "counted_ml", "entered_at", "entered_by_id", "id", "infusion_id", "kind", "note", "observed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "vial_id", "wasted_mg", "witness_id") VALUES (OLD."balance_ml", OLD."change_ml", OLD."counted_ml", OLD."entered_at", OLD."entered_by_id", OLD."id", OLD."infusion_id", OLD."kind", OLD."note", OLD."observed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."vial_id", OLD."wasted_mg", OLD."witness_id"); RETURN NULL;',
                            hash="4b04cac0203fb33ebeaa7cb645fe9aa02a763176",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_ffed4",
                            table="infusions_ledgerentry",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntryHistory",
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
                            ("received", "Received"),
                            ("drawn", "Drawn"),
                            ("wasted", "Wasted"),
                            ("returned", "Returned"),
                            ("counted", "Counted"),
                        ],
                        max_length=8,
                    ),
                ),
                ("change_ml", models.DecimalField(decimal_places=2, max_digits=6)),
                (
                    "balance_ml",
                    models.DecimalField(decimal_places=2, default=Decimal("0"), editable=False, max_digits=6),
                ),
                ("wasted_mg", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("counted_ml", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
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
                    "infusion",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="infusions.infusion",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="infusions.ledgerentry",
                    ),
                ),
                (
                    "vial",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="infusions.drugvial",
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
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="709dc8454df3c13602f18404cb6304b0a82f2c67",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_5a002",
                            table="infusions_ledgerentryhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ResponseReview",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("after_number", models.PositiveSmallIntegerField()),
                ("baseline_score", models.PositiveSmallIntegerField()),
                ("score", models.PositiveSmallIntegerField()),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("continue", "Continue the series"),
                            ("maintenance", "Go on to boosters"),
                            ("stop", "Stop"),
                            ("refer", "Stop and refer"),
                        ],
                        max_length=11,
                    ),
                ),
                ("rationale", models.TextField()),
                ("signed_at", models.DateTimeField(default=clinic.clock.now)),
                (
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="infusions.series"
                    ),
                ),
            ],
            options={
                "ordering": ["-signed_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("baseline_score__isnull", True),
                            models.Q(("baseline_score__gte", 0), ("baseline_score__lte", 27)),
                            _connector="OR",
                        ),
                        name="review_baseline_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("score__isnull", True), models.Q(("score__gte", 0), ("score__lte", 27)), _connector="OR"
                        ),
                        name="review_score_sane",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="response_review_signed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="02a83d5cd8485d2c8a64a32051d7a11caa10da1a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_response_review_signed_3bf9f",
                            table="infusions_responsereview",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_responsereviewhistory" ("after_number", "baseline_score", "decision", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rationale", "score", "series_id", "signed_at", "signed_by_id") VALUES (NEW."after_number", NEW."baseline_score", NEW."decision", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."rationale", NEW."score", NEW."series_id", NEW."signed_at", NEW."signed_by_id"); RETURN NULL;',
                            hash="b8524b25276aeb1e7c6fc006adf9442aa5317ea1",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_5b093",
                            table="infusions_responsereview",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "infusions_responsereviewhistory" ("after_number", "baseline_score", "decision", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rationale", "score", "series_id", "signed_at", "signed_by_id") VALUES (NEW."after_number", NEW."baseline_score", NEW."decision", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."rationale", NEW."score", NEW."series_id", NEW."signed_at", NEW."signed_by_id"); RETURN NULL;',
                            hash="e4ca1639713fafa139f9cae77f968ed9f3de44f9",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_76b2d",
                            table="infusions_responsereview",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_responsereviewhistory" ("after_number", "baseline_score", "decision", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rationale", "score", "series_id", "signed_at", "signed_by_id") VALUES (OLD."after_number", OLD."baseline_score", OLD."decision", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."rationale", OLD."score", OLD."series_id", OLD."signed_at", OLD."signed_by_id"); RETURN NULL;',
                            hash="1280bd42041023fd1f20b65a9c88f1f875904647",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_e560c",
                            table="infusions_responsereview",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RunEvent",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("iv_in", "IV in"),
                            ("rate", "Rate changed"),
                            ("nausea", "Nausea"),
                            ("medicine", "Medicine given"),
                            ("limit", "Limit crossed: what was done"),
                            ("iv_out", "IV out"),
                            ("note", "Note"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=4000)),
                ("client_key", models.UUIDField(blank=True, null=True)),
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
                    "infusion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="infusions.infusion"
                    ),
                ),
            ],
            options={
                "ordering": ["observed_at", "id"],
                "abstract": False,
                "indexes": [models.Index(fields=["infusion", "observed_at"], name="run_event_by_infusion")],
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
                        name="infusions_runevent_error_whole",
                    ),
                    models.UniqueConstraint(fields=("infusion", "client_key"), name="run_event_once_a_key"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["note", "medicine", "limit"]), _negated=True),
                            models.Q(("text", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="run_event_says_something",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="run_event_never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="d8066e5f4859df1e19615afedd5b82035e971d3d",
                            operation="DELETE",
                            pgid="pgtrigger_run_event_never_deleted_777f3",
                            table="infusions_runevent",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="run_event_never_edited",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."client_key" IS DISTINCT FROM (NEW."client_key") OR OLD."entered_at" IS DISTINCT FROM (NEW."entered_at") OR OLD."entered_by_id" IS DISTINCT FROM (NEW."entered_by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."infusion_id" IS DISTINCT FROM (NEW."infusion_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."observed_at" IS DISTINCT FROM (NEW."observed_at") OR OLD."text" IS DISTINCT FROM (NEW."text"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="0d1926e9a7a85c2180ebc230372940c701a7b0dc",
                            operation="UPDATE",
                            pgid="pgtrigger_run_event_never_edited_f31b9",
                            table="infusions_runevent",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_runeventhistory" ("client_key", "entered_at", "entered_by_id", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "infusion_id", "kind", "observed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") VALUES (NEW."client_key", NEW."entered_at", NEW."entered_by_id", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."infusion_id", NEW."kind", NEW."observed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."text"); RETURN NULL;',
                            hash="59848aeb023778b0419482043a2d3b9405b7f620",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_29f6e",
                            table="infusions_runevent",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "infusions_runeventhistory" ("client_key", "entered_at", "entered_by_id", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "infusion_id", "kind", "observed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") VALUES (NEW."client_key", NEW."entered_at", NEW."entered_by_id", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."id", NEW."infusion_id", NEW."kind", NEW."observed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."text"); RETURN NULL;',
                            hash="b50a4f3cb8b0f7125013d4f5c476942472220572",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_31ac6",
                            table="infusions_runevent",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_runeventhistory" ("client_key", "entered_at", "entered_by_id", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "id", "infusion_id", "kind", "observed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") VALUES (OLD."client_key", OLD."entered_at", OLD."entered_by_id", OLD."entered_in_error_at", OLD."entered_in_error_by_id", OLD."entered_in_error_reason", OLD."id", OLD."infusion_id", OLD."kind", OLD."observed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."text"); RETURN NULL;',
                            hash="36b5131361acda9c4b2597d616adbb1e832c5a85",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_0314d",
                            table="infusions_runevent",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RunEventHistory",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("iv_in", "IV in"),
                            ("rate", "Rate changed"),
                            ("nausea", "Nausea"),
                            ("medicine", "Medicine given"),
                            ("limit", "Limit crossed: what was done"),
                            ("iv_out", "IV out"),
                            ("note", "Note"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=4000)),
                ("client_key", models.UUIDField(blank=True, null=True)),
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
                    "infusion",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="infusions.infusion",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="infusions.runevent",
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
                            hash="2cc5b9753a2747e2a03bbe8b6089a7582bdce14b",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_2b303",
                            table="infusions_runeventhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ResponseReviewHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("after_number", models.PositiveSmallIntegerField()),
                ("baseline_score", models.PositiveSmallIntegerField()),
                ("score", models.PositiveSmallIntegerField()),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("continue", "Continue the series"),
                            ("maintenance", "Go on to boosters"),
                            ("stop", "Stop"),
                            ("refer", "Stop and refer"),
                        ],
                        max_length=11,
                    ),
                ),
                ("rationale", models.TextField()),
                ("signed_at", models.DateTimeField(default=clinic.clock.now)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="infusions.responsereview",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="infusions.series",
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
                            hash="5efb4f0891c70861c35e5ab11354c43aace316f2",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_547ac",
                            table="infusions_responsereviewhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("first_number", models.PositiveSmallIntegerField(help_text="The first infusion it is for.")),
                ("mg_per_kg", models.DecimalField(decimal_places=2, max_digits=4)),
                ("dosing_weight_kg", models.DecimalField(decimal_places=2, max_digits=5)),
                (
                    "weight_basis",
                    models.CharField(
                        choices=[("actual", "Actual weight"), ("ideal", "Ideal weight when BMI is 30 or more")],
                        default="actual",
                        max_length=8,
                    ),
                ),
                ("weight_measured_at", models.DateTimeField()),
                ("basis_reason", models.CharField(blank=True, max_length=200)),
                ("dose_mg", models.DecimalField(decimal_places=2, max_digits=6)),
                ("minutes", models.PositiveSmallIntegerField()),
                ("bag_ml", models.DecimalField(decimal_places=1, max_digits=5)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("signed_at", models.DateTimeField()),
                ("second_signed_at", models.DateTimeField(blank=True, null=True)),
                ("needs_second", models.BooleanField(default=False)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="infusions.order",
                    ),
                ),
                (
                    "second_signed_by",
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
                    "signed_by",
                    models.ForeignKey(
                        db_constraint=False,
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
                        to="infusions.order",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="infusions.series",
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
                            hash="806b625d64d16b3935fa1787a9194ad08f14c249",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_00c57",
                            table="infusions_orderhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InfusionHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="Place in the series; a visit that gave nothing has none.", null=True
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("scheduled", "Scheduled"),
                            ("checked_in", "Checked in"),
                            ("cleared", "Cleared"),
                            ("held", "Held"),
                            ("in_progress", "Infusing"),
                            ("paused", "Paused"),
                            ("completed", "Completed"),
                            ("stopped_early", "Stopped early"),
                            ("recovery", "Recovery"),
                            ("discharged", "Discharged"),
                            ("not_given", "Not given"),
                            ("no_show", "No-show"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="scheduled",
                        max_length=13,
                    ),
                ),
                ("drawn_ml", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("drawn_at", models.DateTimeField(blank=True, null=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("paused_seconds", models.PositiveIntegerField(default=0)),
                ("given_mg", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                (
                    "given_ml",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=6, null=True, verbose_name="given from the bag"
                    ),
                ),
                ("not_given_reason", models.CharField(blank=True, max_length=200)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "appointment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="visits.appointment",
                    ),
                ),
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
                    "drawn_by",
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
                    "nurse",
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
                        to="infusions.infusion",
                    ),
                ),
                (
                    "vial",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="infusions.drugvial",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="infusions.order",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="infusions.series",
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
                            hash="0c7ea6a5572db2ed63e59b4779b82ecb5a56c07e",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_3fa3b",
                            table="infusions_infusionhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BoosterPlanHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                (
                    "intervals_days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), help_text="The last one repeats.", size=None
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("signed_at", models.DateTimeField(default=clinic.clock.now)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="infusions.boosterplan",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        db_constraint=False,
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
                        to="infusions.boosterplan",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="infusions.series",
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
                            hash="3e799ba92486a0eea0627b40a2c4f2578d8b973e",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_019ef",
                            table="infusions_boosterplanhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SeriesHistory",
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
                        choices=[("loading", "Loading series"), ("maintenance", "Maintenance")], max_length=11
                    ),
                ),
                ("template", models.CharField(blank=True, max_length=40)),
                ("planned_count", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("goals", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("active", "Active"),
                            ("completed", "Completed"),
                            ("stopped", "Stopped"),
                        ],
                        default="planned",
                        max_length=9,
                    ),
                ),
                ("opened_at", models.DateTimeField(default=clinic.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_reason", models.CharField(blank=True, max_length=300)),
                (
                    "follows",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="infusions.series",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        db_constraint=False,
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
                        to="infusions.series",
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
                            hash="081907f504fc5d490c406165ce243d218ec55993",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_8f828",
                            table="infusions_serieshistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StateEvent",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("before", models.CharField(blank=True, max_length=13)),
                ("after", models.CharField(max_length=13)),
                ("observed_at", models.DateTimeField()),
                ("entered_at", models.DateTimeField(default=clinic.clock.now, editable=False)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "infusion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="state_events",
                        to="infusions.infusion",
                    ),
                ),
            ],
            options={
                "ordering": ["observed_at", "id"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="state_event_append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="84539e34e9c4f771ea75812e94ac28819eb5322b",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_state_event_append_only_897e8",
                            table="infusions_stateevent",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_stateeventhistory" ("after", "before", "by_id", "entered_at", "id", "infusion_id", "observed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."after", NEW."before", NEW."by_id", NEW."entered_at", NEW."id", NEW."infusion_id", NEW."observed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reason"); RETURN NULL;',
                            hash="4b15466ecd43d80d2f1d1e0ea6345f12f2b41b14",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_12bc3",
                            table="infusions_stateevent",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "infusions_stateeventhistory" ("after", "before", "by_id", "entered_at", "id", "infusion_id", "observed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."after", NEW."before", NEW."by_id", NEW."entered_at", NEW."id", NEW."infusion_id", NEW."observed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reason"); RETURN NULL;',
                            hash="a4f27bafbcdc9267e0ef984868d78756406dc3f7",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_04096",
                            table="infusions_stateevent",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_stateeventhistory" ("after", "before", "by_id", "entered_at", "id", "infusion_id", "observed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (OLD."after", OLD."before", OLD."by_id", OLD."entered_at", OLD."id", OLD."infusion_id", OLD."observed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reason"); RETURN NULL;',
                            hash="96b2a392117a12a464cd54b807b061548cce8647",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_ac1ed",
                            table="infusions_stateevent",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StateEventHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("before", models.CharField(blank=True, max_length=13)),
                ("after", models.CharField(max_length=13)),
                ("observed_at", models.DateTimeField()),
                ("entered_at", models.DateTimeField(default=clinic.clock.now, editable=False)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "by",
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
                    "infusion",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="infusions.infusion",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="infusions.stateevent",
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
                            hash="39a770c2cba9a8e05f520c0ca3a5aa3f74e3175c",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_1d63c",
                            table="infusions_stateeventhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VitalSigns",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("observed_at", models.DateTimeField(help_text="When it happened.")),
                (
                    "entered_at",
                    models.DateTimeField(default=clinic.clock.now, editable=False, help_text="When it was typed."),
                ),
                ("entered_in_error_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("entered_in_error_reason", models.CharField(blank=True, editable=False, max_length=300)),
                ("systolic", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="systolic, mmHg")),
                ("diastolic", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="diastolic, mmHg")),
                (
                    "heart_rate",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="heart rate, /min"),
                ),
                ("spo2", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="SpO2, %")),
                (
                    "respiratory_rate",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="breathing, /min"),
                ),
                ("moaas", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="sedation, MOAA/S 0–5")),
                ("cadss6", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="CADSS-6")),
                ("distress", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="distress 0–10")),
                ("nausea", models.BooleanField(blank=True, null=True)),
                (
                    "client_key",
                    models.UUIDField(blank=True, help_text="Made by the page; a repeated save is one row.", null=True),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="infusions.vitalsigns",
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
                    "infusion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="vitals", to="infusions.infusion"
                    ),
                ),
            ],
            options={
                "ordering": ["observed_at", "id"],
                "abstract": False,
                "indexes": [models.Index(fields=["infusion", "observed_at"], name="vitals_by_infusion")],
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
                        name="infusions_vitalsigns_error_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("diastolic__isnull", True), ("systolic__isnull", True)),
                            models.Q(("diastolic__isnull", False), ("systolic__isnull", False)),
                            _connector="OR",
                        ),
                        name="vitals_pressure_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("systolic__isnull", True),
                            models.Q(("systolic__gte", 50), ("systolic__lte", 260)),
                            _connector="OR",
                        ),
                        name="vitals_systolic_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("diastolic__isnull", True),
                            models.Q(("diastolic__gte", 20), ("diastolic__lte", 160)),
                            _connector="OR",
                        ),
                        name="vitals_diastolic_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("systolic__isnull", True), ("systolic__gt", models.F("diastolic")), _connector="OR"
                        ),
                        name="vitals_systolic_over_diastolic",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("heart_rate__isnull", True),
                            models.Q(("heart_rate__gte", 20), ("heart_rate__lte", 250)),
                            _connector="OR",
                        ),
                        name="vitals_heart_rate_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("spo2__isnull", True), models.Q(("spo2__gte", 50), ("spo2__lte", 100)), _connector="OR"
                        ),
                        name="vitals_spo2_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("respiratory_rate__isnull", True),
                            models.Q(("respiratory_rate__gte", 0), ("respiratory_rate__lte", 60)),
                            _connector="OR",
                        ),
                        name="vitals_respiratory_rate_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("moaas__isnull", True), models.Q(("moaas__gte", 0), ("moaas__lte", 5)), _connector="OR"
                        ),
                        name="vitals_moaas_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cadss6__isnull", True), models.Q(("cadss6__gte", 0), ("cadss6__lte", 24)), _connector="OR"
                        ),
                        name="vitals_cadss6_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("distress__isnull", True),
                            models.Q(("distress__gte", 0), ("distress__lte", 10)),
                            _connector="OR",
                        ),
                        name="vitals_distress_sane",
                    ),
                    models.UniqueConstraint(fields=("infusion", "client_key"), name="vitals_once_a_key"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("systolic__isnull", False),
                            ("heart_rate__isnull", False),
                            ("spo2__isnull", False),
                            ("respiratory_rate__isnull", False),
                            ("moaas__isnull", False),
                            ("cadss6__isnull", False),
                            ("distress__isnull", False),
                            ("nausea__isnull", False),
                            _connector="OR",
                        ),
                        name="vitals_not_empty",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="vitals_never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="800851f0ec9d8db72bd12f715aea4b30d813c4ef",
                            operation="DELETE",
                            pgid="pgtrigger_vitals_never_deleted_14ff0",
                            table="infusions_vitalsigns",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="vitals_never_edited",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."cadss6" IS DISTINCT FROM (NEW."cadss6") OR OLD."client_key" IS DISTINCT FROM (NEW."client_key") OR OLD."corrects_id" IS DISTINCT FROM (NEW."corrects_id") OR OLD."diastolic" IS DISTINCT FROM (NEW."diastolic") OR OLD."distress" IS DISTINCT FROM (NEW."distress") OR OLD."entered_at" IS DISTINCT FROM (NEW."entered_at") OR OLD."entered_by_id" IS DISTINCT FROM (NEW."entered_by_id") OR OLD."heart_rate" IS DISTINCT FROM (NEW."heart_rate") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."infusion_id" IS DISTINCT FROM (NEW."infusion_id") OR OLD."moaas" IS DISTINCT FROM (NEW."moaas") OR OLD."nausea" IS DISTINCT FROM (NEW."nausea") OR OLD."observed_at" IS DISTINCT FROM (NEW."observed_at") OR OLD."respiratory_rate" IS DISTINCT FROM (NEW."respiratory_rate") OR OLD."spo2" IS DISTINCT FROM (NEW."spo2") OR OLD."systolic" IS DISTINCT FROM (NEW."systolic"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="18432a18ddb9bdccce3fd45dfee4807283b75986",
                            operation="UPDATE",
                            pgid="pgtrigger_vitals_never_edited_41a62",
                            table="infusions_vitalsigns",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_vitalsignshistory" ("cadss6", "client_key", "corrects_id", "diastolic", "distress", "entered_at", "entered_by_id", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "heart_rate", "id", "infusion_id", "moaas", "nausea", "observed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "respiratory_rate", "spo2", "systolic") VALUES (NEW."cadss6", NEW."client_key", NEW."corrects_id", NEW."diastolic", NEW."distress", NEW."entered_at", NEW."entered_by_id", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."heart_rate", NEW."id", NEW."infusion_id", NEW."moaas", NEW."nausea", NEW."observed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."respiratory_rate", NEW."spo2", NEW."systolic"); RETURN NULL;',
                            hash="92916d2a07cad2c2e9f98c5691e807605a8e136e",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_2bd0b",
                            table="infusions_vitalsigns",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "infusions_vitalsignshistory" ("cadss6", "client_key", "corrects_id", "diastolic", "distress", "entered_at", "entered_by_id", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "heart_rate", "id", "infusion_id", "moaas", "nausea", "observed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "respiratory_rate", "spo2", "systolic") VALUES (NEW."cadss6", NEW."client_key", NEW."corrects_id", NEW."diastolic", NEW."distress", NEW."entered_at", NEW."entered_by_id", NEW."entered_in_error_at", NEW."entered_in_error_by_id", NEW."entered_in_error_reason", NEW."heart_rate", NEW."id", NEW."infusion_id", NEW."moaas", NEW."nausea", NEW."observed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."respiratory_rate", NEW."spo2", NEW."systolic"); RETURN NULL;',
                            hash="3c70a0c8dc2132d2ab568df9d2cd06919fae9473",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_d9c62",
                            table="infusions_vitalsigns",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "infusions_vitalsignshistory" ("cadss6", "client_key", "corrects_id", "diastolic", "distress", "entered_at", "entered_by_id", "entered_in_error_at", "entered_in_error_by_id", "entered_in_error_reason", "heart_rate", "id", "infusion_id", "moaas", "nausea", "observed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "respiratory_rate", "spo2", "systolic") VALUES (OLD."cadss6", OLD."client_key", OLD."corrects_id", OLD."diastolic", OLD."distress", OLD."entered_at", OLD."entered_by_id", OLD."entered_in_error_at", OLD."entered_in_error_by_id", OLD."entered_in_error_reason", OLD."heart_rate", OLD."id", OLD."infusion_id", OLD."moaas", OLD."nausea", OLD."observed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."respiratory_rate", OLD."spo2", OLD."systolic"); RETURN NULL;',
                            hash="dd8fc72ac8a6fdac069a5693b3c3c2936748407b",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_fcb47",
                            table="infusions_vitalsigns",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VitalSignsHistory",
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
                ("systolic", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="systolic, mmHg")),
                ("diastolic", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="diastolic, mmHg")),
                (
                    "heart_rate",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="heart rate, /min"),
                ),
                ("spo2", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="SpO2, %")),
                (
                    "respiratory_rate",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="breathing, /min"),
                ),
                ("moaas", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="sedation, MOAA/S 0–5")),
                ("cadss6", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="CADSS-6")),
                ("distress", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="distress 0–10")),
                ("nausea", models.BooleanField(blank=True, null=True)),
                (
                    "client_key",
                    models.UUIDField(blank=True, help_text="Made by the page; a repeated save is one row.", null=True),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="infusions.vitalsigns",
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
                    "infusion",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="infusions.infusion",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="infusions.vitalsigns",
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
                            hash="96ddb18c634c0c0e61047c49658b6ee324f76aef",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_3f386",
                            table="infusions_vitalsignshistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
    ]
