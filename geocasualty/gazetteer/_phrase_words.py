"""Which words of a place text are not its names: directions, distances, kinds of place, relations.

Every table is keyed by :func:`~geocasualty.gazetteer.names.plain_key`, so that case, accents and Arabic letter forms do
not matter. A kind may be several words ("oil field"). To add a word, add it to its row.
"""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA

from geocasualty.gazetteer.names import plain_key

__all__ = [
    "AND",
    "APPROXIMATELY",
    "ARTICLES",
    "BETWEEN",
    "COUNTRIES",
    "DEMONYMS",
    "DIRECTIONS",
    "EXTENTS",
    "FROM_TO",
    "FUNCTION_WORDS",
    "GENERIC_FIRST",
    "IN",
    "JOINERS",
    "KINDS",
    "KIND_PREFIXES",
    "LEADS",
    "NAME_WITH_WAW",
    "NOTHING",
    "NUMBERS",
    "OF",
    "OR",
    "PARTS",
    "ROADS",
    "SUFFIX_ONLY",
    "THE",
    "UNITS",
    "VICINITY",
    "keyword",
]  # fmt: skip


def _keys(*words: str) -> frozenset[str]:
    return frozenset(plain_key(word) for word in words)


def _rows(rows: dict[str, str]) -> dict[str, str]:
    return {plain_key(word): value for value, words in rows.items() for word in words.split("|")}


def _compass() -> dict[str, str]:
    """Each word for a direction with the letters that it stands for: ``northeastern`` is ``NE``."""
    table = {}
    for word in ("north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest"):
        letters = "".join(letter.upper() for letter in _initials(word))
        for end in ("", "ern", "ward", "wards", "erly"):
            table[word + end] = letters
    for short in [
        "n",
        "s",
        "e",
        "w",
        "ne",
        "nw",
        "se",
        "sw",
        "nne",
        "ene",
        "ese",
        "sse",
        "ssw",
        "wsw",
        "wnw",
        "nnw",
        "nww",
        "nee",
        "sww",
        "see",
    ]:
        table[short] = short.upper()
    arabic = {
        "N": "شمال|شمالي|شمالية|الشمال|الشمالي|الشمالية|باکوری|باکووری|باکور",
        "S": "جنوب|جنوبي|جنوبية|الجنوب|الجنوبي|الجنوبية|باشوری|باشووری|باشور",
        "E": "شرق|شرقي|شرقية|الشرق|الشرقي|الشرقية|ڕۆژهەڵاتی|ڕۆژهەڵات",
        "W": "غرب|غربي|غربية|الغرب|الغربي|الغربية|ڕۆژئاوای|ڕۆژئاوا",
    }
    return table | _rows(arabic)


def _initials(word: str) -> str:
    return word[0] + word[5] if len(word) > 5 else word[0]


DIRECTIONS = _compass()
"""Words for a direction; only :mod:`phrases` decides whether one is a bearing, a part or belongs to a name."""

UNITS = {
    plain_key(word): metres
    for metres, words in {
        1852.0: "nm|nmi|n m|nautical mile|nautical miles|ميل بحري|أميال بحرية",
        1000.0: "km|kms|kilometer|kilometers|kilometre|kilometres|klicks|كم|كلم|كيلومتر|كيلو متر|كيلومترات|کم|کیلۆمەتر",
        1609.344: "mile|miles|mi|ميل|أميال",
        1.0: "m|metre|metres|meter|meters|mtr|متر|مترا|أمتار|مەتر",
        0.3048: "ft|foot|feet",
        0.9144: "yard|yards|yd|yds",
    }.items()
    for word in words.split("|")
}
"""Metres in a unit. "NM" is the nautical mile, as in every release; never nanometres or "near miss"."""

