"""Maps as one-file pages that ask no network: governorates by a measure, and one town with its records."""

from geocasualty.maps._page import OfflineMap, save_html
from geocasualty.maps._province import province_map
from geocasualty.maps._town import town_map

__all__ = ["OfflineMap", "province_map", "save_html", "town_map"]
