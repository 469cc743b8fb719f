# common.sh: what infra/demo, infra/test and infra/bench share. Sourced by them with bash; does nothing by itself
# but set the shell up and make the run folder.
#
# A run leaves two things behind: Debian packages, and the build folder in the clone. Everything
# else is in the run folder under /tmp, which goes when the script ends, however it ends.
# shellcheck shell=bash disable=SC2034,SC2154

set -euo pipefail
umask 022
# Messages in one language, and no setting of the caller's libpq or workspace: it would lead the
# programs to another database than ours.
export LC_ALL=C.UTF-8
unset "${!PG@}" CAMPANILE_SCHEMA DATABASE_URL

me=infra/${0##*/}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
build=${CAMPANILE_BUILD_PATH:-$root/.build}
[[ $build == /* ]] || build=$PWD/$build
python=/usr/bin/python3 # Debian's, which has Debian's modules; another one may come first on PATH

if [[ -t 1 && -z ${NO_COLOR+set} ]]; then
  bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'
else
  bold='' dim='' plain=''
fi

# Prints its arguments, each a line.
say() { printf '%s\n' "$@"; }

# Says why it cannot go on, and ends.
die() {
  printf '%s: %s\n' "$me" "$*" >&2
  exit 1
}

# A script started with & by another script begins with SIGINT ignored, and bash cannot undo that:
# Ctrl-C would end what started us and leave us running.
if [[ $(trap -p INT) == "trap -- '' SIGINT" ]]; then
  exec env --default-signal=INT "$BASH" "$0" "$@"
fi

# --- The end -------------------------------------------------------------------------------------

run=''    # the run folder
remove=() # what else goes
server='' # the process id of PostgreSQL
postgres_settings=() # further arguments of its, which a script may set

trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Ends whatever this script has started, and removes the run folder. Nothing may stop it on its way.
finish() {
  trap - EXIT
  trap '' HUP INT TERM # a second Ctrl-C, above all
  set +e
  local groups group
  mapfile -t groups < <(jobs -p)
  disown -a # or the shell would tell of each that it was killed
  # SIGKILL: asked to end, swift starts a few processes more. Nothing of this is needed afterwards.
  for group in "${groups[@]}"; do
    [[ $group == "$server" ]] || kill -KILL -- "-$group" 2>/dev/null
  done
  # What remains are processes that swift and the tests have put in groups of their own.
  while kill_strays; do sleep 0.05; done
  # "Immediate": no checkpoint, which nobody will read; but unlike after SIGKILL its children and its
  # shared memory go with it.
  if [[ $server ]]; then
    kill -QUIT "$server" 2>/dev/null
    gone "$server" 20
  fi
  cd / && rm -rf -- "${remove[@]}" ${run:+"$run"}
}

# Kills every process of our session in whose environment the run folder is, in TMPDIR or DATABASE_URL;
# fails when there is none. Going by the parent would miss those whose parent has ended.
kill_strays() {
  [[ $run ]] || return 1
  local ours files file found=1
  ours=$(session_of "$$")
  # grep itself has an empty environment.
  mapfile -t files < <(env -i grep -lsFf - /proc/[0-9]*/environ <<<"$run")
  for file in "${files[@]}"; do
    file=${file%/environ}
    [[ $(session_of "${file##*/}") == "$ours" ]] && kill -KILL "${file##*/}" 2>/dev/null && found=0
  done
  return "$found"
}

# The session of a process: the fourth field behind its name, which is in parentheses and may hold any.
session_of() {
  local line fields
  { IFS= read -r line <"/proc/$1/stat"; } 2>/dev/null || return
  read -ra fields <<<"${line##*) }"
  echo "${fields[3]}"
}

# Waits until a child has ended, some seconds at most.
gone() {
  local end=$((SECONDS + $2))
  while kill -0 "$1" 2>/dev/null; do
    ((SECONDS < end)) || return 1
    sleep 0.02
  done
}

# Runs a command and waits for it. In the background, because bash attends to a signal at once when
# it waits, and not before the command ends when it runs it; and in a process group of its own, so that
# Ctrl-C reaches this script alone, which then ends everything in order.
attend() {
  local status=0
  start "$@"
  wait "$started" || status=$?
  return "$status"
}

# Starts a command in the background, in a process group of its own; its id is in `started`.
start() {
  # Job control for just this line: it makes the group, and it keeps SIGINT from being ignored in it.
  set -m
  "$@" </dev/null &
  set +m
  started=$!
}

# --- Packages ------------------------------------------------------------------------------------

# Installs the Debian packages that are missing of those named.
need() {
  command -v swift >/dev/null || die 'there is no swift on PATH; Campanile is written in Swift 6.3 (https://www.swift.org/install)'
  local missing
  mapfile -t missing < <(missing "$@")
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || die "these Debian packages are needed, and there is no apt-get: ${missing[*]}"
  local sudo=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null \
      || die "these packages are missing, and installing them needs root or sudo: ${missing[*]}"
    sudo=(sudo)
    # Without a terminal nobody can answer when sudo asks for a password.
    [[ -t 0 ]] || sudo+=(-n)
  fi
  say "installing ${missing[*]} (Ctrl-C waits until it is done)"
  # As text, because root need not be able to read this file.
  "${sudo[@]}" "$BASH" -c "$(declare -f missing install); install \"\$@\"" "$me" "${missing[@]}" >"$run/apt.log" 2>&1 \
    || { cat "$run/apt.log" >&2; die "these packages could not be installed: ${missing[*]}"; }
}

missing() {
  local name
  for name; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || echo "$name"
  done
}

# As root. Whoever presses Ctrl-C gets it when apt-get is done: dpkg would leave half of a package. It
# does not heed an ignored SIGINT, so it is kept from it, in a session of its own.
install() {
  set -euo pipefail
  trap '' HUP INT TERM
  export DEBIAN_FRONTEND=noninteractive
  # Not local: the trap below runs when the function has ended.
  exec {lock}</var/lib/dpkg
  flock "$lock" # one at a time: the other script may want the same packages
  mapfile -t names < <(missing "$@")
  ((${#names[@]})) || return 0

  # Debian's postgresql makes a cluster, "main", and starts it. We want the programs and nothing that
  # runs, so while we install: no cluster, and no start of a cluster that an earlier installation left.
  # Neither file belongs to a package, so dpkg has nothing to ask; and should we be killed, the first
  # concerns nothing but new installations of postgresql, and the second has no effect any more.
  settings=/etc/postgresql-common/createcluster.d policy=/usr/sbin/policy-rc.d made=() folder=''
  trap 'rm -f -- "${made[@]}"; [[ ! $folder ]] || rmdir -p --ignore-fail-on-non-empty "$folder"' EXIT
  [[ -d $settings ]] || folder=$settings
  mkdir -p "$settings"
  made+=("$settings/campanile.conf")
  echo 'create_main_cluster = false' >"$settings/campanile.conf"
  if [[ ! -e $policy && ! -L $policy ]]; then
    made+=("$policy")
    printf '%s\n' '#!/bin/sh' '# While Campanile installs packages: PostgreSQL is not started.' \
      "case \$1 in postgresql*) [ ! -e /proc/$$ ] || exit 101 ;; esac" >"$policy"
    chmod 755 "$policy"
  fi

  # A repository of somebody else's may be out of order while all that we need is there.
  setsid -w apt-get -q update || echo 'apt-get update failed; trying with what is known'
  # Only missing packages are named: apt-get would upgrade the others, and restart their services.
  setsid -w apt-get -q -y -o DPkg::Lock::Timeout=600 install --no-install-recommends "${names[@]}"
}

# --- The run folder ------------------------------------------------------------------------------

# Under /tmp and not TMPDIR: whoever runs PostgreSQL must be able to get there, and the path of a
# socket has 108 bytes.
make_run_folder() {
  run=$(mktemp -d /tmp/campanile.XXXXXX)
  mkdir "$run/tmp"
  # Swift, its compiler and the tests put locks and scratch files there, and forget some.
  export TMPDIR=$run/tmp
  # To be entered, not to be listed, when PostgreSQL runs as somebody else.
  ((EUID != 0)) || chmod 711 "$run"
}

# --- Building ------------------------------------------------------------------------------------

# Runs swift VERB … for this package. SwiftPM, Foundation and clang would write to the home directory:
# they get another one (Foundation reads CFFIXED_USER_HOME, git still the real HOME).
swift_package() {
  local verb=$1 settings=() home=$scratch/home
  shift
  # The mirrors that somebody has set up.
  [[ ! -d ${HOME-}/.swiftpm/configuration ]] || settings=(--config-path "$HOME/.swiftpm/configuration")
  CFFIXED_USER_HOME=$home XDG_CACHE_HOME=$home/.cache XDG_DATA_HOME=$home/.local/share \
    swift "$verb" --package-path "$root" --scratch-path "$scratch" "${settings[@]}" "$@"
}

# Takes the locks for a build in $scratch: nobody's programs are replaced while they run, and one
# build at a time in a clone, because both kinds write Package.resolved. SwiftPM's own locks are in
# TMPDIR, which each run has for itself.
lock_build() {
  mkdir -p "$scratch"
  exec {scratch_lock}<"$scratch" {clone_lock}<"$root/Package.swift"
  local lock
  for lock in "$scratch_lock" "$clone_lock"; do
    flock -n "$lock" && continue
    say 'waiting for another run to finish with this clone'
    attend flock "$lock"
  done
}

# --- PostgreSQL ----------------------------------------------------------------------------------

# Starts a PostgreSQL for this run alone, and sets DATABASE_URL: the superuser of an empty database.
# No password and no network: it listens on a socket in a folder that only we and it can enter.
start_postgres() {
  local programs folder=$run/pg as=()
  # The newest; the path is Debian's.
  programs=$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sort -V | tail -n 1)
  programs=${programs%/*}
  [[ -x $programs/initdb ]] || die 'the server programs of PostgreSQL are not in /usr/lib/postgresql'

  mkdir -m 700 "$folder"
  if ((EUID == 0)); then
    # PostgreSQL refuses to run as root.
    local user
    for user in postgres nobody ''; do id -u "$user" >/dev/null 2>&1 && break; done
    [[ $user ]] || die 'PostgreSQL does not run as root, and there is neither a user postgres nor nobody'
    chown "$user:" "$folder"
    as=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --init-groups)
  fi
  # From / because it may not be able to enter the folder that we are in. --no-sync: nothing is in it yet.
  (cd / && "${as[@]}" "$programs/initdb" --pgdata="$folder/data" --username=campanile --auth=trust \
    --encoding=UTF8 --locale=C.UTF-8 --no-instructions --no-sync) >"$run/initdb.log" 2>&1 \
    || { cat "$run/initdb.log" >&2; die 'initdb failed'; }
  # Should this script be killed with SIGKILL, the server gets SIGQUIT, and ends.
  # An environment of its own, so that it is not taken for a stray.
  start env -i -C / LC_ALL=C.UTF-8 setpriv --pdeathsig QUIT "${as[@]:1}" -- "$programs/postgres" -D "$folder/data" \
    -c listen_addresses= -c "unix_socket_directories=$folder" -c fsync=on -c max_connections=200 "${postgres_settings[@]}" \
    >"$run/postgres.log" 2>&1
  server=$started
  local tries=0
  until "$programs/pg_isready" -q -h "$folder"; do
    if ! kill -0 "$server" 2>/dev/null || ((++tries > 600)); then
      cat "$run/postgres.log" >&2
      die 'PostgreSQL did not start'
    fi
    sleep 0.05
  done
  attend "$programs/psql" -XAtq -h "$folder" -U campanile -d postgres -c 'create database campanile'
  export DATABASE_URL="postgresql:///campanile?host=$folder&user=campanile"
}
