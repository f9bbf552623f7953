"""Natural Earth's admin-1 units, with the corrections that this project makes: who owns what, which codes are wrong,
which names to show.

Ownership follows internationally recognised borders; `controlled_by` keeps Natural Earth's de-facto view, so that the
line between the two can be dashed. A code that starts with UA- belongs to Ukraine, Crimea and Sevastopol included.
"""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import shapely
from shapely.geometry import shape

from topology import Topology, join_across_antimeridian

# Codes that Natural Earth has the wrong way round (Moscow city and oblast).
SWAPPED_CODES = {"RU-MOW": "RU-MOS", "RU-MOS": "RU-MOW"}
# De-facto entities -> the recognised sovereign, by Natural Earth's three letters.
SOVEREIGN = {"CYN": "CYP", "SOL": "SOM", "KAB": "KAZ", "CNM": "CYP"}
# No country: several states claim them, none is generally recognised (Siachen glacier, Spratly Islands).
UNOWNED = {"KAS", "PGA"}
# Country codes where `iso_a2` disagrees with the above.
COUNTRY_OF = {"ESB": "GB", "WSB": "GB", "KAS": "", "PGA": ""}
# The main language(s) that a country writes its region names in; the first that has a name wins.
LOCAL_LANGUAGE = {
    "AE": "ar", "AR": "es", "AT": "de", "BD": "bn", "BH": "ar", "BO": "es", "BR": "pt", "CL": "es", "CN": "zh",
    "CO": "es", "CR": "es", "CU": "es", "CY": "el", "DE": "de", "DJ": "ar", "DO": "es", "DZ": "ar", "EC": "es",
    "EG": "ar", "ES": "es", "FR": "fr", "GR": "el", "GT": "es", "HN": "es", "HU": "hu", "ID": "id", "IL": "he",
    "IQ": "ar", "IR": "fa", "IT": "it", "JO": "ar", "JP": "ja", "KP": "ko", "KR": "ko", "KW": "ar", "LB": "ar",
    "LI": "de", "LY": "ar", "MA": "ar", "MX": "es", "NI": "es", "NL": "nl", "OM": "ar", "PA": "es", "PE": "es",
    "PK": "ur", "PL": "pl", "PS": "ar", "PT": "pt", "PY": "es", "QA": "ar", "RU": "ru", "SA": "ar", "SD": "ar",
    "SE": "sv", "SV": "es", "SY": "ar", "TN": "ar", "TR": "tr", "TW": "zht", "UA": "uk", "UY": "es", "VE": "es",
    "VN": "vi", "YE": "ar", "HK": "zht",
}
# Where `region` is not a usable name.
PARENT_NAMES = {"GB-ENG": "England", "GB-SCT": "Scotland", "GB-WLS": "Wales", "GB-NIR": "Northern Ireland"}
# Countries whose own `name_local` in Natural Earth is good and in the local script.
GOOD_LOCAL = {"AM", "BY", "BG", "RS", "TH", "NP"}


@dataclass
class Unit:
    """One admin-1 polygon of Natural Earth."""

    code: str
    country: str
    owner: str
    controlled_by: str
    name_en: str
    name_local: str
    name_ru: str
    name_uk: str
    label: tuple
    min_zoom: float
    type_en: str
    parent: str
    parent_name: str
    geometry: object


def read_name_table(path):
    """code -> (English, local) from a tab-separated table; lines that start with # are remarks."""
    with open(path, encoding="utf-8") as lines:
        rows = csv.reader((l for l in lines if not l.startswith("#")), delimiter="\t")
        return {row[0]: (row[1], row[2] if len(row) > 2 else "") for row in rows if row}


def load_units(inputs):
    """All admin-1 units in the file's order."""
    table = read_name_table(Path(__file__).with_name("region_names.tsv"))
    features = json.loads(inputs.admin1.read_bytes())["features"]
    return [_unit(feature, table) for feature in features]


def _unit(feature, table):
    p = feature["properties"]
    code = SWAPPED_CODES.get(p["iso_3166_2"], p["iso_3166_2"])
    a3 = p["adm0_a3"]
    ukrainian = code.startswith("UA-")
    owner = "UKR" if ukrainian else SOVEREIGN.get(a3, a3)
    country = "UA" if ukrainian else COUNTRY_OF.get(a3, p["iso_a2"])
    name_en, name_local = _names(p, code, country)
    if code in table:
        name_en, name_local = table[code][0] or name_en, table[code][1] or name_local
    geometry = shape(feature["geometry"])
    west, _, east, _ = geometry.bounds
    if west < -179.99 and east > 179.99 and country != "AQ":
        geometry = join_across_antimeridian(geometry)
    ru, uk = p.get("name_ru") or "", p.get("name_uk") or ""
    if country == "RU":
        ru = name_local
    if country == "UA":
        uk = name_local
    return Unit(code, country, owner, a3, name_en, name_local, ru, uk, (p["longitude"], p["latitude"]),
                float(p["min_zoom"]), p.get("type_en") or "", _parent(p, country),
                PARENT_NAMES.get(_parent(p, country)) or p.get("region") or p.get("geonunit") or "", geometry)


def _names(p, code, country):
    name_en = p.get("name_en") or p.get("name") or ""
    local = p.get("name_" + LOCAL_LANGUAGE.get(country, "local")) or p.get("name") or name_en
    if country in GOOD_LOCAL:
        local = p.get("name_local") or local
    russian = p.get("name_ru") or ""
    if country in ("RU", "UA", "BY") and "область" in russian and "blast" not in name_en:
        name_en += " Oblast" if country != "BY" else " Region"
    return name_en, local.replace("\u0301", "")


def _parent(p, country):
    """ISO 3166-2 code of the larger region that the unit is part of, where Natural Earth tells it."""
    group = str(p.get("region_cod") or "")
    if country == "GB":
        return {"England": "GB-ENG", "Scotland": "GB-SCT", "Wales": "GB-WLS",
                "Northern Ireland": "GB-NIR"}.get(p.get("geonunit"), "")
    if country == "ES" and group.startswith("ES."):
        return {"ES.NA": "ES-NC", "ES.LO": "ES-RI"}.get(group, "ES-" + group[3:])
    if country in ("FR", "IT", "PH", "LK", "GW", "CV", "KN") and group.startswith(country + "-"):
        return group
    return ""


def topology_of(units):
    """Shared arcs of all units."""
    return Topology([u.geometry for u in units])


def representative_point(polygon):
    """A point well inside a polygon: the centre of its largest inscribed circle, roughly."""
    size = polygon.area ** 0.5
    circle = shapely.maximum_inscribed_circle(polygon, tolerance=max(size / 50.0, 1.0))
    return shapely.get_coordinates(circle)[0]
