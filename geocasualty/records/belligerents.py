"""Whose strike is it? Names of belligerents, one spelling each."""

from __future__ import annotations

import datetime as dt
import functools
import re

from geocasualty.theatre.parties import (
    BEFORE,
    BEHIND,
    DOUBTS,
    EITHER,
    MEANS,
    UNKNOWN,
    Days,
    Parties,
    day_number,
    key_of,
    parties_in_force,
)

__all__ = [
    "canonical_belligerents", "in_doubt", "kin", "names_in_no_table", "nearest_name", "of_alliance", "one_strike",
    "overlap", "parties_of",
]  # fmt: skip

LONGEST = 200
"""Characters of a name; none in the tables has as many, with what may stand around it word by word."""

_BETWEEN = re.compile(rf"[,،؛/|&+]|{EITHER.pattern}|\sand\s|\sو\s*(?=\S)", re.IGNORECASE)


def canonical_belligerents(text: str, theatre: str | None = "") -> str:
    """Sort and join the names in a cell; an unknown belligerent is the empty string.

    Names are separated by ``;``. Also by a comma, ``/``, ``|``, ``&``, ``+``, "and", the Arabic "و", or "or" in any
    language of the tables, but there only where every part is a known name: any other name with a comma inside stays
    whole. Words that say with what ("airstrikes", "warplanes", "forces", "air force") or how surely ("suspected") are
    taken off a name; :func:`in_doubt` says whether there was one of the latter. Names that are in no table are kept as
    typed; "unknown", "NA", "?" and the like are no names. The same text and theatre again give the same names.

    The theatre is that of the record, as :meth:`geocasualty.theatre.parties.Parties.theatre_of` gives it: where
    "regime", "the coalition" or "IS" mean a party. Elsewhere such words are in no table. None: names of no record, such
    as an argument; a party's own name counts however it is spelt.

    Examples
    --------
    >>> canonical_belligerents("U.S.-led Coalition airstrikes; Netherlands")
    'Coalition;Netherlands'
    >>> canonical_belligerents("unclear"), canonical_belligerents("Battalion of Hit")
    ('', 'Battalion of Hit')
    >>> canonical_belligerents("Coalition, Russia"), canonical_belligerents("التحالف الدولي")
    ('Coalition;Russia', 'Coalition')
    >>> [canonical_belligerents("the coalition", theatre) for theatre in ("", "iraq-syria", "yemen")]
    ['the coalition', 'Coalition', 'Saudi-led coalition']
    """
    parties = parties_in_force()
    return ";".join(sorted({name for part in re.split("[;؛]", text) for name in _names(part, theatre, parties)}))


def _names(part: str, theatre: str | None, parties: Parties) -> list[str]:
    found = _known(part, theatre, parties)
    if found is not None:
        return [found] if found else []
    split = [_known(each, theatre, parties) for each in _BETWEEN.split(part)]
    if len(split) > 1 and None not in split:
        return [name for name in split if name]
    return [re.sub(r"\s+", " ", part).strip()]


def _known(name: str, theatre: str | None, parties: Parties) -> str | None:
    """The one spelling of a name, empty for nobody; None for a name that is in no table."""
    key = _within_reach(key_of(name))
    while True:
        if len(key) > LONGEST:
            return None
        if key in UNKNOWN:
            return ""
        found = parties.general.get(key) if theatre is None else parties.meaning_of_key(key, theatre)
        if found is None and name.strip() in parties.names:
            found = name.strip()
        if found is not None:
            return parties.written(found, theatre or "")
        first, last = _around(key)
        if last - first == len(key):
            return None
        key = key[first:last]


def _within_reach(key: str) -> str:
    """A name that is longer than any, without the words around it; only its ends are looked at, however long it is."""
    first, last = 0, len(key)
    while last - first > LONGEST:
        if last - first > 2 * LONGEST:
            start, end = _around(f"{key[first : first + LONGEST]}\n{key[last - LONGEST : last]}")
            taken = start, 2 * LONGEST + 1 - end
        else:
            start, end = _around(key[first:last])
            taken = start, last - first - end
        if taken == (0, 0):
            break
        first, last = first + taken[0], last - taken[1]
    return key[first:last]


def _around(key: str) -> tuple[int, int]:
    """Where a name begins and ends, without one of the words around it."""
    if found := BEFORE.search(key):
        return found.end(), len(key)
    if found := BEHIND.search(key):
        return 0, found.start()
    means = [each for each in MEANS.finditer(key) if each.end() == len(key)]
    return 0, means[0].start() if means else len(key)


def in_doubt(text: str) -> bool:
    """Whether a cell names a party with a doubt, one of several, or one beside somebody unknown.

    Examples
    --------
    >>> [in_doubt(text) for text in ("possibly Russia", "Russia?", "Coalition or Russia", "ربما روسيا")]
    [True, True, True, True]
    >>> [in_doubt(text) for text in ("Russia", "Coalition;Russia", "unknown")]
    [False, False, False]
    """
    parts = [part for whole in re.split("[;؛]", text) for part in _BETWEEN.split(whole) if part.strip()]
    nobody = [key_of(part) in UNKNOWN for part in parts]
    said = "".join(part for part, unknown in zip(parts, nobody, strict=True) if not unknown)
    return bool(said) and (
        any(nobody) or bool(EITHER.search(text) or re.search("[?؟]", said) or DOUBTS.search(key_of(text)))
    )


