"""Every setting of the house, read from the environment and safe by default.

Without DEMO or DEBUG this is production: SECRET_KEY, ALLOWED_HOSTS and DATABASE_URL must be set, pages are served
over https only. With one of them it is a trial on this machine: SQLite in var/, a secret made once, plain http.
"""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
TRIAL = DEBUG or DEMO
VAR_DIR = (BASE_DIR / env.str("VAR_DIR", default="var")).resolve()
BACKUP_DIR = Path(env.str("BACKUP_DIR", default=str(VAR_DIR / "backup"))).resolve()


def required(name: str, example: str) -> str:
    """The variable's value; in production an unset one stops the start with a sentence that says what to set."""
    value = env.str(name, default="").strip()
    if not value and not TRIAL:
        raise ImproperlyConfigured(
            f"{name} chưa được đặt: hãy đặt biến môi trường này trước khi chạy, ví dụ {name}={example}. "
            f"(Dùng thử trên máy này thì chạy ./run demo.)"
        )
    return value


def secret_of_this_machine() -> str:
    """The trial's secret key, made once and kept in var/secret, readable by its owner only."""
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    kept = VAR_DIR / "secret"
    if not kept.exists():
        made = VAR_DIR / f"secret.{os.getpid()}"
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):  # of two processes that start at once one wins, both read its key
            os.link(made, kept)
        made.unlink()
    return kept.read_text()


