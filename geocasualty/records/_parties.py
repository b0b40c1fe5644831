"""The parties of the wars in Iraq and Syria and the ways in which records write their names.

The English names are those of the Coalition's releases, Airwars' incidents, and UCDP's and ACLED's lists of actors; the
others, the Arabic ones too, are usual wordings that this project collected. Case, full stops, hyphens, apostrophes,
hamzas, vowel signs and the final forms of Arabic letters make no difference.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["ALIASES", "DOUBTS", "MEANS", "MEMBERS", "UNKNOWN", "key_of"]

MEMBERS = frozenset({
    "Australia", "Bahrain", "Belgium", "Canada", "Denmark", "France", "Jordan", "Netherlands", "Saudi Arabia",
    "United Arab Emirates", "United Kingdom", "United States",
})  # fmt: skip
"""Members of the Coalition that flew strikes in Iraq or Syria between 2014 and 2019, as releases of the Department of
Defense (September and October 2014 and after) and of CJTF-OIR name them. Turkey is left out: it was a member, but most
of its strikes in Syria were not the Coalition's."""

_STATES = {
    "Australia": ("australian", "raaf", "استراليا"),
    "Bahrain": ("bahraini", "البحرين"),
    "Belgium": ("belgian", "بلجيكا"),
    "Canada": ("canadian", "rcaf", "كندا"),
    "Denmark": ("danish", "الدنمارك", "الدانمارك"),
    "France": ("french", "فرنسا"),
    "Iran": ("iranian", "islamic republic of iran", "ايران"),
    "Israel": ("israeli", "idf", "اسرائيل"),
    "Jordan": ("jordanian", "الاردن"),
    "Netherlands": ("dutch", "rnlaf", "kingdom of the netherlands", "هولندا"),
    "Russia": ("russian", "russian federation", "russia (soviet union)", "russian aerospace", "vks", "روسيا",
        "روسيا الاتحادية"),
    "Saudi Arabia": ("saudi", "saudi arabian", "ksa", "kingdom of saudi arabia", "السعودية"),
    "Turkey": ("turkish", "turkiye", "republic of turkey", "republic of turkiye", "تركيا"),
    "United Arab Emirates": ("emirati", "uae", "emirates", "الامارات", "الامارات العربية المتحدة"),
    "United Kingdom": ("british", "uk", "britain", "great britain", "raf", "بريطانيا", "المملكة المتحدة"),
    "United States": ("american", "us", "usa", "united states of america", "america", "usaf", "الولايات المتحدة",
        "الولايات المتحدة الامريكية", "امريكا"),
}  # fmt: skip
_OF_STATES = (
    "{}",
    "{} military",
    "{} army",
    "{} navy",
    "{} armed",
    "{} government",
    "government of {}",
    "military of {}",
)
"""``armed`` is what is left of armed forces."""

_ARABIC_ADJECTIVES = {
    "Russia": "الروسي",
    "Turkey": "التركي",
    "United States": "الامريكي",
    "United Kingdom": "البريطاني",
    "France": "الفرنسي",
    "Netherlands": "الهولندي",
    "Jordan": "الاردني",
    "Israel": "الاسرائيلي",
    "Iran": "الايراني",
    "Iraqi government": "العراقي",
    "Syrian government": "السوري",
}
_OF_ADJECTIVES = (
    "الطيران {}", "الطيران الحربي {}", "طيران {}", "الجيش {}", "سلاح الجو {}", "النظام {}", "القوات {}ة",
    "القوات الجوية {}ة", "الحكومة {}ة", "المقاتلات {}ة", "الطائرات {}ة", "الطائرات الحربية {}ة",
)  # fmt: skip

