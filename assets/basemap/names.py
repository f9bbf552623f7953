"""Names of places: English as people write it, and the Russian, Ukrainian and local ones where the data has them.

GeoNames writes Russian and Ukrainian places in the BGN romanisation with its soft signs and double y (Tver', Tëtkino, Kryvyy Rih).
This module gives the forms that newspapers and encyclopaedias use: Ukrainian places are romanised from their Ukrainian names by the
Ukrainian national system (Cabinet of Ministers resolution 55 of 2010), Russian ones lose soft signs and doubled letters; what rules cannot
know stands in place_names.tsv.
"""

import csv
import gettext
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

APOSTROPHES = "'’ʼʹ`´"
_RU = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
               "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch  y  e yu ya".split(" ")))
_UK = dict(zip("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
               "a b v h g d e ie zh z y i i i k l m n o p r s t u f kh ts ch sh shch  iu ia".split(" ")))
_UK_INITIAL = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_CYRILLIC = re.compile(r"^[А-Яа-яЁёІіЇїЄєҐґ'’ʼ .\-–0-9()]+$")
_NOT_UKRAINIAN = set("ыэёъЫЭЁЪ")
_NOT_RUSSIAN = set("іїєґІЇЄҐ'’ʼ")


def romanise_russian(text):
    """Russian in Latin letters without soft signs, lower case; only for comparing."""
    return "".join(_RU.get(c, c) for c in text.lower())


def romanise_ukrainian(text):
    """Ukrainian in Latin letters by the national system of 2010."""
    out = []
    lower = text.lower()
    for i, c in enumerate(lower):
        initial = i == 0 or lower[i - 1] in " -–("
        if c in APOSTROPHES or c == "ь":
            continue
        latin = "gh" if c == "г" and i and lower[i - 1] == "з" else _UK_INITIAL.get(c) if initial and c in _UK_INITIAL else _UK.get(c, c)
        out.append(latin.capitalize() if text[i] != c else latin)
    return "".join(out)


def fold(text):
    """Letters without accents and apostrophes, lower case."""
    bare = unicodedata.normalize("NFD", text.lower().replace("ł", "l").replace("ø", "o").replace("đ", "d"))
    return "".join(c for c in bare if not unicodedata.combining(c) and c not in APOSTROPHES)


def _loose(text):
    """For comparing romanisations: the ways of writing й, ю, я, ый fall together."""
    return re.sub("[yj]", "i", fold(text)).replace("ii", "i").replace("shch", "sc").replace("kh", "h").replace("ie", "e")


@lru_cache(maxsize=200_000)
def distance(a, b):
    """Levenshtein distance."""
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        current = [i]
        for j, y in enumerate(b, 1):
            current.append(min(previous[j] + 1, current[-1] + 1, previous[j - 1] + (x != y)))
        previous = current
    return previous[-1]


def _overrides():
    """GeoNames id -> [English, Russian, Ukrainian, local] from place_names.tsv; columns may be missing at the end."""
    with open(Path(__file__).with_name("place_names.tsv"), encoding="utf-8") as lines:
        rows = csv.reader((l for l in lines if not l.startswith("#")), delimiter="\t")
        return {int(r[0]): r[1:] for r in rows if r}


def dropped_places():
    """GeoNames ids of records that are no places of their own."""
    return {number for number, names in _overrides().items() if names[0] == "-"}


