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
                (
                    "starts_at",
                    models.DateTimeField(
                        help_text="When the patient is asked to be there."
                    ),
                ),
                (
                    "ends_at",
                    models.DateTimeField(
                        help_text="When room and patient are free again."
                    ),
                ),
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
                    models.CharField(
                        blank=True,
                        choices=[("patient", "Patient"), ("clinic", "Clinic")],
                        max_length=7,
                    ),
                ),
                (
                    "cancelled_late",
                    models.BooleanField(
                        blank=True,
                        help_text="By the notice rule, not by judgement.",
                        null=True,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="Why it was cancelled.", max_length=300
                    ),
                ),
                (
                    "booked_at",
                    models.DateTimeField(default=clinic.clock.now, editable=False),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "booked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="patients.patient",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="clinic.site",
                    ),
                ),
            ],
            options={
                "ordering": ["starts_at", "id"],
                "indexes": [
                    models.Index(fields=["site", "starts_at"], name="appointment_day"),
                    models.Index(
                        fields=["patient", "-starts_at"], name="appointment_by_patient"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__isnull", True),
                            ("ends_at__gt", models.F("starts_at")),
                            _connector="OR",
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
                            models.Q(
                                ("status__in", ["arrived", "in_progress", "done"]),
                                _negated=True,
                            ),
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
                            func='INSERT INTO "visits_appointmentevent" ("arrived_at", "booked_at", "booked_by_id", "cancelled_by_party", "cancelled_late", "ends_at", "id", "kind", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "site_id", "starts_at", "status", "version") VALUES (NEW."arrived_at", NEW."booked_at", NEW."booked_by_id", NEW."cancelled_by_party", NEW."cancelled_late", NEW."ends_at", NEW."id", NEW."kind", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reason", NEW."site_id", NEW."starts_at", NEW."status", NEW."version"); RETURN NULL;',
                            hash="5ebfff12a3bdee3cdec78bba87123b7f0d132276",
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
                            func='INSERT INTO "visits_appointmentevent" ("arrived_at", "booked_at", "booked_by_id", "cancelled_by_party", "cancelled_late", "ends_at", "id", "kind", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "site_id", "starts_at", "status", "version") VALUES (NEW."arrived_at", NEW."booked_at", NEW."booked_by_id", NEW."cancelled_by_party", NEW."cancelled_late", NEW."ends_at", NEW."id", NEW."kind", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reason", NEW."site_id", NEW."starts_at", NEW."status", NEW."version"); RETURN NULL;',
                            hash="211c59b331c1d9e22ea8b7c2575bce34e81a56c7",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e80b2",
                            table="visits_appointment",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "visits_appointmentevent" ("arrived_at", "booked_at", "booked_by_id", "cancelled_by_party", "cancelled_late", "ends_at", "id", "kind", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "site_id", "starts_at", "status", "version") VALUES (OLD."arrived_at", OLD."booked_at", OLD."booked_by_id", OLD."cancelled_by_party", OLD."cancelled_late", OLD."ends_at", OLD."id", OLD."kind", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reason", OLD."site_id", OLD."starts_at", OLD."status", OLD."version"); RETURN NULL;',
                            hash="664745ac28b0e40a61df6e9c16ef46077f5108ac",
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
            name="AppointmentEvent",
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
                (
                    "starts_at",
                    models.DateTimeField(
                        help_text="When the patient is asked to be there."
                    ),
                ),
                (
                    "ends_at",
                    models.DateTimeField(
                        help_text="When room and patient are free again."
                    ),
                ),
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
                    models.CharField(
                        blank=True,
                        choices=[("patient", "Patient"), ("clinic", "Clinic")],
                        max_length=7,
                    ),
                ),
                (
                    "cancelled_late",
                    models.BooleanField(
                        blank=True,
                        help_text="By the notice rule, not by judgement.",
                        null=True,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="Why it was cancelled.", max_length=300
                    ),
                ),
                (
                    "booked_at",
                    models.DateTimeField(default=clinic.clock.now, editable=False),
                ),
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
                            hash="0a42434fbf6354e834767be64dd9e99cb38c67af",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_a6126",
                            table="visits_appointmentevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="visits.appointment",
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
            ],
            options={
                "indexes": [
                    models.Index(fields=["appointment"], name="hold_by_appointment")
                ],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("active", True)),
                        expressions=[
                            ("resource", "="),
                            ("lane", "="),
                            ("during", "&&"),
                        ],
                        name="hold_never_twice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(
                                    ("patient__isnull", True),
                                    ("room__isnull", False),
                                    ("staff__isnull", True),
                                ),
                                models.Q(
                                    ("patient__isnull", True),
                                    ("room__isnull", True),
                                    ("staff__isnull", False),
                                ),
                                models.Q(
                                    ("patient__isnull", False),
                                    ("room__isnull", True),
                                    ("staff__isnull", True),
                                ),
                                _connector="OR",
                            ),
                            (
                                "resource",
                                django.db.models.functions.comparison.Coalesce(
                                    models.F("room"),
                                    models.F("staff"),
                                    models.F("patient"),
                                ),
                            ),
                        ),
                        name="hold_one_resource",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("during__isempty", False),
                            ("during__lower_inf", False),
                            ("during__upper_inf", False),
                        ),
                        name="hold_has_a_length",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("lane__lt", 100),
                                ("overbooked_by__isnull", True),
                                ("overbooked_reason", ""),
                            ),
                            models.Q(
                                ("lane__gte", 100),
                                ("overbooked_by__isnull", False),
                                models.Q(("overbooked_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="hold_overflow_has_name_and_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lane__gte", 1)), name="hold_lane_from_one"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "visits_holdevent" ("active", "appointment_id", "during", "id", "lane", "overbooked_by_id", "overbooked_reason", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase", "resource", "room_id", "staff_id") VALUES (NEW."active", NEW."appointment_id", NEW."during", NEW."id", NEW."lane", NEW."overbooked_by_id", NEW."overbooked_reason", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phase", NEW."resource", NEW."room_id", NEW."staff_id"); RETURN NULL;',
                            hash="1f14658bd35f4d4466bd825535e6211874c97beb",
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
                            func='INSERT INTO "visits_holdevent" ("active", "appointment_id", "during", "id", "lane", "overbooked_by_id", "overbooked_reason", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase", "resource", "room_id", "staff_id") VALUES (NEW."active", NEW."appointment_id", NEW."during", NEW."id", NEW."lane", NEW."overbooked_by_id", NEW."overbooked_reason", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phase", NEW."resource", NEW."room_id", NEW."staff_id"); RETURN NULL;',
                            hash="d0945697a5747461847c9507a2e39339770d4b07",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_db8e7",
                            table="visits_hold",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "visits_holdevent" ("active", "appointment_id", "during", "id", "lane", "overbooked_by_id", "overbooked_reason", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase", "resource", "room_id", "staff_id") VALUES (OLD."active", OLD."appointment_id", OLD."during", OLD."id", OLD."lane", OLD."overbooked_by_id", OLD."overbooked_reason", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phase", OLD."resource", OLD."room_id", OLD."staff_id"); RETURN NULL;',
                            hash="89cb5d035ae5504bdabbd3c4c2a1831d2e9d6fd0",
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
            name="HoldEvent",
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
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="eb4bb4d26fd10959e2d7c94b600bfde659b6a746",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_2b7f8",
                            table="visits_holdevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StatusEvent",
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
                ("before", models.CharField(blank=True, max_length=12)),
                ("after", models.CharField(max_length=12)),
                ("at", models.DateTimeField(default=clinic.clock.now)),
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
                            models.Q(
                                ("undone_at__isnull", True), ("undone_by__isnull", True)
                            ),
                            models.Q(
                                ("undone_at__isnull", False),
                                ("undone_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="status_event_undone_whole",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "visits_statuseventevent" ("after", "appointment_id", "at", "before", "by_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "undone_at", "undone_by_id") VALUES (NEW."after", NEW."appointment_id", NEW."at", NEW."before", NEW."by_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."undone_at", NEW."undone_by_id"); RETURN NULL;',
                            hash="c180b237975613c17d3818e30f943201962b3893",
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
                            func='INSERT INTO "visits_statuseventevent" ("after", "appointment_id", "at", "before", "by_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "undone_at", "undone_by_id") VALUES (NEW."after", NEW."appointment_id", NEW."at", NEW."before", NEW."by_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."undone_at", NEW."undone_by_id"); RETURN NULL;',
                            hash="57b5908e8925bda8f5dec73fa725de10554cdd0b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b895c",
                            table="visits_statusevent",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "visits_statuseventevent" ("after", "appointment_id", "at", "before", "by_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "undone_at", "undone_by_id") VALUES (OLD."after", OLD."appointment_id", OLD."at", OLD."before", OLD."by_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."undone_at", OLD."undone_by_id"); RETURN NULL;',
                            hash="0186f83c8fb0b39f11c133820a75602c2df6b1a4",
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
            name="StatusEventEvent",
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
                ("before", models.CharField(blank=True, max_length=12)),
                ("after", models.CharField(max_length=12)),
                ("at", models.DateTimeField(default=clinic.clock.now)),
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
                            hash="00169af30dd1743ec2a96f8799873afcf58aebd4",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_c75cf",
                            table="visits_statuseventevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
    ]
