# shellcheck shell=bash
# What the other scripts share: where things are, and how they speak. Sourced, never run.

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

if ! command -v cargo >/dev/null && [ -f "$HOME/.cargo/env" ]; then
  # shellcheck source=/dev/null
  . "$HOME/.cargo/env"
fi

say() { printf '\n== %s\n' "$*"; }

stop() {
  printf '\npilot-light: %s\n' "$1" >&2
  shift
  for line in "$@"; do printf '  %s\n' "$line" >&2; done
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

has_display() { [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname)" = Darwin ]; }

# Where cargo puts what it builds, whatever sets it.
target_dir() {
  cargo metadata --format-version 1 --no-deps --offline 2>/dev/null | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p' | grep . ||
    cargo metadata --format-version 1 --no-deps | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p'
}

passed=0
failed=0
skipped=0

took() { printf -- '-- %s: %d s\n' "$1" "$((SECONDS - $2))"; }

# Runs one check and goes on, whatever comes of it. Not to be called in a condition: that would switch `set -e` off inside.
step() {
  local name=$1 start=$SECONDS code
  shift
  say "$name"
  set +e
  (
    set -e
    "$@"
  )
  code=$?
  set -e
  took "$name" "$start"
  if [ $code -eq 0 ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf -- '-- %s: FAILED\n' "$name"
  fi
}

skip() {
  skipped=$((skipped + 1))
  printf -- '-- %s: SKIPPED, %s\n' "$1" "$2"
}

summary() {
  if [ "$skipped" -gt 0 ]; then
    printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  else
    printf '\n%d passed, %d failed\n' "$passed" "$failed"
  fi
  [ "$failed" -eq 0 ]
}
