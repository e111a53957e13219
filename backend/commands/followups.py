"""``flask followups``: asking the rules, without a database and without a patient."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NoReturn

import click
import orjson
from flask.cli import with_appcontext

from backend.commands import house
from backend.followups.rules import Programmes, compile_programme, explain, programmes
from backend.followups.rules.answering import answer, folded
from backend.followups.rules.asking import BadQuestion, read_question
from backend.forms import folder
from backend.forms.rules import CompiledForm, compile_form, read_bundle
from backend.forms.rules.drafts import bundle
from backend.forms.rules.reading import field_types
from backend.forms.service import joined_types

WRONG_INPUT = 2


@click.group("followups")
def command() -> None:
    """Follow-up rules: what a visit makes due, and why."""


@command.command("explain")
@click.argument("file", type=click.Path(allow_dash=True))
@click.option("--lines", is_flag=True, help="Record by record, for people instead of programs.")
@with_appcontext
def explain_file(file: str, lines: bool) -> None:
    """Say what follows from a visit: class, rules, referral, tasks with their windows.

    FILE (or - for standard input) holds {form, answers, resident: {birth_date, sex, programmes},
    history: [{form, answers}], policy: {parameter: value}, today}; only form and answers are
    needed. Codes are texts. Rules and forms are those of schemas/, no database is read.
    What is not known here is ignored, with a warning on standard error.
    """
    forms, known = _library(house().settings.schemas)
    try:
        question = read_question(_read(file), forms)
        found = folded(question, known)
    except BadQuestion as error:
        _refuse(str(error))
    for place in question.ignored:
        click.echo(f"warning: {place}: is not known here and is ignored", err=True)
    if lines:
        for one in found:
            click.echo("\n".join(explain(one.fold, question.today)))
        return
    click.echo(orjson.dumps(answer(question, found), option=orjson.OPT_INDENT_2))


def _read(file: str) -> Any:
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        _refuse(f"{file}: {error.strerror}")
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        _refuse(f"{file}: no JSON: {error}")


def _refuse(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(WRONG_INPUT)


def _library(schemas: Path) -> tuple[dict[str, CompiledForm], Programmes]:
    """The newest version of each form, and every programme, as they stand in the folder."""
    shared = folder.library(schemas)  # its forms come by key and version
    bundles = [read_bundle(bundle(draft, shared)) for draft in folder.drafts(schemas)]
    forms = {one.key: compile_form(one) for one in {one.key: one for one in bundles}.values()}
    types = joined_types((one.key, field_types(one.schema)) for one in bundles)
    rules = [draft.body for draft in folder.rule_drafts(schemas) if draft.kind == "programme"]
    return forms, programmes(tuple(compile_programme(body, types) for body in rules))
