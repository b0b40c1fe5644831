"""Which way is a join done: compiled or by trying every pair, on frames in memory or on Dask's?"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pandas as pd

from geocasualty._extras import available

__all__ = ["compiled_or_exact", "is_partitioned"]


def is_partitioned(*frames: Any) -> bool:
    """Whether any of some frames is one of Dask's; Dask is not imported to ask, since without it none is."""
    dataframe = getattr(sys.modules.get("dask"), "dataframe", None)
    frame = getattr(dataframe, "DataFrame", None)
    return frame is not None and any(isinstance(each, frame) for each in frames)


def compiled_or_exact() -> Callable[..., pd.DataFrame]:
    """The compiled join, or where it cannot be compiled the one that tries every pair: the same answer."""
    if available("numba", "until then every incident is compared with every strike: the same answer, later"):
        from geocasualty.matching._fast import fast_pairs

        return fast_pairs
    from geocasualty.matching._neighbours import exact_pairs

    return exact_pairs
