"""Settings of an installation that exists for one test."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from backend.keyring import Secrets
from backend.settings import Settings

ROOT = Path(__file__).parents[2]


def _key(name: str) -> bytes:
    return hashlib.sha256(f"a key for tests: {name}".encode()).digest()


SECRETS = Secrets(
    jwt=_key("jwt"),
    refresh=_key("refresh"),
    vault={1: _key("vault")},
    search=_key("search"),
    seal={"test1": _key("seal")},
    vapid={"": _key("vapid")},
    sms=_key("sms"),
)


def make_settings(var: Path, database_url: str, **changes: Any) -> Settings:
    """Settings with fixed keys; ``changes`` replace fields."""
    settings = Settings(
        root=ROOT,
        var=var,
        secrets=SECRETS,
        port=8000,
        database_url=database_url,
        development=True,
        proxy_hops=0,
        web_workers=1,
        web_threads=8,
        product_name={"zh-CN": "随访", "en": "Suifang"},
        app_version="0.0.0",
        pwa=var / "no-pages",
        schemas=ROOT / "schemas",
        migrations=ROOT / "migrations",
        contact="mailto:ops@example.org",
        queue_url=None,
        push_hosts=("fcm.googleapis.com",),
        push_test=None,
        sms_url=None,
        sms_templates={
            "family.soon": "SMS_1",
            "family.now": "SMS_2",
            "followup.soon": "SMS_3",
            "followup.now": "SMS_4",
        },
        sms_fen=5,
        metrics_token=None,
    )
    return replace(settings, **changes)
