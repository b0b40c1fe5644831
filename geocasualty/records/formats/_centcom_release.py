"""A strike release from its first line to its last: which clauses, in which country, on which days?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from geocasualty.errors import InputError
from geocasualty.records.formats._centcom_clauses import (
    COUNTRIES,
    Reported,
    clauses_of,
    country_of,
    opening_country,
    tidy,
)
from geocasualty.records.formats._centcom_hours import Span, span_in
from geocasualty.records.formats._centcom_targets import targets_in

LONGEST = 500_000
_LONGEST_SENTENCE = 3_000

_MARK = r"[-–—*•·▪◦‣●]"
_BULLET = re.compile(rf"^\s*(?:{_MARK}\s*){{1,4}}|^\s*o\s+(?=[A-Z])")
_INLINE_BULLET = re.compile(rf"\s(?:--|—-)\s|\s{_MARK}{{1,2}}\s{{1,3}}(?=(?:Near|In|On|North|South|East|West)[a-z]*\s)")
_INLINE_HEADING = re.compile(r"(?<=[.:”\"\s])((?:Air)?[Ss]trikes in (?:Syria|Iraq))(?=\s+[A-Z])")
_HEADING = re.compile(
    r"(?:(?:air)?strikes\s+(?:conducted\s+)?)?(?:in\s+)?(?P<country>iraq|syria)(?:\s+(?:air)?strikes)?\s*:?",
    re.IGNORECASE,
)
_OTHER_HEADING = re.compile(
    r"(?:(?:earlier|previous|additional|other|prior|past)\s+(?:air)?strikes|part of operation.{0,40})\s*:?",
    re.IGNORECASE,
)
_OWN_LINE = re.compile(
    r"(?:release\s?(?:#|date).{0,40}|for immediate release|[a-z]{3,9}\.?\s\d{1,2},?\s20\d\d[.:]?)", re.IGNORECASE
)
_STARTS_UNIT = re.compile(r"Near\s|(?:In|On|Yesterday|Separately|Additionally)\b")
_ENDED = re.compile(r"[.:;!?]['\"”’)]*$")
_SENTENCE_END = re.compile(r"[.!?][\"”’')\]]{0,2}\s+(?=[\"“‘(\[]?[A-Z0-9])")
_SHORT = re.compile(
    r"(?:\b(?:U\.S|U\.K|U\.N|D\.C|a\.m|p\.m|Gen|Brig|Lt|Col|Maj|Capt|Sgt|Adm|Mr|Mrs|Ms|Dr|St|No|vs|approx|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)|\b[A-Z])\.$"
)
_ACTION = re.compile(r"\b(?:attack|strik|struck|conduct|target)", re.IGNORECASE)
_DATED_OPENING = 60
_NONE = re.compile(
    r"\bno\s(?:\w{1,12}\s){0,2}(?:air\s?)?strikes?\b|\b(?:did|has|have)\snot\s(?:conduct|carr|strike|struck|attack)",
    re.IGNORECASE,
)
_ATTACK = re.compile(r"\b(?:air\s?)?str(?:ikes?|uck)\b|\battack|\bdestroy|\bdamag|\bbomb", re.IGNORECASE)


class Clause(NamedTuple):
    """Strikes of one place, as one clause of a release reports them, with the sentence.

    ``n_strikes`` is None where the text gives no number ("several", "coalition aircraft also struck"); ``country`` is
    ``IQ``, ``SY``, or empty where it does not say. ``place_text`` is as written, with its bearing ("southwest of Hit"),
    without "near", which is ``vicinity``; empty where no place is named. ``start`` and ``end`` are of the hours that
    the text states, in UTC; ``inconclusive`` says "inconclusive results"; ``targets`` are what
    :func:`~geocasualty.records.formats._centcom_targets.targets_in` counts.
    """

    n_strikes: int | None
    country: str
    place_text: str
    vicinity: bool
    start: datetime | None
    end: datetime | None
    text: str
    inconclusive: bool
    targets: str = ""


class Release(NamedTuple):
    """The clauses of a release, in its order, and the hours that it states for all of them."""

    clauses: tuple[Clause, ...]
    span: Span | None


class _Told(NamedTuple):
    reported: Reported
    country: str
    span: Span | None
    text: str


def read_text(text: str, released: date | None, country: str = "") -> Release:
    """Read a release, or a single line of one, as pasted: bullets, headings, wrapped lines or all in one line.

    ``released`` gives the year for its dates, and what "yesterday" counts from; without it no dates are read.
    ``country`` is the ISO code that holds until the text names another one.
    """
    if len(text) > LONGEST:
        raise InputError(f"a release of {len(text):,} characters, over half a million: split it")
    whole: Span | None = None
    told: list[_Told] = []
    section, days = country, None
    for unit, heading in units_of(text):
        if heading is not None:
            section, days = heading, None
            continue
        for sentence in sentences_of(unit):
            section = opening_country(sentence) or section
            span = span_in(sentence, released) if released else None
            found = clauses_of(sentence)
            located = any(one.spot for one in found) or any(one.reported.spot for one in told)
            if span is not None and whole is None and not located and _ACTION.search(sentence):
                whole = span
            if span is not None and (sentence.endswith(":") or _opens_with_date(sentence, released)):
                days = span
            told += [_Told(one, one.country or section, span or days, sentence) for one in found]
            if sentence.endswith(":"):
                section = country_of(sentence) or section
    return Release(tuple(_clause(one, whole) for one in _kept(told)), whole)


def _opens_with_date(sentence: str, released: date | None) -> bool:
    return (
        released is not None
        and span_in(sentence[:_DATED_OPENING], released) is not None
        and bool(re.match(r"(?:additionally\s+)?(?:on|yesterday|today|between|from)\b", sentence, re.IGNORECASE))
    )


def _kept(told: list[_Told]) -> Iterator[_Told]:
    """All but the totals that the text lists: a total stays, unplaced, if nothing else tells of its country then."""
    known: dict[str, set[date | None]] = {}
    for one in told:
        if not one.reported.summary:
            known.setdefault(one.country, set()).update(_days(one.span))
    for one in told:
        if not one.reported.summary:
            yield one
        elif one.country and one.reported.n_strikes is not None and not one.text.endswith(":"):
            days = _days(one.span)
            if not any(_overlap(days, known.get(country, set())) for country in (one.country, "")):
                yield one
            known.setdefault(one.country, set()).update(days)


def _days(span: Span | None) -> set[date | None]:
    """The days of a span; None stands for those of the whole release."""
    return (
        {None}
        if span is None
        else {span.first + timedelta(days=day) for day in range((span.last - span.first).days + 1)}
    )


def _overlap(some: set[date | None], known: set[date | None]) -> bool:
    return bool(known) and (None in some or None in known or not some.isdisjoint(known))


def _clause(told: _Told, whole: Span | None) -> Clause:
    spot, span = told.reported.spot, told.span or whole
    start, end = span.interval(told.country) if span else (None, None)
    return Clause(
        told.reported.n_strikes,
        told.country,
        spot.place_text if spot else "",
        bool(spot and spot.vicinity),
        start,
        end,
        told.text,
        "inconclusive" in told.text.lower(),
        targets_in(told.reported.told),
    )


def tells_of_none(text: str) -> bool:
    """Whether a text says that there were no strikes, in Iraq nor in Syria, and tells of none besides.

    Examples
    --------
    >>> tells_of_none("June 3, 2015. There were no reported strikes in Iraq or Syria. All aircraft returned.")
    True
    >>> [tells_of_none(text) for text in ("There were no strikes in Syria.", "No strikes. One strike hit a car.")]
    [False, False]
    """
    if len(text) > LONGEST:
        return False
    sentences = [sentence for unit, _ in units_of(text) for sentence in sentences_of(unit)]
    none = [sentence for sentence in sentences if _NONE.search(sentence)]
    others = [sentence for sentence in sentences if not _NONE.search(sentence) and _ATTACK.search(sentence)]
    named = {
        country for country in COUNTRIES for sentence in none if re.search(rf"\b{country}\b", sentence, re.IGNORECASE)
    }
    return bool(none) and not others and (not named or named == set(COUNTRIES))


def units_of(text: str) -> Iterator[tuple[str, str | None]]:
    r"""The bullets and paragraphs of a text; a heading comes with its country, empty where it names none.

    Examples
    --------
    >>> list(units_of("Strikes in Syria\n-- Near Raqqa, 12 strikes\nhit a unit."))
    [('Strikes in Syria', 'SY'), ('Near Raqqa, 12 strikes hit a unit.', None)]
    """
    lines = _INLINE_HEADING.sub(r"\n\1\n", _INLINE_BULLET.sub("\n- ", text))
    held: list[str] = []
    for raw in [*re.split(r"[\n\r\v\f\u2028\u2029]", lines), ""]:
        line = tidy(raw)
        bare = _BULLET.sub("", line)
        plain = bare.strip("#*_ ")
        heading = _HEADING.fullmatch(plain[:60]) if len(plain) < 60 else None
        other = _OTHER_HEADING.fullmatch(plain) if len(plain) < 60 else None
        begins = (
            bare != line or bare.startswith("Near ") or (_STARTS_UNIT.match(bare) and held and _ENDED.search(held[-1]))
        )
        alone = bool(_OWN_LINE.fullmatch(bare[:80]))
        if held and (not line or heading or other or begins or alone):
            yield " ".join(held), None
            held = []
        if heading or other:
            yield plain, country_of(heading["country"]) if heading else ""
        elif alone:
            yield bare, None
        elif bare:
            held.append(bare)


def sentences_of(unit: str) -> Iterator[str]:
    """The sentences of a paragraph; abbreviations such as "U.S." and "Nov." end none.

    Examples
    --------
    >>> list(sentences_of("On Nov. 21, two U.S. strikes hit. One more missed."))
    ['On Nov. 21, two U.S. strikes hit.', 'One more missed.']
    """
    start = 0
    for found in _SENTENCE_END.finditer(unit):
        end = found.start() + 1
        if found[0][0] == "." and len(found[0].rstrip()) == 1 and _SHORT.search(unit, max(start, end - 8), end):
            continue
        yield from _pieces(unit[start : found.end()].strip())
        start = found.end()
    if unit[start:].strip():
        yield from _pieces(unit[start:].strip())


def _pieces(sentence: str) -> Iterator[str]:
    for start in range(0, len(sentence), _LONGEST_SENTENCE):
        yield sentence[start : start + _LONGEST_SENTENCE]