_OTHERS = {
    "Coalition": (
        "us led coalition", "american led coalition", "us coalition", "international coalition",
        "us led international coalition", "coalition military", "us led coalition military", "coalition partners",
        "cjtf oir", "cjtf", "oir", "combined joint task force operation inherent resolve", "inherent resolve",
        "operation inherent resolve", "operation inherent resolve coalition", "global coalition",
        "global coalition against daesh", "global coalition against isis", "global coalition to defeat isis",
        "global coalition to defeat daesh", "anti isis coalition", "anti isil coalition", "anti is coalition",
        "anti daesh coalition", "us and partner nation", "us and coalition",
        "التحالف", "التحالف الدولي", "التحالف الامريكي", "التحالف بقيادة الولايات المتحدة",
        "التحالف الدولي بقيادة الولايات المتحدة", "قوات التحالف", "قوات التحالف الدولي", "طيران التحالف",
        "طيران التحالف الدولي", "طائرات التحالف", "طائرات التحالف الدولي",
    ),
    "Iraqi government": (
        "iraq", "government of iraq", "iraqi", "iraqi military", "iraqi army", "iraqi security", "iraqi armed",
        "isf", "العراق",
    ),
    "Syrian government": (
        "syria", "government of syria", "syrian regime", "syrian military", "syrian army", "syrian arab army", "saa",
        "syrian arab republic", "syrian armed", "syrian arab", "syaaf", "assad", "assad regime", "regime", "سوريا",
        "النظام", "نظام الاسد", "قوات النظام", "قوات النظام السوري", "قوات الاسد", "طيران النظام",
        "طيران النظام السوري", "الجيش العربي السوري",
    ),
    "ISIS": (
        "isil", "is", "islamic state", "daesh", "daish", "islamic state (iraq and syria)", "islamic state (syria)",
        "islamic state (iraq)", "islamic state of iraq and syria", "islamic state of iraq and the levant",
        "islamic state of iraq and al sham", "islamic state group", "so called islamic state", "داعش", "تنظيم داعش",
        "تنظيم الدولة", "تنظيم الدولة الاسلامية", "الدولة الاسلامية",
    ),
    "SDF": ("syrian democratic forces", "syrian democratic", "قسد", "قوات سوريا الديمقراطية"),
    "YPG": ("peoples protection units", "وحدات حماية الشعب"),
    "PKK": ("kurdistan workers party", "حزب العمال الكردستاني"),
    "FSA": ("free syrian army", "الجيش الحر", "الجيش السوري الحر"),
    "HTS": ("hayat tahrir al sham", "هيئة تحرير الشام"),
    "Jabhat al-Nusra": ("al nusra front", "nusra front", "جبهة النصرة"),
    "Jabhat Fateh al-Sham": ("جبهة فتح الشام",),
    "Ahrar al-Sham": ("احرار الشام",),
    "Jaysh al-Islam": ("jaish al islam", "جيش الاسلام"),
    "Syrian insurgents": ("syrian rebels", "syrian opposition", "فصائل المعارضة"),
    "Hezbollah": ("hizbollah", "hizballah", "حزب الله"),
    "Peshmerga": ("البيشمركة",),
    "Popular Mobilization Forces": (
        "popular mobilisation forces", "popular mobilization", "popular mobilisation", "popular mobilization units",
        "pmf", "pmu", "hashd al shaabi", "al hashd al shaabi", "الحشد الشعبي",
    ),
}  # fmt: skip

_WITH = (
    "airstrike",
    "air strike",
    "warplane",
    "war plane",
    "jet",
    "fighter jet",
    "aircraft",
    "helicopter",
    "air force",
)
_SYRIAN = ("syrian government", *(f"syrian {word}{end}" for word in _WITH for end in ("", "s")), "syrian airforce")
"""Syrian warplanes are the government's; Syrian forces may be anybody's."""

MEANS = re.compile(
    r" (?:(?:air|war|fighter|combat|military|attack|drone|aerial) ?)?(?:strikes?|strike\(s\)|raids?|bombing|"
    r"bombardments?|shelling|planes?|jets?|fighters|bombers?|aircrafts?|helicopters?|drones?|uavs?|forces?|power|"
    r"aviation|troops|artillery)"
)
"""Words after a name that say with what, not who."""

DOUBTS = re.compile(r"(?:the|alleged|allegedly|suspected|presumed|likely|probable|probably|possible|possibly) ")
"""Words before a name; an attribution is a claim in any case."""

UNKNOWN = frozenset({
    "", "na", "n/a", "n/k", "nan", "nil", "none", "null", "unknown", "unidentified", "not stated", "not known",
    "not given", "not specified", "not identified", "not available", "unspecified", "unclear", "undetermined",
    "undisclosed", "unattributed", "unsure", "uncertain", "unstated", "tbc", "tbd", "unknown party",
    "unknown belligerent", "unknown belligerents", "unknown perpetrator", "unidentified party", "unknown military",
    "unidentified military", "مجهول", "مجهوله", "غير معروف", "غير معروفه", "غير محدد", "غير محدده", "طيران مجهول",
    "طيران مجهول الهويه", "جهه مجهوله", "لا يوجد",
})  # fmt: skip
"""Ways to say that nobody is named, as :func:`key_of` writes them."""

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
    return " ".join(re.sub("[.?!*\"'`‘’“”«»]", "", letters.translate(_FOLDED)).split())


def _aliases() -> dict[str, str]:
    found = {name: [name, *aliases] for name, aliases in _OTHERS.items()}
    found |= {
        name: [form.format(alias) for alias in (name, f"the {name}", *aliases) for form in _OF_STATES]
        for name, aliases in _STATES.items()
    }
    found["Syrian government"] += _SYRIAN
    for name, adjective in _ARABIC_ADJECTIVES.items():
        found[name] += [form.format(adjective) for form in _OF_ADJECTIVES]
    return {key_of(alias): name for name, aliases in found.items() for alias in aliases}


ALIASES = _aliases()
"""What :func:`key_of` makes of a name to its one spelling here."""
