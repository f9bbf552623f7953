#!/usr/bin/env bash
# Makes the bundled typeface from the registry package that its authors publish: the same bytes on every machine.
#
#   assets/fonts/build.sh    or    make fonts
#
# Needs npm, Python 3 with venv and the network. Nobody needs to run it to build Dateline: its results are
# committed. What is kept of the fonts and why stands in README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")"

package=inter-ui@4.1.1
package_sha256=e392e4d71f18a7c1f23dfecd833d68fa05eeab41862686584e80fd2b5d87e9c0
tools=(fonttools==4.68.0 brotli==1.2.1)

# Everything that Inter draws outside the private use areas: those hold alternates that no text asks for.
unicodes=U+0020-DFFF,U+F900-10FFFF
# What a shaper applies unasked and the text needs: composed and localised letters, kerning, accents on their
# letters. Not `calt`: it draws "1280x720" as "1280×720" and "->" as an arrow, and Dateline shows what was written.
features=ccmp,locl,kern,mark,mkmk
# Copyright, family, style, full name, version, PostScript name, licence and its address.
names=0,1,2,4,5,6,13,14,16,17

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "fetching $package"
tarball=$work/$(npm pack --silent --pack-destination "$work" "$package" </dev/null)
echo "$package_sha256  $tarball" | sha256sum --check --quiet
tar -xzf "$tarball" -C "$work"

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "${tools[@]}" </dev/null

for cut in Regular SemiBold; do
    "$work/venv/bin/pyftsubset" "$work/package/web/Inter-$cut.woff2" \
        --output-file="Inter-$cut.ttf" \
        --unicodes="$unicodes" --layout-features="$features" --name-IDs="$names" \
        --flavor= --no-hinting --notdef-outline --no-glyph-names --no-recalc-timestamp
done
cp "$work/package/LICENSE.txt" OFL.txt

# A difference means that the package or a tool is not the one named above: find out which before committing.
sha256sum --check SHA256SUMS
