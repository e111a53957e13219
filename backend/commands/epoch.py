"""``flask epoch``: the life of this database."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from backend.audit import service as audit
from backend.commands import house
from backend.feed import service as feed


@click.group("epoch")
def command() -> None:
    """The life of this database, by which phones notice a restore."""


@command.command("renew")
@with_appcontext
def renew() -> None:
    """After a restore: every phone starts over and sends again what is missing."""
    here = house()
    with here.write() as session:
        epoch = feed.renew_epoch(session)
        audit.record(
            session,
            audit.SYSTEM,
            "epoch_renewed",
            "server",
            None,
            area_code=None,
            detail={},
            now=here.clock(),
            request_id=None,
        )
    click.echo(f"新的数据纪元 / new epoch: {epoch}")


@command.command("show")
@with_appcontext
def show() -> None:
    """Print the epoch."""
    with house().read() as session:
        click.echo(feed.epoch(session))
