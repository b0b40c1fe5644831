"""Counts of records, the ledger of allegations, and what others published of the same war."""

from geocasualty.tallies._figures import add_figures, compare_figures
from geocasualty.tallies._ledger import ledger
from geocasualty.tallies._tally import tally

__all__ = ["add_figures", "compare_figures", "ledger", "tally"]
