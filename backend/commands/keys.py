"""``flask keys``: the key that personal columns are encrypted with."""

from __future__ import annotations

import os

import click
from flask.cli import with_appcontext

from backend.audit import service as audit
from backend.commands import house
from backend.kernel.db import Base
from backend.keyring import add_vault_key
from backend.operations.rotating import rotate


@click.group("keys")
def command() -> None:
    """The key that personal columns and pictures are encrypted with."""


@command.command("add")
@with_appcontext
def add() -> None:
    """Make the next key. It is used after a restart; then run 'flask keys rotate'."""
    if "SUIFANG_SECRET_VAULT" in os.environ:
        raise click.ClickException(
            "密钥来自 SUIFANG_SECRET_VAULT，请在那里添加 / the keys come from SUIFANG_SECRET_VAULT:"
            " add it there"
        )
    number = add_vault_key(house().settings.var / "secrets")
    click.echo(f"新密钥 / new key: vault-{number}")
    click.echo("请重启服务，再运行 flask keys rotate / restart, then run 'flask keys rotate'")


@command.command("rotate")
@with_appcontext
def rotate_all() -> None:
    """Encrypt everything anew with the newest key; may be ended and run again."""
    here = house()
    done = rotate(here, Base.metadata)
    with here.write() as session:
        audit.record(
            session, audit.SYSTEM, "keys_rotated", "server", None, area_code=None,
            detail={"values": done.values, "pictures": done.pictures, "key": here.vault.writer},
            now=here.clock(), request_id=None,
        )  # fmt: skip
    click.echo(f"重新加密 / encrypted anew: {done.values} + {done.pictures} 图片 pictures")
    click.echo(
        f"现在都使用 vault-{here.vault.writer}；旧密钥文件可以移走"
        f" / all of it is under vault-{here.vault.writer}; older key files can be taken away"
    )
