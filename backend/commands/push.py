"""``flask push``: the key that browsers know our messages by."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from backend.audit import service as audit
from backend.commands import house
from backend.kernel.clock import local_date
from backend.keyring import add_push_key


@click.group("push")
def command() -> None:
    """The key that browsers know our messages by."""


@command.command("rotate")
@with_appcontext
def rotate() -> None:
    """Make a new key for new subscriptions. Those that stand go on under theirs; restart after."""
    here = house()
    key_id = local_date(here.clock()).strftime("%y%m%d")
    add_push_key(here.settings.var / "secrets", key_id)
    with here.write() as session:
        audit.record(
            session,
            audit.SYSTEM,
            "push_key_made",
            "server",
            None,
            area_code=None,
            detail={"key_id": key_id},
            now=here.clock(),
            request_id=None,
        )
    click.echo(f"新的推送密钥，重启后生效 / new push key, in use after a restart: {key_id}")
