"""``flask setup``: everything a fresh installation needs, and nothing twice."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from flask_migrate import upgrade

from backend.commands import house
from backend.feed import service as feed
from backend.followups.rules.compiling import check_programme
from backend.forms import service as forms
from backend.house import House
from backend.schema_version import current, wanted


@click.command("setup")
@with_appcontext
def command() -> None:
    """Secrets, database schema, epoch, published forms. Safe to run again at any time."""
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
    click.echo(f"数据纪元 / epoch: {epoch}")
    _publish(here)


def _publish(here: House) -> None:
    with here.write() as session:
        report = forms.publish_folder(
            session, here.settings.schemas, here.clock(), {"programme": check_programme}
        )
    new, old = len(report.published), len(report.unchanged)
    click.echo(f"表单和规则 / forms and rules: 新发布 new {new}, 未变 unchanged {old}")
    for place, mistakes in report.refused.items():
        for mistake in mistakes:
            click.echo(f"  {place}: {mistake.place}: {mistake.message}", err=True)
    if report.refused:
        raise click.ClickException("有文件没有发布 / some files were not published")
