"""Incidents and strikes to a report: one HTML file for readers who have no notebook."""

from geocasualty.reporting._report import report

__all__ = ["report"]
