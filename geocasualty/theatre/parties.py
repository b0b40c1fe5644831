"""Who fights in the wars, how records write it, and who belonged to which alliance when.

``parties.csv`` has the names, ``party_forms.csv`` what becomes of a state's name or of an adjective ("Russian army"),
``alliances.csv`` the members of alliances and the parts of forces by date, ``theatres.csv`` in which records a word
such as "regime" means something. Case, full stops, hyphens, apostrophes, hamzas, vowel signs and the final forms of
Arabic letters make no difference to a name. Users add rows of the same columns (:func:`add_parties`).
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from geocasualty.errors import InputError
from geocasualty.theatre.languages import languages, unknown_words

__all__ = [
    "BEFORE", "BEHIND", "DOUBTS", "EITHER", "MEANS", "UNKNOWN", "Membership", "Parties", "add_parties", "key_of",
    "parties_in_force",
]  # fmt: skip

PARTY_COLUMNS = ("party", "kind", "country", "language", "form", "aliases", "theatre", "source")
ALLIANCE_COLUMNS = ("alliance", "member", "from", "until", "source")
KINDS = ("alliance", "armed group", "command", "government", "state")
FIRST, LAST = -(10**9), 10**9
"""Days before and after any record: a membership without a beginning, or without an end."""

Row = Mapping[str, str]
Days = tuple[int, int]
"""First and last day, counted from 1970-01-01 in UTC."""

MEANS = re.compile(
    r" (?:(?:air|war|fighter|combat|military|attack|drone|aerial) ?)?(?:strikes?|strike\(s\)|raids?|bombing|"
    r"bombardments?|shelling|planes?|jets?|fighters|bombers?|aircrafts?|helicopters?|drones?|uavs?|forces?|power|"
    r"aviation|troops|artillery)"
)
"""Words after a name that say with what, not who."""

_FOLDED = str.maketrans({"ى": "ي", "ة": "ه", "ٱ": "ا", "ـ": "", "_": " ", **dict.fromkeys("-‐‑‒–—−", " ")})


def key_of(name: str) -> str:
    """A name as it is looked up.

    Examples
    --------
    >>> key_of(" U.S.-led  Coalition"), key_of("da'esh"), key_of("الأردن") == key_of("الاردن"), key_of(" ? ")
    ('us led coalition', 'daesh', True, '')
    """
    marks = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(mark for mark in marks if not unicodedata.combining(mark) and unicodedata.category(mark) != "Cf")
    return " ".join(re.sub("[.?؟!*\"'`‘’“”«»]", "", letters.translate(_FOLDED)).split())


UNKNOWN = frozenset(map(key_of, unknown_words())) | {
    "", "unattributed", "unknown party", "unknown belligerent", "unknown belligerents", "unknown perpetrator",
    "unidentified party", "unknown military", "unidentified military", "طيران مجهول", "طيران مجهول الهويه",
    "جهه مجهوله",
}  # fmt: skip
"""Ways to say that nobody is named, as :func:`key_of` writes them."""


def _any(kind: str, change: Callable[[str], str]) -> str:
    words = {change(word) for language in languages() for word in language.parties[kind]}
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


_DOUBT = _any("doubt", key_of)
DOUBTS = re.compile(rf"(?:^|(?<=[ (]))(?:{_DOUBT})(?=[ )]|$)")
"""Words beside a name, as :func:`key_of` writes them, that say it with a doubt."""
BEFORE, BEHIND = re.compile(rf"^(?:the|{_DOUBT}) "), re.compile(rf" \(?(?:{_DOUBT})\)?$")
"""The same before and behind a name, and the article, with what parts them from it."""
EITHER = re.compile(rf"\s(?:{_any('or', str)})\s", re.IGNORECASE)
"""Between names of which one is meant."""


class Membership(NamedTuple):
    """A party in an alliance, or a part of the forces of another, from a day to a day, both inclusive."""

    alliance: str
    member: str
    first: int
    last: int

    def on(self, days: Days | None) -> bool:
        """Whether it held on any of the days; at any time, if none are given."""
        return days is None or (self.first <= days[1] and days[0] <= self.last)


class Parties:
    """Tables of parties and alliances, ready to look up; the order of their rows makes no difference.

    Raises InputError if one word means two parties in one place, a date or kind is none, or a member is no party.
    """

    def __init__(
        self, parties: Iterable[Row], alliances: Iterable[Row], theatres: Iterable[Row], forms: Iterable[Row]
    ) -> None:
        rows = list(parties)
        self.names = frozenset(row["party"] for row in rows)
        """Every party, one spelling each."""
        self._of_country = {row["country"]: row["theatre"] for row in theatres if row["country"]}
        self._of_reader = {row["reader"]: row["theatre"] for row in theatres if row["reader"]}
        self._meant: dict[str, dict[str, str]] = {theatre: {} for theatre in ("", *self._of_country.values())}
        wordings: dict[tuple[str, str], list[str]] = {}
        for row in forms:
            wordings.setdefault((row["language"], row["form"]), []).append(row["wording"])
        for row in rows:
            for alias in _wordings(row, wordings):
                for theatre in row["theatre"].split(";"):
                    self._mean(theatre, alias, row["party"])
        for name in self.names:
            if not any(key_of(name) in self._meant[theatre] for theatre in self._meant):
                self._mean("", name, name)
        self._shown = {theatre: self._spellings(theatre, rows) for theatre in sorted(self._meant)}
        self._joined = frozenset(_membership(row, self.names) for row in alliances)
        self.members: dict[str, list[Membership]] = {}
        """The memberships in each alliance, by name and day."""
        self.alliances: dict[str, list[Membership]] = {}
        """The memberships of each member."""
        self._members_on: dict[tuple[str, Days | None], frozenset[str]] = {}
        for each in sorted(self._joined):
            self.members.setdefault(each.alliance, []).append(each)
            self.alliances.setdefault(each.member, []).append(each)
        self.allied = frozenset({*self.members, *self.alliances})
        """Every alliance and every member of one."""
        self.edges = sorted({day for each in self._joined for day in (each.first, each.last + 1)} - {FIRST, LAST + 1})
        """Days on which somebody is a member who was not the day before, or is none who was."""

    def _mean(self, theatre: str, alias: str, party: str) -> None:
        known = self._meant.setdefault(theatre, {}).setdefault(key_of(alias), party)
        if known != party:
            both = f"{min(known, party)} and {max(known, party)}{f' in the theatre {theatre!r}' if theatre else ''}"
            raise InputError(
                f"parties: column 'aliases', value {alias!r}: means {both}; "
                "take it from one of them, or say for which theatre it holds"
            )

    def _spellings(self, theatre: str, rows: list[Row]) -> dict[str, str]:
        """How to write the parties whose own name means another party in a theatre."""
        shown = {}
        in_order = sorted(rows, key=lambda row: (row["language"] != "en", row["aliases"]))
        for name in sorted(self.names):
            if self.meaning_of_key(key_of(name), theatre) in (name, None):
                continue
            others = [alias for row in in_order if row["party"] == name for alias in row["aliases"].split(";")]
            keys = {each: key_of(each) for each in others if self._meant[""].get(key_of(each)) == name}
            shown[name] = next((each for each in keys if self.meaning_of_key(keys[each], theatre) == name), name)
        return shown

    def theatre_of(self, country: str = "", reader: str = "") -> str:
        """The theatre of a record: that of its country, else that of the source; empty where neither has one.

        Examples
        --------
        >>> parties_in_force().theatre_of("SY"), parties_in_force().theatre_of("", "centcom/2")
        ('iraq-syria', 'iraq-syria')
        >>> parties_in_force().theatre_of("NZ")
        ''
        """
        return self._of_country.get(country) or self._of_reader.get(reader.split("/")[0] if not country else "", "")

    def meaning_of_key(self, key: str, theatre: str) -> str | None:
        """The party that a key of :func:`key_of` means in a theatre."""
        found = self._meant.get(theatre, {}).get(key) if theatre else None
        return found or self._meant[""].get(key)

    def party(self, name: str) -> str | None:
        """The party that a name is, written as records write it: its own name, or one that means it everywhere."""
        return name if name in self.names else self._meant[""].get(key_of(name))

    def meanings(self, theatre: str) -> dict[str, str]:
        """What each key means in a theatre, and each party's own name."""
        return self.general | self._meant.get(theatre, {})

    def written(self, party: str, theatre: str) -> str:
        """The name of a party so that it means that party in a theatre too."""
        return self._shown.get(theatre, {}).get(party, party)

    @functools.cached_property
    def general(self) -> dict[str, str]:
        """What each key means in every theatre that does not say otherwise, and each party's own name."""
        return {key_of(name): name for name in sorted(self.names)} | self._meant[""]

    def members_on(self, alliance: str, days: Days | None = None) -> frozenset[str]:
        """Who belonged to an alliance, or to the forces of a state, on any of some days; at any time without days.

        Examples
        --------
        >>> sorted(parties_in_force().members_on("United States"))
        ['AFRICOM', 'CENTCOM']
        """
        key = alliance, days
        if key not in self._members_on:
            self._members_on[key] = frozenset(each.member for each in self.members.get(alliance, ()) if each.on(days))
        return self._members_on[key]


