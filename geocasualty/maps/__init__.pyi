from ._answers import answers_map
from ._explore import explore
from ._heatmap import plot_sensitivity
from ._offline import offline
from ._page import OfflineMap, save_html
from ._plot_province import plot_province
from ._plot_town import plot_town
from ._plots import plot_figures, plot_tally
from ._province import province_map
from ._town import town_map

__all__ = [
    "OfflineMap", "answers_map", "explore", "offline", "plot_figures", "plot_province", "plot_sensitivity",
    "plot_tally", "plot_town", "province_map", "save_html", "town_map",
]  # fmt: skip
