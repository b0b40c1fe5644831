"""Place texts to geometries with honest uncertainty."""

from typing import TYPE_CHECKING

from geocasualty.gazetteer.gazetteer import Gazetteer, load_gazetteer
from geocasualty.gazetteer.place import Candidate, Place, Resolution

if TYPE_CHECKING:
    from geocasualty.gazetteer.building import Build, build_gazetteer
    from geocasualty.gazetteer.vicinity import Vicinity, fit_vicinity

__all__ = [
    "Build", "Candidate", "Gazetteer", "Place", "Resolution", "Vicinity", "build_gazetteer", "fit_vicinity",
    "load_gazetteer",
]  # fmt: skip


def __getattr__(name: str) -> object:
    if name in ("Build", "build_gazetteer"):  # who only looks up names need not load what builds a gazetteer
        from geocasualty.gazetteer import building

        return getattr(building, name)
    if name in ("Vicinity", "fit_vicinity"):
        from geocasualty.gazetteer import vicinity

        return getattr(vicinity, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
