"""Pure decisions about vaccination: read and check an edition, forecast a child's doses."""

from backend.immunization.rules.checking import check_edition
from backend.immunization.rules.facts import facts_of
from backend.immunization.rules.forecasting import forecast, validity_of
from backend.immunization.rules.reading import read_edition

__all__ = ["check_edition", "facts_of", "forecast", "read_edition", "validity_of"]