NUMBERS = {
    plain_key(word): value
    for value, words in {
        0.5: "half|نصف",
        1.0: "a|an|one",
        2.0: "two|couple",
        3.0: "three|ثلاثة",
        4.0: "four|أربعة",
        5.0: "five|خمسة",
        6.0: "six|ستة",
        7.0: "seven|سبعة",
        8.0: "eight|ثمانية",
        9.0: "nine|تسعة",
        10.0: "ten|عشرة",
        12.0: "twelve",
        15.0: "fifteen",
        20.0: "twenty",
        30.0: "thirty",
    }.items()
    for word in words.split("|")
}

APPROXIMATELY = _keys(
    "approximately", "approx", "aprox", "appr", "approximate", "about", "roughly", "some", "ca", "circa", "just",
    "only",
    "less than", "over", "almost", "nearly", "at a distance of", "distance of", "حوالي", "نحو", "تقريبا", "على بعد",
    "مسافة", "يبعد", "تبعد",
)  # fmt: skip
THE = _keys("the")
OF = _keys("of", "from", "off", "to", "من", "عن", "إلى", "لـ")
IN = _keys("in", "inside", "within", "في", "داخل", "لە")
AND = _keys("and", "و") | {"&"}
OR = _keys("or", "أو")
BETWEEN = _keys("between", "betwen", "beetween", "بين", "ما بين", "مابين", "نێوان")
FROM_TO = _keys("from", "linking", "connecting", "من")
LEADS = IN | _keys(
    "at", "on", "the", "to", "towards", "toward", "along", "from", "of", "across", "على", "إلى", "من", "عند"
)
"""Words that may stand before a place without saying more."""

VICINITY = _keys(
    "near", "near to", "nearby", "close to", "next to", "not far from", "around", "vicinity", "vicinity of", "vic",
    "vic of", "ivo", "ivo of", "in vicinity of", "outside", "outside of", "just outside", "opposite", "adjacent to",
    "proximity of", "neighbouring", "area of", "area around", "areas around", "surroundings of", "environs of",
    "towards",
    "in the direction of", "beside", "by", "قرب", "بالقرب من", "بالقرب", "قريب من", "محيط", "حول", "مقابل", "بجانب",
    "خارج", "نزیک",
)  # fmt: skip

_OUTSKIRTS = "outskirts|outskirt|edge|edges|periphery|أطراف|مشارف"
_EXTENTS = {
    "outskirts": _OUTSKIRTS,
    "surroundings": "surroundings|surrounding area|surrounding areas|surrounding villages|environs|vicinity|محيط",
    "countryside": "countryside|rural|rural area|rural areas|country side|hinterland|ريف|أرياف",
    "desert": "desert|badia|badiya|badiyah|steppe|بادية|صحراء|البادية|الصحراء",
    "suburbs": "suburbs|ضواحي",
    "area": "area|areas|region|zone|axis|frontline|front line|front|pocket|vicinities|locality|محور|جبهة",
    "border": "border|borders|frontier|حدود|الحدود",
    "mountains": "mountains|mountain|mountain range|mount|mt|hills|hill|heights|mountainous area|جبال|مرتفعات",
    "plain": "plain|plains|valley",
    "centre": "centre|center|city centre|city center|town centre|town center|downtown|central|وسط|مركز",
    "river": "river|bank|river bank|canal|lake|reservoir|نهر|بحيرة",
    "farms": "farms|farm|farmland|orchards|fields|مزارع",
    "villages": "villages|قرى",
    "island": "island",
}
EXTENTS = _rows(_EXTENTS)
"""What of a place is meant, when it is not the place itself."""

ROADS = _keys(
    "road", "highway", "roads", "motorway", "freeway", "route", "expressway", "main supply route", "msr", "railway",
    "طريق", "أوتوستراد", "اوتستراد", "الطريق",
)  # fmt: skip

PARTS = _keys(
    "part", "parts", "side", "half", "sector", "section", "end", "portion", "corner", "flank", "bank", "الجزء", "القسم"
)
"""Nouns behind a direction: "the northeast part of"."""

