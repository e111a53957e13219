"""Everything an installation decides, read once from the environment.

======================== ==========================================================================
Variable                 Meaning (default)
======================== ==========================================================================
PORT                     port the web server listens on (8000)
DATABASE_URL             SQLAlchemy URL; ``postgresql://`` means psycopg 3 (SQLite in SUIFANG_VAR)
SUIFANG_VAR              folder of database, secrets and files (``./var``)
SUIFANG_DEVELOPMENT      ``1`` also serves the API description (off: production)
SUIFANG_PROXY_HOPS       reverse proxies in front that set X-Forwarded-* (0: believe none)
SUIFANG_WEB_WORKERS      gunicorn processes (2)
SUIFANG_WEB_THREADS      threads in each (8)
SUIFANG_PRODUCT_NAME     Chinese name on the screens (随访)
SUIFANG_PRODUCT_NAME_EN  English name on the screens (Suifang)
SUIFANG_PWA              folder of the built pages (``./pwa/dist``)
SUIFANG_CONTACT          ``mailto:`` or ``https:`` address at which a push service finds whoever
                         runs this installation (mailto:suifang@example.org)
SUIFANG_QUEUE            ``postgresql://`` or ``redis://`` URL where jobs queue (a SQLite file in
                         SUIFANG_VAR)
SUIFANG_METRICS_TOKEN    what a monitoring system shows to read ``/api/v1/metrics``, 16 characters
                         or more (none: there are no metrics)
SUIFANG_SMS_URL          ``https:`` address of an SMS gateway, ``http:`` inside the own network
                         (none: no SMS is sent)
SUIFANG_SMS_TEMPLATES    its template ids, ``family.soon=<id>,family.now=<id>,followup.soon=...``
SUIFANG_SMS_FEN          what one SMS costs, in hundredths of a yuan (5)
SUIFANG_CHATS            robots of townships' group chats, a comma list of
                         ``<area code>=wecombot://KEY``, ``dingtalk://SECRET@TOKEN`` or
                         ``feishu://TOKEN``; keys, to be kept like secrets (none)
SUIFANG_PUSH_HOSTS       comma list of push hosts allowed beside the known ones; ``.x.org`` means
                         every host below x.org
SUIFANG_PUSH_TEST        ``http://127.0.0.1:PORT`` of a push server for tests; never in production
SUIFANG_SECRET_<NAME>    a secret from outside instead of from ``SUIFANG_VAR/secrets``; see
                         :mod:`backend.keyring`
======================== ==========================================================================
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from backend.keyring import Secrets, read_secrets

APP_VERSION = "0.1.0"

PUSH_HOSTS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
)
"""Push services of the browsers in use; a leading dot means every host below (S29)."""


class SettingsError(Exception):
    """The environment says something that cannot be meant; the text names the variable."""


@dataclass(frozen=True)
class Settings:
    """What an installation decides. See the module's table for each variable."""

    root: Path
    var: Path
    secrets: Secrets
    port: int
    database_url: str
    development: bool
    proxy_hops: int
    web_workers: int
    web_threads: int
    product_name: Mapping[str, str]
    app_version: str
    pwa: Path
    schemas: Path
    migrations: Path
    contact: str
    queue_url: str | None
    push_hosts: tuple[str, ...]
    push_test: str | None
    sms_url: str | None
    sms_templates: Mapping[str, str]
    sms_fen: int
    metrics_token: str | None
    chats: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def worker_off(self) -> Path:
        """While this file is there, phones keep no pages (``flask pages``)."""
        return self.var / "worker_off"

    @classmethod
    def from_environment(cls, env: Mapping[str, str], root: Path) -> Settings:
        """Read the environment; make the var folder and missing secrets.

        :param root: the project's folder, where ``schemas`` and ``migrations`` stand
        :raises SettingsError: a variable has no usable value
        :raises backend.keyring.WeakSecret: a secret is too short, or a known example (S37)
        """
        var = _folder(env, "SUIFANG_VAR", root / "var", root)
        # Names and measurements lie here: nobody else of this machine may look in. A folder that
        # the operator made and named keeps the rights it was given.
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        if "SUIFANG_VAR" not in env:
            var.chmod(0o700)
        development = _flag(env, "SUIFANG_DEVELOPMENT")
        return cls(
            root=root,
            var=var,
            secrets=read_secrets(env, var / "secrets"),
            port=_number(env, "PORT", 8000, 1, 65535),
            database_url=_database_url(env, var),
            development=development,
            proxy_hops=_number(env, "SUIFANG_PROXY_HOPS", 0, 0, 5),
            web_workers=_number(env, "SUIFANG_WEB_WORKERS", 2, 1, 64),
            web_threads=_number(env, "SUIFANG_WEB_THREADS", 8, 1, 256),
            product_name={
                "zh-CN": env.get("SUIFANG_PRODUCT_NAME") or "随访",
                "en": env.get("SUIFANG_PRODUCT_NAME_EN") or "Suifang",
            },
            app_version=APP_VERSION,
            pwa=_folder(env, "SUIFANG_PWA", root / "pwa" / "dist", root),
            schemas=root / "schemas",
            migrations=root / "migrations",
            contact=_contact(env),
            queue_url=_queue_url(env),
            push_hosts=PUSH_HOSTS + _names(env, "SUIFANG_PUSH_HOSTS"),
            push_test=_push_test(env),
            sms_url=_sms_url(env),
            sms_templates=_pairs(env, "SUIFANG_SMS_TEMPLATES"),
            sms_fen=_number(env, "SUIFANG_SMS_FEN", 5, 0, 1000),
            metrics_token=_token(env, "SUIFANG_METRICS_TOKEN"),
            chats=_chats(env),
        )


