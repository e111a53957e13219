"""Pure decisions about forms: compile, evaluate, publish."""

from backend.forms.rules.compiling import CompiledForm, compile_form
from backend.forms.rules.evaluating import evaluate
from backend.forms.rules.reading import read_bundle

__all__ = ["CompiledForm", "compile_form", "evaluate", "read_bundle"]
