"""Django's settings, all from `awooop.config`."""

from __future__ import annotations

import os
import sys
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from awooop import config as _config
from awooop.database import embedded_settings
from awooop.database.url import parse as _parse_url
from awooop.logs import configure as _configure_logs

try:
    CONFIG = _config.current()
    SECRET_KEY = CONFIG.secret()
    SECRET_KEY_FALLBACKS = [old.get_secret_value() for old in CONFIG.secret_key_fallbacks]
except _config.ConfigError as error:
    sys.exit(str(error))

# --- Core -----------------------------------------------------------------------------------------
BASE_DIR = _config.ROOT
DEBUG = CONFIG.debug
AUDIT_SECRET = CONFIG.audit_key.get_secret_value() if CONFIG.audit_key else SECRET_KEY
_OLD_KEYS = CONFIG.audit_old_keys
AUDIT_OLD_SECRETS = (
    *(_OLD_KEYS.get_secret_value().split() if _OLD_KEYS else ()),
    *(SECRET_KEY_FALLBACKS if CONFIG.audit_key is None else ()),
)
API_RATE_LIMIT = CONFIG.api_rate_limit
WEBHOOKS_ALLOW_HTTP = CONFIG.webhooks_allow_http
WEBHOOKS_ALLOW_PRIVATE = CONFIG.webhooks_allow_private
AUDIT_ANCHOR_MINUTES = CONFIG.audit_anchor_minutes
AUDIT_ANCHOR_FILE = CONFIG.audit_anchor_file
AUDIT_ANCHOR_URL = CONFIG.audit_anchor_url or ""
_PUBLIC = urlsplit(CONFIG.public_url)
_IS_HTTPS = _PUBLIC.scheme == "https"
DRIFT_AUTO_ADOPT_NAMESPACES = CONFIG.drift_auto_adopt_namespaces
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", _PUBLIC.hostname or "", *CONFIG.allowed_hosts]
CSRF_TRUSTED_ORIGINS = [CONFIG.public_url]
ROOT_URLCONF = "awooop.urls"
WSGI_APPLICATION = "awooop.wsgi.application"
AUTH_USER_MODEL = "awooop.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "awooop",
    "governance",
    "runs",
    "knowledge",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "django_q",
    "ninja",
    "template_partials",
]

MIDDLEWARE = [
    # First what sets headers, so that an early refusal has them, too.
    "awooop.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads, so that its length tells no secret
    "runs.gateway.middleware.FailClosedMiddleware",
    "awooop.middleware.RequestContextMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "awooop.middleware.CallerMiddleware",
    "awooop.middleware.DemandLoginMiddleware",
    "awooop.middleware.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "awooop.problems.RefusalMiddleware",
]

# --- Database -------------------------------------------------------------------------------------
DATABASES = {
    "default": {
        **(
            embedded_settings(CONFIG.data_dir)
            if CONFIG.database_url is None
            else _parse_url(CONFIG.database_url)
        ),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
}

# --- Templates and static files -------------------------------------------------------------------
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["awooop.templatetags.often"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "awooop.context.console",
            ],
        },
    }
]
FORM_RENDERER = "awooop.form_renderer.FormRenderer"
STATIC_URL = "/static/"
STATIC_ROOT = CONFIG.data_dir / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Without a collected manifest (tests, a first look) files are served under their plain names.
WHITENOISE_MANIFEST_STRICT = False
WHITENOISE_USE_FINDERS = not (STATIC_ROOT / "staticfiles.json").exists()
if WHITENOISE_USE_FINDERS:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# --- People, sessions, cookies --------------------------------------------------------------------
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _IS_HTTPS
SESSION_ENGINE = "awooop.sessions"
SESSION_COOKIE_AGE = CONFIG.session_hours * 3600
SESSION_IDLE_S = CONFIG.session_idle_minutes * 60
CONFIRM_MINUTES = CONFIG.confirm_minutes
SECOND_FACTOR = CONFIG.second_factor
OIDC_ISSUER = CONFIG.oidc_issuer or ""
OIDC_CLIENT_ID = CONFIG.oidc_client_id or ""
OIDC_CLIENT_SECRET = (
    CONFIG.oidc_client_secret.get_secret_value() if CONFIG.oidc_client_secret else ""
)
OIDC_NAME = CONFIG.oidc_name
OIDC_CREATES_ACCOUNTS = CONFIG.oidc_creates_accounts
OIDC_TRUSTS_AMR = CONFIG.oidc_trusts_amr
TRUSTED_PROXIES = CONFIG.trusted_proxies
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# --- Languages and time ---------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hant", "繁體中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["awooop.formats"]
USE_TZ = True
TIME_ZONE = "UTC"

# --- Safety ---------------------------------------------------------------------------------------
SECURE_HSTS_SECONDS = 31_536_000 if _IS_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _IS_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
SILENCED_SYSTEM_CHECKS = [
    "security.W008",  # TLS ends at the proxy in front, which also redirects
    *([] if _IS_HTTPS else ["security.W004", "security.W012", "security.W016"]),
]

# --- The cluster ----------------------------------------------------------------------------------
Q_CLUSTER = {
    "name": "awooop",
    "workers": CONFIG.q_workers,
    "timeout": 300,
    "retry": 900,  # well above timeout and the wait in the local queue, or a task runs twice
    "max_attempts": 3,
    "ack_failures": True,
    "queue_limit": CONFIG.q_workers,
    "catch_up": False,
    "save_limit": -1,  # heartbeat rows and the log tell; a row per success is slow
    "poll": 1,
    "label": _("Background tasks"),
    **({"redis": CONFIG.q_redis_url} if CONFIG.q_redis_url else {"orm": "default"}),
}

# --- Logs and metrics -----------------------------------------------------------------------------
LOGGING_CONFIG = None
_configure_logs(CONFIG.log_level, CONFIG.log_format)
METRICS_TOKEN = CONFIG.metrics_token.get_secret_value() if CONFIG.metrics_token else ""
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ and os.environ.get("AWOOOP_WEB"):
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(CONFIG.data_dir / "metrics")

# --- The product's own ----------------------------------------------------------------------------
PUBLIC_URL = CONFIG.public_url
PROMETHEUS_URL = (CONFIG.prometheus_url or "").rstrip("/")
PROMETHEUS_TOKEN = CONFIG.prometheus_token.get_secret_value() if CONFIG.prometheus_token else ""
APPROVAL_EXPIRES_S = CONFIG.approval_expires_s
RETENTION_DAYS = CONFIG.retention_days
RETENTION_OVERRIDES = CONFIG.retention_overrides
APPROVAL_TOKEN_TTL_S = 15 * 60
RUN_HEARTBEAT_TIMEOUT_S = 120
TELEGRAM_API_URL = CONFIG.telegram_api_url.rstrip("/")
TELEGRAM_BOT_TOKEN = (
    CONFIG.telegram_bot_token.get_secret_value() if CONFIG.telegram_bot_token else ""
)
TELEGRAM_WEBHOOK_SECRET = (
    CONFIG.telegram_webhook_secret.get_secret_value() if CONFIG.telegram_webhook_secret else ""
)
OUTBOX_CHANNELS = ("telegram",) if TELEGRAM_BOT_TOKEN else ()
_FALLBACKS = CONFIG.fallback_notify_urls
FALLBACK_NOTIFY_URLS = tuple(_FALLBACKS.get_secret_value().split()) if _FALLBACKS else ()