_AREA, _PLACE, _AIRBASE, _FACILITY = ("area",), ("facility",), ("airbase", "facility"), ("facility",)
_KINDS: dict[tuple[str, ...], str] = {
    (
        "governorate",
    ): "province|provinces|governorate|governate|governorates|muhafazah|muhafazat|muhafaza|محافظة|پارێزگای",
    ("district",): "district|districts|qadaa|qada|mintaqat|mantiqat|قضاء|منطقة",
    ("subdistrict",): "subdistrict|sub-district|nahiyah|nahiya|nahiyat|nahia|ناحية",
    ("city", "town"): "city|cities|مدينة|مدينتي|شاری",
    ("town", "city", "village"): "town|towns|township|بلدة|بلدتي",
    ("village", "town"): "village|villages|hamlet|قرية|قريتي|گوندی",
    (
        "neighbourhood",
    ): "neighbourhood|neighborhood|neighbourhoods|neighborhoods|quarter|quarters|hayy|old city|old town|"
    "المدينة القديمة|sector|حي|أحياء",
    ("town", "village", "neighbourhood"): "suburb|ضاحية",
    ("camp",): "camp|camps|idp camp|refugee camp|مخيم",
    _AIRBASE: (
        "airbase|air base|airport|airfield|air field|ab|military airbase|military air base|military airport|heliport|"
        "military heliport|international airport|airstrip|مطار|قاعدة"
    ),
    _FACILITY: (
        "dam|refinery|oil refinery|oil field|oilfield|oil fields|oilfields|gas field|gas fields|gas plant|field|bridge|"
        "crossing|border crossing|border post|junction|crossroads|crossroad|intersection|checkpoint|hospital|school|"
        "mosque|market|street|prison|factory|power plant|power station|thermal power plant|silos|military base|"
        "army base|base|military complex|complex|castle|citadel|university|barracks|station|depot|cultural center|"
        "cultural centre|"
        "oil collection point|brigade|square|سد|مصفاة|جسر|معبر|مشفى|مستشفى|مدرسة|جامع|سوق|شارع|حاجز|سجن|حقل|دوار"
    ),
    _AREA: "mountains|mountain|mountain range|lake|island|mount|mt|بحيرة|جبال|desert|بادية|صحراء|valley|river|نهر",
}
KINDS: dict[str, tuple[str, ...]] = {
    plain_key(word): kinds for kinds, words in _KINDS.items() for word in words.split("|")
}
"""Kinds that a word asks for, the most likely first."""

SUFFIX_ONLY = _keys(
    "ab", "base", "field", "complex", "brigade", "station", "sector", "quarter", "quarters", "square", "dam", "bridge",
    "crossing", "school", "market", "street", "junction", "checkpoint", "castle", "valley", "island", "factory",
    "depot",
    "silos", "hospital", "mountains", "prison", "barracks",
)  # fmt: skip
"""Kinds that in English stand behind the name only (unless "of" follows)."""

KIND_PREFIXES = frozenset(word for word in KINDS if word not in SUFFIX_ONLY)

COUNTRIES = _keys(
    "Iraq", "Syria", "Turkey", "Jordan", "Lebanon", "Iran", "Israel", "Saudi Arabia", "Kuwait", "العراق", "سوريا",
    "سورية",
    "تركيا", "الأردن", "لبنان", "إيران", "Syrian Arab Republic", "Republic of Iraq", "IRQ", "SYR", "عێراق", "سووریا",
)  # fmt: skip

DEMONYMS = _keys(
    "Syrian", "Syrians", "Iraqi", "Iraqis", "Turkish", "Jordanian", "Lebanese", "Iranian", "Israeli", "Saudi",
    "Kuwaiti", "Kurdish", "Russian", "American", "British", "French", "Dutch", "السوري", "السورية", "العراقي",
    "العراقية", "التركي", "التركية", "الأردني", "الأردنية", "اللبناني", "اللبنانية", "الإيراني", "الإيرانية",
    "الإسرائيلي", "الإسرائيلية", "السعودي", "السعودية", "الكردي", "الكردية", "الروسي", "الروسية", "الأمريكي",
    "الأمريكية",
)  # fmt: skip
"""Of a country or a people: whose border, desert, army or forces, and no name that a misspelling may be of."""

