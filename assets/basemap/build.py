"""Builds assets/basemap.pmtiles, assets/regions.bin and assets/gazetteer.bin from the unpacked packages.

Usage: build.py INPUTS OUTPUT, both folders (see build.sh).
"""

import gc
import json
import resource
import sys
from pathlib import Path

import shapely

import admin
import borders
import gazetteer
import places
import regions
import tiler
import urban
import water
from common import DETAIL_MAX_ZOOM, GRID, WORLD_MAX_ZOOM, Inputs, log
from names import Names

ATTRIBUTION = "Natural Earth | GeoNames (CC BY 4.0)"


def main(source, target):
    """All three files."""
    # Millions of small objects that live to the end: looking for cycles among them takes a third of the time.
    gc.disable()
    inputs = Inputs(source)
    units = admin.load_units(inputs)
    topology = admin.topology_of(units)
    log(f"admin-1: {len(units)} polygons, {len(topology.arcs)} arcs")
    geonames = places.GeoNames(inputs)
    names = Names(inputs)
    regions.write_regions(target / "regions.bin", units, topology, _country_names(geonames))
    gazetteer.write_gazetteer(target / "gazetteer.bin", geonames, names, units)
    features = [_earth()]
    features += water.features(inputs)
    features += urban.features(inputs)
    features += borders.features(units, topology)
    features += places.features(geonames, names, units)
    log(f"{len(features)} features")
    tiles = tiler.build_tiles(features)
    tiler.write_pmtiles(target / "basemap.pmtiles", tiles, _metadata(features))
    log(f"basemap.pmtiles: {len(tiles)} tiles, {(target / 'basemap.pmtiles').stat().st_size} bytes;",
        f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def _country_names(geonames):
    return {code: (geonames.country_name(code), places.country_translations(code).get("name:local", geonames.country_name(code)))
            for code in geonames.countries}


def _earth():
    """The land below everything: the whole world, the sea is painted over it."""
    margin = GRID // 16
    return tiler.Feature("earth", shapely.box(-margin, -margin, GRID + margin, GRID + margin), {"kind": "earth"})


def _metadata(features):
    layers = {}
    kinds = {bool: "Boolean", int: "Number", str: "String"}
    for feature in features:
        layer = layers.setdefault(feature.layer, {"id": feature.layer, "minzoom": DETAIL_MAX_ZOOM, "maxzoom": 0, "fields": {}})
        layer["minzoom"] = min(layer["minzoom"], feature.min_zoom)
        layer["maxzoom"] = max(layer["maxzoom"], min(feature.max_zoom, DETAIL_MAX_ZOOM))
        layer["fields"].update({key: kinds[type(value)] for key, value in feature.properties.items()})
    return json.dumps({
        "name": "Dateline basemap", "type": "baselayer", "format": "pbf", "version": "1", "attribution": ATTRIBUTION,
        "description": f"The world to tile zoom {WORLD_MAX_ZOOM}, European Russia, Ukraine and neighbours to {DETAIL_MAX_ZOOM}",
        "vector_layers": [layers[name] for name in tiler.LAYERS if name in layers],
    }, ensure_ascii=False, sort_keys=True).encode()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
