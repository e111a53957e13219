"""Pure decisions about vaccination: read and check an edition, forecast a child's doses."""

from backend.immunization.rules.checking import check_edition
from backend.immunization.rules.facts import facts_of
from backend.immunization.rules.forecasting import forecast, validity_of
from backend.immunization.rules.reading import edition_in_force, read_edition

__all__ = [
    "check_edition",
    "edition_in_force",
    "facts_of",
    "forecast",
    "read_edition",
    "validity_of",
]
