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
        ("patients", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=160)),
                ("subject_kind", models.CharField(max_length=30)),
                ("subject_id", models.UUIDField()),
                (
                    "link",
                    models.CharField(blank=True, help_text="The path of the page where it is done.", max_length=200),
                ),
                (
                    "owner_role",
                    models.CharField(
                        choices=[
                            ("front_desk", "Front desk"),
                            ("nurse", "Nurse"),
                            ("therapist", "Therapist"),
                            ("provider", "Provider"),
                            ("insurance_admin", "Insurance admin"),
                            ("clinic_admin", "Clinic admin"),
                        ],
                        max_length=20,
                    ),
                ),
                ("opened_at", models.DateTimeField(default=clinic.clock.now)),
                ("due_at", models.DateTimeField()),
                ("escalates_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("void", "No longer needed")],
                        default="open",
                        max_length=4,
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=300)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="patients.patient",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="follow_ups", to="clinic.site"
                    ),
                ),
            ],
            options={
                "ordering": ["due_at", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["site", "owner_role", "due_at"],
                        name="follow_up_list",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("kind", "subject_kind", "subject_id"),
                        name="follow_up_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="follow_up_end_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            models.Q(("outcome", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="follow_up_done_says_what",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "reminders_followuphistory" ("due_at", "ended_at", "ended_by_id", "escalates_at", "id", "kind", "link", "opened_at", "outcome", "owner_id", "owner_role", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "state", "subject_id", "subject_kind", "title") VALUES (NEW."due_at", NEW."ended_at", NEW."ended_by_id", NEW."escalates_at", NEW."id", NEW."kind", NEW."link", NEW."opened_at", NEW."outcome", NEW."owner_id", NEW."owner_role", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."site_id", NEW."state", NEW."subject_id", NEW."subject_kind", NEW."title"); RETURN NULL;',
                            hash="29cee4da6c80725461b518685dba1f368f353c39",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_31bb4",
                            table="reminders_followup",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "reminders_followuphistory" ("due_at", "ended_at", "ended_by_id", "escalates_at", "id", "kind", "link", "opened_at", "outcome", "owner_id", "owner_role", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "state", "subject_id", "subject_kind", "title") VALUES (NEW."due_at", NEW."ended_at", NEW."ended_by_id", NEW."escalates_at", NEW."id", NEW."kind", NEW."link", NEW."opened_at", NEW."outcome", NEW."owner_id", NEW."owner_role", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."site_id", NEW."state", NEW."subject_id", NEW."subject_kind", NEW."title"); RETURN NULL;',
                            hash="4c76e4c57985c2e366b30ce2602386678e7b88f7",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e96b6",
                            table="reminders_followup",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "reminders_followuphistory" ("due_at", "ended_at", "ended_by_id", "escalates_at", "id", "kind", "link", "opened_at", "outcome", "owner_id", "owner_role", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "state", "subject_id", "subject_kind", "title") VALUES (OLD."due_at", OLD."ended_at", OLD."ended_by_id", OLD."escalates_at", OLD."id", OLD."kind", OLD."link", OLD."opened_at", OLD."outcome", OLD."owner_id", OLD."owner_role", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."site_id", OLD."state", OLD."subject_id", OLD."subject_kind", OLD."title"); RETURN NULL;',
                            hash="3603773526560b428672e6b743bb520f6c921693",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_63bcb",
                            table="reminders_followup",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowUpHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("kind", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=160)),
                ("subject_kind", models.CharField(max_length=30)),
                ("subject_id", models.UUIDField()),
                (
                    "link",
                    models.CharField(blank=True, help_text="The path of the page where it is done.", max_length=200),
                ),
                (
                    "owner_role",
                    models.CharField(
                        choices=[
                            ("front_desk", "Front desk"),
                            ("nurse", "Nurse"),
                            ("therapist", "Therapist"),
                            ("provider", "Provider"),
                            ("insurance_admin", "Insurance admin"),
                            ("clinic_admin", "Clinic admin"),
                        ],
                        max_length=20,
                    ),
                ),
                ("opened_at", models.DateTimeField(default=clinic.clock.now)),
                ("due_at", models.DateTimeField()),
                ("escalates_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("void", "No longer needed")],
                        default="open",
                        max_length=4,
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=300)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
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
                        to="reminders.followup",
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
                            hash="992d3bde90e60ec2a34c80eef7554ba4ffd7c967",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_3564d",
                            table="reminders_followuphistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40)),
                ("channel", models.CharField(choices=[("email", "Email"), ("text", "Text message")], max_length=5)),
                ("subject_kind", models.CharField(max_length=30)),
                ("subject_id", models.UUIDField()),
                (
                    "occurrence",
                    models.CharField(help_text="Tells two messages of one kind and subject apart.", max_length=60),
                ),
                ("template_version", models.CharField(max_length=20)),
                (
                    "values",
                    models.JSONField(
                        default=dict, help_text="What the template’s placeholders stand for; nothing clinical."
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(help_text="Not sent at or after this moment.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("claimed", "Being sent"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("failed", "Failed"),
                            ("uncertain", "Not known whether sent"),
                            ("void", "Taken back"),
                            ("suppressed", "Held back"),
                            ("expired", "Too late"),
                        ],
                        default="planned",
                        max_length=10,
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        blank=True, help_text="Why it was taken back, held back or failed.", max_length=200
                    ),
                ),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("lease_owner", models.CharField(blank=True, max_length=60)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField(blank=True, null=True)),
                ("provider_id", models.CharField(blank=True, max_length=200)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("planned_at", models.DateTimeField(default=clinic.clock.now, editable=False)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="patients.patient"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.site"),
                ),
            ],
            options={
                "ordering": ["due_at", "id"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "planned")), fields=["due_at"], name="message_due"),
                    models.Index(fields=["patient", "-due_at"], name="message_by_patient"),
                    models.Index(fields=["subject_kind", "subject_id"], name="message_by_subject"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject_kind", "subject_id", "kind", "channel", "occurrence"),
                        name="message_once_an_occasion",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("lease_until__isnull", False),
                                ("state", "claimed"),
                                models.Q(("lease_owner", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "claimed"), _negated=True),
                                ("lease_owner", ""),
                                ("lease_until__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="message_claim_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("state__in", ["sent", "delivered"])),
                            models.Q(("state__in", ["sent", "delivered"]), _negated=True),
                            _connector="OR",
                        ),
                        name="message_sent_has_time",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "reminders_messagehistory" ("attempts", "channel", "due_at", "expires_at", "id", "kind", "lease_owner", "lease_until", "next_attempt_at", "occurrence", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_at", "provider_id", "sent_at", "site_id", "state", "subject_id", "subject_kind", "template_version", "values", "why") VALUES (NEW."attempts", NEW."channel", NEW."due_at", NEW."expires_at", NEW."id", NEW."kind", NEW."lease_owner", NEW."lease_until", NEW."next_attempt_at", NEW."occurrence", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."planned_at", NEW."provider_id", NEW."sent_at", NEW."site_id", NEW."state", NEW."subject_id", NEW."subject_kind", NEW."template_version", NEW."values", NEW."why"); RETURN NULL;',
                            hash="73170ff9bf8e7d39dfa9118642a2f612e44f2c84",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_c9db8",
                            table="reminders_message",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "reminders_messagehistory" ("attempts", "channel", "due_at", "expires_at", "id", "kind", "lease_owner", "lease_until", "next_attempt_at", "occurrence", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_at", "provider_id", "sent_at", "site_id", "state", "subject_id", "subject_kind", "template_version", "values", "why") VALUES (NEW."attempts", NEW."channel", NEW."due_at", NEW."expires_at", NEW."id", NEW."kind", NEW."lease_owner", NEW."lease_until", NEW."next_attempt_at", NEW."occurrence", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."planned_at", NEW."provider_id", NEW."sent_at", NEW."site_id", NEW."state", NEW."subject_id", NEW."subject_kind", NEW."template_version", NEW."values", NEW."why"); RETURN NULL;',
                            hash="55ec4b26efe2da2d648697ea74d1b583ad62792a",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e01ba",
                            table="reminders_message",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "reminders_messagehistory" ("attempts", "channel", "due_at", "expires_at", "id", "kind", "lease_owner", "lease_until", "next_attempt_at", "occurrence", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_at", "provider_id", "sent_at", "site_id", "state", "subject_id", "subject_kind", "template_version", "values", "why") VALUES (OLD."attempts", OLD."channel", OLD."due_at", OLD."expires_at", OLD."id", OLD."kind", OLD."lease_owner", OLD."lease_until", OLD."next_attempt_at", OLD."occurrence", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."planned_at", OLD."provider_id", OLD."sent_at", OLD."site_id", OLD."state", OLD."subject_id", OLD."subject_kind", OLD."template_version", OLD."values", OLD."why"); RETURN NULL;',
                            hash="3b37f931544298cb2f4a46247d132db2fb40b99d",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_6f996",
                            table="reminders_message",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageAttempt",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("started_at", models.DateTimeField(default=clinic.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("accepted", models.BooleanField(null=True)),
                ("answer", models.CharField(blank=True, max_length=300)),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tries", to="reminders.message"
                    ),
                ),
            ],
            options={
                "ordering": ["started_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted__isnull", True), ("ended_at__isnull", True)),
                            models.Q(("accepted__isnull", False), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="message_attempt_whole",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "reminders_messageattempthistory" ("accepted", "answer", "ended_at", "id", "message_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "started_at") VALUES (NEW."accepted", NEW."answer", NEW."ended_at", NEW."id", NEW."message_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."started_at"); RETURN NULL;',
                            hash="a08b6631a1b211a4635f530e343aa7f0385ad965",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_fed97",
                            table="reminders_messageattempt",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "reminders_messageattempthistory" ("accepted", "answer", "ended_at", "id", "message_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "started_at") VALUES (NEW."accepted", NEW."answer", NEW."ended_at", NEW."id", NEW."message_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."started_at"); RETURN NULL;',
                            hash="5596f943c91a45acb8684a59b1eeeed4b41340fe",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_003b8",
                            table="reminders_messageattempt",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "reminders_messageattempthistory" ("accepted", "answer", "ended_at", "id", "message_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "started_at") VALUES (OLD."accepted", OLD."answer", OLD."ended_at", OLD."id", OLD."message_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."started_at"); RETURN NULL;',
                            hash="6e41c4be01ddb86905b5210b685170fb0deab9d8",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_a9cf1",
                            table="reminders_messageattempt",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageAttemptHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("started_at", models.DateTimeField(default=clinic.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("accepted", models.BooleanField(null=True)),
                ("answer", models.CharField(blank=True, max_length=300)),
                (
                    "message",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="reminders.message",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="reminders.messageattempt",
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
                            hash="695aff4691e6b8d5518d0dbbe715af4748df64bd",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_a624e",
                            table="reminders_messageattempthistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("kind", models.CharField(max_length=40)),
                ("channel", models.CharField(choices=[("email", "Email"), ("text", "Text message")], max_length=5)),
                ("subject_kind", models.CharField(max_length=30)),
                ("subject_id", models.UUIDField()),
                (
                    "occurrence",
                    models.CharField(help_text="Tells two messages of one kind and subject apart.", max_length=60),
                ),
                ("template_version", models.CharField(max_length=20)),
                (
                    "values",
                    models.JSONField(
                        default=dict, help_text="What the template’s placeholders stand for; nothing clinical."
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(help_text="Not sent at or after this moment.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("claimed", "Being sent"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("failed", "Failed"),
                            ("uncertain", "Not known whether sent"),
                            ("void", "Taken back"),
                            ("suppressed", "Held back"),
                            ("expired", "Too late"),
                        ],
                        default="planned",
                        max_length=10,
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        blank=True, help_text="Why it was taken back, held back or failed.", max_length=200
                    ),
                ),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("lease_owner", models.CharField(blank=True, max_length=60)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField(blank=True, null=True)),
                ("provider_id", models.CharField(blank=True, max_length=200)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("planned_at", models.DateTimeField(default=clinic.clock.now, editable=False)),
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
                        to="reminders.message",
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
                            hash="7efd4ec28d4230f2211d39fde9301743840b22f1",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_b5e1b",
                            table="reminders_messagehistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OptOut",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("channel", models.CharField(choices=[("email", "Email"), ("text", "Text message")], max_length=5)),
                ("words", models.CharField(max_length=160)),
                ("since", models.DateTimeField(default=clinic.clock.now)),
                ("until", models.DateTimeField(blank=True, null=True)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="opt_outs", to="patients.patient"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("patient", "channel"),
                        name="opt_out_one_in_force",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "reminders_optouthistory" ("channel", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "until", "words") VALUES (NEW."channel", NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."since", NEW."until", NEW."words"); RETURN NULL;',
                            hash="52f8c2e73e898f00bd8b76fa1f99f9a6acd405cd",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_af31e",
                            table="reminders_optout",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "reminders_optouthistory" ("channel", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "until", "words") VALUES (NEW."channel", NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."since", NEW."until", NEW."words"); RETURN NULL;',
                            hash="de57fd960ee677c226512481ede06f77deb81f40",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e02f6",
                            table="reminders_optout",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "reminders_optouthistory" ("channel", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "until", "words") VALUES (OLD."channel", OLD."id", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."since", OLD."until", OLD."words"); RETURN NULL;',
                            hash="ef534953241e63458d76d68bb1caae868305a6e2",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_038e9",
                            table="reminders_optout",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OptOutHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("channel", models.CharField(choices=[("email", "Email"), ("text", "Text message")], max_length=5)),
                ("words", models.CharField(max_length=160)),
                ("since", models.DateTimeField(default=clinic.clock.now)),
                ("until", models.DateTimeField(blank=True, null=True)),
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
                        to="reminders.optout",
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
                            hash="0d7feb53968b123cdf85a4d34ee5cc39ba6ecc0f",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_1d0d3",
                            table="reminders_optouthistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
    ]
