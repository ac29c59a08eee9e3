# Sourced by the scripts of this folder: where the tree is, and how to speak.
# shellcheck shell=bash
TACHO_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
TACHO_PEERS=$TACHO_ROOT/build/peers

# say WORDS...: a line of progress, to be told from the output of the tools.
say() {
  printf '%s: %s\n' "$(basename "$0")" "$*"
}

# die WORDS...: the reason and what to do about it, then the end.
die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

have() {
  command -v "$1" >/dev/null 2>&1
}

# usage FILE: prints the comment at the head of a script.
usage() {
  sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$1"
}

# need_value OPTION COUNT: an option that takes a value must have one.
need_value() {
  [ "$2" -ge 2 ] || die "$1 wants a value; see --help"
}

# package_is_installed NAME: as dpkg sees it.
package_is_installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}
