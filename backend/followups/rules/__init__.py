"""Pure decisions about follow-ups: compile programmes, fold histories, compare tasks."""

from backend.followups.rules.comparing import compare, state_on
from backend.followups.rules.compiled import (
    CompiledProgramme,
    CompiledService,
    Programmes,
    Service,
    programmes,
)
from backend.followups.rules.compiling import BadProgramme, check_programme, compile_programme
from backend.followups.rules.doses import dose_tasks
from backend.followups.rules.explaining import explain
from backend.followups.rules.folding import Parameters, fold, no_policies

__all__ = [
    "BadProgramme",
    "CompiledProgramme",
    "CompiledService",
    "Parameters",
    "Programmes",
    "Service",
    "check_programme",
    "compare",
    "compile_programme",
    "dose_tasks",
    "explain",
    "fold",
    "no_policies",
    "programmes",
    "state_on",
]
