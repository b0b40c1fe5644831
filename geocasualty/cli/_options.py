"""What the Python functions say of their arguments, in the words of the command line."""

from __future__ import annotations

import re

__all__ = ["as_options"]

_OPTIONS = {
    "column_map": "--incident-map or --strike-map",
    "date_order": "--incident-date-order or --strike-date-order",
    "layer": "--incident-layer or --strike-layer",
    "coverage": "--strike-coverage",
} | {
    name: "--" + name.replace("_", "-")
    for name in (
        *("assessments", "within_km", "within_days", "belligerents", "attributed_to", "country", "admin1", "near"),
        *("since", "until", "language", "by", "measure", "level", "blur_km", "blur_seed", "on_bad_rows", "geonames"),
        *("cod", "osm", "geoboundaries", "opensyria", "csv", "csv_map", "ucdp", "alternate_names"),
    )
}
"""What the arguments of the functions are here."""

_NAMES = "|".join(_OPTIONS)
_ALONE = re.compile(rf"\b({_NAMES})=(?=[\s,:;.)]|$)")
_LISTED = re.compile(rf"\b({_NAMES})=\['([^']*)'\]")
_GIVEN = re.compile(rf"\b({_NAMES})=(?=\S)")
_FIRST = re.compile(r"^(within_km|within_days|attributed_to|country|since|until|language|measure) is ")

_ONLY_IN_PYTHON = (
    (re.compile(r"; expected '2015-06-03', or order='dmy' .* column$"), "; write it as 2015-06-03 (year, month, day)"),
    (re.compile(r", such as secrets\.token_hex\(16\)"), ""),
    (re.compile(r",? or pass \(lon, lat\)"), ""),
    (re.compile(r"\bon_bad_rows='(\w+)'"), r"--on-bad-rows \1"),
)
"""What has no meaning in a shell."""


def as_options(text: str, *, near: bool = True) -> str:
    """The arguments that a text names as the options that they are here.

    Parameters
    ----------
    text : str
        What a function said.
    near : bool
        Whether the command has an option --near.

    Examples
    --------
    >>> as_options("give country=, admin1= or near=", near=False)
    'give --country or --admin1'
    >>> as_options("nothing to build from; give at least one file, such as geonames=['IQ.zip']")
    'nothing to build from; give at least one file, such as --geonames IQ.zip'
    """
    if not near:
        text = text.replace("country=, admin1= or near=", "country= or admin1=")
    for pattern, said in _ONLY_IN_PYTHON:
        text = pattern.sub(said, text)
    text = _FIRST.sub(lambda found: f"{_OPTIONS[found[1]]} is ", text)
    text = _LISTED.sub(lambda found: f"{_OPTIONS[found[1]]} {found[2]}", text)
    text = _ALONE.sub(lambda found: _OPTIONS[found[1]], text)
    return _GIVEN.sub(lambda found: f"{_OPTIONS[found[1]]} ", text)
