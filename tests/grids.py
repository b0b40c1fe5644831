"""Grid references of points, for tests of what reads them."""

import mgrs


def format_mgrs(lon: float, lat: float, digits: int = 4) -> str:
    """The MGRS reference of a point, with so many digits an axis."""
    reference = str(mgrs.MGRS().toMGRS(lat, lon, MGRSPrecision=digits)).lstrip("0")
    head, tail = reference[: len(reference) - 2 * digits], reference[len(reference) - 2 * digits :]
    return " ".join(part for part in (head[:-2], head[-2:], tail[:digits], tail[digits:]) if part)
