"""The join on frames of Dask, a partition at a time; what is imported ``as`` itself serves other packages only.

:mod:`geocasualty.matching` finds it by name where such a frame comes. No rule of the join stands here: partitions that
can meet are brought together, and the functions for memory say what is near.
"""

from geocasualty.partitioned._files import read_partitions
from geocasualty.partitioned._joins import each_part as each_part
from geocasualty.partitioned._joins import match as match
from geocasualty.partitioned._joins import screen as screen
from geocasualty.partitioned._joins import summed as summed
from geocasualty.partitioned._layout import partition_records, write_pairs

__all__ = ["partition_records", "read_partitions", "write_pairs"]
