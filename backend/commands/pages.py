"""``flask pages``: the switch that takes the service worker from every phone (S23)."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from backend.commands import house


@click.group("pages")
def command() -> None:
    """The pages as phones keep them."""


@command.command("withdraw")
@with_appcontext
def withdraw() -> None:
    """Phones throw away the pages they keep and load every page from here. Their records stay.

    For a release that does not start: an app that cannot run cannot ask for its own update.
    """
    house().settings.worker_off.touch()
    click.echo("手机将不再使用离线页面，记录都保留 / phones no longer keep pages; records stay")


@command.command("keep")
@with_appcontext
def keep() -> None:
    """Phones keep the pages again, for use without a network."""
    house().settings.worker_off.unlink(missing_ok=True)
    click.echo("手机重新保存离线页面 / phones keep the pages again")
