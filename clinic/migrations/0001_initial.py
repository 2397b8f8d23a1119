from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import pghistory.utils
import pgtrigger.compiler
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations, models

import clinic.clock
import clinic.ids
import clinic.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        # Ranges with equality, similar names, accents.
        BtreeGistExtension(),
        TrigramExtension(),
        UnaccentExtension(),
        migrations.CreateModel(
            name="Site",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("code", models.SlugField(max_length=20, unique=True)),
                ("name", models.CharField(max_length=80)),
                ("address", models.CharField(blank=True, max_length=120)),
                ("city", models.CharField(blank=True, max_length=80)),
                ("state", models.CharField(blank=True, max_length=40)),
                ("postal_code", models.CharField(blank=True, max_length=12)),
                ("phone", models.CharField(blank=True, max_length=20)),
                ("time_zone", models.CharField(max_length=64, validators=[clinic.models.check_time_zone])),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["name"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_sitehistory" ("address", "city", "code", "id", "is_active", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "state", "time_zone") VALUES (NEW."address", NEW."city", NEW."code", NEW."id", NEW."is_active", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phone", NEW."postal_code", NEW."state", NEW."time_zone"); RETURN NULL;',
                            hash="a395a903ba586bd0970501b46786a49d1fd81c1e",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_43f6d",
                            table="clinic_site",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "clinic_sitehistory" ("address", "city", "code", "id", "is_active", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "state", "time_zone") VALUES (NEW."address", NEW."city", NEW."code", NEW."id", NEW."is_active", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone", NEW."postal_code", NEW."state", NEW."time_zone"); RETURN NULL;',
                            hash="2b0d19cedba6077cf2027fe661b688a5f0fbbc27",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_fbf19",
                            table="clinic_site",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_sitehistory" ("address", "city", "code", "id", "is_active", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "state", "time_zone") VALUES (OLD."address", OLD."city", OLD."code", OLD."id", OLD."is_active", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phone", OLD."postal_code", OLD."state", OLD."time_zone"); RETURN NULL;',
                            hash="4cd89cb0d71dfc6c6884653593847a7a4a66984d",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_58f64",
                            table="clinic_site",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Room",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=40)),
                ("nickname", models.CharField(blank=True, max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[("infusion", "Infusion"), ("therapy", "Therapy"), ("consult", "Consultation")],
                        max_length=10,
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rooms", to="clinic.site"
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("site"), django.db.models.functions.text.Lower("name"), name="room_name_once_a_site"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_roomhistory" ("id", "is_active", "kind", "name", "nickname", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id") VALUES (NEW."id", NEW."is_active", NEW."kind", NEW."name", NEW."nickname", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."site_id"); RETURN NULL;',
                            hash="2d7aa3d9b2ba1a2114c8eea410c645e50cd70f88",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_d97f2",
                            table="clinic_room",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "clinic_roomhistory" ("id", "is_active", "kind", "name", "nickname", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id") VALUES (NEW."id", NEW."is_active", NEW."kind", NEW."name", NEW."nickname", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."site_id"); RETURN NULL;',
                            hash="a4e0edef70d4a93bdac9f09841af08ff3b6433c2",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_d666d",
                            table="clinic_room",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_roomhistory" ("id", "is_active", "kind", "name", "nickname", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id") VALUES (OLD."id", OLD."is_active", OLD."kind", OLD."name", OLD."nickname", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."site_id"); RETURN NULL;',
                            hash="2827647ca53f2721a879e7f40c6433784891d2d5",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_37be6",
                            table="clinic_room",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Closure",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("reason", models.CharField(max_length=120)),
                (
                    "room",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="closures",
                        to="clinic.room",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="closures", to="clinic.site"
                    ),
                ),
            ],
            options={
                "ordering": ["first_day"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gte", models.F("first_day"))), name="closure_ends_after_start"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_closurehistory" ("first_day", "id", "last_day", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "room_id", "site_id") VALUES (NEW."first_day", NEW."id", NEW."last_day", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reason", NEW."room_id", NEW."site_id"); RETURN NULL;',
                            hash="53f6975767d1aaba2df0098999f2aff33a078d21",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_7d653",
                            table="clinic_closure",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "clinic_closurehistory" ("first_day", "id", "last_day", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "room_id", "site_id") VALUES (NEW."first_day", NEW."id", NEW."last_day", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reason", NEW."room_id", NEW."site_id"); RETURN NULL;',
                            hash="ae635b867a11e2d8db81cfd5810730bea1ea6a7a",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_940e0",
                            table="clinic_closure",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_closurehistory" ("first_day", "id", "last_day", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "room_id", "site_id") VALUES (OLD."first_day", OLD."id", OLD."last_day", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reason", OLD."room_id", OLD."site_id"); RETURN NULL;',
                            hash="afa19ff29601cf6be60a4d9ebce0eb8f19c015bf",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_20cdb",
                            table="clinic_closure",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClosureHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("reason", models.CharField(max_length=120)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="clinic.closure",
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
                            hash="05c2cbcc61f21ba0ff797bcf8f6865bb83bb8905",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_e4ea0",
                            table="clinic_closurehistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="HistorySeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table", models.CharField(max_length=80)),
                ("first_id", models.BigIntegerField()),
                ("last_id", models.BigIntegerField()),
                ("rows", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "sealed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("table", "last_id"), name="history_seal_once"),
                    models.CheckConstraint(
                        condition=models.Q(("last_id__gte", models.F("first_id"))), name="history_seal_in_order"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="history_seal_append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="69ab1aa7b4647a326cffd537f00971296131a214",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_history_seal_append_only_acfde",
                            table="clinic_historyseal",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("full_name", models.CharField(max_length=120)),
                (
                    "signature_name",
                    models.CharField(
                        blank=True, help_text="As it stands under signed records, with credentials.", max_length=120
                    ),
                ),
                ("licence", models.CharField(blank=True, max_length=60)),
                ("is_active", models.BooleanField(default=True)),
                ("date_joined", models.DateTimeField(default=clinic.clock.now, editable=False)),
            ],
            options={
                "ordering": ["full_name"],
                "constraints": [
                    models.UniqueConstraint(django.db.models.functions.text.Lower("email"), name="user_email_once")
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_userhistory" ("date_joined", "email", "full_name", "id", "is_active", "last_login", "licence", "password", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signature_name") VALUES (NEW."date_joined", NEW."email", NEW."full_name", NEW."id", NEW."is_active", NEW."last_login", NEW."licence", NEW."password", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."signature_name"); RETURN NULL;',
                            hash="19a5416263625b44a703c41bc53f6ee481116f42",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_2f1a2",
                            table="clinic_user",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "clinic_userhistory" ("date_joined", "email", "full_name", "id", "is_active", "last_login", "licence", "password", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signature_name") VALUES (NEW."date_joined", NEW."email", NEW."full_name", NEW."id", NEW."is_active", NEW."last_login", NEW."licence", NEW."password", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."signature_name"); RETURN NULL;',
                            hash="d9ce4b4a248c74c3bdf3a745da5ec114604ab29b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_8b9bb",
                            table="clinic_user",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_userhistory" ("date_joined", "email", "full_name", "id", "is_active", "last_login", "licence", "password", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signature_name") VALUES (OLD."date_joined", OLD."email", OLD."full_name", OLD."id", OLD."is_active", OLD."last_login", OLD."licence", OLD."password", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."signature_name"); RETURN NULL;',
                            hash="bd5afbe3f81bffcb09646576cc540b06c746a703",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_c1c44",
                            table="clinic_user",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "role",
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
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="clinic.site"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "site", "role"), name="membership_once")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_membershiphistory" ("id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "site_id", "user_id") VALUES (NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."role", NEW."site_id", NEW."user_id"); RETURN NULL;',
                            hash="983382a1e913e71402d2c060ea760cf964bb2dcb",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_847aa",
                            table="clinic_membership",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "clinic_membershiphistory" ("id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "site_id", "user_id") VALUES (NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."role", NEW."site_id", NEW."user_id"); RETURN NULL;',
                            hash="72b6dc627597a49f2ffbd56cce1cca1932b1ebb2",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_d0685",
                            table="clinic_membership",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_membershiphistory" ("id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "site_id", "user_id") VALUES (OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."role", OLD."site_id", OLD."user_id"); RETURN NULL;',
                            hash="7df5ad5cb946ef6c38f26a775e6cadbdcc3ee70f",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_e1e0f",
                            table="clinic_membership",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MembershipHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                (
                    "role",
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
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="clinic.membership",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
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
                            hash="b58696218f77e7e601871fd86fad0c93069b440b",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_64369",
                            table="clinic_membershiphistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OpeningHours",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ]
                    ),
                ),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="opening_hours", to="clinic.site"
                    ),
                ),
            ],
            options={
                "ordering": ["weekday", "opens"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closes__isnull", True), ("closes__gt", models.F("opens")), _connector="OR"
                        ),
                        name="opening_hours_close_after_open",
                    ),
                    models.CheckConstraint(condition=models.Q(("weekday__lte", 6)), name="opening_hours_weekday"),
                    models.UniqueConstraint(fields=("site", "weekday", "opens"), name="opening_hours_once"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_openinghourshistory" ("closes", "id", "opens", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "weekday") VALUES (NEW."closes", NEW."id", NEW."opens", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."site_id", NEW."weekday"); RETURN NULL;',
                            hash="c856065689ff23243183bd3ee923c661c833b65a",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_c4a2b",
                            table="clinic_openinghours",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "clinic_openinghourshistory" ("closes", "id", "opens", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "weekday") VALUES (NEW."closes", NEW."id", NEW."opens", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."site_id", NEW."weekday"); RETURN NULL;',
                            hash="e7bea01b29a396895e80bf58d183f791b7fdf057",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_4a20a",
                            table="clinic_openinghours",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_openinghourshistory" ("closes", "id", "opens", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "weekday") VALUES (OLD."closes", OLD."id", OLD."opens", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."site_id", OLD."weekday"); RETURN NULL;',
                            hash="bd100c858ddfce9969ee16d0dfcaeece3213691d",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_69a5c",
                            table="clinic_openinghours",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OpeningHoursHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ]
                    ),
                ),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="clinic.openinghours",
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
                            hash="240c5bcae771f11c490b935be4880a047014151b",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_68e86",
                            table="clinic_openinghourshistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProtocolSettings",
            fields=[
                (
                    "age_min",
                    models.PositiveSmallIntegerField(
                        default=18,
                        help_text="years; S-Toronto",
                        validators=[
                            django.core.validators.MinValueValidator(18),
                            django.core.validators.MaxValueValidator(30),
                        ],
                    ),
                ),
                (
                    "clearance_over_age",
                    models.PositiveSmallIntegerField(
                        default=65,
                        help_text="years; P",
                        validators=[
                            django.core.validators.MinValueValidator(40),
                            django.core.validators.MaxValueValidator(100),
                        ],
                    ),
                ),
                (
                    "trd_min_trials",
                    models.PositiveSmallIntegerField(
                        default=2,
                        help_text="failed trials; S-TRDdef",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(6),
                        ],
                    ),
                ),
                (
                    "trd_min_weeks",
                    models.PositiveSmallIntegerField(
                        default=6,
                        help_text="weeks at adequate dose; S-OxCrit, floor 4",
                        validators=[
                            django.core.validators.MinValueValidator(4),
                            django.core.validators.MaxValueValidator(12),
                        ],
                    ),
                ),
                (
                    "phq9_gate",
                    models.PositiveSmallIntegerField(
                        default=10,
                        help_text="PHQ-9 points, self-pay; P",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(27),
                        ],
                    ),
                ),
                (
                    "evaluation_valid_days",
                    models.PositiveSmallIntegerField(
                        default=90,
                        help_text="days before the first infusion; P",
                        validators=[
                            django.core.validators.MinValueValidator(7),
                            django.core.validators.MaxValueValidator(365),
                        ],
                    ),
                ),
                (
                    "reevaluation_after_days",
                    models.PositiveSmallIntegerField(
                        default=180,
                        help_text="days; P",
                        validators=[
                            django.core.validators.MinValueValidator(30),
                            django.core.validators.MaxValueValidator(730),
                        ],
                    ),
                ),
                (
                    "consent_valid_days",
                    models.PositiveSmallIntegerField(
                        default=365,
                        help_text="days; P",
                        validators=[
                            django.core.validators.MinValueValidator(30),
                            django.core.validators.MaxValueValidator(730),
                        ],
                    ),
                ),
                (
                    "dose_start_mg_per_kg",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.5"),
                        help_text="mg/kg; S-Andrade4, S-ELEKT",
                        max_digits=6,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0.1")),
                            django.core.validators.MaxValueValidator(Decimal("1.0")),
                        ],
                    ),
                ),
                (
                    "infusion_minutes",
                    models.PositiveSmallIntegerField(
                        default=40,
                        help_text="minutes; S-Andrade4, S-ELEKT",
                        validators=[
                            django.core.validators.MinValueValidator(30),
                            django.core.validators.MaxValueValidator(100),
                        ],
                    ),
                ),
                (
                    "infusion_minutes_min",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="minutes; S-BioK",
                        validators=[
                            django.core.validators.MinValueValidator(10),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                (
                    "infusion_minutes_max",
                    models.PositiveSmallIntegerField(
                        default=100,
                        help_text="minutes; S-BioK",
                        validators=[
                            django.core.validators.MinValueValidator(40),
                            django.core.validators.MaxValueValidator(120),
                        ],
                    ),
                ),
                (
                    "bag_ml",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("50"),
                        help_text="mL; P",
                        max_digits=6,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("20")),
                            django.core.validators.MaxValueValidator(Decimal("250")),
                        ],
                    ),
                ),
                (
                    "dose_step_max_mg_per_kg",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.25"),
                        help_text="mg/kg a step; S-CRTCE",
                        max_digits=6,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0.05")),
                            django.core.validators.MaxValueValidator(Decimal("0.5")),
                        ],
                    ),
                ),
                (
                    "dose_step_earliest",
                    models.PositiveSmallIntegerField(
                        default=2,
                        help_text="infusion number; S-CRTCE",
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(6),
                        ],
                    ),
                ),
                (
                    "dose_soft_ceiling_mg_per_kg",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("1.0"),
                        help_text="mg/kg, above it a second provider signs; S-ASKPbasic",
                        max_digits=6,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0.5")),
                            django.core.validators.MaxValueValidator(Decimal("1.5")),
                        ],
                    ),
                ),
                (
                    "dose_soft_ceiling_mg",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("100"),
                        help_text="mg, above it a second provider signs; P",
                        max_digits=6,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("40")),
                            django.core.validators.MaxValueValidator(Decimal("200")),
                        ],
                    ),
                ),
                (
                    "dose_hard_ceiling_mg_per_kg",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("1.2"),
                        help_text="mg/kg, above it not orderable; P",
                        max_digits=6,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0.5")),
                            django.core.validators.MaxValueValidator(Decimal("2")),
                        ],
                    ),
                ),
                (
                    "weight_basis",
                    models.CharField(
                        choices=[("actual", "Actual weight"), ("ideal", "Ideal weight when BMI is 30 or more")],
                        default="actual",
                        max_length=8,
                    ),
                ),
                (
                    "weight_max_age_series_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        help_text="days; P",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(30),
                        ],
                    ),
                ),
                (
                    "weight_max_age_booster_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="days; P",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(90),
                        ],
                    ),
                ),
                (
                    "weight_recheck_percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("5"),
                        help_text="% change; P",
                        max_digits=6,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("1")),
                            django.core.validators.MaxValueValidator(Decimal("20")),
                        ],
                    ),
                ),
                (
                    "order_valid_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        help_text="days; P",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                (
                    "bp_pre_soft_systolic",
                    models.PositiveSmallIntegerField(
                        default=140,
                        help_text="mmHg, above: rest 15 min and recheck; S-SprHCP",
                        validators=[
                            django.core.validators.MinValueValidator(110),
                            django.core.validators.MaxValueValidator(180),
                        ],
                    ),
                ),
                (
                    "bp_pre_soft_diastolic",
                    models.PositiveSmallIntegerField(
                        default=90,
                        help_text="mmHg; S-SprHCP",
                        validators=[
                            django.core.validators.MinValueValidator(70),
                            django.core.validators.MaxValueValidator(120),
                        ],
                    ),
                ),
                (
                    "bp_pre_hard_systolic",
                    models.PositiveSmallIntegerField(
                        default=160,
                        help_text="mmHg, at or above after recheck: hold; P",
                        validators=[
                            django.core.validators.MinValueValidator(130),
                            django.core.validators.MaxValueValidator(200),
                        ],
                    ),
                ),
                (
                    "bp_pre_hard_diastolic",
                    models.PositiveSmallIntegerField(
                        default=100,
                        help_text="mmHg; P",
                        validators=[
                            django.core.validators.MinValueValidator(80),
                            django.core.validators.MaxValueValidator(130),
                        ],
                    ),
                ),
                (
                    "bp_pre_low_systolic",
                    models.PositiveSmallIntegerField(
                        default=90,
                        help_text="mmHg, below: hold; S-EDlow",
                        validators=[
                            django.core.validators.MinValueValidator(70),
                            django.core.validators.MaxValueValidator(110),
                        ],
                    ),
                ),
                (
                    "hr_pre_low",
                    models.PositiveSmallIntegerField(
                        default=50,
                        help_text="beats/min; S-EDlow",
                        validators=[
                            django.core.validators.MinValueValidator(30),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                (
                    "hr_pre_high",
                    models.PositiveSmallIntegerField(
                        default=110,
                        help_text="beats/min; P",
                        validators=[
                            django.core.validators.MinValueValidator(90),
                            django.core.validators.MaxValueValidator(150),
                        ],
                    ),
                ),
                (
                    "spo2_pre_low",
                    models.PositiveSmallIntegerField(
                        default=94,
                        help_text="%; P",
                        validators=[
                            django.core.validators.MinValueValidator(85),
                            django.core.validators.MaxValueValidator(98),
                        ],
                    ),
                ),
                (
                    "bp_notify_systolic",
                    models.PositiveSmallIntegerField(
                        default=160,
                        help_text="mmHg; P",
                        validators=[
                            django.core.validators.MinValueValidator(130),
                            django.core.validators.MaxValueValidator(200),
                        ],
                    ),
                ),
                (
                    "bp_notify_diastolic",
                    models.PositiveSmallIntegerField(
                        default=100,
                        help_text="mmHg; P",
                        validators=[
                            django.core.validators.MinValueValidator(80),
                            django.core.validators.MaxValueValidator(130),
                        ],
                    ),
                ),
                (
                    "bp_pause_systolic",
                    models.PositiveSmallIntegerField(
                        default=180,
                        help_text="mmHg, pause and recheck; S-SDN",
                        validators=[
                            django.core.validators.MinValueValidator(150),
                            django.core.validators.MaxValueValidator(220),
                        ],
                    ),
                ),
                (
                    "bp_pause_diastolic",
                    models.PositiveSmallIntegerField(
                        default=110,
                        help_text="mmHg; S-SDN",
                        validators=[
                            django.core.validators.MinValueValidator(90),
                            django.core.validators.MaxValueValidator(140),
                        ],
                    ),
                ),
                (
                    "bp_stop_systolic",
                    models.PositiveSmallIntegerField(
                        default=200,
                        help_text="mmHg, stop at once; S-SDN",
                        validators=[
                            django.core.validators.MinValueValidator(160),
                            django.core.validators.MaxValueValidator(240),
                        ],
                    ),
                ),
                (
                    "bp_stop_diastolic",
                    models.PositiveSmallIntegerField(
                        default=120,
                        help_text="mmHg; S-SDN",
                        validators=[
                            django.core.validators.MinValueValidator(100),
                            django.core.validators.MaxValueValidator(150),
                        ],
                    ),
                ),
                (
                    "bp_recheck_minutes",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="minutes; S-SDN",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(15),
                        ],
                    ),
                ),
                (
                    "hr_notify_high",
                    models.PositiveSmallIntegerField(
                        default=120,
                        help_text="beats/min; S-SDN",
                        validators=[
                            django.core.validators.MinValueValidator(90),
                            django.core.validators.MaxValueValidator(160),
                        ],
                    ),
                ),
                (
                    "hr_stop_high",
                    models.PositiveSmallIntegerField(
                        default=140,
                        help_text="beats/min; P",
                        validators=[
                            django.core.validators.MinValueValidator(100),
                            django.core.validators.MaxValueValidator(200),
                        ],
                    ),
                ),
                (
                    "hr_stop_low",
                    models.PositiveSmallIntegerField(
                        default=45,
                        help_text="beats/min; P",
                        validators=[
                            django.core.validators.MinValueValidator(30),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                (
                    "spo2_notify_low",
                    models.PositiveSmallIntegerField(
                        default=94,
                        help_text="%; P",
                        validators=[
                            django.core.validators.MinValueValidator(85),
                            django.core.validators.MaxValueValidator(98),
                        ],
                    ),
                ),
                (
                    "spo2_stop_low",
                    models.PositiveSmallIntegerField(
                        default=90,
                        help_text="%; P",
                        validators=[
                            django.core.validators.MinValueValidator(80),
                            django.core.validators.MaxValueValidator(95),
                        ],
                    ),
                ),
                (
                    "rr_stop_low",
                    models.PositiveSmallIntegerField(
                        default=10,
                        help_text="breaths/min; S-EDlow",
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(14),
                        ],
                    ),
                ),
                (
                    "rr_stop_high",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="breaths/min; S-EDlow",
                        validators=[
                            django.core.validators.MinValueValidator(20),
                            django.core.validators.MaxValueValidator(40),
                        ],
                    ),
                ),
                (
                    "sedation_notify",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="MOAA/S, at or below; P",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                (
                    "sedation_stop",
                    models.PositiveSmallIntegerField(
                        default=2,
                        help_text="MOAA/S, at or below; P",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                (
                    "vitals_every_minutes",
                    models.PositiveSmallIntegerField(
                        default=10,
                        help_text="minutes during the infusion; S-YaleBP",
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(30),
                        ],
                    ),
                ),
                (
                    "vitals_every_minutes_recovery",
                    models.PositiveSmallIntegerField(
                        default=15,
                        help_text="minutes in recovery; S-Gdansk",
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                (
                    "vitals_late_minutes",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="minutes past due; P",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(15),
                        ],
                    ),
                ),
                (
                    "recovery_minutes",
                    models.PositiveSmallIntegerField(
                        default=60,
                        help_text="minutes; S-OxTx",
                        validators=[
                            django.core.validators.MinValueValidator(30),
                            django.core.validators.MaxValueValidator(120),
                        ],
                    ),
                ),
                (
                    "unescorted_min_stay",
                    models.PositiveSmallIntegerField(
                        default=120,
                        help_text="minutes; S-OxTx",
                        validators=[
                            django.core.validators.MinValueValidator(60),
                            django.core.validators.MaxValueValidator(240),
                        ],
                    ),
                ),
                ("escort_required", models.BooleanField(default=True, help_text="a named adult; S-LabelOld")),
                (
                    "discharge_score_min",
                    models.PositiveSmallIntegerField(
                        default=9,
                        help_text="Aldrete or MPADSS points; R",
                        validators=[
                            django.core.validators.MinValueValidator(7),
                            django.core.validators.MaxValueValidator(10),
                        ],
                    ),
                ),
                (
                    "nurse_lanes",
                    models.PositiveSmallIntegerField(
                        default=2,
                        help_text="infusions a nurse at once; P",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(4),
                        ],
                    ),
                ),
                (
                    "series_count",
                    models.PositiveSmallIntegerField(
                        default=6,
                        help_text="infusions; Seed B, S-ELEKT",
                        validators=[
                            django.core.validators.MinValueValidator(6),
                            django.core.validators.MaxValueValidator(8),
                        ],
                    ),
                ),
                (
                    "gap_min_hours",
                    models.PositiveSmallIntegerField(
                        default=48,
                        help_text="hours between infusions; S-Relievus",
                        validators=[
                            django.core.validators.MinValueValidator(24),
                            django.core.validators.MaxValueValidator(96),
                        ],
                    ),
                ),
                (
                    "gap_soft_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        help_text="days; P",
                        validators=[
                            django.core.validators.MinValueValidator(3),
                            django.core.validators.MaxValueValidator(14),
                        ],
                    ),
                ),
                (
                    "gap_hard_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        help_text="days; P",
                        validators=[
                            django.core.validators.MinValueValidator(7),
                            django.core.validators.MaxValueValidator(28),
                        ],
                    ),
                ),
                (
                    "window_soft_days",
                    models.PositiveSmallIntegerField(
                        default=21,
                        help_text="days; S-Oliver",
                        validators=[
                            django.core.validators.MinValueValidator(14),
                            django.core.validators.MaxValueValidator(35),
                        ],
                    ),
                ),
                (
                    "window_hard_days",
                    models.PositiveSmallIntegerField(
                        default=28,
                        help_text="days; S-McInnes",
                        validators=[
                            django.core.validators.MinValueValidator(21),
                            django.core.validators.MaxValueValidator(42),
                        ],
                    ),
                ),
                (
                    "late_grace_minutes",
                    models.PositiveSmallIntegerField(
                        default=10,
                        help_text="minutes; S-King",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                (
                    "cancel_notice_hours",
                    models.PositiveSmallIntegerField(
                        default=24,
                        help_text="hours; S-King",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(72),
                        ],
                    ),
                ),
                (
                    "arrival_minutes",
                    models.PositiveSmallIntegerField(
                        default=15,
                        help_text="minutes before the infusion; S-Ketwell",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                (
                    "review_warn_at",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="infusion number; S-TP24",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(6),
                        ],
                    ),
                ),
                (
                    "review_required_at",
                    models.PositiveSmallIntegerField(
                        default=4,
                        help_text="infusion number; S-TP24",
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(8),
                        ],
                    ),
                ),
                (
                    "nonimprovement_percent",
                    models.PositiveSmallIntegerField(
                        default=20,
                        help_text="%; S-TP24, S-CRTCE-early",
                        validators=[
                            django.core.validators.MinValueValidator(10),
                            django.core.validators.MaxValueValidator(40),
                        ],
                    ),
                ),
                (
                    "booster_first_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        help_text="days; S-bionuu",
                        validators=[
                            django.core.validators.MinValueValidator(7),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                (
                    "booster_second_days",
                    models.PositiveSmallIntegerField(
                        default=21,
                        help_text="days; S-bionuu",
                        validators=[
                            django.core.validators.MinValueValidator(7),
                            django.core.validators.MaxValueValidator(90),
                        ],
                    ),
                ),
                (
                    "booster_then_days",
                    models.PositiveSmallIntegerField(
                        default=28,
                        help_text="days; S-bionuu",
                        validators=[
                            django.core.validators.MinValueValidator(7),
                            django.core.validators.MaxValueValidator(365),
                        ],
                    ),
                ),
                (
                    "booster_min_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        help_text="days; Seeds",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(28),
                        ],
                    ),
                ),
                (
                    "booster_max_days",
                    models.PositiveSmallIntegerField(
                        default=365,
                        help_text="days; Seeds",
                        validators=[
                            django.core.validators.MinValueValidator(28),
                            django.core.validators.MaxValueValidator(730),
                        ],
                    ),
                ),
                (
                    "prep_max_days_before",
                    models.PositiveSmallIntegerField(
                        default=21,
                        help_text="days before infusion 1; P",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                (
                    "integration_hours",
                    models.PositiveSmallIntegerField(
                        default=72,
                        help_text="hours after the last infusion; Seed A, S-JC",
                        validators=[
                            django.core.validators.MinValueValidator(24),
                            django.core.validators.MaxValueValidator(168),
                        ],
                    ),
                ),
                (
                    "integration_grace_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        help_text="days; P",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(14),
                        ],
                    ),
                ),
                (
                    "therapy_minutes",
                    models.PositiveSmallIntegerField(
                        default=53,
                        help_text="minutes; P (90837)",
                        validators=[
                            django.core.validators.MinValueValidator(30),
                            django.core.validators.MaxValueValidator(120),
                        ],
                    ),
                ),
                (
                    "alert_acknowledge_minutes",
                    models.PositiveSmallIntegerField(
                        default=15,
                        help_text="minutes; P",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                (
                    "reminder_first_hours",
                    models.PositiveSmallIntegerField(
                        default=72,
                        help_text="hours before; S-Steiner",
                        validators=[
                            django.core.validators.MinValueValidator(24),
                            django.core.validators.MaxValueValidator(168),
                        ],
                    ),
                ),
                (
                    "reminder_second_hours",
                    models.PositiveSmallIntegerField(
                        default=24,
                        help_text="hours before; S-Steiner",
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(48),
                        ],
                    ),
                ),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField(default=clinic.clock.now, editable=False)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "made_by",
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
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="protocol_versions", to="clinic.site"
                    ),
                ),
            ],
            options={
                "ordering": ["-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("site", "version"), name="protocol_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_at__isnull", True), ("signed_by__isnull", True)),
                            models.Q(("signed_at__isnull", False), ("signed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="protocol_signature_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("dose_hard_ceiling_mg_per_kg__gte", models.F("dose_soft_ceiling_mg_per_kg")),
                            ("dose_soft_ceiling_mg_per_kg__gte", models.F("dose_start_mg_per_kg")),
                        ),
                        name="protocol_dose_ceilings",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("bp_notify_systolic__lte", models.F("bp_pause_systolic")),
                            ("bp_pause_systolic__lte", models.F("bp_stop_systolic")),
                        ),
                        name="protocol_systolic_limits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("bp_notify_diastolic__lte", models.F("bp_pause_diastolic")),
                            ("bp_pause_diastolic__lte", models.F("bp_stop_diastolic")),
                        ),
                        name="protocol_diastolic_limits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("gap_soft_days__lte", models.F("gap_hard_days")),
                            ("window_soft_days__lte", models.F("window_hard_days")),
                        ),
                        name="protocol_gaps",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("infusion_minutes__gte", models.F("infusion_minutes_min")),
                            ("infusion_minutes__lte", models.F("infusion_minutes_max")),
                        ),
                        name="protocol_minutes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("booster_min_days__lte", models.F("booster_max_days"))),
                        name="protocol_boosters",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_protocolsettingshistory" ("age_min", "alert_acknowledge_minutes", "arrival_minutes", "bag_ml", "booster_first_days", "booster_max_days", "booster_min_days", "booster_second_days", "booster_then_days", "bp_notify_diastolic", "bp_notify_systolic", "bp_pause_diastolic", "bp_pause_systolic", "bp_pre_hard_diastolic", "bp_pre_hard_systolic", "bp_pre_low_systolic", "bp_pre_soft_diastolic", "bp_pre_soft_systolic", "bp_recheck_minutes", "bp_stop_diastolic", "bp_stop_systolic", "cancel_notice_hours", "clearance_over_age", "consent_valid_days", "discharge_score_min", "dose_hard_ceiling_mg_per_kg", "dose_soft_ceiling_mg", "dose_soft_ceiling_mg_per_kg", "dose_start_mg_per_kg", "dose_step_earliest", "dose_step_max_mg_per_kg", "escort_required", "evaluation_valid_days", "gap_hard_days", "gap_min_hours", "gap_soft_days", "hr_notify_high", "hr_pre_high", "hr_pre_low", "hr_stop_high", "hr_stop_low", "id", "infusion_minutes", "infusion_minutes_max", "infusion_minutes_min", "integration_grace_days", "integration_hours", "late_grace_minutes", "made_at", "made_by_id", "nonimprovement_percent", "note", "nurse_lanes", "order_valid_days", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phq9_gate", "prep_max_days_before", "recovery_minutes", "reevaluation_after_days", "reminder_first_hours", "reminder_second_hours", "review_required_at", "review_warn_at", "rr_stop_high", "rr_stop_low", "sedation_notify", "sedation_stop", "series_count", "signed_at", "signed_by_id", "site_id", "spo2_notify_low", "spo2_pre_low", "spo2_stop_low", "therapy_minutes", "trd_min_trials", "trd_min_weeks", "unescorted_min_stay", "version", "vitals_every_minutes", "vitals_every_minutes_recovery", "vitals_late_minutes", "weight_basis", "weight_max_age_booster_days", "weight_max_age_series_days", "weight_recheck_percent", "window_hard_days", "window_soft_days") VALUES (NEW."age_min", NEW."alert_acknowledge_minutes", NEW."arrival_minutes", NEW."bag_ml", NEW."booster_first_days", NEW."booster_max_days", NEW."booster_min_days", NEW."booster_second_days", NEW."booster_then_days", NEW."bp_notify_diastolic", NEW."bp_notify_systolic", NEW."bp_pause_diastolic", NEW."bp_pause_systolic", NEW."bp_pre_hard_diastolic", NEW."bp_pre_hard_systolic", NEW."bp_pre_low_systolic", NEW."bp_pre_soft_diastolic", NEW."bp_pre_soft_systolic", NEW."bp_recheck_minutes", NEW."bp_stop_diastolic", NEW."bp_stop_systolic", NEW."cancel_notice_hours", NEW."clearance_over_age", NEW."consent_valid_days", NEW."discharge_score_min", NEW."dose_hard_ceiling_mg_per_kg", NEW."dose_soft_ceiling_mg", NEW."dose_soft_ceiling_mg_per_kg", NEW."dose_start_mg_per_kg", NEW."dose_step_earliest", NEW."dose_step_max_mg_per_kg", NEW."escort_required", NEW."evaluation_valid_days", NEW."gap_hard_days", NEW."gap_min_hours", NEW."gap_soft_days", NEW."hr_notify_high", NEW."hr_pre_high", NEW."hr_pre_low", NEW."hr_stop_high", NEW."hr_stop_low", NEW."id", NEW."infusion_minutes", NEW."infusion_minutes_max", NEW."infusion_minutes_min", NEW."integration_grace_days", NEW."integration_hours", NEW."late_grace_minutes", NEW."made_at", NEW."made_by_id", NEW."nonimprovement_percent", NEW."note", NEW."nurse_lanes", NEW."order_valid_days", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phq9_gate", NEW."prep_max_days_before", NEW."recovery_minutes", NEW."reevaluation_after_days", NEW."reminder_first_hours", NEW."reminder_second_hours", NEW."review_required_at", NEW."review_warn_at", NEW."rr_stop_high", NEW."rr_stop_low", NEW."sedation_notify", NEW."sedation_stop", NEW."series_count", NEW."signed_at", NEW."signed_by_id", NEW."site_id", NEW."spo2_notify_low", NEW."spo2_pre_low", NEW."spo2_stop_low", NEW."therapy_minutes", NEW."trd_min_trials", NEW."trd_min_weeks", NEW."unescorted_min_stay", NEW."version", NEW."vitals_every_minutes", NEW."vitals_every_minutes_recovery", NEW."vitals_late_minutes", NEW."weight_basis", NEW."weight_max_age_booster_days", NEW."weight_max_age_series_days", NEW."weight_recheck_percent", NEW."window_hard_days", NEW."window_soft_days"); RETURN NULL;',
                            hash="344d04f96baf7a36a6b6f04943475ade89845451",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_d03f7",
                            table="clinic_protocolsettings",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "clinic_protocolsettingshistory" ("age_min", "alert_acknowledge_minutes", "arrival_minutes", "bag_ml", "booster_first_days", "booster_max_days", "booster_min_days", "booster_second_days", "booster_then_days", "bp_notify_diastolic", "bp_notify_systolic", "bp_pause_diastolic", "bp_pause_systolic", "bp_pre_hard_diastolic", "bp_pre_hard_systolic", "bp_pre_low_systolic", "bp_pre_soft_diastolic", "bp_pre_soft_systolic", "bp_recheck_minutes", "bp_stop_diastolic", "bp_stop_systolic", "cancel_notice_hours", "clearance_over_age", "consent_valid_days", "discharge_score_min", "dose_hard_ceiling_mg_per_kg", "dose_soft_ceiling_mg", "dose_soft_ceiling_mg_per_kg", "dose_start_mg_per_kg", "dose_step_earliest", "dose_step_max_mg_per_kg", "escort_required", "evaluation_valid_days", "gap_hard_days", "gap_min_hours", "gap_soft_days", "hr_notify_high", "hr_pre_high", "hr_pre_low", "hr_stop_high", "hr_stop_low", "id", "infusion_minutes", "infusion_minutes_max", "infusion_minutes_min", "integration_grace_days", "integration_hours", "late_grace_minutes", "made_at", "made_by_id", "nonimprovement_percent", "note", "nurse_lanes", "order_valid_days", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phq9_gate", "prep_max_days_before", "recovery_minutes", "reevaluation_after_days", "reminder_first_hours", "reminder_second_hours", "review_required_at", "review_warn_at", "rr_stop_high", "rr_stop_low", "sedation_notify", "sedation_stop", "series_count", "signed_at", "signed_by_id", "site_id", "spo2_notify_low", "spo2_pre_low", "spo2_stop_low", "therapy_minutes", "trd_min_trials", "trd_min_weeks", "unescorted_min_stay", "version", "vitals_every_minutes", "vitals_every_minutes_recovery", "vitals_late_minutes", "weight_basis", "weight_max_age_booster_days", "weight_max_age_series_days", "weight_recheck_percent", "window_hard_days", "window_soft_days") VALUES (NEW."age_min", NEW."alert_acknowledge_minutes", NEW."arrival_minutes", NEW."bag_ml", NEW."booster_first_days", NEW."booster_max_days", NEW."booster_min_days", NEW."booster_second_days", NEW."booster_then_days", NEW."bp_notify_diastolic", NEW."bp_notify_systolic", NEW."bp_pause_diastolic", NEW."bp_pause_systolic", NEW."bp_pre_hard_diastolic", NEW."bp_pre_hard_systolic", NEW."bp_pre_low_systolic", NEW."bp_pre_soft_diastolic", NEW."bp_pre_soft_systolic", NEW."bp_recheck_minutes", NEW."bp_stop_diastolic", NEW."bp_stop_systolic", NEW."cancel_notice_hours", NEW."clearance_over_age", NEW."consent_valid_days", NEW."discharge_score_min", NEW."dose_hard_ceiling_mg_per_kg", NEW."dose_soft_ceiling_mg", NEW."dose_soft_ceiling_mg_per_kg", NEW."dose_start_mg_per_kg", NEW."dose_step_earliest", NEW."dose_step_max_mg_per_kg", NEW."escort_required", NEW."evaluation_valid_days", NEW."gap_hard_days", NEW."gap_min_hours", NEW."gap_soft_days", NEW."hr_notify_high", NEW."hr_pre_high", NEW."hr_pre_low", NEW."hr_stop_high", NEW."hr_stop_low", NEW."id", NEW."infusion_minutes", NEW."infusion_minutes_max", NEW."infusion_minutes_min", NEW."integration_grace_days", NEW."integration_hours", NEW."late_grace_minutes", NEW."made_at", NEW."made_by_id", NEW."nonimprovement_percent", NEW."note", NEW."nurse_lanes", NEW."order_valid_days", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phq9_gate", NEW."prep_max_days_before", NEW."recovery_minutes", NEW."reevaluation_after_days", NEW."reminder_first_hours", NEW."reminder_second_hours", NEW."review_required_at", NEW."review_warn_at", NEW."rr_stop_high", NEW."rr_stop_low", NEW."sedation_notify", NEW."sedation_stop", NEW."series_count", NEW."signed_at", NEW."signed_by_id", NEW."site_id", NEW."spo2_notify_low", NEW."spo2_pre_low", NEW."spo2_stop_low", NEW."therapy_minutes", NEW."trd_min_trials", NEW."trd_min_weeks", NEW."unescorted_min_stay", NEW."version", NEW."vitals_every_minutes", NEW."vitals_every_minutes_recovery", NEW."vitals_late_minutes", NEW."weight_basis", NEW."weight_max_age_booster_days", NEW."weight_max_age_series_days", NEW."weight_recheck_percent", NEW."window_hard_days", NEW."window_soft_days"); RETURN NULL;',
                            hash="f4ce753ee7e10d476772864e6369f67f9bf174cf",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_7a790",
                            table="clinic_protocolsettings",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_protocolsettingshistory" ("age_min", "alert_acknowledge_minutes", "arrival_minutes", "bag_ml", "booster_first_days", "booster_max_days", "booster_min_days", "booster_second_days", "booster_then_days", "bp_notify_diastolic", "bp_notify_systolic", "bp_pause_diastolic", "bp_pause_systolic", "bp_pre_hard_diastolic", "bp_pre_hard_systolic", "bp_pre_low_systolic", "bp_pre_soft_diastolic", "bp_pre_soft_systolic", "bp_recheck_minutes", "bp_stop_diastolic", "bp_stop_systolic", "cancel_notice_hours", "clearance_over_age", "consent_valid_days", "discharge_score_min", "dose_hard_ceiling_mg_per_kg", "dose_soft_ceiling_mg", "dose_soft_ceiling_mg_per_kg", "dose_start_mg_per_kg", "dose_step_earliest", "dose_step_max_mg_per_kg", "escort_required", "evaluation_valid_days", "gap_hard_days", "gap_min_hours", "gap_soft_days", "hr_notify_high", "hr_pre_high", "hr_pre_low", "hr_stop_high", "hr_stop_low", "id", "infusion_minutes", "infusion_minutes_max", "infusion_minutes_min", "integration_grace_days", "integration_hours", "late_grace_minutes", "made_at", "made_by_id", "nonimprovement_percent", "note", "nurse_lanes", "order_valid_days", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phq9_gate", "prep_max_days_before", "recovery_minutes", "reevaluation_after_days", "reminder_first_hours", "reminder_second_hours", "review_required_at", "review_warn_at", "rr_stop_high", "rr_stop_low", "sedation_notify", "sedation_stop", "series_count", "signed_at", "signed_by_id", "site_id", "spo2_notify_low", "spo2_pre_low", "spo2_stop_low", "therapy_minutes", "trd_min_trials", "trd_min_weeks", "unescorted_min_stay", "version", "vitals_every_minutes", "vitals_every_minutes_recovery", "vitals_late_minutes", "weight_basis", "weight_max_age_booster_days", "weight_max_age_series_days", "weight_recheck_percent", "window_hard_days", "window_soft_days") VALUES (OLD."age_min", OLD."alert_acknowledge_minutes", OLD."arrival_minutes", OLD."bag_ml", OLD."booster_first_days", OLD."booster_max_days", OLD."booster_min_days", OLD."booster_second_days", OLD."booster_then_days", OLD."bp_notify_diastolic", OLD."bp_notify_systolic", OLD."bp_pause_diastolic", OLD."bp_pause_systolic", OLD."bp_pre_hard_diastolic", OLD."bp_pre_hard_systolic", OLD."bp_pre_low_systolic", OLD."bp_pre_soft_diastolic", OLD."bp_pre_soft_systolic", OLD."bp_recheck_minutes", OLD."bp_stop_diastolic", OLD."bp_stop_systolic", OLD."cancel_notice_hours", OLD."clearance_over_age", OLD."consent_valid_days", OLD."discharge_score_min", OLD."dose_hard_ceiling_mg_per_kg", OLD."dose_soft_ceiling_mg", OLD."dose_soft_ceiling_mg_per_kg", OLD."dose_start_mg_per_kg", OLD."dose_step_earliest", OLD."dose_step_max_mg_per_kg", OLD."escort_required", OLD."evaluation_valid_days", OLD."gap_hard_days", OLD."gap_min_hours", OLD."gap_soft_days", OLD."hr_notify_high", OLD."hr_pre_high", OLD."hr_pre_low", OLD."hr_stop_high", OLD."hr_stop_low", OLD."id", OLD."infusion_minutes", OLD."infusion_minutes_max", OLD."infusion_minutes_min", OLD."integration_grace_days", OLD."integration_hours", OLD."late_grace_minutes", OLD."made_at", OLD."made_by_id", OLD."nonimprovement_percent", OLD."note", OLD."nurse_lanes", OLD."order_valid_days", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phq9_gate", OLD."prep_max_days_before", OLD."recovery_minutes", OLD."reevaluation_after_days", OLD."reminder_first_hours", OLD."reminder_second_hours", OLD."review_required_at", OLD."review_warn_at", OLD."rr_stop_high", OLD."rr_stop_low", OLD."sedation_notify", OLD."sedation_stop", OLD."series_count", OLD."signed_at", OLD."signed_by_id", OLD."site_id", OLD."spo2_notify_low", OLD."spo2_pre_low", OLD."spo2_stop_low", OLD."therapy_minutes", OLD."trd_min_trials", OLD."trd_min_weeks", OLD."unescorted_min_stay", OLD."version", OLD."vitals_every_minutes", OLD."vitals_every_minutes_recovery", OLD."vitals_late_minutes", OLD."weight_basis", OLD."weight_max_age_booster_days", OLD."weight_max_age_series_days", OLD."weight_recheck_percent", OLD."window_hard_days", OLD."window_soft_days"); RETURN NULL;',
                            hash="f65f7044283a3cc9494508a9d0507a6511d4986a",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_6d97c",
                            table="clinic_protocolsettings",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProtocolSettingsHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "age_min",
                    models.PositiveSmallIntegerField(
                        default=18,
                        help_text="years; S-Toronto",
                        validators=[
                            django.core.validators.MinValueValidator(18),
                            django.core.validators.MaxValueValidator(30),
                        ],
                    ),
                ),
                (
                    "clearance_over_age",
                    models.PositiveSmallIntegerField(
                        default=65,
                        help_text="years; P",
                        validators=[
                            django.core.validators.MinValueValidator(40),
                            django.core.validators.MaxValueValidator(100),
                        ],
                    ),
                ),
                (
                    "trd_min_trials",
                    models.PositiveSmallIntegerField(
                        default=2,
                        help_text="failed trials; S-TRDdef",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(6),
                        ],
                    ),
                ),
                (
                    "trd_min_weeks",
                    models.PositiveSmallIntegerField(
                        default=6,
                        help_text="weeks at adequate dose; S-OxCrit, floor 4",
                        validators=[
                            django.core.validators.MinValueValidator(4),
                            django.core.validators.MaxValueValidator(12),
                        ],
                    ),
                ),
                (
                    "phq9_gate",
                    models.PositiveSmallIntegerField(
                        default=10,
                        help_text="PHQ-9 points, self-pay; P",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(27),
                        ],
                    ),
                ),
                (
                    "evaluation_valid_days",
                    models.PositiveSmallIntegerField(
                        default=90,
                        help_text="days before the first infusion; P",
                        validators=[
                            django.core.validators.MinValueValidator(7),
                            django.core.validators.MaxValueValidator(365),
                        ],
                    ),
                ),
                (
                    "reevaluation_after_days",
                    models.PositiveSmallIntegerField(
                        default=180,
                        help_text="days; P",
                        validators=[
                            django.core.validators.MinValueValidator(30),
                            django.core.validators.MaxValueValidator(730),
                        ],
                    ),
                ),
                (
                    "consent_valid_days",
                    models.PositiveSmallIntegerField(
                        default=365,
                        help_text="days; P",
                        validators=[
                            django.core.validators.MinValueValidator(30),
                            django.core.validators.MaxValueValidator(730),
                        ],
                    ),
                ),
                (
                    "dose_start_mg_per_kg",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.5"),
                        help_text="mg/kg; S-Andrade4, S-ELEKT",
                        max_digits=6,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0.1")),
                            django.core.validators.MaxValueValidator(Decimal("1.0")),
                        ],
                    ),
                ),
                (
                    "infusion_minutes",
                    models.PositiveSmallIntegerField(
                        default=40,
                        help_text="minutes; S-Andrade4, S-ELEKT",
                        validators=[
                            django.core.validators.MinValueValidator(30),
                            django.core.validators.MaxValueValidator(100),
                        ],
                    ),
                ),
                (
                    "infusion_minutes_min",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="minutes; S-BioK",
                        validators=[
                            django.core.validators.MinValueValidator(10),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                (
                    "infusion_minutes_max",
                    models.PositiveSmallIntegerField(
                        default=100,
                        help_text="minutes; S-BioK",
                        validators=[
                            django.core.validators.MinValueValidator(40),
                            django.core.validators.MaxValueValidator(120),
                        ],
                    ),
                ),
                (
                    "bag_ml",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("50"),
                        help_text="mL; P",
                        max_digits=6,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("20")),
                            django.core.validators.MaxValueValidator(Decimal("250")),
                        ],
                    ),
                ),
                (
                    "dose_step_max_mg_per_kg",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.25"),
                        help_text="mg/kg a step; S-CRTCE",
                        max_digits=6,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0.05")),
                            django.core.validators.MaxValueValidator(Decimal("0.5")),
                        ],
                    ),
                ),
                (
                    "dose_step_earliest",
                    models.PositiveSmallIntegerField(
                        default=2,
                        help_text="infusion number; S-CRTCE",
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(6),
                        ],
                    ),
                ),
                (
                    "dose_soft_ceiling_mg_per_kg",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("1.0"),
                        help_text="mg/kg, above it a second provider signs; S-ASKPbasic",
                        max_digits=6,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0.5")),
                            django.core.validators.MaxValueValidator(Decimal("1.5")),
                        ],
                    ),
                ),
                (
                    "dose_soft_ceiling_mg",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("100"),
                        help_text="mg, above it a second provider signs; P",
                        max_digits=6,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("40")),
                            django.core.validators.MaxValueValidator(Decimal("200")),
                        ],
                    ),
                ),
                (
                    "dose_hard_ceiling_mg_per_kg",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("1.2"),
                        help_text="mg/kg, above it not orderable; P",
                        max_digits=6,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0.5")),
                            django.core.validators.MaxValueValidator(Decimal("2")),
                        ],
                    ),
                ),
                (
                    "weight_basis",
                    models.CharField(
                        choices=[("actual", "Actual weight"), ("ideal", "Ideal weight when BMI is 30 or more")],
                        default="actual",
                        max_length=8,
                    ),
                ),
                (
                    "weight_max_age_series_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        help_text="days; P",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(30),
                        ],
                    ),
                ),
                (
                    "weight_max_age_booster_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="days; P",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(90),
                        ],
                    ),
                ),
                (
                    "weight_recheck_percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("5"),
                        help_text="% change; P",
                        max_digits=6,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("1")),
                            django.core.validators.MaxValueValidator(Decimal("20")),
                        ],
                    ),
                ),
                (
                    "order_valid_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        help_text="days; P",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                (
                    "bp_pre_soft_systolic",
                    models.PositiveSmallIntegerField(
                        default=140,
                        help_text="mmHg, above: rest 15 min and recheck; S-SprHCP",
                        validators=[
                            django.core.validators.MinValueValidator(110),
                            django.core.validators.MaxValueValidator(180),
                        ],
                    ),
                ),
                (
                    "bp_pre_soft_diastolic",
                    models.PositiveSmallIntegerField(
                        default=90,
                        help_text="mmHg; S-SprHCP",
                        validators=[
                            django.core.validators.MinValueValidator(70),
                            django.core.validators.MaxValueValidator(120),
                        ],
                    ),
                ),
                (
                    "bp_pre_hard_systolic",
                    models.PositiveSmallIntegerField(
                        default=160,
                        help_text="mmHg, at or above after recheck: hold; P",
                        validators=[
                            django.core.validators.MinValueValidator(130),
                            django.core.validators.MaxValueValidator(200),
                        ],
                    ),
                ),
                (
                    "bp_pre_hard_diastolic",
                    models.PositiveSmallIntegerField(
                        default=100,
                        help_text="mmHg; P",
                        validators=[
                            django.core.validators.MinValueValidator(80),
                            django.core.validators.MaxValueValidator(130),
                        ],
                    ),
                ),
                (
                    "bp_pre_low_systolic",
                    models.PositiveSmallIntegerField(
                        default=90,
                        help_text="mmHg, below: hold; S-EDlow",
                        validators=[
                            django.core.validators.MinValueValidator(70),
                            django.core.validators.MaxValueValidator(110),
                        ],
                    ),
                ),
                (
                    "hr_pre_low",
                    models.PositiveSmallIntegerField(
                        default=50,
                        help_text="beats/min; S-EDlow",
                        validators=[
                            django.core.validators.MinValueValidator(30),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                (
                    "hr_pre_high",
                    models.PositiveSmallIntegerField(
                        default=110,
                        help_text="beats/min; P",
                        validators=[
                            django.core.validators.MinValueValidator(90),
                            django.core.validators.MaxValueValidator(150),
                        ],
                    ),
                ),
                (
                    "spo2_pre_low",
                    models.PositiveSmallIntegerField(
                        default=94,
                        help_text="%; P",
                        validators=[
                            django.core.validators.MinValueValidator(85),
                            django.core.validators.MaxValueValidator(98),
                        ],
                    ),
                ),
                (
                    "bp_notify_systolic",
                    models.PositiveSmallIntegerField(
                        default=160,
                        help_text="mmHg; P",
                        validators=[
                            django.core.validators.MinValueValidator(130),
                            django.core.validators.MaxValueValidator(200),
                        ],
                    ),
                ),
                (
                    "bp_notify_diastolic",
                    models.PositiveSmallIntegerField(
                        default=100,
                        help_text="mmHg; P",
                        validators=[
                            django.core.validators.MinValueValidator(80),
                            django.core.validators.MaxValueValidator(130),
                        ],
                    ),
                ),
                (
                    "bp_pause_systolic",
                    models.PositiveSmallIntegerField(
                        default=180,
                        help_text="mmHg, pause and recheck; S-SDN",
                        validators=[
                            django.core.validators.MinValueValidator(150),
                            django.core.validators.MaxValueValidator(220),
                        ],
                    ),
                ),
                (
                    "bp_pause_diastolic",
                    models.PositiveSmallIntegerField(
                        default=110,
                        help_text="mmHg; S-SDN",
                        validators=[
                            django.core.validators.MinValueValidator(90),
                            django.core.validators.MaxValueValidator(140),
                        ],
                    ),
                ),
                (
                    "bp_stop_systolic",
                    models.PositiveSmallIntegerField(
                        default=200,
                        help_text="mmHg, stop at once; S-SDN",
                        validators=[
                            django.core.validators.MinValueValidator(160),
                            django.core.validators.MaxValueValidator(240),
                        ],
                    ),
                ),
                (
                    "bp_stop_diastolic",
                    models.PositiveSmallIntegerField(
                        default=120,
                        help_text="mmHg; S-SDN",
                        validators=[
                            django.core.validators.MinValueValidator(100),
                            django.core.validators.MaxValueValidator(150),
                        ],
                    ),
                ),
                (
                    "bp_recheck_minutes",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="minutes; S-SDN",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(15),
                        ],
                    ),
                ),
                (
                    "hr_notify_high",
                    models.PositiveSmallIntegerField(
                        default=120,
                        help_text="beats/min; S-SDN",
                        validators=[
                            django.core.validators.MinValueValidator(90),
                            django.core.validators.MaxValueValidator(160),
                        ],
                    ),
                ),
                (
                    "hr_stop_high",
                    models.PositiveSmallIntegerField(
                        default=140,
                        help_text="beats/min; P",
                        validators=[
                            django.core.validators.MinValueValidator(100),
                            django.core.validators.MaxValueValidator(200),
                        ],
                    ),
                ),
                (
                    "hr_stop_low",
                    models.PositiveSmallIntegerField(
                        default=45,
                        help_text="beats/min; P",
                        validators=[
                            django.core.validators.MinValueValidator(30),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                (
                    "spo2_notify_low",
                    models.PositiveSmallIntegerField(
                        default=94,
                        help_text="%; P",
                        validators=[
                            django.core.validators.MinValueValidator(85),
                            django.core.validators.MaxValueValidator(98),
                        ],
                    ),
                ),
                (
                    "spo2_stop_low",
                    models.PositiveSmallIntegerField(
                        default=90,
                        help_text="%; P",
                        validators=[
                            django.core.validators.MinValueValidator(80),
                            django.core.validators.MaxValueValidator(95),
                        ],
                    ),
                ),
                (
                    "rr_stop_low",
                    models.PositiveSmallIntegerField(
                        default=10,
                        help_text="breaths/min; S-EDlow",
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(14),
                        ],
                    ),
                ),
                (
                    "rr_stop_high",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="breaths/min; S-EDlow",
                        validators=[
                            django.core.validators.MinValueValidator(20),
                            django.core.validators.MaxValueValidator(40),
                        ],
                    ),
                ),
                (
                    "sedation_notify",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="MOAA/S, at or below; P",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                (
                    "sedation_stop",
                    models.PositiveSmallIntegerField(
                        default=2,
                        help_text="MOAA/S, at or below; P",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                (
                    "vitals_every_minutes",
                    models.PositiveSmallIntegerField(
                        default=10,
                        help_text="minutes during the infusion; S-YaleBP",
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(30),
                        ],
                    ),
                ),
                (
                    "vitals_every_minutes_recovery",
                    models.PositiveSmallIntegerField(
                        default=15,
                        help_text="minutes in recovery; S-Gdansk",
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                (
                    "vitals_late_minutes",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="minutes past due; P",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(15),
                        ],
                    ),
                ),
                (
                    "recovery_minutes",
                    models.PositiveSmallIntegerField(
                        default=60,
                        help_text="minutes; S-OxTx",
                        validators=[
                            django.core.validators.MinValueValidator(30),
                            django.core.validators.MaxValueValidator(120),
                        ],
                    ),
                ),
                (
                    "unescorted_min_stay",
                    models.PositiveSmallIntegerField(
                        default=120,
                        help_text="minutes; S-OxTx",
                        validators=[
                            django.core.validators.MinValueValidator(60),
                            django.core.validators.MaxValueValidator(240),
                        ],
                    ),
                ),
                ("escort_required", models.BooleanField(default=True, help_text="a named adult; S-LabelOld")),
                (
                    "discharge_score_min",
                    models.PositiveSmallIntegerField(
                        default=9,
                        help_text="Aldrete or MPADSS points; R",
                        validators=[
                            django.core.validators.MinValueValidator(7),
                            django.core.validators.MaxValueValidator(10),
                        ],
                    ),
                ),
                (
                    "nurse_lanes",
                    models.PositiveSmallIntegerField(
                        default=2,
                        help_text="infusions a nurse at once; P",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(4),
                        ],
                    ),
                ),
                (
                    "series_count",
                    models.PositiveSmallIntegerField(
                        default=6,
                        help_text="infusions; Seed B, S-ELEKT",
                        validators=[
                            django.core.validators.MinValueValidator(6),
                            django.core.validators.MaxValueValidator(8),
                        ],
                    ),
                ),
                (
                    "gap_min_hours",
                    models.PositiveSmallIntegerField(
                        default=48,
                        help_text="hours between infusions; S-Relievus",
                        validators=[
                            django.core.validators.MinValueValidator(24),
                            django.core.validators.MaxValueValidator(96),
                        ],
                    ),
                ),
                (
                    "gap_soft_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        help_text="days; P",
                        validators=[
                            django.core.validators.MinValueValidator(3),
                            django.core.validators.MaxValueValidator(14),
                        ],
                    ),
                ),
                (
                    "gap_hard_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        help_text="days; P",
                        validators=[
                            django.core.validators.MinValueValidator(7),
                            django.core.validators.MaxValueValidator(28),
                        ],
                    ),
                ),
                (
                    "window_soft_days",
                    models.PositiveSmallIntegerField(
                        default=21,
                        help_text="days; S-Oliver",
                        validators=[
                            django.core.validators.MinValueValidator(14),
                            django.core.validators.MaxValueValidator(35),
                        ],
                    ),
                ),
                (
                    "window_hard_days",
                    models.PositiveSmallIntegerField(
                        default=28,
                        help_text="days; S-McInnes",
                        validators=[
                            django.core.validators.MinValueValidator(21),
                            django.core.validators.MaxValueValidator(42),
                        ],
                    ),
                ),
                (
                    "late_grace_minutes",
                    models.PositiveSmallIntegerField(
                        default=10,
                        help_text="minutes; S-King",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                (
                    "cancel_notice_hours",
                    models.PositiveSmallIntegerField(
                        default=24,
                        help_text="hours; S-King",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(72),
                        ],
                    ),
                ),
                (
                    "arrival_minutes",
                    models.PositiveSmallIntegerField(
                        default=15,
                        help_text="minutes before the infusion; S-Ketwell",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                (
                    "review_warn_at",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="infusion number; S-TP24",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(6),
                        ],
                    ),
                ),
                (
                    "review_required_at",
                    models.PositiveSmallIntegerField(
                        default=4,
                        help_text="infusion number; S-TP24",
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(8),
                        ],
                    ),
                ),
                (
                    "nonimprovement_percent",
                    models.PositiveSmallIntegerField(
                        default=20,
                        help_text="%; S-TP24, S-CRTCE-early",
                        validators=[
                            django.core.validators.MinValueValidator(10),
                            django.core.validators.MaxValueValidator(40),
                        ],
                    ),
                ),
                (
                    "booster_first_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        help_text="days; S-bionuu",
                        validators=[
                            django.core.validators.MinValueValidator(7),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                (
                    "booster_second_days",
                    models.PositiveSmallIntegerField(
                        default=21,
                        help_text="days; S-bionuu",
                        validators=[
                            django.core.validators.MinValueValidator(7),
                            django.core.validators.MaxValueValidator(90),
                        ],
                    ),
                ),
                (
                    "booster_then_days",
                    models.PositiveSmallIntegerField(
                        default=28,
                        help_text="days; S-bionuu",
                        validators=[
                            django.core.validators.MinValueValidator(7),
                            django.core.validators.MaxValueValidator(365),
                        ],
                    ),
                ),
                (
                    "booster_min_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        help_text="days; Seeds",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(28),
                        ],
                    ),
                ),
                (
                    "booster_max_days",
                    models.PositiveSmallIntegerField(
                        default=365,
                        help_text="days; Seeds",
                        validators=[
                            django.core.validators.MinValueValidator(28),
                            django.core.validators.MaxValueValidator(730),
                        ],
                    ),
                ),
                (
                    "prep_max_days_before",
                    models.PositiveSmallIntegerField(
                        default=21,
                        help_text="days before infusion 1; P",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                (
                    "integration_hours",
                    models.PositiveSmallIntegerField(
                        default=72,
                        help_text="hours after the last infusion; Seed A, S-JC",
                        validators=[
                            django.core.validators.MinValueValidator(24),
                            django.core.validators.MaxValueValidator(168),
                        ],
                    ),
                ),
                (
                    "integration_grace_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        help_text="days; P",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(14),
                        ],
                    ),
                ),
                (
                    "therapy_minutes",
                    models.PositiveSmallIntegerField(
                        default=53,
                        help_text="minutes; P (90837)",
                        validators=[
                            django.core.validators.MinValueValidator(30),
                            django.core.validators.MaxValueValidator(120),
                        ],
                    ),
                ),
                (
                    "alert_acknowledge_minutes",
                    models.PositiveSmallIntegerField(
                        default=15,
                        help_text="minutes; P",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                (
                    "reminder_first_hours",
                    models.PositiveSmallIntegerField(
                        default=72,
                        help_text="hours before; S-Steiner",
                        validators=[
                            django.core.validators.MinValueValidator(24),
                            django.core.validators.MaxValueValidator(168),
                        ],
                    ),
                ),
                (
                    "reminder_second_hours",
                    models.PositiveSmallIntegerField(
                        default=24,
                        help_text="hours before; S-Steiner",
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(48),
                        ],
                    ),
                ),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("version", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField(default=clinic.clock.now, editable=False)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "made_by",
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
                        to="clinic.protocolsettings",
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
                            hash="ece7c5567f86fc63cba719bcc940ddc9b19ffc61",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_4e6c2",
                            table="clinic_protocolsettingshistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReadEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ("patient_id", models.UUIDField()),
                ("what", models.CharField(max_length=80)),
                ("route", models.CharField(blank=True, max_length=120)),
                ("request_id", models.CharField(blank=True, max_length=40)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["patient_id", "-at"], name="read_by_patient"),
                    models.Index(fields=["user", "-at"], name="read_by_user"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="read_event_append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="4cfbc27f14cf3c2370af8e0669f89b9a6498fe0a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_read_event_append_only_611a4",
                            table="clinic_readevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RoomHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("name", models.CharField(max_length=40)),
                ("nickname", models.CharField(blank=True, max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[("infusion", "Infusion"), ("therapy", "Therapy"), ("consult", "Consultation")],
                        max_length=10,
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="clinic.room",
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
                            hash="e1aa0f351da7c45376d2ea5329c1eb548a1b624c",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_a8fa4",
                            table="clinic_roomhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ]
                    ),
                ),
                ("starts", models.TimeField()),
                ("ends", models.TimeField()),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shifts", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shifts", to="clinic.site"
                    ),
                ),
            ],
            options={
                "ordering": ["weekday", "starts"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends__isnull", True), ("ends__gt", models.F("starts")), _connector="OR"),
                        name="shift_ends_after_start",
                    ),
                    models.CheckConstraint(condition=models.Q(("weekday__lte", 6)), name="shift_weekday"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="shift_valid_in_order",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_shifthistory" ("ends", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "starts", "user_id", "valid_from", "valid_until", "weekday") VALUES (NEW."ends", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."site_id", NEW."starts", NEW."user_id", NEW."valid_from", NEW."valid_until", NEW."weekday"); RETURN NULL;',
                            hash="e75d0ec5fd321a2d8b39795ab8ff012c530a3cf4",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_41bb3",
                            table="clinic_shift",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "clinic_shifthistory" ("ends", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "starts", "user_id", "valid_from", "valid_until", "weekday") VALUES (NEW."ends", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."site_id", NEW."starts", NEW."user_id", NEW."valid_from", NEW."valid_until", NEW."weekday"); RETURN NULL;',
                            hash="42f04ed8d1ee8a95fea26928056a418562006685",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_13a72",
                            table="clinic_shift",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_shifthistory" ("ends", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "starts", "user_id", "valid_from", "valid_until", "weekday") VALUES (OLD."ends", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."site_id", OLD."starts", OLD."user_id", OLD."valid_from", OLD."valid_until", OLD."weekday"); RETURN NULL;',
                            hash="5fad3dc3546e88dcd3eab2661537a89b706cda8b",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_8e436",
                            table="clinic_shift",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShiftException",
            fields=[
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("starts", models.TimeField(blank=True, help_text="Empty when the person is away all day.", null=True)),
                ("ends", models.TimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=120)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shift_exceptions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shift_exceptions", to="clinic.site"
                    ),
                ),
            ],
            options={
                "ordering": ["day"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ends__isnull", True), ("starts__isnull", True)),
                            models.Q(("ends__isnull", False), ("starts__isnull", False)),
                            _connector="OR",
                        ),
                        name="shift_exception_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends__isnull", True), ("ends__gt", models.F("starts")), _connector="OR"),
                        name="shift_exception_ends_after_start",
                    ),
                    models.UniqueConstraint(fields=("user", "site", "day"), name="shift_exception_once_a_day"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_shiftexceptionhistory" ("day", "ends", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "site_id", "starts", "user_id") VALUES (NEW."day", NEW."ends", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reason", NEW."site_id", NEW."starts", NEW."user_id"); RETURN NULL;',
                            hash="3d1c0529e2f4f732e6da1a4901504eec58677846",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_043db",
                            table="clinic_shiftexception",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "clinic_shiftexceptionhistory" ("day", "ends", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "site_id", "starts", "user_id") VALUES (NEW."day", NEW."ends", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reason", NEW."site_id", NEW."starts", NEW."user_id"); RETURN NULL;',
                            hash="b96bd57d96a1c128fad922ee3d40f89168da7635",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_4dc9c",
                            table="clinic_shiftexception",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_shiftexceptionhistory" ("day", "ends", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "site_id", "starts", "user_id") VALUES (OLD."day", OLD."ends", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reason", OLD."site_id", OLD."starts", OLD."user_id"); RETURN NULL;',
                            hash="2483f015ebc8c47d9e3b1e9b9e677478cb4aee72",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_5fc8d",
                            table="clinic_shiftexception",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShiftExceptionHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("day", models.DateField()),
                ("starts", models.TimeField(blank=True, help_text="Empty when the person is away all day.", null=True)),
                ("ends", models.TimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=120)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="clinic.shiftexception",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
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
                            hash="80073ed995b2c18d3889faf1fc8b2645cb5b76d6",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_49da7",
                            table="clinic_shiftexceptionhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ShiftHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ]
                    ),
                ),
                ("starts", models.TimeField()),
                ("ends", models.TimeField()),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(blank=True, null=True)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
                        to="clinic.shift",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
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
                            hash="989692081a21c7d609daad506c4457cae8e11728",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_d0c08",
                            table="clinic_shifthistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SiteHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("code", models.SlugField(db_index=False, max_length=20)),
                ("name", models.CharField(max_length=80)),
                ("address", models.CharField(blank=True, max_length=120)),
                ("city", models.CharField(blank=True, max_length=80)),
                ("state", models.CharField(blank=True, max_length=40)),
                ("postal_code", models.CharField(blank=True, max_length=12)),
                ("phone", models.CharField(blank=True, max_length=20)),
                ("time_zone", models.CharField(max_length=64, validators=[clinic.models.check_time_zone])),
                ("is_active", models.BooleanField(default=True)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
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
                            hash="e67e582dc7999780e1bd8e17dba2ded6b31df1c7",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_8a136",
                            table="clinic_sitehistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UserHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("email", models.EmailField(max_length=254)),
                ("full_name", models.CharField(max_length=120)),
                (
                    "signature_name",
                    models.CharField(
                        blank=True, help_text="As it stands under signed records, with credentials.", max_length=120
                    ),
                ),
                ("licence", models.CharField(blank=True, max_length=60)),
                ("is_active", models.BooleanField(default=True)),
                ("date_joined", models.DateTimeField(default=clinic.clock.now, editable=False)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pgh_events",
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
                            hash="ae5db76f5a1b0293bb7b2451ab355762adf36090",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_05472",
                            table="clinic_userhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
    ]
