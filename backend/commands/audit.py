"""``flask audit``: whether what is written there is what was written."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from backend.audit import service as audit
from backend.commands import house

HOW = {
    "changed": "第 {seq} 行已被改动 / row {seq} is not what was signed",
    "torn": "第 {seq} 行之前有记录被删除 / rows before row {seq} are missing",
    "cut_off": "末尾已封存的记录被删除 / rows that had been sealed are missing at the end",
}


@click.group("audit")
def command() -> None:
    """The audit: who read and changed what."""


@command.command("seal")
@with_appcontext
def seal() -> None:
    """Link what is new into the chain; the worker does it every five minutes."""
    here, sealed = house(), 0
    while found := here.transact(
        lambda session: audit.seal(session, here.audit_signature, here.clock())
    ):
        sealed += found
    click.echo(f"已封存 / sealed: {sealed}")


@command.command("verify")
@click.option("--head", "heads", multiple=True, help="An end of the chain, noted down before.")
@with_appcontext
def verify(heads: tuple[str, ...]) -> None:
    """Follow the whole chain; ends with 1 when it does not hold."""
    here = house()
    with here.read() as session:
        found = audit.verify(session, here.audit_signature, *heads)
    click.echo(f"已封存 / sealed: {found.linked}")
    click.echo(f"未封存 / not sealed yet: {found.unsealed}")
    click.echo(f"链尾（请另行保存）/ end of the chain, to be noted elsewhere: {found.head}")
    for broken in found.broken:
        click.echo(HOW[broken.how].format(seq=broken.seq), err=True)
    if found.broken:
        raise SystemExit(1)
    click.echo("审计记录完整 / the audit is whole")
