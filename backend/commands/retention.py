"""``flask retention``: what lies here beyond its time."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from backend.commands import house
from backend.operations import retention
from backend.rights import service as rights


@click.command("retention")
@click.option("--carry-out", is_flag=True, help="Destroy it now; the worker does so each night.")
@with_appcontext
def command(*, carry_out: bool) -> None:
    """Names of residents out of use whose time is over, and requests answered years ago."""
    here = house()
    if carry_out:
        names, requests = retention.remove_over(here, here.clock())
        click.echo(f"已销毁 / destroyed: {names} 个姓名 names, {requests} 个请求 requests")
        return
    with here.read() as session:
        found = rights.over(session, here.clock())
    for one in found.sealings:
        click.echo(f"{one.resident_id} {one.village_code} {one.until}")
    click.echo(
        f"将销毁 / would go: {len(found.sealings)} 个姓名 names（每次最多 {rights.AT_ONCE} 个）"
    )
    click.echo(f"将删除 / would go: {found.requests} 个请求 requests")
