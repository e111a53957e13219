"""``flask setup``: everything a fresh installation needs, and nothing twice."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from flask_migrate import upgrade

from backend.commands import house
from backend.commands.forms import publish_all
from backend.feed import service as feed
from backend.schema_version import current, wanted


@click.command("setup")
@with_appcontext
def command() -> None:
    """Secrets, database schema, epoch, forms and rules. Safe to run again at any time."""
    here = house()
    click.echo(f"密钥 / secrets: {here.settings.var / 'secrets'}")
    with here.read() as session:
        before = current(session)
    head = wanted(here.settings.migrations)
    if before != head:
        upgrade()
    click.echo(f"数据库 / database: {before or '空 empty'} → {head}")
    with here.write() as session:
        epoch = feed.ensure_epoch(session)
        published = publish_all(session, here)
    click.echo(published)
    click.echo(f"数据纪元 / epoch: {epoch}")
