#!/usr/bin/env bash
# Installs what the default build needs besides Rust: a C/C++ compiler, cmake and libclang to build espeak-ng, and
# the sonic and pcaudio headers that its build looks for. Says nothing if all is there.
#
# A build with --no-default-features --features cli,default-voice needs none of this.
set -euo pipefail

say() { printf 'setup: %s\n' "$*" >&2; }

if ! command -v cargo >/dev/null; then
    say "cargo was not found; install Rust 1.89 or newer from https://rustup.rs and run this again"
    exit 1
fi

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    missing=()
    for program in cc c++ cmake clang; do
        command -v "$program" >/dev/null || missing+=("$program")
    done
    found_sonic=no
    for folder in /usr/include /usr/local/include /opt/homebrew/include; do
        [[ -e "$folder/sonic.h" ]] && found_sonic=yes
    done
    [[ "$found_sonic" = yes ]] || missing+=("libsonic (sonic.h)")
    ((${#missing[@]} > 0)) || exit 0
    say "this script installs packages on Debian and Ubuntu only; please install these yourself:"
    printf 'setup:   %s\n' "${missing[@]}" >&2
    say "or build without espeak-ng: cargo build --release --no-default-features --features cli,default-voice"
    exit 1
fi

missing=()
for package in build-essential cmake clang libclang-dev libsonic-dev libpcaudio-dev pkg-config; do
    status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ "$status" = installed ]] || missing+=("$package")
done
((${#missing[@]} > 0)) || exit 0

as_root=(env)
if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
        say "neither root nor sudo; please run as root: apt-get install ${missing[*]}"
        exit 1
    fi
    as_root=(sudo)
fi

say "installing ${missing[*]}"
install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends)
# A machine whose package lists are old or absent needs an update first.
if ! "${install[@]}" "${missing[@]}" >/dev/null 2>&1; then
    "${as_root[@]}" apt-get update >/dev/null
    "${install[@]}" "${missing[@]}" >/dev/null
fi