class Names:
    """Names by GeoNames id, from libgeonames-common's translation catalogues and GeoNames' alternate names."""

    def __init__(self, inputs):
        self._locales = inputs.locales
        self._catalogues = {}
        self._found = {}
        self._overrides = _overrides()

    def tagged(self, language, number):
        """The name in a language when the catalogue tells it."""
        if language not in self._catalogues:
            path = self._locales / language / "LC_MESSAGES/geonames.mo"
            names = {}
            if path.exists():
                with open(path, "rb") as file:
                    names = gettext.GNUTranslations(file)._catalog
            self._catalogues[language] = {int(k): v for k, v in names.items() if isinstance(k, str) and k.isdigit()}
        return self._catalogues[language].get(number, "")

    def of_place(self, place, language):
        """{name, name:en, name:ru, name:uk, name:local} of a GeoNames record; `language`: the country's main one."""
        number = int(place["geonameid"])
        if number not in self._found:
            self._found[number] = self._of_place(place, number, language)
        return self._found[number]

    def _of_place(self, place, number, language):
        country = place["countrycode"]
        override = self._overrides.get(number, [""]) + [""] * 3
        cyrillic = country in ("RU", "UA", "BY", "KZ", "MD", "KG", "UZ", "BG")
        russian = override[1] or self._best(place, "ru", cyrillic)
        ukrainian = override[2] or self._best(place, "uk", country in ("UA", "RU", "BY"))
        english = override[0] or self._english(place, russian, ukrainian)
        local = override[3] or {"RU": russian, "UA": ukrainian}.get(country) or self.tagged(language, number)
        if language in _SCRIPTS and not _SCRIPTS[language].match(local):
            local = next((n for n in place["alternatenames"] if n and _SCRIPTS[language].match(n)), local)
        local = local or (english if country in _TRANSLITERATED | {"RU", "UA"} else place["name"])
        return {"name": english, "name:en": english, "name:local": local, "name:ru": russian, "name:uk": ukrainian}

    def _best(self, place, language, guess):
        """The Cyrillic name of a place: the tagged one, or the alternate name that sounds most like the Latin one."""
        tagged = self.tagged(language, int(place["geonameid"])).replace("\u0301", "")
        tagged = tagged if re.search("[А-яЁёІіЇїЄєҐґ]", tagged) else ""
        if not guess or (tagged and not (language == "uk" and place["countrycode"] == "UA")):
            return tagged
        foreign, romanise = (_NOT_RUSSIAN, romanise_russian) if language == "ru" else (_NOT_UKRAINIAN, romanise_ukrainian)
        candidates = [n for n in [tagged, *place["alternatenames"]]
                      if len(n) > 1 and _CYRILLIC.match(n) and not foreign & set(n) and n[0].isupper()]
        if not candidates:
            return tagged
        base = _loose(place["name"])
        if language == "ru" and place["countrycode"] == "UA":
            # A Russian form differs from the Ukrainian name; the Ukrainian letters that Russian lacks are out already.
            marks = lambda n: -1.0 if re.search("[ыэё]|[ое]во$|ая$|ое$|ие$", n) else 0.0
        else:
            marks = lambda n: -0.5 * ("ё" in n and "ë" in place["name"].lower()) - 0.2 * (n == tagged)
        best = min(candidates, key=lambda n: (distance(_loose(romanise(n)), base) + marks(n), n))
        return best if distance(_loose(romanise(best)), base) <= max(2, len(base) // 3) else tagged

    def _english(self, place, russian, ukrainian):
        country, name = place["countrycode"], place["name"]
        if country == "UA":
            if ukrainian and distance(_loose(romanise_ukrainian(ukrainian)), _loose(name)) <= max(1, len(name) // 4):
                return romanise_ukrainian(ukrainian)
            return plain_slavic(name).replace("yy ", "yi ") if not name.endswith("yy") else plain_slavic(name[:-2]) + "yi"
        if country in ("RU", "BY"):
            return plain_slavic(name)
        tagged = self.tagged("en", int(place["geonameid"]))
        # The catalogue names the administrative unit of some towns (Tainan City, Tokat Province).
        unit = re.sub(r"(?i)^City of |(?: city| district| province| town| metropolitan area|-si)$", "", tagged)
        english = tagged if fold(tagged) not in ("", fold(name)) and fold(unit) != fold(name) and country != "MD" else name
        english = plain_transliteration(english, country)
        if country == "JP":
            english = fold(english).title() if fold(english) != english.lower() else english
        if country == "RO" or country == "MD":
            english = english.translate(str.maketrans("şţŞŢ", "șțȘȚ"))
        return english.rstrip(APOSTROPHES) if country not in ("KZ", "KG", "UZ", "TM", "TJ") else plain_slavic(english)


# Languages not written in Latin letters: what a name in their script looks like.
_SCRIPTS = {code: re.compile(pattern) for code, pattern in {
    "be": "^[А-Яа-яЁёІіЎў' .-]+$", "bg": "^[А-Яа-я .-]+$", "sr": "^[А-Яа-яЂђЈјЉљЊњЋћЏџ .-]+$", "mk": "^[А-Яа-яЃѓЅѕЈјЉљЊњЌќЏџ .-]+$",
    "el": r"^[\u0370-\u03ff\u1f00-\u1fff .-]+$", "ar": r"^[\u0600-\u06ff .-]+$", "fa": r"^[\u0600-\u06ff\u200c .-]+$",
    "ur": r"^[\u0600-\u06ff .-]+$", "he": r"^[\u0590-\u05ff\"' .-]+$", "hy": r"^[\u0530-\u058f .-]+$", "ka": r"^[\u10a0-\u10ff .-]+$",
    "zh": r"^[\u4e00-\u9fff]+$", "ja": r"^[\u3040-\u30ff\u4e00-\u9fff]+$", "ko": r"^[\uac00-\ud7af]+$", "th": r"^[\u0e00-\u0e7f]+$",
}.items()}


# Countries whose English names are transliterations with scholars' signs; in the second group French accents belong to the name.
_TRANSLITERATED = set("AE AF AM BD BH BT CN EG ER ET GE GR IL IN IQ IR JO KH KP KR KW LA LB LK LY MM MV NP OM PK PS QA SA SD SY TH YE".split())
_FRENCH_TRANSLITERATED = set("DJ DZ EH KM MA MR TD TN".split())
# Where an apostrophe parts syllables (Xi'an, Be'er Sheva); elsewhere it stands for a letter that English lacks.
_APOSTROPHE_COUNTRIES = set("BT CN IL KP KR".split())
_FRENCH_MARKS = set("\u0300\u0301\u0302\u0308")


def plain_transliteration(name, country):
    """A name from a script that is not Latin as newspapers write it: Khan Yunis for Khān Yūnis, Al Ahmadi for Al Aḩmadī."""
    if country not in _TRANSLITERATED | _FRENCH_TRANSLITERATED:
        return name
    out = []
    for char in unicodedata.normalize("NFD", name):
        mark = unicodedata.combining(char)
        french = mark and country in _FRENCH_TRANSLITERATED and (char in _FRENCH_MARKS or (char == "\u0327" and out[-1] in "cC"))
        sign = char in "‘ʻ`ʿʾ" or (char in "’ʼ'" and country not in _APOSTROPHE_COUNTRIES | _FRENCH_TRANSLITERATED)
        if french or not (mark or sign):
            out.append(char)
    plain = unicodedata.normalize("NFC", "".join(out))
    return plain[:1].upper() + plain[1:]


def plain_slavic(name):
    """A Russian name in BGN romanisation as newspapers write it: no soft signs, no diaeresis, one y."""
    name = re.sub(r"^(gorod|posëlok|selo) ", "", name)
    name = "".join(c for c in name if c not in APOSTROPHES + "ˮ”\"")
    name = name.replace("ë", "e").replace("Ë", "Yo")
    name = re.sub(r"(yy|iy)\b", "y", name)
    name = re.sub(r"yye\b", "ye", name)
    return name.replace("yy", "y")
