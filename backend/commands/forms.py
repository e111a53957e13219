"""``flask forms``: publishing what stands in ``schemas/``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from backend.commands import house
from backend.followups.rules.soundness import check_whole_programme
from backend.forms import service as forms
from backend.forms.folder import Unreadable
from backend.forms.model import Mistake
from backend.house import House
from backend.immunization.rules import check_edition
from backend.xlsform.model import NotImported

RULE_CHECKS = {"programme": check_whole_programme, "immunization": check_edition}


@click.group("forms")
def command() -> None:
    """Forms, follow-up rules and vaccine editions."""


@command.command("check")
@with_appcontext
def check() -> None:
    """Name every mistake in schemas/ at once; publishes nothing."""
    try:
        mistakes = forms.check_folder(house().settings.schemas, RULE_CHECKS)
    except Unreadable as error:
        raise click.ClickException(str(error)) from error
    _tell(mistakes)
    click.echo("没有错误 / no mistakes")


@command.command("diff")
@click.argument("key")
@click.argument("old", type=int)
@click.argument("new", type=int)
@with_appcontext
def diff(key: str, old: int, new: int) -> None:
    """Say what differs between two versions of a form, published or in schemas/."""
    here = house()
    with here.read() as session:
        changes = forms.compare_versions(session, here.settings.schemas, key, old, new)
    if changes is None:
        raise click.ClickException(f"没有这个版本 / no such version: {key} {old}, {new}")
    for change in changes:
        label = change.label.get("zh-CN", "")
        aspect = f" {change.aspect}" if change.aspect else ""
        line = f"{_SIGNS[change.kind]} {change.path} {label}{aspect}"
        values = [_shown(v) for v in (change.before, change.after) if v is not None]
        click.echo(line + (f": {' -> '.join(values)}" if values else ""))
    if not changes:
        click.echo("没有差别 / nothing differs")


_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@command.command("publish")
@with_appcontext
def publish() -> None:
    """Publish what is new in schemas/. Published versions never change."""
    here = house()
    with here.write() as session:
        told = publish_all(session, here)
    click.echo(told)


@command.command("import-xlsform")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--publish", "then_publish", is_flag=True, help="publish it at once")
@click.option(
    "--without-media",
    is_flag=True,
    help="leave out questions of sound and film, and pictures beside a text; each is told",
)
@with_appcontext
def import_xlsform(file: Path, then_publish: bool, without_media: bool) -> None:
    """Read an XLSForm workbook (.xlsx, .xlsm) into schemas/, as the next version of its form."""
    from backend.xlsform import service as xlsform  # noqa: PLC0415 - 30 MB the web never needs

    here = house()
    try:
        written = xlsform.import_file(
            file.read_bytes(), file.stem, here.settings.schemas, without_media=without_media
        )
    except NotImported as error:
        for finding in (*error.notes, *error.refused):
            click.echo(str(finding), err=True)
        told = f"{len(error.refused)} 处不能导入，什么也没有写入 / refused, nothing was written"
        raise click.ClickException(told) from error
    except Unreadable as error:
        raise click.ClickException(str(error)) from error
    for finding in written.imported.notes:
        click.echo(str(finding))
    state = "已写入 written" if written.is_new else "未变 unchanged"
    click.echo(f"{written.place}: {state}, {len(written.imported.notes)} 条说明 notes")
    if then_publish:
        with here.write() as session:
            told = publish_all(session, here)
        click.echo(told)


@command.command("export-xlsform")
@click.argument("key")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="the .xlsx to write; default: KEY.xlsx here",
)
@with_appcontext
def export_xlsform(key: str, output: Path | None) -> None:
    """Write the newest version of a form of schemas/ as an XLSForm workbook."""
    from backend.xlsform import service as xlsform  # noqa: PLC0415 - 30 MB the web never needs

    try:
        exported = xlsform.export_file(key, house().settings.schemas)
    except LookupError as error:
        raise click.ClickException(f"没有表单 / there is no form '{key}'") from error
    except Unreadable as error:
        raise click.ClickException(str(error)) from error
    place = output or Path(f"{key}.xlsx")
    place.write_bytes(exported.content)
    for finding in exported.unsaid:
        click.echo(str(finding))
    told = f"{len(exported.unsaid)} 处其他软件不懂 that other apps do not understand"
    click.echo(f"{place}: 已写入 written, {told}")


def publish_all(session: Session, here: House) -> str:
    """Publish forms and rules.

    :returns: what was done, in one line
    :raises click.ClickException: something is wrong; nothing at all was published then
    """
    try:
        report = forms.publish_folder(session, here.settings.schemas, here.clock(), RULE_CHECKS)
    except Unreadable as error:
        raise click.ClickException(str(error)) from error
    _tell(report.refused)
    return (
        f"表单与规则 / forms and rules: {len(report.published)} 项新发布 new, "
        f"{len(report.unchanged)} 项未变 unchanged"
    )


def _tell(mistakes: Mapping[str, tuple[Mistake, ...]]) -> None:
    if not mistakes:
        return
    for place, found in mistakes.items():
        for mistake in found:
            click.echo(f"{place}: {mistake.place}: {mistake.message}", err=True)
    count = sum(len(found) for found in mistakes.values())
    raise click.ClickException(f"{count} 处错误，什么也没有发布 / mistakes, nothing was published")
