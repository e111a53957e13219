"""Pure decisions about vaccination: read an edition, forecast a child's doses."""

from backend.immunization.rules.planning import forecast, validity_of
from backend.immunization.rules.reading import check_edition, read_edition

__all__ = ["check_edition", "forecast", "read_edition", "validity_of"]
