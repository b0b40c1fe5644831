"""Maps as one-file pages that ask no network, and static figures: every plot lives here."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)  # a report needs none of folium
