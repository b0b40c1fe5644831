"""Is a frame one of Dask's, and what are its partitions?"""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["is_partitioned"]


def is_partitioned(*frames: Any) -> bool:
    """Whether any of some frames is one of Dask's; Dask is not imported to ask, since without it none is."""
    dataframe = getattr(sys.modules.get("dask"), "dataframe", None)
    frame = getattr(dataframe, "DataFrame", None)
    return frame is not None and any(isinstance(each, frame) for each in frames)
