"""Settings of the whole project, read from the environment; safe without any of it.

`bin/demo`, `bin/test` and `bin/manage` set DATABASE_URL and REDIS_URL to the embedded servers when
they are not given. Times are stored in UTC and shown in Asia/Jakarta.
"""

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

from djpk import logs
from djpk.accounts.settings import *  # noqa: F403 - sign-in has a file of its own
from djpk.celery_schedule import BEAT_SCHEDULE
from djpk.secret import secret_key


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def _list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DERING_DATA") or BASE_DIR / ".data")
DEBUG = _flag("DERING_DEBUG")
BEHIND_TLS = _flag("DERING_TLS", default=not DEBUG)
SECRET_KEY = secret_key(DATA_DIR)
ALLOWED_HOSTS = _list("DERING_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = _list("DERING_ORIGINS")

INSTALLED_APPS = [
    "djpk.admin_apps.DeringAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "channels",
    "pgtrigger",
    "pghistory",
    "csp",
    "django_htmx",
    "django_structlog",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "kernel",
    "worktime",
    "people",
    "messaging",
    "tickets",
    "knowledge",
    "chatbot",
    "escalation",
    "consultations",
    "information",
    "outreach",
    "calls",
    "livechat",
    "reports",
    "djpk",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "djpk.static_files.StaticFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kernel.kept.KeptMiddleware",
    "djpk.language.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "djpk.accounts.seen.SeenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "djpk.accounts.second_factor.SecondFactorDutyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "djpk.urls"
ASGI_APPLICATION = "djpk.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "djpk" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "djpk.context.shell",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",  # parts that are rendered often, see docs/frontend.md
        "APP_DIRS": True,
        "OPTIONS": {"environment": "djpk.jinja.environment"},
    },
]

_DATABASE = dj_database_url.parse(os.environ.get("DATABASE_URL") or "postgresql:///dering")
DATABASES = {
    "default": {
        **_DATABASE,
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 0 if _flag("DERING_DB_POOL") else int(os.environ.get("DERING_DB_SECONDS") or 0),
        "CONN_HEALTH_CHECKS": True,  # after a restart of the database no request and no task meets a dead one
        "OPTIONS": {
            **_DATABASE.get("OPTIONS", {}),  # what stands after "?" in the URL, such as sslmode
            "application_name": "dering",
            **({"pool": {"min_size": 1, "max_size": 8, "timeout": 20}} if _flag("DERING_DB_POOL") else {}),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Valkey or Redis: wakes workers, holds the cache and what is live (hints, presence). Never the only copy of anything.
_FIRST_DB = int(os.environ.get("DERING_REDIS_DB") or 0)
REDIS_URL = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379"
if REDIS_URL.startswith("unix://"):
    _BROKER = f"redis+socket://{REDIS_URL.removeprefix('unix://')}?virtual_host={_FIRST_DB}"
    _CACHE, _LIVE = f"{REDIS_URL}?db={_FIRST_DB + 1}", f"{REDIS_URL}?db={_FIRST_DB + 2}"
else:
    _BROKER, _CACHE, _LIVE = (f"{REDIS_URL.rstrip('/')}/{_FIRST_DB + n}" for n in (0, 1, 2))
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _CACHE}}
LIVE_URL, LIVE_PREFIX = _LIVE, f"dering:{_FIRST_DB}"  # hints and presence, see tickets/live
LIVE_PACE = float(os.environ.get("DERING_LIVE_PACE") or 1)  # times as long between two rounds of an open list
CELERY_BROKER_URL = _BROKER
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 15 * 60
CELERY_TIMEZONE = "Asia/Jakarta"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 30 * 60}

# Who may take a message that came in, in the order in which they are asked; how messages leave.
MESSAGE_CLAIMERS = [
    "escalation.mail_reply.claim",
    "tickets.receiving.consent.claim",
    "outreach.receiving.claim",
    "chatbot.running.claim",
    "tickets.receiving.claimer.claim",
]
MESSAGE_TRANSPORTS = {
    "EMAIL": "messaging.email.sending.EmailTransport",
    "LAPOR": "messaging.email.sending.EmailTransport",
    "HAI": "messaging.hai.sending.HaiTransport",
    "LIVE_CHAT": "livechat.transport.LiveChatTransport",
    "WHATSAPP": "messaging.whatsapp.sending.WhatsAppTransport",
}
SPOKEN_CHANNELS = ["PHONE"]  # what is answered there was told; nothing is sent
CA_FILE = os.environ.get("DERING_CA_FILE") or ""  # authorities that mail and token servers may prove themselves by, too
CLAMD = os.environ.get("DERING_CLAMD") or ""  # ClamAV's daemon, tcp://host:3310 or unix:///path; empty for no checks
# Where invented requesters live, for demonstrations and training; empty: nowhere, and there is no page of them.
SIMULATOR_URL = os.environ.get("DERING_SIMULATOR_URL", "").rstrip("/")
SIMULATOR_TARGET = (os.environ.get("DERING_SIMULATOR_TARGET") or "http://127.0.0.1:8000").rstrip("/")
_GRAPH = f"{SIMULATOR_URL}/v23.0" if SIMULATOR_URL else "https://graph.facebook.com/v23.0"
WHATSAPP_GRAPH_URL = os.environ.get("DERING_WHATSAPP_GRAPH_URL") or _GRAPH

