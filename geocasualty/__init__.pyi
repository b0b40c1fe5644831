from .datasets import Casebook, load_casebook, published_figures
from .gazetteer import Candidate, Gazetteer, Place, Resolution, load_gazetteer
from .gazetteer.building import Build, build_gazetteer
from .maps import OfflineMap, province_map, save_html, town_map
from .matching import check, match, screen
from .records import (
    coverage,
    read_incidents,
    read_strikes,
    validate_incidents,
    validate_strikes,
)

__all__ = [
    "Build",
    "Candidate",
    "Casebook",
    "Gazetteer",
    "OfflineMap",
    "Place",
    "Resolution",
    "build_gazetteer",
    "check",
    "coverage",
    "load_casebook",
    "load_gazetteer",
    "match",
    "province_map",
    "published_figures",
    "read_incidents",
    "read_strikes",
    "save_html",
    "screen",
    "town_map",
    "validate_incidents",
    "validate_strikes",
]
