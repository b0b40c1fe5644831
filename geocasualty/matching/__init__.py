"""Incidents and strikes to pairs, and pairs to findings."""

from geocasualty.matching._check import check
from geocasualty.matching._findings import FINDINGS, screen
from geocasualty.matching._join import match

__all__ = ["FINDINGS", "check", "match", "screen"]
