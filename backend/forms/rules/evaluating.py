"""The one pass over answers (docs/decisions/0002, 'One pass'): pure, and the same on the phone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from backend.forms.model import Context, Evaluation, SoftWarning, Violation
from backend.forms.rules.compiling import (
    CompiledCheck,
    CompiledField,
    CompiledForm,
    CompiledRepeat,
)
from backend.kernel.expressions import Defect, Expression, as_json


def evaluate(
    form: CompiledForm,
    answers: Mapping[str, Any],
    context: Context,
    confirmed: Collection[str] = (),
) -> Evaluation:
    """Re-run a form over answers.

    :param answers: as the phone sent them; nothing in them is believed
    :param confirmed: paths whose soft messages the doctor confirmed
    """
    run = _Pass(form, answers, context, frozenset(confirmed))
    run.walk()
    run.settle()
    return run.result()


class _Pass:
    """The state of one evaluation: built up in :meth:`walk`, judged in :meth:`settle`."""

    def __init__(
        self,
        form: CompiledForm,
        answers: Mapping[str, Any],
        context: Context,
        confirmed: frozenset[str],
    ) -> None:
        given = _filled_in(answers)
        shape = form.shape.check(given)
        self.form = form
        self.given: Mapping[str, Any] = given if isinstance(given, dict) else {}
        self.unusable = shape.unusable
        self.confirmed = confirmed
        self.values: dict[str, Any] = {}
        self.outer = _context_values(context)  # variables of expressions; grows with the pass
        self.rows: dict[str, list[dict[str, Any]]] = {}  # variables of expressions in each row
        self.visible: set[str] = set()
        self.required: set[str] = set()
        self.computed: dict[str, Any] = {}
        self.violations: list[Violation] = list(shape.violations)
        self.warnings: list[SoftWarning] = []
        self._shown: dict[Expression, bool] = {}

    def walk(self) -> None:
        """Once through the items, in document order."""
        asked: tuple[Expression, ...] = ()
        is_shown = True
        for item in self.form.items:
            if isinstance(item, CompiledRepeat):
                self._repeat(item)
                continue
            name, given = item.name, self.given.get(item.name)
            if item.shown is not asked:  # neighbours mostly stand under the same conditions
                asked, is_shown = item.shown, self._outer_shown(item.shown, name)
            if not is_shown:
                self._hidden(name, given)
                continue
            self._field(item, name, given, self.outer)
            if name in self.outer:
                self.values[name] = self.outer[name]

    def _outer_shown(self, conditions: tuple[Expression, ...], path: str) -> bool:
        """Conditions of pages and groups come back with every field below them; what they read
        stands earlier, so the first outcome is the outcome, and a defect is told where it is met
        first.
        """
        known = self._shown
        for condition in conditions:
            holds = known.get(condition)
            if holds is None:
                holds = known[condition] = self._holds(condition, self.outer, "visible", path)
            if not holds:
                return False
        return True

    def _repeat(self, repeat: CompiledRepeat) -> None:
        given: Any = self.given.get(repeat.name)
        if not self._outer_shown(repeat.shown, repeat.name):
            self._hidden(repeat.name, given)
            return
        self.visible.add(repeat.name)
        if given is None or repeat.name in self.unusable:
            return
        scopes = self.rows[repeat.name] = []
        kept: list[dict[str, Any]] = []
        for index, row in enumerate(given):
            scope = {k: v for k, v in self.outer.items() if k not in repeat.column_names}
            cells = row if isinstance(row, Mapping) else {}
            for column in repeat.columns:
                path = f"{repeat.name}.{index}.{column.name}"
                cell = cells.get(column.name)
                if all(self._holds(c, scope, "visible", path) for c in column.shown):
                    self._field(column, path, cell, scope)
                else:
                    self._hidden(path, cell)
            scopes.append(scope)
            kept.append({c.name: scope[c.name] for c in repeat.columns if c.name in scope})
        self.values[repeat.name] = self.outer[repeat.name] = kept

    def _field(self, item: CompiledField, path: str, given: Any, scope: dict[str, Any]) -> None:
        """A field that is shown."""
        self.visible.add(path)
        if item.compute is not None:
            value = self._compute(item.compute, path, given, scope)
        elif given is None or path in self.unusable:
            return
        else:
            value = given
            if item.field.exclusive:
                self._exclusive(item, path, value)
            if item.where:
                self._offered(item, path, value, scope)
        if value is not None:
            scope[item.name] = value

    def _exclusive(self, item: CompiledField, path: str, value: Any) -> None:
        if isinstance(value, list) and len(value) > 1:
            alone = [code for code in item.field.exclusive if code in value]
            if alone:
                self.violations.append(Violation(path, "exclusive", {"exclusive": alone}))

    def _offered(
        self, item: CompiledField, path: str, value: Any, scope: Mapping[str, Any]
    ) -> None:
        """A code that is in the list, but not in the part that is offered here."""
        wanted = {column: expression.evaluate(scope) for column, expression in item.where}
        for column, outcome in wanted.items():
            if isinstance(outcome, Defect):
                self._defect(path, f"where {column}", outcome)
        for code in value if isinstance(value, list) else [value]:
            columns = item.columns.get(code, {})
            if any(text not in columns.get(column, ()) for column, text in wanted.items()):
                if Violation(path, "enum") not in self.violations:
                    self.violations.append(Violation(path, "enum"))
                return

    def _hidden(self, path: str, given: Any) -> None:
        """What was answered where nothing was asked: no other fault of it matters then."""
        if given is None:
            return
        below = f"{path}."
        self.violations = [
            v for v in self.violations if v.path != path and not v.path.startswith(below)
        ]
        self.violations.append(Violation(path, "hidden"))

    def _compute(
        self, expression: Expression, path: str, given: Any, scope: Mapping[str, Any]
    ) -> Any:
        outcome = expression.evaluate(scope)
        if isinstance(outcome, Defect):
            self._defect(path, "compute", outcome)
        value = as_json(outcome)
        self.computed[path] = value
        if given is not None and not _same(given, value):
            self.violations.append(Violation(path, "computed"))
        return value

    def settle(self) -> None:
        """What is judged when every value is known: required, soft ranges, checks."""
        for item in self.form.judged:
            if item.name not in self.visible:
                continue
            if isinstance(item, CompiledField):
                self._settle_field(item, item.name, self.outer)
                continue
            self._settle_required(item.required, item.name, item.name, self.outer)
            for index, scope in enumerate(self.rows.get(item.name, ())):
                row = {**self.outer, **scope}
                for name in item.column_names - scope.keys():
                    row.pop(name, None)
                self.rows[item.name][index] = row
                for column in item.columns:
                    path = f"{item.name}.{index}.{column.name}"
                    if path in self.visible:
                        self._settle_field(column, path, row)
        for check in self.form.checks:
            self._check(check)

    def _settle_field(self, item: CompiledField, path: str, scope: Mapping[str, Any]) -> None:
        if item.is_asked:
            self._settle_required(item.required, item.name, path, scope)
        if item.low is None and item.high is None:
            return
        value = scope.get(item.name)
        if value is None:
            return
        low, high = self._bound(item.low, path, scope), self._bound(item.high, path, scope)
        if (low is not None and value < low) or (high is not None and value > high):
            self._warn(path, "soft", {"min": low, "max": high})

    def _settle_required(
        self, condition: Expression | bool, name: str, path: str, scope: Mapping[str, Any]
    ) -> None:
        if condition is not True and (
            condition is False or not self._holds(condition, scope, "required", path)
        ):
            return
        self.required.add(path)
        if scope.get(name) is None and path not in self.unusable:
            self.violations.append(Violation(path, "required"))

    def _bound(
        self, bound: Expression | float | str | None, path: str, scope: Mapping[str, Any]
    ) -> Any:
        if not isinstance(bound, Expression):
            return bound
        outcome = bound.evaluate(scope)
        if isinstance(outcome, Defect):
            self._defect(path, "soft", outcome)
        return as_json(outcome)

    def _check(self, check: CompiledCheck) -> None:
        if check.repeat is None:
            self._check_in(check, "", self.outer)
            return
        for index, scope in enumerate(self.rows.get(check.repeat, ())):
            self._check_in(check, f"{check.repeat}.{index}.", scope)

    def _check_in(self, check: CompiledCheck, prefix: str, scope: Mapping[str, Any]) -> None:
        path = prefix + check.fields[0]
        outcome = check.expression.evaluate(scope)
        if isinstance(outcome, Defect):
            self._defect(path, f"check:{check.name}", outcome)
        if outcome is not False:
            return
        fields = [prefix + name for name in check.fields]
        if check.hard:
            self.violations.append(Violation(path, f"check:{check.name}", {"fields": fields}))
        else:
            self._warn(path, check.name, {"fields": fields})

    def _warn(self, path: str, name: str, detail: Mapping[str, Any]) -> None:
        if path in self.confirmed:
            return
        told = {k: v for k, v in detail.items() if v is not None}
        self.warnings.append(SoftWarning(path, name))
        self.violations.append(Violation(path, f"unconfirmed:{name}", told))

    def _holds(self, condition: Expression, scope: Mapping[str, Any], role: str, path: str) -> bool:
        outcome = condition.evaluate(scope)
        if outcome is True or outcome is False:
            return outcome
        if isinstance(outcome, Defect):
            self._defect(path, role, outcome)
        return False

    def _defect(self, path: str, role: str, defect: Defect) -> None:
        self.violations.append(Violation(path, "defect", {"of": role, "message": defect.message}))

    def result(self) -> Evaluation:
        return Evaluation(
            values=self.values,
            visible=frozenset(self.visible),
            required=frozenset(self.required),
            computed=self.computed,
            violations=tuple(self.violations),
            unconfirmed=tuple(self.warnings),
        )


def _context_values(context: Context) -> dict[str, Any]:
    values: dict[str, Any] = {"today": context.today.isoformat()}
    if context.resident_birth_date is not None:
        values["resident_birth_date"] = context.resident_birth_date.isoformat()
    if context.resident_sex is not None:
        values["resident_sex"] = context.resident_sex
    if context.resident_programmes is not None:
        values["resident_programmes"] = list(context.resident_programmes)
    return values


def _filled_in(answers: Any) -> Any:
    """The answers without what was left open, in rows too."""
    if not isinstance(answers, Mapping):
        return answers
    return {
        name: [_filled_in(row) for row in value] if type(value) is list else value
        for name, value in answers.items()
        if value is not None and value not in ("", [])
    }


def _same(given: Any, value: Any) -> bool:
    """Equal and of one kind: to Python alone True is 1."""
    return bool(given == value) and isinstance(given, bool) == isinstance(value, bool)
