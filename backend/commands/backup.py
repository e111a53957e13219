"""``flask backup``: everything in one sealed file, and back (docs/operations/backup.md)."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_migrate import upgrade

from backend.audit import service as audit
from backend.commands import house
from backend.kernel.db import Base
from backend.kernel.sealing import SealKey, b64, unb64
from backend.keyring import put_back
from backend.operations import backup
from backend.operations.measures import BACKUP_MADE, note
from backend.operations.sealed_file import Damaged
from backend.schema_version import current

PUBLIC = "backup-key.pub"
_FILE = click.Path(dir_okay=False, path_type=Path)
_EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("backup")
def command() -> None:
    """Rows, pictures and secrets in one file that only the recovery key opens."""


@command.command("key")
@with_appcontext
def make_key() -> None:
    """Make the recovery key. It is shown once and kept nowhere: print it, lock it away."""
    public = house().settings.var / PUBLIC
    if public.exists():
        raise click.ClickException(f"恢复密钥已经生成 / there is a recovery key already: {public}")
    seed = secrets.token_bytes(32)
    public.write_text(b64(SealKey.from_seed("backup", seed).public) + "\n")
    click.echo("恢复密钥（只显示这一次，请打印两份分开保管；没有它，备份无法打开）")
    click.echo("Recovery key (shown this once; print it twice and keep the sheets apart:")
    click.echo("without it no backup can be opened):")
    click.echo(b64(seed))


@command.command("make")
@click.argument("file", type=_FILE)
@with_appcontext
def make(file: Path) -> None:
    """Write a backup; the file has its name only once it is whole."""
    here = house()
    public = here.settings.var / PUBLIC
    if not public.exists():
        raise click.ClickException("请先运行 flask backup key / run 'flask backup key' first")
    draft = file.with_name(f".{file.name}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            made = backup.make(here, Base.metadata, out, unb64(public.read_text().strip()))
            out.flush()
            os.fsync(out.fileno())
        draft.rename(file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    with here.write() as session:
        note(session, BACKUP_MADE, here.clock())
    _tell(made)


@command.command("check")
@click.argument("file", type=_EXISTING)
@click.option("--key-file", type=_EXISTING, help="Else the key is asked for.")
@with_appcontext
def check(file: Path, key_file: Path | None) -> None:
    """Read a backup to its end and say what it holds; nothing is written."""
    with file.open("rb") as opened:
        try:
            _tell(backup.look(opened, _key(key_file)))
        except Damaged as damage:
            raise _damaged(damage) from None


@command.command("restore")
@click.argument("file", type=_EXISTING)
@click.option("--key-file", type=_EXISTING, help="Else the key is asked for.")
@with_appcontext
def restore(file: Path, key_file: Path | None) -> None:
    """Put a backup into a new, empty database. Restart afterwards: the secrets are others."""
    here, key = house(), _key(key_file)
    with here.read() as session:
        is_new = current(session) is None
    if is_new:
        upgrade()
    with file.open("rb") as opened:
        try:
            contents, held = backup.restore(here, Base.metadata, opened, key)
        except Damaged as damage:
            raise _damaged(damage) from None
        except backup.NotEmpty:
            raise click.ClickException(
                "数据库不是空的，没有恢复 / the database is not empty; nothing was restored"
            ) from None
        except backup.OtherSchema as other:
            raise click.ClickException(
                f"备份来自另一版本（{other}），请先安装该版本 / the backup needs the release with"
                f" schema {other}; restore with that one, then upgrade"
            ) from None
    with here.write() as session:
        audit.record(
            session, audit.SYSTEM, "restored", "server", None,
            area_code=None, detail={"made_at": contents.made_at.isoformat()}, now=here.clock(),
            request_id=None,
        )  # fmt: skip
    aside = f"before-{here.clock():%Y%m%d%H%M%S}"
    put_back(here.settings.var / "secrets", held, aside)
    _tell(contents)
    click.echo("请重启服务。手机会重新下载，并补发备份之后的记录。")
    click.echo("Restart now. Phones start over and send again what came after the backup.")
    if any(name.startswith("SUIFANG_SECRET_") for name in os.environ):
        click.echo("注意：环境变量中的密钥优先于恢复的密钥文件。")
        click.echo("Secrets of the environment win over the restored files.")


def _key(key_file: Path | None) -> SealKey:
    text = key_file.read_text() if key_file else click.prompt("recovery key", hide_input=True)
    try:
        seed = unb64(text.strip())
    except ValueError:
        raise click.ClickException("这不是恢复密钥 / this is no recovery key") from None
    return SealKey.from_seed("backup", seed)


def _tell(contents: backup.Contents) -> None:
    click.echo(f"备份时间 / made at: {contents.made_at.isoformat()}")
    click.echo(f"数据行 / rows: {sum(contents.rows.values())}")
    click.echo(f"图片 / pictures: {contents.blobs}")


def _damaged(damage: Damaged) -> click.ClickException:
    return click.ClickException(
        f"备份打不开，没有写入任何内容 / the backup cannot be opened; nothing was written: {damage}"
    )
