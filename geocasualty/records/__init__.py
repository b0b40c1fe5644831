"""Files to validated tables of incidents and strikes."""

from geocasualty.records._coverage import coverage
from geocasualty.records.reading import read_incidents, read_strikes, validate_incidents, validate_strikes

__all__ = ["coverage", "read_incidents", "read_strikes", "validate_incidents", "validate_strikes"]
