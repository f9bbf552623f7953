"""Boundary lines from the arcs that two admin-1 units share: countries and regions, disputed ones marked.

The rule: different owners make a country boundary; the same owner a region boundary. A line is disputed when it is one of the
de-facto lines in the tables below, for instance between Kherson Oblast and Crimea at Perekop, which Russia controls and
Ukraine owns.
"""

from collections import defaultdict

import shapely

from tiler import Feature
from topology import vertex_xy

# Owners (Natural Earth's letters) whose common line is disputed.
DISPUTED_OWNERS = [{"SRB", "KOS"}, {"MAR", "SAH"}, {"ISR", "PSX"}, {"IND", "KAS"}, {"PAK", "KAS"}, {"CHN", "KAS"}, {"ISR", "SYR"}]
# De-facto entities inside a recognised country.
DISPUTED_CONTROL = [{"UKR", "RUS"}, {"CYP", "CYN"}, {"SOM", "SOL"}]
# Single units of two countries along lines of control.
KASHMIR = {"IN-JK", "IN-LA", "PK-JK", "PK-NA", "PK-GB", "CN-54", "CN-65", "CN-XZ", "CN-XJ"}
# Units that a de-facto power separates from the rest of their own country.
BREAKAWAY = {"GE-AB", "MD-SN"}
# Dependent places that are no country of their own on this map.
DEPENDENT = {"HKG": "CHN", "MAC": "CHN", "ALD": "FIN", "USG": "CUB"}
# Countries with few, large regions: their lines come in at a lower zoom.
LARGE = {"RUS", "UKR", "BLR", "KAZ", "USA", "CAN", "AUS", "CHN", "BRA", "IND", "ARG", "MEX", "DZA", "LBY", "MNG"}


def classify(a, b):
    """(kind, disputed) of the line between two units."""
    owner_a, owner_b = (DEPENDENT.get(u.owner, u.owner) for u in (a, b))
    kind = "country" if owner_a != owner_b else "region"
    controls = {a.controlled_by, b.controlled_by}
    disputed = ({owner_a, owner_b} in DISPUTED_OWNERS
                or (kind == "region" and controls in DISPUTED_CONTROL)
                or (kind == "country" and a.code in KASHMIR and b.code in KASHMIR)
                or (kind == "region" and (a.code in BREAKAWAY) != (b.code in BREAKAWAY)))
    return kind, disputed


def _region_zoom(a, b):
    owner = a.owner
    if owner in LARGE:
        return 3
    widest = max(a.geometry.area, b.geometry.area)
    return 4 if widest > 8.0 else 5 if widest > 1.0 else 6


def features(units, topology):
    """All boundary lines, longest runs merged so that dashes run on."""
    groups = defaultdict(list)
    for number, users in enumerate(topology.users):
        pair = sorted(set(users))
        if len(pair) != 2:
            continue
        a, b = units[pair[0]], units[pair[1]]
        if a.code == b.code:
            continue
        kind, disputed = classify(a, b)
        zoom = 0 if kind == "country" else _region_zoom(a, b)
        if disputed:
            zoom = 2 if kind == "country" else min(zoom, 4)
        groups[(kind, disputed, zoom)].append(shapely.LineString(vertex_xy(topology.arcs[number])))
    for (kind, disputed, zoom), lines in sorted(groups.items(), key=lambda g: g[0]):
        properties = {"kind": kind, "kind_detail": 2 if kind == "country" else 4, "min_zoom": zoom}
        if disputed:
            properties["disputed"] = True
        order = {"region": 0.0, "country": 1.0}[kind] + (2.0 if disputed else 0.0)
        for line in shapely.get_parts(shapely.line_merge(shapely.MultiLineString(lines))):
            yield Feature("boundaries", line, properties, zoom, order=order, min_size_px=0.5)
