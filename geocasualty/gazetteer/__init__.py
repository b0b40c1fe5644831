"""Place texts to geometries with honest uncertainty."""

from geocasualty.gazetteer.gazetteer import Gazetteer, load_gazetteer
from geocasualty.gazetteer.place import Candidate, Place, Resolution

__all__ = ["Candidate", "Gazetteer", "Place", "Resolution", "load_gazetteer"]
