"""Settings of every Evenkeel process. What differs between machines comes from the environment.

EVENKEEL_MODE is ``production`` (the default: refuses to start weak), ``demo`` (``make run``) or ``test``.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
import pghistory
from csp.constants import NONE, SELF
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ

from clinic.prepared import DRIVER

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

MODE = env.str("EVENKEEL_MODE", default="production")
PRODUCTION = MODE == "production"
DEMO = MODE == "demo"
DEBUG = False

# A command that needs no server and keeps no secret (makemigrations, the import of this file by a linter) runs
# outside production without any of these set.
SECRET_KEY = env.str("SECRET_KEY") if PRODUCTION else env.str("SECRET_KEY", default="only-for-tests-" * 4)
FIELD_KEYS = env.str("FIELD_KEYS") if PRODUCTION else env.str("FIELD_KEYS", default="")
# Psychotherapy notes have keys of their own (docs/adr/0029); without them they can't be written, and all else goes on.
PRIVATE_NOTE_KEYS = env.str("PRIVATE_NOTE_KEYS", default="")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS",
    default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"],
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://localhost:{env.int('PORT', default=8000)}")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "pghistory",
    "pgtrigger",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "template_partials",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "clinic.apps.ClinicConfig",
    "patients",
    "insurance",
    "reminders.apps.RemindersConfig",
    "visits",
    "infusions",
    "therapy",
    "journey",
]

MIDDLEWARE = [
    "clinic.middleware.request_id",
    "clinic.metrics.measured",
    "clinic.logs.requests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "clinic.middleware.language",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "clinic.api.door.strokes",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "clinic.sessions.limits",
    "clinic.api.door.token",
    "clinic.middleware.private_pages",
    "clinic.accounts.second_factor",
    "clinic.middleware.policy",
    "clinic.middleware.history_context",
    "clinic.middleware.domain_errors",
    "clinic.reauth.fresh_proofs",  # last, so that it is asked before a lack of proof becomes a refusal
]

ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"

TEMPLATES = [
    {
        "NAME": "django",  # as other apps and the tests know it
        "BACKEND": "clinic.drawing.Templates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.frame.frame",
            ],
            "builtins": [
                "clinic.templatetags.evenkeel",
                "clinic.templatetags.once",
                "template_partials.templatetags.partials",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.insert(0, "django.forms")

DATABASES = {"default": env.db_url("DATABASE_URL", default="postgres:///evenkeel")}
# How nearly alike a word must be written for patients/search.py: below PostgreSQL's 0.6, so that two letters changed
# about in a short name (Okafro) are still forgiven. Said at connecting, so that no search has to say it.
ALIKE = "-c pg_trgm.word_similarity_threshold=0.5"
# What is prepared (clinic.prepared, and what triggers ask) finds rows by their keys: planned once for all values, not
# first five times for some of them.
ONE_PLAN = "-c plan_cache_mode=force_generic_plan"
DATABASES["default"].update(
    ENGINE="django.db.backends.postgresql",
    CONN_MAX_AGE=600,
    CONN_HEALTH_CHECKS=True,
    ATOMIC_REQUESTS=False,
    OPTIONS={"options": f"{ALIKE} {ONE_PLAN}"} | DRIVER | DATABASES["default"].get("OPTIONS", {}),
)
# Where reports and exports read (clinic/replica.py): a standby that nothing is written to, one snapshot a report.
if env.str("REPLICA_DATABASE_URL", default=""):
    DATABASES["replica"] = env.db_url("REPLICA_DATABASE_URL")
    DATABASES["replica"].update(
        ENGINE=DATABASES["default"]["ENGINE"],
        CONN_MAX_AGE=600,
        CONN_HEALTH_CHECKS=True,
        OPTIONS=DATABASES["replica"].get("OPTIONS", {})
        | DRIVER
        | {
            "isolation_level": ISOLATION_LEVEL_REPEATABLE_READ,
            "options": f"{ALIKE} {ONE_PLAN} -c default_transaction_read_only=on",
        },
        TEST={"MIRROR": "default"},
    )
DATABASE_ROUTERS = ["clinic.replica.Router"]
REPLICA_PATIENCE = env.float("REPLICA_PATIENCE", default=2.0)  # seconds that a replica may lag before it is left aside
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# History: one append-only event table a model, written by triggers; the JSON context needs INSERT only, so it works
# under the restricted role of production.
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_APPEND_ONLY = True
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(related_name="pgh_events")

REDIS_URL = env.str("REDIS_URL", default="redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
    }
}

AUTH_USER_MODEL = "clinic.User"
AUTHENTICATION_BACKENDS = ["clinic.accounts.StaffBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "clinic.accounts.ClosedAccountAdapter"
MFA_ADAPTER = "clinic.accounts.EncryptedMFAAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by the clinic admin, who knows the address
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
# Behind a proxy the limits count the client's address, not the proxy's.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/300s/key",
    "reset_password": "20/m/ip,5/m/key",
}
# Staff have a second factor in production. A demo clinic and tests are opened by the password alone.
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=PRODUCTION)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Evenkeel"
USERSESSIONS_TRACK_ACTIVITY = True  # written by clinic.sessions, with its grain: not at every request

# The API: tokens alone, JSON alone; who may do what stands in clinic.api.routes.
API_ROOMS = ["clinic.place", "patients", "insurance", "reminders", "visits", "infusions", "therapy", "journey"]
API_RATE = env.str("API_RATE", default="600/min")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["clinic.api.door.Carried"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_THROTTLE_CLASSES": ["clinic.api.throttles.ByToken"],
    "DEFAULT_THROTTLE_RATES": {"token": API_RATE},
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "clinic.api.problems.handler",
    "DEFAULT_SCHEMA_CLASS": "clinic.api.schema.HouseSchema",
    "URL_FORMAT_OVERRIDE": None,
}
KNOX_TOKEN_MODEL = "clinic.ApiToken"  # noqa: S105 - the name of a model
MIGRATION_MODULES = {"knox": None}  # its own table is not ours: clinic.ApiToken stands in its place
SPECTACULAR_SETTINGS = {
    "TITLE": "Evenkeel",
    "DESCRIPTION": "Records and verbs of the clinic. What pages do, this does, by the same rules.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["clinic.api.schema.without_marks"],
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 8_000_000  # a paper of 5 MB, in base64 and JSON

SESSION_ENGINE = "clinic.kept_sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
IDLE_LOGOFF_MINUTES = env.int("IDLE_LOGOFF_MINUTES", default=10)  # protocol Table A, auto_logoff
# How long a proof of who sits there counts (docs/adr/0028): to sign; to export, break glass and manage users.
SIGN_PROOF_MINUTES = env.int("SIGN_PROOF_MINUTES", default=60)
PROOF_MINUTES = env.int("PROOF_MINUTES", default=5)
ABSOLUTE_SESSION_HOURS = env.int("ABSOLUTE_SESSION_HOURS", default=12)

if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health/"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "clinic.views.csrf_failure"
DEFAULT_EXCEPTION_REPORTER_FILTER = "clinic.error_pages.NothingShown"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

LANGUAGE_CODE = "en-us"  # staff read English; a page behind a patient's link speaks the patient's language
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "clinic.static_files.KeptAddresses"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = False

CRISPY_ALLOWED_TEMPLATE_PACKS = ["bootstrap5"]
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

EMAIL_URL = env.email_url("EMAIL_URL", default="filemail://" if not PRODUCTION else "smtp://localhost:25")
EMAIL_BACKEND = EMAIL_URL["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL_URL.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = EMAIL_URL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL_URL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL_URL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = EMAIL_URL.get("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 20
EMAIL_FILE_PATH = env.str("EMAIL_FILE_PATH", default=str(BASE_DIR / "var" / "mail"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Evenkeel <no-reply@evenkeel.example>")
# A provider with an API instead of SMTP: EMAIL_BACKEND=anymail.backends.postmark.EmailBackend, ANYMAIL as JSON, and for
# its reports EMAIL_EVENTS=anymail.webhooks.postmark.PostmarkTrackingWebhookView with WEBHOOK_SECRET in ANYMAIL.
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default=EMAIL_BACKEND)
ANYMAIL = env.json("ANYMAIL", default={})
EMAIL_EVENTS = env.str("EMAIL_EVENTS", default="")

# Who carries text messages: console, file, twilio; nobody when it is empty.
TEXTS_BY = env.str("TEXTS_BY", default="" if PRODUCTION else "file")
TEXTS_FILE = env.str("TEXTS_FILE", default=str(BASE_DIR / "var" / "texts.jsonl"))
TWILIO_URL = env.str("TWILIO_URL", default="https://api.twilio.com")
TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID", default="")
TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN", default="")
TWILIO_FROM = env.str("TWILIO_FROM", default="")  # a number like +15550100, or a messaging service, MG…

# How many workers may send messages at once; each for a short turn (reminders/tasks.py).
DISPATCHERS = env.int("DISPATCHERS", default=2)

# Celery on Redis, as measured: no result store, late acks, one task at a time, and a visibility timeout that is more
# than twice the hard limit, so that a long task is never started a second time. The limits are those of the longest
# tasks (a large import, report or repair takes minutes); sending has shorter ones of its own. No task has an ETA: one
# that is further away than the visibility timeout would run several times.
_broker = urlsplit(REDIS_URL)
CELERY_BROKER_URL = f"redis+socket://{_broker.path}" if _broker.scheme == "unix" else REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 270
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 15,
    "socket_connect_timeout": 5,
    "health_check_interval": 25,
    # A page that hands over a task does not wait for a broker that is gone: the row is in line, a tick finds it.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
}
CELERY_BEAT_SCHEDULE = {
    "reminders.paging": {"task": "reminders.tasks.page", "schedule": 15.0},
    "reminders.dispatch": {"task": "reminders.tasks.dispatch", "schedule": 30.0},
    "reminders.webhooks": {"task": "reminders.tasks.tell_other_systems", "schedule": 15.0},
    "patients.imports": {"task": "patients.tasks.run_waiting_imports", "schedule": 30.0},
    "journey.outcomes": {"task": "journey.tasks.count_waiting_outcomes", "schedule": 30.0},
    "visits.repairs": {"task": "visits.tasks.find_waiting_repairs", "schedule": 30.0},
    "visits.waiting-lists": {"task": "visits.tasks.tend_waiting_lists", "schedule": 60.0},
    "visits.unconfirmed": {"task": "visits.tasks.look_for_unconfirmed", "schedule": 300.0},
    "insurance.clearing": {"task": "insurance.tasks.exchange", "schedule": 60.0},
    "insurance.lapsed": {"task": "insurance.tasks.expire_lapsed", "schedule": 3600.0},
    "insurance.estimates": {"task": "insurance.tasks.look_at_estimates", "schedule": 3600.0},
    "insurance.queue": {"task": "insurance.tasks.fill_queue", "schedule": 900.0},
    "infusions.flowsheets": {"task": "infusions.tasks.make_flowsheets", "schedule": 900.0},
    "reminders.questionnaires": {"task": "reminders.tasks.write_questionnaires", "schedule": 900.0},
    "patients.questionnaires": {"task": "patients.tasks.close_missed_questionnaires", "schedule": 900.0},
    "infusions.questionnaires": {"task": "infusions.tasks.plan_questionnaires", "schedule": 900.0},
    "infusions.silent": {"task": "infusions.tasks.look_for_silent", "schedule": 300.0},
    "infusions.readings": {"task": "infusions.tasks.forget_readings", "schedule": 3600.0},
    "journey.exports": {"task": "journey.tasks.make_waiting_exports", "schedule": 60.0},
    "infusions.ledger": {"task": "infusions.tasks.watch_ledger", "schedule": 600.0},
    "reminders.follow-ups": {"task": "reminders.tasks.sweep_follow_ups", "schedule": 300.0},
    "journey.unusual-access": {"task": "journey.tasks.look_for_unusual_access", "schedule": 900.0},
    "clinic.kept-answers": {"task": "clinic.tasks.forget_kept_answers", "schedule": 3600.0},
    "clinic.seal-history": {"task": "clinic.tasks.seal_history", "schedule": 300.0},
}
# How the clinic signs its 270 inquiries, and to whom they go. Empty: its tax number or NPI; the payer itself.
X12_SENDER_ID, X12_SENDER_KIND = env.str("X12_SENDER_ID", default=""), env.str("X12_SENDER_KIND", default="ZZ")
X12_RECEIVER_ID, X12_RECEIVER_KIND = env.str("X12_RECEIVER_ID", default=""), env.str("X12_RECEIVER_KIND", default="ZZ")
X12_USAGE = env.str("X12_USAGE", default="P" if PRODUCTION else "T")
# The clearing house's directories, all four or none: then people download inquiries and upload answers.
CLEARING_HOUSE = {
    "outbox": env.str("CLEARING_OUTBOX", default=""),
    "inbox": env.str("CLEARING_INBOX", default=""),
    "read": env.str("CLEARING_DONE", default=""),
    "refused": env.str("CLEARING_FAILED", default=""),
}
# Counts from 1 to one below this never leave the house in a shared report (CMS cell size suppression policy).
SMALL_CELL = env.int("SMALL_CELL", default=11)
# Encrypted backups (manage.py backup). With keys set, a backup older than 26 hours turns /health/ready red.
BACKUP_KEYS = env.str("BACKUP_KEYS", default="")
BACKUP_DIRECTORY = env.str("BACKUP_DIRECTORY", default="")
PG_PROGRAMS = env.str("PG_PROGRAMS", default="")  # where pg_dump and pg_restore are; empty: those of the wheel
CELERY_BEAT_SCHEDULE_FILENAME = env.str("BEAT_SCHEDULE_FILE", default=str(BASE_DIR / "var" / "celerybeat-schedule"))

# Figures for Prometheus, of each web and worker container; the proxy does not know this port. 0: none.
METRICS_PORT = env.int("METRICS_PORT", default=0)
METRICS_HOST = env.str("METRICS_HOST", default="127.0.0.1")
LOG_JSON = env.bool("LOG_JSON", default=PRODUCTION)  # one JSON object a line, else text

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {request_id} {message}", "style": "{"},
        "json": {"()": "clinic.logs.AsJson"},
    },
    "filters": {
        "no-secrets": {"()": "clinic.logs.NoSecrets"},
        "request": {"()": "clinic.logs.WithRequest"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if LOG_JSON else "line",
            "filters": ["no-secrets", "request"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "celery": {"level": "INFO"},
        "evenkeel.access": {"level": "INFO" if PRODUCTION else "WARNING"},
    },
}
