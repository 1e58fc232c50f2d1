#!/bin/sh
# Compiles espeak-ng's data with the espeak-rs-sys of Cargo.lock and puts it here; with --check only compares.
# Needs what the crate needs: cmake, libclang-dev, libsonic-dev, libpcaudio-dev.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../../.." && pwd)
version=$(sed -n '/^name = "espeak-rs-sys"$/{n;s/version = "\(.*\)"/\1/p;}' "$root/Cargo.lock")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/src" && : > "$work/src/lib.rs"
cat > "$work/Cargo.toml" <<TOML
[package]
name = "espeak-data"
version = "0.0.0"
edition = "2021"
[dependencies]
espeak-rs-sys = { version = "=$version", features = ["compile-espeak-intonations"] }
TOML
CARGO_TARGET_DIR="$work/target" cargo build --quiet --manifest-path "$work/Cargo.toml"
built=$(echo "$work"/target/debug/build/espeak-rs-sys-*/out/share/espeak-ng-data)
# espeak-ng complains on each start that the small Mandarin dictionary is not the full one.
sed -i '/^dict_min/,$d' "$built/lang/sit/cmn"

cd "$here"
find . -type f ! -name '*.*' ! -name COPYING ! -name SHA256SUMS | sed 's|^\./||' | LC_ALL=C sort | while read -r file; do
    if [ "${1-}" = --check ]; then cmp "$built/$file" "$file"; else cp "$built/$file" "$file"; fi
done
if [ "${1-}" != --check ]; then
    find . -type f ! -name '*.*' ! -name COPYING ! -name SHA256SUMS | sed 's|^\./||' | LC_ALL=C sort | xargs sha256sum > SHA256SUMS
fi
sha256sum --check --quiet SHA256SUMS
