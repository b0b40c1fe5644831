from . import control, datasets, errors, gazetteer, maps, matching, partitioned, records, tallies
from .assessment import assess
from .control import share_held, who_held
from .datasets import load_casebook
from .gazetteer import load_gazetteer
from .gazetteer.building import build_gazetteer
from .maps import explore, offline, plot_province, plot_town, province_map, save_html, town_map
from .matching import assessed_places, check, link, match, rank, screen, sensitivity
from .records import (
    apply_corrections,
    buffers,
    coverage,
    inspect,
    read_incidents,
    read_records,
    read_report,
    read_strikes,
    uncertainty,
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
    "buffers",
    "build_gazetteer",
    "check",
    "control",
    "coverage",
    "datasets",
    "errors",
    "explore",
    "gazetteer",
    "inspect",
    "link",
    "load_casebook",
    "load_gazetteer",
    "maps",
    "match",
    "matching",
    "offline",
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
    "share_held",
    "tallies",
    "tally",
    "town_map",
    "uncertainty",
    "validate_incidents",
    "validate_strikes",
    "who_held",
    "write_records",
]
