"""``flask doctor``: looks at this installation and says what is wrong with it."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from backend.commands import house
from backend.kernel.sentences import LANGUAGES, fill, load_sentences
from backend.operations.examining import examine

MARKS = {"trouble": "✗", "doubt": "!"}


@click.command("doctor")
@with_appcontext
def command() -> None:
    """Say what is wrong here, the worst first; ends with 1 when something does not work."""
    here = house()
    sentences = load_sentences(here.settings.schemas, "doctor")
    found = examine(here)
    for one in found:
        for number, language in enumerate(LANGUAGES):
            mark = MARKS[one.weight] if number == 0 else " "
            click.echo(f"{mark} {fill(sentences[one.code][language], one.values)}")
    troubles = sum(one.weight == "trouble" for one in found)
    click.echo(f"问题 / troubles: {troubles}，提醒 / doubts: {len(found) - troubles}")
    if troubles:
        raise SystemExit(1)
