#!/usr/bin/env bash
# Installs what the build needs and runs all tests; arguments go to cargo test.
#
# KOKORO_REQUIRE_SHARED=1 makes tests that need the model files in ../shared fail without them instead of skipping.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tools/setup.sh
cargo test --workspace "$@"
