"""What an analyst should know of a record before using it, one word each."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt

from geocasualty.records._words import Words

FLAGS = {
    "accuracy-without-coordinate": "an accuracy is stated, and no coordinate that it could belong to, or an area: it "
    "may widen a named place, and is ignored otherwise",
    "amended-release": "versions of one release of the same date and hours differ in this line: each is kept and "
    "quoted, and the number is counted in one of them alone, which the remark says",
    "approximate-date": "the source says that the date is only about right (a day more on either side is taken, of a "
    "month half a month), gives a part of a month or a year, or dates a strike by its report",
    "assumed-accuracy": "a position without an accuracy, in a file that states none for any: the radius is the default "
    "of 2 km, of an MGRS reference that of its cell; radius_m= states one for the whole file",
    "assumed-end": "when this strike of the Dutch list ended is blank: two hours are taken, since of those that state "
    "it none took longer than 64 minutes",
    "assumed-hours": "neither the release nor the schedule of its time says which hours it covers: its date and the "
    "day before are taken",
    "blank-accuracy": "a cell that would say how exact the place is stands blank, in a column that the file has for "
    "it: the radius is the widest that the file states, of coordinates at least the default, and a blank vicinity is "
    "taken as yes. It may have said anything: the record gives no sure finding",
    "blank-hours": "the time of day stands blank, in a file that tells it of other rows: it may have been any, and the "
    "night of a day is the one before or behind it, so that the days may be off by one",
    "copied-release": "the same text, word for word, stands under another date too: on which of them its strikes were "
    "is not known",
    "doubtful-belligerent": "a party is told with a doubt ('possibly', 'or', '?'), or beside an unknown one: its name "
    "is kept, but the strike may be another's, and the record is surely of nobody",
    "geometry-conflict": "the stated coordinates and the place text, or two stated positions, are further apart than "
    "both accuracies allow; the reason says how far",
    "guessed-timezone": "the country has several time zones that differ on those days, and the file does not say in "
    "which of them the record is: its days are those of the zone of most people, which the reason names",
    "inexact-count": "a number of people or strikes is told as a bound or a range: the least stands in a column of "
    "least numbers, the most in one of most, empty where it is not told; 'about 12' stands as 12",
    "looks-swapped": "latitude and longitude would fit the gazetteer's countries the other way round",
    "malformed-mgrs": "a second source's MGRS reference denotes no cell; it is ignored",
    "outside-country": "more than 20 km outside the stated country; where the place that a text names lies elsewhere, "
    "the record has that place's country and time zone",
    "midnight-utc": "all times of the column are 00:00:00 in UTC, as exports of R, JavaScript and GIS write days: they "
    "are taken as days of the record's own time zone",
    "placeholder": "three or more events of different days share the very point or cell, and one of them states it "
    "finer than a village, or the point is a settlement's own: it stands for its place. The reason says for which",
    "several-days": "the source names days with others between them: the record spans them all, named or not",
    "shape-ignored": "the file has a line or another shape that is no point or area; it is ignored, and the record "
    "lies where its reference, coordinates or place text say",
    "unknown-belligerent": "a belligerent, or one that the row says it covers, is in no table of names: a slip such as "
    "'coaliton', or a party that the tables lack. It is kept as written, a party of its own that no other's strike "
    "matches; the reason names it, and the known name that it may mean. Not set for UCDP and ACLED, which take their "
    "parties from lists of their own",
    "unknown-end": "the end is blank, in a file that has a column for it: of a range of days a longest range is "
    "assumed, else the day or the minute of the beginning",
    "unknown-term": "a recorder's word for the status, sex, age group or death of victims, the weapon, the proof or "
    "what was hit is in no table: it is kept as written",
    "unmapped-column": "nobody reads a column that looks like a party, a date, a place or an accuracy; what it says "
    "may change the answer: map it with column_map=, or dismiss it with ignore=",
    "unread-time": "the time of day stands in words that nobody reads: the night before the day and the one behind it "
    "are taken too, the widest that a time of day may mean",
    "unused-words": "a part of the place text explains nothing of where the record was put; the reason names it, and "
    "the record is located to an area. Another part may be the wrong one: it gives no sure finding",
    "unknown-timezone": "neither a time zone nor a country that has one: the days are those of UTC",
}
"""Flag to meaning."""

DOUBTFUL = frozenset({"blank-accuracy", "geometry-conflict", "looks-swapped", "outside-country", "unused-words"})
"""Flags of a record whose place contradicts itself or is told in part: it gives no sure finding."""

GUESSED_DAY = frozenset({"blank-hours", "guessed-timezone", "midnight-utc", "unknown-timezone"})
"""Flags of a record whose days may be off by one, since their zone or the hours are not known."""

DOUBTFUL_TIME = GUESSED_DAY | {
    "approximate-date", "assumed-hours", "copied-release", "unknown-end", "unread-time",
}  # fmt: skip
"""Flags of a record whose days are not sure."""

GUESSED_PARTY = frozenset({"doubtful-belligerent"})
"""Flags of a record that may be of none of the parties that it names."""

DOUBTFUL_PARTY = GUESSED_PARTY | {"unknown-belligerent"}
"""Flags of a record of which some party may be another than it says."""

ASSUMED = frozenset({"assumed-accuracy", "blank-accuracy"})
"""Flags of a record whose radius is an assumption: a sure finding that hangs on it says so."""

UNMAPPED = frozenset({"unmapped-column"})
"""Flags of a record of which something is said that nobody read: it gives no sure finding."""

OF_THE_PLACE = DOUBTFUL | ASSUMED | {"accuracy-without-coordinate", "placeholder", "shape-ignored"}
"""Flags that speak of where a record lies, and no longer hold when it is moved."""

_BEFORE = {flag.replace("-", "_"): flag for flag in FLAGS}


def spelt(flags: str) -> str:
    """Flags joined by ``;`` as they are spelt now; files of 0.1 have underscores.

    Examples
    --------
    >>> spelt("geometry_conflict;placeholder;mine_own"), spelt("")
    ('geometry-conflict;placeholder;mine_own', '')
    """
    return ";".join(_BEFORE.get(flag, flag) for flag in flags.split(";"))


Mask = npt.NDArray[np.bool_]


class Flags:
    """Masks over the rows of one table, joined into a column at the end."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._masks: defaultdict[str, Mask] = defaultdict(lambda: np.zeros(count, dtype=bool))

    def add(self, flag: str, where: Any) -> None:
        """Set a flag on the rows of a mask, or on those of some positions."""
        self._masks[flag][where] = True

    def where(self, flag: str) -> Mask:
        """The rows that have a flag."""
        return self._masks.get(flag, np.zeros(self._count, dtype=bool))

    def add_stated(self, words: Words) -> None:
        """Set the flags that a column of ``;``-joined words states."""
        for text in words.texts:
            for flag in filter(None, (spelt(part.strip()) for part in text.split(";"))):
                self.add(flag, words.holds(text))

    def column(self) -> Words:
        """Sorted flags joined by ``;``, for each row.

        Examples
        --------
        >>> flags = Flags(2)
        >>> flags.add("placeholder", np.array([True, False]))
        >>> flags.add("geometry-conflict", np.array([True, False]))
        >>> flags.column().array().tolist()
        ['geometry-conflict;placeholder', '']
        """
        result = Words.repeated("", self._count)
        for flag in sorted(self._masks):
            result.append(self._masks[flag], flag)
        return result