def names_in_no_table(names: str) -> list[str]:
    """Those of the ``;``-joined names that no table here has.

    Examples
    --------
    >>> names_in_no_table("Coalition;coaliton")
    ['coaliton']
    """
    parties = parties_in_force()
    return [name for name in names.split(";") if name and parties.party(name) is None]


def nearest_name(name: str, theatre: str = "") -> str:
    """The known name that a name may be a slip for, or that stands in it among others; empty if there is none.

    Examples
    --------
    >>> nearest_name("coaliton"), nearest_name("Ministry of Defence, Russia"), nearest_name("Battalion of Hit")
    ('Coalition', 'Russia', '')
    """
    return _nearest(name, theatre, parties_in_force())


@functools.lru_cache(maxsize=65_536)
def _nearest(name: str, theatre: str, parties: Parties) -> str:
    from rapidfuzz.distance import OSA

    key = key_of(name)
    slips = [
        (away, meant)
        for alias, meant in parties.meanings(theatre).items()
        if len(alias) >= 5
        and abs(len(alias) - len(key)) <= 2
        and (away := OSA.distance(key, alias, score_cutoff=2)) <= (1 if len(alias) < 9 else 2)
    ]
    if slips:
        return min(slips)[1]
    return next(filter(None, (_known(part, theatre, parties) for part in _BETWEEN.split(name))), "")


def overlap(one: str, other: str, day: str | dt.date | None = None) -> bool:
    """Whether two sets of belligerents may be of one strike: they share a name, or either is unknown.

    Releases of an alliance report the strikes of its members and do not say whose each was. So a member overlaps a side
    that names the alliance and none of its members, and the other way round. It overlaps no side that names the
    alliance with other members only. Parts of the forces of a state (AFRICOM, CENTCOM) are to it as members. Who
    belonged to what, from when until when, stands in ``theatre/alliances.csv``: members are those of ``day``, without
    it whoever was one at any time. Turkey is no member of the Coalition there: most of its strikes in Syria were not
    the Coalition's. Names are as :func:`canonical_belligerents` gives them, or any that mean the same in all theatres.

    Examples
    --------
    >>> overlap("Coalition", "Coalition;Netherlands"), overlap("Russia", "Coalition"), overlap("", "Russia")
    (True, False, True)
    >>> overlap("United States", "Coalition"), overlap("Coalition", "France"), overlap("Turkey", "Coalition")
    (True, True, False)
    >>> overlap("Netherlands", "Coalition;United Kingdom"), overlap("France", "Netherlands")
    (False, False)
    >>> [overlap("Qatar", "Saudi-led coalition", day) for day in ("2016-01-01", "2018-01-01")]
    [True, False]
    """
    on = None if day is None else (day_number(day), day_number(day))
    return one_strike(parties_of(one), parties_of(other), on)


def parties_of(names: str) -> frozenset[str]:
    """The parties that ``;``-joined names are; a name in no table is a party of its own."""
    return _parties(names, parties_in_force())


@functools.lru_cache(maxsize=65_536)
def _parties(names: str, parties: Parties) -> frozenset[str]:
    found = canonical_belligerents(names, None).split(";")
    return frozenset(parties.party(name) or name for name in found if name)


def one_strike(ours: frozenset[str], theirs: frozenset[str], on: Days | None) -> bool:
    """As :func:`overlap`, for parties, and members of any of some days."""
    if not ours or not theirs or ours & theirs:
        return True
    return _as_member(ours, theirs, on) or _as_member(theirs, ours, on)


def of_alliance(whole: str, theirs: frozenset[str] | set[str], on: Days | None) -> bool:
    """Whether a name is that of an alliance, and theirs hold a member of it: whatever they struck, it struck."""
    parties = parties_in_force()
    return whole in parties.members and bool(parties.members_on(whole, on) & theirs)


def kin(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether parties of two sides belong to one alliance, or to each other, on whatever days.

    Examples
    --------
    >>> kin(parties_of("France"), parties_of("Netherlands")), kin(parties_of("France"), parties_of("Russia"))
    (True, False)
    """
    parties = parties_in_force()
    wholes = [
        {name for name in each if name in parties.members}
        | {named.alliance for name in each for named in parties.alliances.get(name, ())}
        for each in (ours, theirs)
    ]
    return bool(wholes[0] & wholes[1])


def _as_member(some: frozenset[str], others: frozenset[str], on: Days | None) -> bool:
    """Whether some name a member of an alliance, and others it as a whole."""
    parties = parties_in_force()
    members = [parties.members_on(name, on) for name in others if name in parties.members]
    return any(bool(some & each) and not others & each for each in members)
