"""Maps as one-file pages that ask no network, and static figures: every plot lives here."""

from geocasualty.maps._answers import answers_map
from geocasualty.maps._heatmap import plot_sensitivity
from geocasualty.maps._page import OfflineMap, save_html
from geocasualty.maps._plot_province import plot_province
from geocasualty.maps._plot_town import plot_town
from geocasualty.maps._plots import plot_figures, plot_tally
from geocasualty.maps._province import province_map
from geocasualty.maps._town import town_map

__all__ = [
    "OfflineMap",
    "answers_map",
    "plot_figures",
    "plot_province",
    "plot_sensitivity",
    "plot_tally",
    "plot_town",
    "province_map",
    "save_html",
    "town_map",
]