def _folder(env: Mapping[str, str], name: str, default: Path, root: Path) -> Path:
    value = env.get(name)
    return root.joinpath(value).resolve() if value else default


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name)
    if not text:
        return default
    if not text.isdecimal() or not low <= int(text) <= high:
        raise SettingsError(f"{name} must be a whole number from {low} to {high}, not {text!r}")
    return int(text)


def _flag(env: Mapping[str, str], name: str) -> bool:
    text = env.get(name, "0") or "0"
    if text not in ("0", "1"):
        raise SettingsError(f"{name} must be 0 or 1, not {text!r}")
    return text == "1"


def _names(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip().lower() for part in env.get(name, "").split(",") if part.strip())


def _database_url(env: Mapping[str, str], var: Path) -> str:
    url = env.get("DATABASE_URL") or f"sqlite:///{var / 'suifang.sqlite3'}"
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError("DATABASE_URL must begin with sqlite:/// or postgresql://")
    return url


def _contact(env: Mapping[str, str]) -> str:
    contact = env.get("SUIFANG_CONTACT") or "mailto:suifang@example.org"
    if not re.fullmatch(r"mailto:[^@\s]+@[\w.-]+\.\w+|https://[\w.-]+(/\S*)?", contact):
        raise SettingsError("SUIFANG_CONTACT must be a mailto: or https: address")
    return contact


def _queue_url(env: Mapping[str, str]) -> str | None:
    url = env.get("SUIFANG_QUEUE") or None
    if url is not None and not url.startswith(("postgresql://", "redis://", "rediss://")):
        raise SettingsError("SUIFANG_QUEUE must begin with postgresql:// or redis://")
    return url


def _sms_url(env: Mapping[str, str]) -> str | None:
    url = env.get("SUIFANG_SMS_URL") or None
    if url is not None and not re.fullmatch(r"https?://[\w.-]+(:\d{1,5})?(/\S*)?", url):
        raise SettingsError("SUIFANG_SMS_URL must be an http: or https: address")
    return url


def _token(env: Mapping[str, str], name: str) -> str | None:
    text = env.get(name) or None
    if text is not None and len(text) < 16:
        raise SettingsError(f"{name} needs 16 characters or more")
    return text


def _pairs(env: Mapping[str, str], name: str) -> dict[str, str]:
    pairs = [part.strip().split("=", 1) for part in env.get(name, "").split(",") if part.strip()]
    if not all(len(pair) == 2 for pair in pairs):
        raise SettingsError(f"{name} must be a comma list of name=value")
    return {key: value for key, value in pairs}


def _chats(env: Mapping[str, str]) -> dict[str, str]:
    chats = _pairs(env, "SUIFANG_CHATS")
    form = r"(wecombot|dingtalk|feishu)://([\w-]+@)?[\w-]+/?"
    for code, address in chats.items():
        if not re.fullmatch(r"[0-9]{12}", code) or not re.fullmatch(form, address):
            raise SettingsError("SUIFANG_CHATS must be a comma list of <area code>=<address>")
    return chats


def _push_test(env: Mapping[str, str]) -> str | None:
    url = env.get("SUIFANG_PUSH_TEST")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname != "127.0.0.1" or parts.path:
        raise SettingsError("SUIFANG_PUSH_TEST must be http://127.0.0.1:PORT")
    return url
