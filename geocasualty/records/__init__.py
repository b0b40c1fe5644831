"""Files to validated tables of incidents and strikes."""

from geocasualty.records._coverage import coverage
from geocasualty.records._provenance import provenance
from geocasualty.records.evidence import Evidence, apply_corrections, format_sources, parse_sources
from geocasualty.records.formats import Reader, Refusal, readers
from geocasualty.records.inspecting import inspect
from geocasualty.records.polygons import buffers, uncertainty
from geocasualty.records.reading import (
    read_detections,
    read_incidents,
    read_strikes,
    validate_incidents,
    validate_strikes,
)
from geocasualty.records.report import ReadReport, read_report
from geocasualty.records.writing import read_records, write_places, write_records

__all__ = [
    "Evidence",
    "ReadReport",
    "Reader",
    "Refusal",
    "apply_corrections",
    "buffers",
    "coverage",
    "format_sources",
    "inspect",
    "parse_sources",
    "provenance",
    "read_detections",
    "read_incidents",
    "read_records",
    "read_report",
    "read_strikes",
    "readers",
    "uncertainty",
    "validate_incidents",
    "validate_strikes",
    "write_places",
    "write_records",
]