ARTICLES = _keys(
    "al", "el", "ar", "er", "as", "es", "ash", "esh", "ad", "ed", "at", "et", "az", "ez", "an", "en", "ul", "abd"
)
"""A hyphen behind one of these joins a name; it never separates two."""

JOINERS = _keys(
    "tal", "tel", "tall", "tell", "ayn", "ain", "ein", "deir", "dayr", "der", "abu", "abou", "umm", "um", "kafr",
    "kfar",
    "khan", "jabal", "ras", "bab", "bir", "beit", "bayt", "wadi", "sheikh", "shaykh", "qalat", "bin", "ibn", "bani",
    "albu",
    "jisr", "khirbat", "maarat", "maarrat", "burj", "jubb", "salah", "saif", "nur", "izz",
)  # fmt: skip
"""Nor does one behind these first words of names."""

GENERIC_FIRST = _keys(
    "تل", "عين", "أم", "دير", "بير", "بئر", "خربة", "وادي", "جبل", "حي", "قرية", "مدينة", "أبو", "كفر", "نهر", "باب",
    "رأس", "شيخ", "الشيخ", "بيت", "برج", "جب", "رسم", "خان", "بني", "ريف", "محافظة", "ناحية", "منطقة", "مخيم", "بلدة",
)  # fmt: skip
"""First words of Arabic names, behind which a word beginning with waw is the name and not "and"."""

NAME_WITH_WAW = _keys("وادي", "واسط", "وسط", "ولاية", "واحة", "ورد", "وردة", "ولد", "والي", "وعر", "وطى")
NOTHING = _keys(
    "unknown", "unspecified", "various", "various locations", "multiple locations", "n a", "na", "none", "nd", "nan",
    "not stated", "undisclosed", "unknown location", "غير معروف", "غير محدد", "mountainous", "open",
)  # fmt: skip

FUNCTION_WORDS = frozenset().union(
    LEADS, OF, APPROXIMATELY, DIRECTIONS, UNITS, NUMBERS, VICINITY, EXTENTS, KINDS, PARTS, ROADS, BETWEEN
)
"""What cannot be a name by itself."""

_MISSPELT = {
    "approximately": 3, "vicinity": 2, "outskirts": 2, "countryside": 2, "governorate": 2, "neighbourhood": 2,
    "kilometres": 2, "northwest": 1, "northeast": 1, "southwest": 1, "southeast": 1, "village": 1, "province": 1,
    "district": 1, "highway": 1, "nautical": 1,
}  # fmt: skip
"""Long words that data misspell, with the edits forgiven ("Approximatelty", "vincinity", "villge")."""

_VOCABULARY = frozenset(
    word
    for table in (
        DIRECTIONS, UNITS, NUMBERS, APPROXIMATELY, LEADS, AND, OR, BETWEEN, VICINITY, EXTENTS, ROADS, PARTS, KINDS,
    )
    for phrase in table
    for word in (phrase, *phrase.split())
)  # fmt: skip


@lru_cache(maxsize=50_000)
def keyword(word: str) -> str:
    """The key of one word: misspelt long words are put right, Arabic prepositions written onto a word are taken off.

    Examples
    --------
    >>> keyword("Approximatelty"), keyword("vincinity"), keyword("Hawijah"), keyword("&")
    ('approximately', 'vicinity', 'hawijah', '&')
    >>> keyword("بريف") == keyword("ريف")
    True
    """
    if word in {"&", "+"}:
        return "&"
    if "." in word:
        undotted = plain_key(word.replace(".", ""))
        if undotted in DIRECTIONS or undotted in UNITS:
            return undotted
    key = plain_key(word)
    if key in _VOCABULARY or len(key) < 4:
        return key
    if key[0] in "بل" and (key[1:] in KINDS or key[1:] in EXTENTS) and len(key) > 3:
        return key[1:]
    if 6 <= len(key) <= 16:
        for right, edits in _MISSPELT.items():
            if key[0] == right[0] and OSA.distance(key, right, score_cutoff=edits) <= edits:
                return right
    return key
