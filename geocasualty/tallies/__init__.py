"""Counts of records, the books of allegations, and what others published of the same war."""

from geocasualty.tallies._figures import compare_figures, sum_figures
from geocasualty.tallies._ledger import allegations_by_month
from geocasualty.tallies._tally import tally

__all__ = ["allegations_by_month", "compare_figures", "sum_figures", "tally"]
