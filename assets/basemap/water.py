"""Seas, lakes and rivers: polygons and lines of the layer `water`, and their label points.

Kinds, as in the Protomaps schema: ocean, sea, lake (polygons or label points), river (lines or label points).
"""

import csv
import re
from collections import defaultdict
from pathlib import Path

import numpy as np
import shapely

from admin import representative_point
from common import cell_ground_m, in_detail, project, unproject
from shapefile import read_shapefile
from tiler import Feature

# Natural Earth's rank of a lake or river -> the tile zoom from which it is drawn.
LAKE_ZOOM = {0: 1, 1: 2, 2: 2, 3: 3, 4: 3, 5: 4, 6: 5, 7: 5, 8: 6, 9: 6}
RIVER_ZOOM = {0: 2, 1: 2, 2: 2, 3: 3, 4: 3, 5: 4, 6: 4, 7: 5, 8: 6, 9: 6, 10: 6}
# Emptied after its dam was destroyed on 6 June 2023; the river runs in its old bed again.
VANISHED_LAKES = {"Kakhovka Reservoir"}


def read_names(path):
    """Source name -> English name from a tab-separated table; an empty English name means: no label."""
    with open(path, encoding="utf-8") as lines:
        return {row[0]: row[1:] for row in csv.reader((l for l in lines if not l.startswith("#")), delimiter="\t") if row}


def features(inputs):
    """All features of the layer."""
    folder = Path(__file__).parent
    names = read_names(folder / "water_names.tsv")
    oceans, lakes = _seas_and_lakes(inputs.natural_earth / "ne_10m_ocean")
    out = []
    for polygon in oceans:
        out.append(Feature("water", polygon, {"kind": "ocean"}, 0, order=0.0, min_size_px=2.0))
    for lake, polygon, rank in lakes:
        zoom = LAKE_ZOOM[rank]
        out.append(Feature("water", polygon, {"kind": "lake", "min_zoom": zoom}, zoom, order=1.0, min_size_px=1.5))
    out += _lake_labels(lakes, names)
    out += _rivers(inputs, lakes, names)
    out += _sea_labels(folder / "seas.tsv")
    return out


def _to_grid(geometry):
    return shapely.transform(geometry, lambda c: np.rint(project(c)))


def _seas_and_lakes(stem):
    """Ocean polygons and (name, polygon, rank) of lakes, in grid units."""
    oceans, lakes = [], []
    for row, geometry in zip(*read_shapefile(stem, "latin1")):
        if geometry is None or row["name"] in VANISHED_LAKES:
            continue
        grid = _to_grid(geometry)
        if row["featurec_2"] is None:
            oceans += list(shapely.get_parts(grid))
            continue
        for part in shapely.get_parts(grid):
            if part.geom_type == "Polygon" and part.area > 0:
                lakes.append((row["name"] or "", part, int(row["scaleran_2"])))
    return oceans, lakes


def _lake_labels(lakes, names):
    largest = {}
    for name, polygon, rank in lakes:
        key = (name, rank)
        if name and (key not in largest or polygon.area > largest[key][0].area):
            largest[key] = (polygon, rank)
    for (name, _), (polygon, rank) in largest.items():
        polygon = polygon if polygon.is_valid else max(shapely.get_parts(polygon.buffer(0)), key=lambda p: p.area)
        xy = np.rint(representative_point(polygon))
        lon, lat = unproject(xy)
        english = names.get(name, [name])[0]
        if not english or (rank > 7 and not in_detail(lon, lat)):
            continue
        area_km2 = polygon.area * (cell_ground_m(xy[1]) / 1000.0) ** 2
        zoom = max(LAKE_ZOOM[rank] + 1, 3 if area_km2 > 15000 else 4 if area_km2 > 4000 else 5 if area_km2 > 1200 else 6)
        properties = {"kind": "lake", **_names(english, names.get(name)), "min_zoom": zoom}
        yield Feature("water", shapely.Point(xy), properties, min(zoom, 6), order=3.0 - area_km2 / 1e6)


def _names(english, row=None):
    out = {"name": english, "name:en": english}
    for key, value in zip(("name:ru", "name:uk"), (row or [])[1:]):
        if value:
            out[key] = value
    return out


def _rivers(inputs, lakes, names):
    rows, geometries = read_shapefile(inputs.natural_earth / "ne_10m_rivers_lake_centerlines", "latin1")
    tree = shapely.STRtree([polygon for _, polygon, _ in lakes])
    named = defaultdict(list)
    for row, geometry in zip(rows, geometries):
        if geometry is None:
            continue
        line = _to_grid(shapely.line_merge(geometry))
        rank = int(row["scalerank"])
        zoom = RIVER_ZOOM[rank]
        english = names.get(row["name"] or "", [row["name"] or ""])[0]
        # A question mark stands for a letter that was lost; a second name in brackets is too much for a label.
        english = "" if "?" in english else re.sub(r"\s*\(.*\)|(?<= ) ", "", english)
        through_lake = "Lake" in row["featurecla"]
        last = _last_zoom_without_lake(line, lakes, tree) if through_lake else 9
        properties = {"kind": "river", **(_names(english, names.get(row["name"])) if english else {}), "min_zoom": zoom}
        if last >= zoom:
            yield Feature("water", line, properties, zoom, last, order=2.0 + rank / 100.0, min_size_px=0.5)
        if english and not through_lake:
            named[(english, rank)].append((line, tuple(names.get(row["name"]) or ())))
    for (english, rank), lines in named.items():
        yield from _river_labels(english, rank, [l for l, _ in lines], lines[0][1])


def _last_zoom_without_lake(line, lakes, tree):
    """A line through a lake stands in for the lake at the zooms where the lake is not drawn yet."""
    middle = shapely.line_interpolate_point(max(shapely.get_parts(line), key=lambda l: l.length), 0.5, normalized=True)
    ranks = [lakes[i][2] for i in tree.query(middle, predicate="intersects")]
    return min(LAKE_ZOOM[r] for r in ranks) - 1 if ranks else 9


def _river_labels(english, rank, lines, row):
    merged = shapely.line_merge(shapely.MultiLineString([p for l in lines for p in shapely.get_parts(l)]))
    for part in shapely.get_parts(merged):
        middle = shapely.get_coordinates(part)[len(shapely.get_coordinates(part)) // 2]
        km = part.length * cell_ground_m(middle[1]) / 1000.0
        if km < 80.0:
            continue
        count = max(1, round(km / 350.0))
        for k in range(count):
            point = shapely.line_interpolate_point(part, (k + 0.5) / count, normalized=True)
            zoom = RIVER_ZOOM[rank] + 2
            if zoom > 6 and not in_detail(*unproject(shapely.get_coordinates(point)[0])):
                zoom = 6
            properties = {"kind": "river", **_names(english, list(row)), "min_zoom": zoom}
            yield Feature("water", shapely.transform(point, np.rint), properties, zoom, order=4.0 + rank / 100.0)


def _sea_labels(path):
    with open(path, encoding="utf-8") as lines:
        for row in csv.reader((l for l in lines if not l.startswith("#")), delimiter="\t"):
            zoom, lon, lat, english, russian, ukrainian = row
            kind = "ocean" if "Ocean" in english else "sea"
            first, _, last = zoom.partition("-")
            properties = {"kind": kind, "name": english, "name:en": english, "name:ru": russian, "name:uk": ukrainian,
                          "min_zoom": int(first)}
            xy = np.rint(project(np.array([float(lon), float(lat)])))
            yield Feature("water", shapely.Point(xy), properties, int(first), int(last or 9), order=2.9)
