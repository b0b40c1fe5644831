"""Incidents and strikes to pairs, and pairs to findings. What is imported ``as`` itself serves other packages only."""

from geocasualty.matching._answers import answer_lines as answer_lines
from geocasualty.matching._answers import assessed_places
from geocasualty.matching._check import check
from geocasualty.matching._groups import group_strikes
from geocasualty.matching._join import match
from geocasualty.matching._knox import chance_test
from geocasualty.matching._link import link
from geocasualty.matching._pairs import is_partitioned as is_partitioned
from geocasualty.matching._rank import rank
from geocasualty.matching._screen import assess as assess
from geocasualty.matching._screen import screen
from geocasualty.matching._screen import taken as taken
from geocasualty.matching._sensitivity import sensitivity
from geocasualty.matching.assessed import Assessed as Assessed
from geocasualty.matching.findings import FINDINGS as FINDINGS

__all__ = [
    "assessed_places",
    "chance_test",
    "check",
    "group_strikes",
    "link",
    "match",
    "rank",
    "screen",
    "sensitivity",
]
