#!/bin/sh
# Plays a container engine and its Compose for the tests: writes down what it is
# asked, answers from files, and keeps each volume as a folder.
name=$(basename "$0")
{
  [ -z "$GRAFANA_ADMIN_PASSWORD" ] || printf 'GRAFANA_ADMIN_PASSWORD=%s ' "$GRAFANA_ADMIN_PASSWORD"
  printf '%s' "$name"
  for word in "$@"; do
    case "$word" in *"
"*) word=SCRIPT ;; esac
    printf ' %s' "$word"
  done
  echo
} >>"$FAKE/calls"

printf '%s' "$BOTMETER_GRAFANA_ROLE" >"$FAKE/role"

[ ! -e "$FAKE/hangs" ] || exec sleep 300

if [ -e "$FAKE/off" ]; then
  echo "Cannot connect to the $name daemon." >&2
  exit 1
fi

# Compose knows the services of the files that it is given, and no others.
known() {
  for service in "$@"; do
    # shellcheck disable=SC2086
    grep -q "^  $service:\$" $files || { echo "no such service: $service" >&2; exit 1; }
  done
}

files=
before=
for word in "$@"; do
  [ "$before" != --file ] || files="$files $word"
  before=$word
done

case "$*" in
"version --format "* | "info --format "*) echo 28.2.2; exit ;;
"compose version" | version)
  if [ -e "$FAKE/no-plugin" ] && [ "$name" = docker ]; then
    echo "docker: unknown command: docker compose" >&2
    exit 1
  fi
  cat "$FAKE/version"
  exit
  ;;
"volume ls --quiet") ls "$FAKE/volumes"; exit ;;
*" ps --all --format json") cat "$FAKE/services"; exit ;;
*" up --detach "*)
  if [ -e "$FAKE/slow" ]; then
    echo '{"Service":"prometheus","State":"running","Health":"starting"}' >"$FAKE/services"
    exec sleep 300
  fi
  [ ! -e "$FAKE/sick" ] || { echo "container botmeter-jaeger-1 is unhealthy" >&2; exit 1; }
  while [ "$1" != --wait-timeout ]; do shift; done
  shift 2
  known "$@"
  exit
  ;;
*" rm --stop --force "*)
  [ ! -e "$FAKE/stuck" ] || exit 1
  while [ "$1" != --force ]; do shift; done
  shift
  known "$@"
  for service in "$@"; do
    sed -i "/\"Service\":\"$service\"/d" "$FAKE/services"
  done
  exit
  ;;
esac

# compose … run … --entrypoint PROGRAM SERVICE …
while [ $# -gt 0 ] && [ "$1" != --entrypoint ]; do shift; done
[ $# -gt 0 ] || exit 0
program=$2
volume="$FAKE/volumes/botmeter_$3-data"
shift 3
case "$program" in
tar) shift 2; exec tar -C "$volume" "$@" ;;
ls) exec ls -A "$volume" ;;
sh)
  if [ -e "$FAKE/cut" ]; then
    # Of what is sent, no more than this arrives.
    head -c 700 | sh -c "$2" sh "$volume"
    exit
  fi
  exec sh -c "$2" sh "$volume"
  ;;
esac