PUBLIC_URL = (os.environ.get("DERING_PUBLIC_URL") or "").rstrip("/")  # what links in mails start with

MEETINGS = {  # Microsoft Graph, for links of video conferences; without an organizer they are typed in
    "organizer": os.environ.get("DERING_TEAMS_ORGANIZER") or "",
    "tenant": os.environ.get("DERING_TEAMS_TENANT") or "",
    "client_id": os.environ.get("DERING_TEAMS_CLIENT_ID") or "",
    "client_secret": os.environ.get("DERING_TEAMS_CLIENT_SECRET") or "",
    "graph_url": os.environ.get("DERING_TEAMS_GRAPH_URL") or "https://graph.microsoft.com/v1.0",
    "login_url": os.environ.get("DERING_TEAMS_LOGIN_URL") or "https://login.microsoftonline.com",
}

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Indonesia"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "djpk" / "locale"]
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("DERING_STATIC") or BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "assets" / "dist"]
SILENCED_SYSTEM_CHECKS = ["staticfiles.W004"]  # the folder is built; collectstatic fails by itself without it
MEDIA_ROOT = Path(os.environ.get("DERING_MEDIA") or DATA_DIR / "media")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEBUG or _flag("DERING_PLAIN_STATIC"):
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = DEBUG or _flag("DERING_PLAIN_STATIC")
FORM_RENDERER = "djpk.form_renderer.FormRenderer"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# What agents may attach, and how long a reply may be taken back before it is sent.
COMPOSER_UNDO_SECONDS = int(os.environ.get("DERING_UNDO_SEND_SECONDS") or 6)
COMPOSER_FILE_MB = int(os.environ.get("DERING_FILE_MB") or 25)
COMPOSER_FILES = int(os.environ.get("DERING_FILES") or 10)
COMPOSER_FILES_MB = int(os.environ.get("DERING_FILES_MB") or 25)
COMPOSER_REFUSED_TYPES = _list(
    "DERING_REFUSED_TYPES", "application/x-msdownload,text/html,image/svg+xml"
)  # as sniffed from the content

# Live chat: what visitors may attach, when a silent session ends, how long its thread can be read afterwards;
# how often (times, in seconds) an address or a session may do something.
CHAT_FILE_MB = int(os.environ.get("DERING_CHAT_FILE_MB") or 10)
CHAT_FILES = int(os.environ.get("DERING_CHAT_FILES") or 5)
CHAT_SILENCE_MINUTES = int(os.environ.get("DERING_CHAT_SILENCE_MINUTES") or 30)
CHAT_READABLE_DAYS = int(os.environ.get("DERING_CHAT_READABLE_DAYS") or 7)
CHAT_LIMITS = {
    "start": (30, 600),  # per address; offices share one
    "form": (10, 3600),  # per address
    "call": (1200, 60),  # per address, whatever it asks
    "sync": (120, 60),  # per session, as all below
    "message": (20, 60),
    "upload": (30, 3600),
    "transcript": (3, 86_400),
    "socket": (30, 60),
    "wait": (60, 60),
}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # container checks speak plain HTTP
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SECURE_HSTS_PRELOAD = BEHIND_TLS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

UNDO_SECONDS = int(os.environ.get("DERING_UNDO_SECONDS") or 60)  # how long a move on a ticket may be taken back
NOTIFICATION_DAYS = int(os.environ.get("DERING_NOTIFICATION_DAYS") or 90)  # how long what staff were told is kept
API_CALLS_PER_MINUTE = int(os.environ.get("DERING_API_CALLS_PER_MINUTE") or 600)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "people.authentication.TokenAuthentication",
        "people.authentication.BrowserAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["people.authentication.ScopedAccess"],
    "DEFAULT_THROTTLE_CLASSES": ["kernel.api.throttling.CallsPerMinute"],
    "DEFAULT_FILTER_BACKENDS": ["kernel.api.filters.StrictFilterBackend"],
    "DEFAULT_PARSER_CLASSES": ["kernel.api.strict.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "kernel.api.schema.ProblemSchema",
    "EXCEPTION_HANDLER": "kernel.api.problems.handle",
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Dering API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "TicketStatus": "tickets.models.Ticket.Status",
        "HandleKind": "people.models.ContactHandle.Kind",
        "EscalationStatus": "escalation.models.Escalation.Status",
        "ReservationStatus": "consultations.models.Reservation.Status",
        "ReservationSource": "consultations.models.Reservation.Source",
        "BookingSource": "consultations.api_fields.BOOKED_BY",
        "ConsultationStatus": "consultations.models.HeldStatus",
    },
}

LOGGING = logs.configured(os.environ.get("DERING_LOG", "WARNING").upper())