def database(url: str) -> dict[str, Any]:
    """The connection for this address, with the locking each engine needs: a lock waits a bounded time, then fails.

    url      sqlite:///var/x.sqlite3 (four slashes for an absolute path) or postgres://user:password@host:5432/name
    Raises   ImproperlyConfigured for another engine: the ledger's guards exist for these two only
    """
    db: dict[str, Any] = env.db_url_config(url)
    options = db.setdefault("OPTIONS", {})
    if db["ENGINE"].endswith(".sqlite3"):
        db["NAME"] = str(BASE_DIR / db["NAME"])
        db["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
        options.update(transaction_mode="IMMEDIATE", timeout=20, init_command=SQLITE_PRAGMAS)
        return db
    if not db["ENGINE"].endswith(".postgresql"):
        raise ImproperlyConfigured("DATABASE_URL phải bắt đầu bằng postgres:// hoặc sqlite:///.")
    # READ COMMITTED is what the row locks of dossiers.acts are written for, whatever the server's default
    options["options"] = "-c lock_timeout=5000 -c default_transaction_isolation=read\\ committed"
    return db | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


# recursive_triggers: without it INSERT OR REPLACE removes a row past the ledger's triggers
SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON;"

SECRET_KEY = required("SECRET_KEY", "<ít nhất 50 ký tự ngẫu nhiên>") or secret_of_this_machine()
ALLOWED_HOSTS = [host.strip() for host in required("ALLOWED_HOSTS", "khenthuong.example.vn").split(",") if host.strip()]
ALLOWED_HOSTS = ALLOWED_HOSTS or ["127.0.0.1", "localhost", "[::1]"]
SITE_URL = env.str("SITE_URL", default="") or ("http://127.0.0.1:8000" if TRIAL else f"https://{ALLOWED_HOSTS[0]}")

# where readers of the pages find the source they are entitled to (AGPL-3.0, section 13)
SOURCE_URL = env.str("SOURCE_URL", default="")

DATABASES = {
    "default": database(
        required("DATABASE_URL", "postgres://vinhdanh:mat-khau@127.0.0.1:5432/vinhdanh")
        or f"sqlite:///{VAR_DIR / 'vinhdanh.sqlite3'}"
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "csp",
    "viewflow",
    "viewflow.workflow",
    "allauth",
    "allauth.account",
    "audit",
    "organizations",
    "files",
    "notifications",
    "campaigns",
    "councils",
    "decisions",
    "dossiers",
    "flows",
    "workflow_project",
]
# viewflow would add two middlewares for its own pages, which are not served here
VIEWFLOW = {"AUTOREGISTER": False}

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "workflow_project.middleware.Correlation",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "workflow_project.middleware.Trouble",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "workflow_project.language.by_cookie",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "workflow_project.middleware.Refusals",  # innermost: it sees what the page and the form check refused
]
ROOT_URLCONF = "workflow_project.urls"
WSGI_APPLICATION = "workflow_project.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "workflow_project.context.house",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # so that templates/django/forms/ may say how a field looks

# language and time
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["workflow_project.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

# who signs in, and how
AUTH_USER_MODEL = "organizations.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "full_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # seconds: an invitation sent before a weekend still opens on Monday
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_ADAPTER = "organizations.adapter.HouseAdapter"
# allauth's own generator keeps a second table of addresses, by which a changed address would still open the account
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105  a class
ACCOUNT_FORMS = {
    "login": "organizations.sign_in_forms.SignInForm",
    "change_password": "organizations.sign_in_forms.ChangePasswordForm",
    "reset_password": "organizations.sign_in_forms.AskResetForm",
    "reset_password_from_key": "organizations.sign_in_forms.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
# one account is guarded narrowly; one address widely, because a whole office shares one
ACCOUNT_RATE_LIMITS = {
    "login_failed": "5/5m/key,60/10m/ip",
    "login": "300/m/ip",
    "reset_password": "3/15m/key,60/h/ip",
    "reset_password_from_key": "60/h/ip",
    "change_password": "5/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)

# sessions, cookies, headers
SESSION_COOKIE_AGE = 12 * 3600  # seconds: one long working day
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = not TRIAL
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = not TRIAL
CSRF_TRUSTED_ORIGINS = [SITE_URL]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = not TRIAL
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600  # seconds
SECURE_SSL_REDIRECT = not TRIAL
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 0 if TRIAL else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = not TRIAL
SECURE_HSTS_PRELOAD = not TRIAL
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
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

# what a request may carry
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # 500 nominations judged in one form
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024  # bytes of a form without its files
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024 // 2  # bytes; a larger file goes to disk while it arrives
CLAMD_URL = env.str("CLAMD_URL", default="")  # tcp://host:3310 or unix:///path; empty: files pass, marked "chưa quét"

# static files
STATIC_URL = "/static/"
STATIC_ROOT = None if TRIAL else BASE_DIR / env.str("STATIC_ROOT", default=str(VAR_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR_DIR / "media"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TRIAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# a trial serves them where they lie, found when asked for
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = TRIAL

# mail: a trial keeps it to be read in the product
# seconds the mail server may take over one command: one that hangs must not hold a worker (notifications.relay)
EMAIL_TIMEOUT = env.float("EMAIL_TIMEOUT", default=10)
MAIL_DOMAIN = urlsplit(SITE_URL).hostname
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="") or f"Vinh Danh <khong-tra-loi@{MAIL_DOMAIN}>"
if TRIAL and not env.str("EMAIL_URL", default=""):
    EMAIL_BACKEND = "notifications.channels.TrayBackend"
else:
    vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
    if vars()["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
        EMAIL_BACKEND = "notifications.smtp.EmailBackend"  # Django's, but it keeps what the server answers

# cache, queue, the clock of the sweepers
MONITOR_TOKEN = env.str("MONITOR_TOKEN", default="")  # who shows it is told by /healthz how the house is; empty: nobody
REDIS_URL = env.str("REDIS_URL", default="")
EMBEDDED_WORKER = not REDIS_URL
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "vd"}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
CELERY_BROKER_URL = REDIS_URL or "memory://localhost//"
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900, "socket_connect_timeout": 2} if REDIS_URL else {}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# a queue that does not answer must not hold the page that woke it: the sweepers find the work in the database
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600  # seconds
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "workflow_project.beat:SteadfastScheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat")
SWEEP_EVERY = env.float("SWEEP_EVERY", default=10.0)  # seconds between two looks at the deadlines
# a sweep that could not run before the next one is due is dropped: the next one finds the same rows
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "partitions ahead": {"task": "audit.tasks.keep_partitions", "schedule": 86400.0, "options": {"expires": 3600}},
    "owed notices": {"task": "notifications.tasks.sweep", "schedule": 30.0, "options": {"expires": 30}},
    "due deadlines": {"task": "flows.tasks.sweep_deadlines", "schedule": SWEEP_EVERY, "options": {"expires": 60}},
    "unscanned files": {"task": "files.tasks.rescan", "schedule": 60.0, "options": {"expires": 60}},
    "morning digests": {"task": "flows.tasks.send_digests", "schedule": 300.0, "options": {"expires": 300}},
    "unfinished moves": {"task": "flows.tasks.sweep_moves", "schedule": 60.0, "options": {"expires": 60}},
    "unfinished bulk jobs": {"task": "flows.tasks.sweep_bulk", "schedule": 60.0, "options": {"expires": 60}},
    # last: in the embedded clock, which goes down this list, what is due is done before anyone calls it late
    "watch over the clock": {"task": "flows.tasks.keep_watch", "schedule": 60.0, "options": {"expires": 60}},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}