def _wordings(row: Row, wordings: Mapping[tuple[str, str], list[str]]) -> list[str]:
    """All that an alias row has of names: a state's in each of the forms, an adjective in those of adjectives."""
    aliases = [alias for alias in row["aliases"].split(";") if alias]
    form = row["form"] or "name"
    if form == "name" and row["kind"] != "state":
        return aliases
    found = wordings.get((row["language"], form), ["{}"] if form == "name" else [])
    return [wording.format(alias) for alias in aliases for wording in found]


def _membership(row: Row, names: frozenset[str]) -> Membership:
    for column in ("alliance", "member"):
        if row[column] not in names:
            raise InputError(f"alliances: column {column!r}, value {row[column]!r}: is no party; add a row of it")
    first, last = (_day(row, column, empty) for column, empty in (("from", FIRST), ("until", LAST)))
    if last < first:
        raise InputError(f"alliances: column 'until', value {row['until']!r}: is before from, {row['from']!r}")
    return Membership(row["alliance"], row["member"], first, last)


def _day(row: Row, column: str, empty: int) -> int:
    try:
        return day_number(row[column]) if row[column] else empty
    except ValueError:
        raise InputError(
            f"alliances: column {column!r}, value {row[column]!r}: expected a day such as 2015-03-26, or nothing"
        ) from None


