import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
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
    ]

    operations = [
        migrations.CreateModel(
            name="Appointment",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("evaluation", "Evaluation"),
                            ("infusion", "Infusion"),
                            ("booster", "Booster"),
                            ("preparation", "Preparation"),
                            ("midpoint", "Midpoint"),
                            ("integration", "Integration"),
                        ],
                        max_length=12,
                    ),
                ),
                ("starts_at", models.DateTimeField(help_text="When the patient is asked to be there.")),
                ("ends_at", models.DateTimeField(help_text="When room and patient are free again.")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("booked", "Booked"),
                            ("confirmed", "Confirmed"),
                            ("arrived", "Arrived"),
                            ("in_progress", "In progress"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                            ("no_show", "No-show"),
                        ],
                        default="booked",
                        max_length=12,
                    ),
                ),
                ("arrived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "cancelled_by_party",
                    models.CharField(blank=True, choices=[("patient", "Patient"), ("clinic", "Clinic")], max_length=7),
                ),
                (
                    "cancelled_late",
                    models.BooleanField(blank=True, help_text="By the notice rule, not by judgement.", null=True),
                ),
                ("reason", models.CharField(blank=True, help_text="Why it was cancelled.", max_length=300)),
                ("booked_at", models.DateTimeField(default=clinic.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "booked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="appointments", to="patients.patient"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="appointments", to="clinic.site"
                    ),
                ),
            ],
            options={
                "ordering": ["starts_at", "id"],
                "indexes": [
                    models.Index(fields=["site", "starts_at"], name="appointment_day"),
                    models.Index(fields=["patient", "-starts_at"], name="appointment_by_patient"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__isnull", True), ("ends_at__gt", models.F("starts_at")), _connector="OR"
                        ),
                        name="appointment_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("cancelled_late__isnull", False),
                                ("status", "cancelled"),
                                models.Q(("cancelled_by_party", ""), _negated=True),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("status", "cancelled"), _negated=True),
                                ("cancelled_by_party", ""),
                                ("cancelled_late__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="appointment_cancelled_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["arrived", "in_progress", "done"]), _negated=True),
                            ("arrived_at__isnull", False),
                            _connector="OR",
                        ),
                        name="appointment_there_has_arrival",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "visits_appointmenthistory" ("arrived_at", "booked_at", "booked_by_id", "cancelled_by_party", "cancelled_late", "ends_at", "id", "kind", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "site_id", "starts_at", "status", "version") VALUES (NEW."arrived_at", NEW."booked_at", NEW."booked_by_id", NEW."cancelled_by_party", NEW."cancelled_late", NEW."ends_at", NEW."id", NEW."kind", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reason", NEW."site_id", NEW."starts_at", NEW."status", NEW."version"); RETURN NULL;',
                            hash="f457189083fd24ad0f0b70acd155e7587ac48120",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_e3b47",
                            table="visits_appointment",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "visits_appointmenthistory" ("arrived_at", "booked_at", "booked_by_id", "cancelled_by_party", "cancelled_late", "ends_at", "id", "kind", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "site_id", "starts_at", "status", "version") VALUES (NEW."arrived_at", NEW."booked_at", NEW."booked_by_id", NEW."cancelled_by_party", NEW."cancelled_late", NEW."ends_at", NEW."id", NEW."kind", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reason", NEW."site_id", NEW."starts_at", NEW."status", NEW."version"); RETURN NULL;',
                            hash="3316224dc0f2a84e953647357278f426828736a3",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e80b2",
                            table="visits_appointment",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "visits_appointmenthistory" ("arrived_at", "booked_at", "booked_by_id", "cancelled_by_party", "cancelled_late", "ends_at", "id", "kind", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "site_id", "starts_at", "status", "version") VALUES (OLD."arrived_at", OLD."booked_at", OLD."booked_by_id", OLD."cancelled_by_party", OLD."cancelled_late", OLD."ends_at", OLD."id", OLD."kind", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reason", OLD."site_id", OLD."starts_at", OLD."status", OLD."version"); RETURN NULL;',
                            hash="081e078b87cb9cb70286b93da5ff01357b34e2d7",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_48c95",
                            table="visits_appointment",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AppointmentHistory",
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
                        choices=[
                            ("evaluation", "Evaluation"),
                            ("infusion", "Infusion"),
                            ("booster", "Booster"),
                            ("preparation", "Preparation"),
                            ("midpoint", "Midpoint"),
                            ("integration", "Integration"),
                        ],
                        max_length=12,
                    ),
                ),
                ("starts_at", models.DateTimeField(help_text="When the patient is asked to be there.")),
                ("ends_at", models.DateTimeField(help_text="When room and patient are free again.")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("booked", "Booked"),
                            ("confirmed", "Confirmed"),
                            ("arrived", "Arrived"),
                            ("in_progress", "In progress"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                            ("no_show", "No-show"),
                        ],
                        default="booked",
                        max_length=12,
                    ),
                ),
                ("arrived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "cancelled_by_party",
                    models.CharField(blank=True, choices=[("patient", "Patient"), ("clinic", "Clinic")], max_length=7),
                ),
                (
                    "cancelled_late",
                    models.BooleanField(blank=True, help_text="By the notice rule, not by judgement.", null=True),
                ),
                ("reason", models.CharField(blank=True, help_text="Why it was cancelled.", max_length=300)),
                ("booked_at", models.DateTimeField(default=clinic.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "booked_by",
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
                        to="visits.appointment",
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
                            hash="7e8791883ff6e9179a44615f43b94dde404ec3fb",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_15a75",
                            table="visits_appointmenthistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StatusEvent",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("before", models.CharField(blank=True, max_length=12)),
                ("after", models.CharField(max_length=12)),
                ("at", models.DateTimeField(default=clinic.clock.now)),
                ("moved_from", models.DateTimeField(blank=True, help_text="The start before a move.", null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "appointment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="status_events",
                        to="visits.appointment",
                    ),
                ),
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
                    "undone_by",
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
                "ordering": ["at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("undone_at__isnull", True), ("undone_by__isnull", True)),
                            models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="status_event_undone_whole",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "visits_statuseventhistory" ("after", "appointment_id", "at", "before", "by_id", "id", "moved_from", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "undone_at", "undone_by_id") VALUES (NEW."after", NEW."appointment_id", NEW."at", NEW."before", NEW."by_id", NEW."id", NEW."moved_from", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."undone_at", NEW."undone_by_id"); RETURN NULL;',
                            hash="386f2b18ada70a99c7e51a63852b98bc692fee12",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_bc052",
                            table="visits_statusevent",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "visits_statuseventhistory" ("after", "appointment_id", "at", "before", "by_id", "id", "moved_from", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "undone_at", "undone_by_id") VALUES (NEW."after", NEW."appointment_id", NEW."at", NEW."before", NEW."by_id", NEW."id", NEW."moved_from", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."undone_at", NEW."undone_by_id"); RETURN NULL;',
                            hash="9fd99a59d9f4d63064f2db089ed63d7ee603e0ec",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b895c",
                            table="visits_statusevent",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "visits_statuseventhistory" ("after", "appointment_id", "at", "before", "by_id", "id", "moved_from", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "undone_at", "undone_by_id") VALUES (OLD."after", OLD."appointment_id", OLD."at", OLD."before", OLD."by_id", OLD."id", OLD."moved_from", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."undone_at", OLD."undone_by_id"); RETURN NULL;',
                            hash="7de9f975295d58a0efea3666ac4dfa7d3b8d7074",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_7da83",
                            table="visits_statusevent",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("resource", models.UUIDField(editable=False)),
                ("lane", models.PositiveSmallIntegerField(default=1)),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("stay", "Whole stay"),
                            ("attending", "With the patient"),
                            ("watching", "Watching"),
                            ("session", "Session"),
                        ],
                        max_length=10,
                    ),
                ),
                ("active", models.BooleanField(default=True)),
                ("overbooked_reason", models.CharField(blank=True, max_length=200)),
                (
                    "appointment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="visits.appointment"
                    ),
                ),
                (
                    "overbooked_by",
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
                        related_name="holds",
                        to="patients.patient",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="clinic.room",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "released_in",
                    models.ForeignKey(
                        blank=True,
                        help_text="The change that gave it free; what an undo takes again.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="released",
                        to="visits.statusevent",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["appointment"], name="hold_by_appointment")],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("active", True)),
                        expressions=[("resource", "="), ("lane", "="), ("during", "&&")],
                        name="hold_never_twice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("patient__isnull", True), ("room__isnull", False), ("staff__isnull", True)),
                                models.Q(("patient__isnull", True), ("room__isnull", True), ("staff__isnull", False)),
                                models.Q(("patient__isnull", False), ("room__isnull", True), ("staff__isnull", True)),
                                _connector="OR",
                            ),
                            (
                                "resource",
                                django.db.models.functions.comparison.Coalesce(
                                    models.F("room"), models.F("staff"), models.F("patient")
                                ),
                            ),
                        ),
                        name="hold_one_resource",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("during__isempty", False), ("during__lower_inf", False), ("during__upper_inf", False)
                        ),
                        name="hold_has_a_length",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lane__lt", 100), ("overbooked_by__isnull", True), ("overbooked_reason", "")),
                            models.Q(
                                ("lane__gte", 100),
                                ("overbooked_by__isnull", False),
                                models.Q(("overbooked_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="hold_overflow_has_name_and_reason",
                    ),
                    models.CheckConstraint(condition=models.Q(("lane__gte", 1)), name="hold_lane_from_one"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("active", True), ("released_in__isnull", True)),
                            models.Q(("active", False), ("released_in__isnull", False)),
                            _connector="OR",
                        ),
                        name="hold_released_by_a_change",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "visits_holdhistory" ("active", "appointment_id", "during", "id", "lane", "overbooked_by_id", "overbooked_reason", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase", "released_in_id", "resource", "room_id", "staff_id") VALUES (NEW."active", NEW."appointment_id", NEW."during", NEW."id", NEW."lane", NEW."overbooked_by_id", NEW."overbooked_reason", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phase", NEW."released_in_id", NEW."resource", NEW."room_id", NEW."staff_id"); RETURN NULL;',
                            hash="1f9106e593ce3b5a3693fc0a80bc778d909d9e36",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_947c1",
                            table="visits_hold",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "visits_holdhistory" ("active", "appointment_id", "during", "id", "lane", "overbooked_by_id", "overbooked_reason", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase", "released_in_id", "resource", "room_id", "staff_id") VALUES (NEW."active", NEW."appointment_id", NEW."during", NEW."id", NEW."lane", NEW."overbooked_by_id", NEW."overbooked_reason", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phase", NEW."released_in_id", NEW."resource", NEW."room_id", NEW."staff_id"); RETURN NULL;',
                            hash="84396875ecce154d42edf3ab60e3142ef4fcb0aa",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_db8e7",
                            table="visits_hold",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "visits_holdhistory" ("active", "appointment_id", "during", "id", "lane", "overbooked_by_id", "overbooked_reason", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase", "released_in_id", "resource", "room_id", "staff_id") VALUES (OLD."active", OLD."appointment_id", OLD."during", OLD."id", OLD."lane", OLD."overbooked_by_id", OLD."overbooked_reason", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phase", OLD."released_in_id", OLD."resource", OLD."room_id", OLD."staff_id"); RETURN NULL;',
                            hash="bf7663ddbe89156b527b3413bb091fddfd7c1a9f",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_e642e",
                            table="visits_hold",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HoldHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("resource", models.UUIDField(editable=False)),
                ("lane", models.PositiveSmallIntegerField(default=1)),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("stay", "Whole stay"),
                            ("attending", "With the patient"),
                            ("watching", "Watching"),
                            ("session", "Session"),
                        ],
                        max_length=10,
                    ),
                ),
                ("active", models.BooleanField(default=True)),
                ("overbooked_reason", models.CharField(blank=True, max_length=200)),
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
                    "overbooked_by",
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
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="visits.hold",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.room",
                    ),
                ),
                (
                    "staff",
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
                    "released_in",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The change that gave it free; what an undo takes again.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="visits.statusevent",
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
                            hash="ebc0b7b9ec22a4b769f9d7ddc0f0956cf933bdba",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_99a40",
                            table="visits_holdhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StatusEventHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("before", models.CharField(blank=True, max_length=12)),
                ("after", models.CharField(max_length=12)),
                ("at", models.DateTimeField(default=clinic.clock.now)),
                ("moved_from", models.DateTimeField(blank=True, help_text="The start before a move.", null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
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
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="visits.statusevent",
                    ),
                ),
                (
                    "undone_by",
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
                            hash="1fed7db4934bcc5301fa55598e13f19827bf3a67",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_78b97",
                            table="visits_statuseventhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
    ]
