from . import datasets, errors, gazetteer, maps, matching, partitioned, records, tallies
from .assessment import assess
from .datasets import load_casebook
from .gazetteer import load_gazetteer
from .gazetteer.building import build_gazetteer
from .maps import plot_province, plot_town, province_map, save_html, town_map
from .matching import assessed_places, check, link, match, rank, screen, sensitivity
from .records import (
    apply_corrections,
    coverage,
    inspect,
    read_incidents,
    read_records,
    read_report,
    read_strikes,
    validate_incidents,
    validate_strikes,
    write_records,
)
from .reporting import report
from .tallies import tally

__all__ = [
    "apply_corrections",
    "assess",
    "assessed_places",
    "build_gazetteer",
    "check",
    "coverage",
    "datasets",
    "errors",
    "gazetteer",
    "inspect",
    "link",
    "load_casebook",
    "load_gazetteer",
    "maps",
    "match",
    "matching",
    "partitioned",
    "plot_province",
    "plot_town",
    "province_map",
    "rank",
    "read_incidents",
    "read_records",
    "read_report",
    "read_strikes",
    "records",
    "report",
    "save_html",
    "screen",
    "sensitivity",
    "tallies",
    "tally",
    "town_map",
    "validate_incidents",
    "validate_strikes",
    "write_records",
]