def day_number(day: str | dt.date) -> int:
    """Days since 1970-01-01.

    Examples
    --------
    >>> day_number("1970-01-02"), day_number(dt.date(2014, 8, 8))
    (1, 16290)
    """
    return (dt.date.fromisoformat(day) if isinstance(day, str) else day).toordinal() - dt.date(1970, 1, 1).toordinal()


@functools.cache
def table(name: str) -> tuple[Row, ...]:
    """The rows of a table of this package."""
    text = (files("geocasualty.theatre") / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


_ADDED: list[AddedParties] = []


def parties_in_force() -> Parties:
    """The tables of this package with the rows that were added.

    Examples
    --------
    >>> "Houthis" in parties_in_force().names
    True
    """
    return _built(tuple(sorted({row for added in _ADDED for row in added.rows})))


@functools.lru_cache(maxsize=8)
def _built(added: tuple[tuple[str, ...], ...]) -> Parties:
    parties = [dict(zip(PARTY_COLUMNS, row, strict=True)) for row in added if len(row) == len(PARTY_COLUMNS)]
    alliances = [dict(zip(ALLIANCE_COLUMNS, row, strict=True)) for row in added if len(row) == len(ALLIANCE_COLUMNS)]
    return Parties(
        [*table("parties"), *parties], [*table("alliances"), *alliances], table("theatres"), table("party_forms")
    )


class AddedParties:
    """Rows that hold until :meth:`remove`, or to the end of a ``with`` block."""

    def __init__(self, rows: frozenset[tuple[str, ...]]) -> None:
        self.rows = rows

    def remove(self) -> None:
        """Take the rows out again; what has been read with them keeps its names."""
        _ADDED[:] = [each for each in _ADDED if each is not self]

    def __enter__(self) -> AddedParties:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


def add_parties(rows: Any) -> AddedParties:
    """Add parties, other names of parties, or memberships to the tables, for this process.

    Parameters
    ----------
    rows : str, path-like, pandas.DataFrame or iterable of mapping
        A CSV file or table with the columns of ``parties.csv`` (``party`` and ``aliases``, joined by ``;``, at least;
        ``kind``, ``country``, ``language``, ``form``, ``theatre``, ``source``), or with those of ``alliances.csv``
        (``alliance`` and ``member`` at least; ``from``, ``until``, ``source``).

    Returns
    -------
    AddedParties
        Used in ``with``, the rows hold inside it. Adding the same rows twice, or in another order, makes no difference.

    Raises
    ------
    geocasualty.errors.InputError
        If the columns are those of neither table, or a row cannot be used: nothing is added then.

    Examples
    --------
    >>> from geocasualty.records.belligerents import canonical_belligerents, overlap
    >>> mine = [{"party": "Battalion of Hit", "aliases": "hit battalion;كتيبة هيت"}]
    >>> with add_parties(mine), add_parties([{"alliance": "Hit Council", "member": "Battalion of Hit"}]):
    ...     canonical_belligerents("كتيبة هيت")
    Traceback (most recent call last):
    geocasualty.errors.InputError: alliances: column 'alliance', value 'Hit Council': is no party; add a row of it
    >>> mine += [{"party": "Hit Council", "aliases": "council of hit"}]
    >>> with add_parties(mine), add_parties([{"alliance": "Hit Council", "member": "Battalion of Hit"}]):
    ...     canonical_belligerents("كتيبة هيت"), overlap("Hit Council", "Battalion of Hit")
    ('Battalion of Hit', True)
    >>> canonical_belligerents("hit battalion")
    'hit battalion'
    """
    added = AddedParties(_rows_of(rows))
    _ADDED.append(added)
    try:
        parties_in_force()
    except InputError:
        added.remove()
        raise
    return added


def _rows_of(rows: Any) -> frozenset[tuple[str, ...]]:
    name = "parties"
    if isinstance(rows, str | Path):
        name = Path(rows).name
        try:
            with Path(rows).open(encoding="utf-8-sig", newline="") as stream:
                rows = list(csv.DictReader(stream))
        except UnicodeDecodeError as error:
            raise InputError(f"{name}: is no UTF-8 ({error.reason} at byte {error.start}); save it as such") from None
    elif hasattr(rows, "to_dict"):
        rows = rows.fillna("").to_dict("records")
    return frozenset(_checked(name, number, row) for number, row in enumerate(rows, start=1))


def _checked(name: str, number: int, row: Mapping[Any, Any]) -> tuple[str, ...]:
    columns = ALLIANCE_COLUMNS if "alliance" in row else PARTY_COLUMNS
    needed = ("alliance", "member") if "alliance" in row else ("party",)
    unknown = sorted(str(column) for column in row if column not in columns)
    if unknown or not all(column in row for column in needed):
        raise InputError(
            f"{name}: row {number}: columns {', '.join(map(str, row))}; expected those of parties "
            f"({', '.join(PARTY_COLUMNS)}) or of alliances ({', '.join(ALLIANCE_COLUMNS)})"
        )
    cells = {column: " ".join(str(row.get(column) or "").split()) for column in columns}
    if columns is PARTY_COLUMNS:
        cells["kind"] = cells["kind"] or "armed group"
        cells["form"] = cells["form"] or "name"
        cells["aliases"] = ";".join(sorted(filter(None, (part.strip() for part in cells["aliases"].split(";")))))
        if cells["kind"] not in KINDS:
            raise InputError.of_cell(name, number, "kind", cells["kind"], f"expected one of {KINDS}")
        if cells["form"] not in ("name", "adjective"):
            raise InputError.of_cell(name, number, "form", cells["form"], "expected 'name' or 'adjective'")
    for column in needed:
        if not cells[column] or ";" in cells[column]:
            raise InputError.of_cell(name, number, column, cells[column], "expected one name")
    return tuple(cells[column] for column in columns)
