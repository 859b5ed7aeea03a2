#!/bin/sh
# Starts, stops and looks after goxel-daemon. POSIX sh; needs nothing but the daemon's own executable.
# Exit codes: 0 done or already so, 1 anything else.
set -u

PROGRAM=$(basename "$0")
ROOT=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

BINARY=${GOXEL_DAEMON_BINARY:-}
PID_FILE=${GOXEL_PID_FILE:-/tmp/goxel-daemon.pid}
SOCKET=${GOXEL_SOCKET_PATH:-/tmp/goxel-daemon.sock}
LOG_FILE=${GOXEL_LOG_FILE:-/tmp/goxel-daemon.log}
CONFIG=${GOXEL_CONFIG_FILE:-}
DAEMON_USER=${GOXEL_DAEMON_USER:-}
DAEMON_GROUP=${GOXEL_DAEMON_GROUP:-}
WORKING_DIR=${GOXEL_WORKING_DIR:-}
START_TIMEOUT=${GOXEL_START_TIMEOUT:-30}
STOP_TIMEOUT=${GOXEL_STOP_TIMEOUT:-30}
case ${VERBOSE:-} in '' | 0 | no | false) VERBOSE= ;; esac
# Where install-systemd puts things; for packages and tests.
DESTDIR=${DESTDIR:-}
# Given on the command line or in the environment; without them the daemon knows its paths, as do its configuration and its unit.
GIVEN_SOCKET=${GOXEL_SOCKET_PATH:+yes}
GIVEN_PID=${GOXEL_PID_FILE:+yes}
GIVEN_LOG=${GOXEL_LOG_FILE:+yes}

usage() {
  cat <<TEXT
Usage: $PROGRAM [options] COMMAND

Commands:
  start               start the daemon in the background and wait until it answers
  stop                stop it, and wait until it is gone
  restart             stop, then start
  status              say whether it runs; exit 0 when it does
  health              ask it, look at its memory and its log; exit 0 when all is well
  reload              let it read its configuration again
  test                run the daemon's self-tests
  install-systemd     install binary, configuration and unit, and make the user (as root)
  uninstall-systemd   remove the unit; configuration and data stay

Options:
  -b, --binary PATH       the daemon (GOXEL_DAEMON_BINARY)
  -c, --config PATH       configuration file (GOXEL_CONFIG_FILE)
  -s, --socket PATH       (GOXEL_SOCKET_PATH, $SOCKET)
  -p, --pid-file PATH     (GOXEL_PID_FILE, $PID_FILE)
  -l, --log-file PATH     (GOXEL_LOG_FILE, $LOG_FILE)
  -u, --user NAME         of start and install-systemd (GOXEL_DAEMON_USER)
  -g, --group NAME        of start and install-systemd (GOXEL_DAEMON_GROUP)
  -w, --working-dir PATH  of start (GOXEL_WORKING_DIR)
  -V, --verbose           say what is done
  -v, --version           print the version
  -h, --help              print this

Times in seconds: GOXEL_START_TIMEOUT ($START_TIMEOUT), GOXEL_STOP_TIMEOUT ($STOP_TIMEOUT).
Without a path, status, health, stop and reload are about the daemon on $SOCKET, or about the service when there is none.
TEXT
}

say() { printf '%s\n' "$*"; }
tell() { if [ -n "$VERBOSE" ]; then say "$*"; fi; }
fail() {
  printf '%s: %s\n' "$PROGRAM" "$*" >&2
  exit 1
}

find_binary() {
  if [ -n "$BINARY" ]; then return; fi
  for candidate in "$ROOT/out/goxel-daemon" "$ROOT/bin/goxel-daemon" /usr/bin/goxel-daemon /usr/local/bin/goxel-daemon; do
    if [ -x "$candidate" ]; then
      BINARY=$candidate
      return
    fi
  done
  BINARY=$(command -v goxel-daemon || true)
  if [ -z "$BINARY" ]; then fail "goxel-daemon was not found; say where with --binary"; fi
}

need_binary() {
  find_binary
  if [ ! -x "$BINARY" ]; then fail "$BINARY is not an executable"; fi
}

# Runs the daemon's executable with the paths that are known here.
daemon() {
  if [ -n "$CONFIG" ]; then set -- --config "$CONFIG" "$@"; fi
  if [ -n "$GIVEN_SOCKET" ]; then set -- --socket "$SOCKET" "$@"; fi
  if [ -n "$GIVEN_PID" ]; then set -- --pid-file "$PID_FILE" "$@"; fi
  tell "+ $BINARY $*"
  "$BINARY" "$@"
}

is_running() { daemon --status >/dev/null 2>&1; }

start() {
  if is_running; then
    say "goxel-daemon is already running"
    return 0
  fi
  set -- --daemonize
  if [ -n "$GIVEN_LOG" ]; then set -- "$@" --log-file "$LOG_FILE"; fi
  if [ -n "$WORKING_DIR" ]; then set -- "$@" --working-dir "$WORKING_DIR"; fi
  if [ -n "$DAEMON_USER" ]; then set -- "$@" --user "$DAEMON_USER"; fi
  if [ -n "$DAEMON_GROUP" ]; then set -- "$@" --group "$DAEMON_GROUP"; fi
  GOXEL_STARTUP_TIMEOUT=${GOXEL_STARTUP_TIMEOUT:-${START_TIMEOUT}000}
  export GOXEL_STARTUP_TIMEOUT
  daemon "$@"
}

# The value of a member of the status report: field NAME PATTERN.
field() { printf '%s\n' "$REPORT" | sed -n "s,.*\"$1\":\"*\($2\).*,\1,p"; }

# One that does not answer is stopped too, when its PID file tells which it is.
stop() {
  REPORT=$(daemon --status --json) || true
  pid=$(field pid '[0-9][0-9]*')
  if [ -z "$pid" ]; then
    say "goxel-daemon is not running"
    return 0
  fi
  tell "+ kill -TERM $pid"
  kill -TERM "$pid" || fail "cannot stop PID $pid"
  end=$(($(date +%s) + STOP_TIMEOUT))
  while kill -0 "$pid" 2>/dev/null; do
    if [ "$(date +%s)" -ge "$end" ]; then
      kill -KILL "$pid" 2>/dev/null || true
      say "goxel-daemon did not stop within $STOP_TIMEOUT s and was killed (PID $pid)"
      return 0
    fi
    sleep 0.1 2>/dev/null || sleep 1
  done
  say "goxel-daemon stopped (PID $pid)"
}

status() { daemon --status; }

# One line for each check; 1 when any fails.
health() {
  bad=0
  if daemon --status; then
    say "pass  the daemon answers"
  else
    say "FAIL  the daemon does not answer: $PROGRAM start"
    return 1
  fi
  REPORT=$(daemon --status --json) || true
  state=$(field state '[a-z]*')
  if [ "$state" = ready ]; then
    say "pass  it is ready"
  else
    say "FAIL  it is ${state:-in an unknown state}"
    bad=1
  fi
  rss=$(field rss_bytes '[0-9]*')
  say "pass  it uses $((${rss:-0} / 1048576)) MiB of memory"
  if [ -z "$GIVEN_LOG" ]; then
    log=$(field log_file '/[^"]*')
    LOG_FILE=${log:-$LOG_FILE}
  fi
  if [ -r "$LOG_FILE" ]; then
    errors=$(tail -n 100 "$LOG_FILE" | grep -c -E '"level":"(error|fatal)"| (ERROR|FATAL) ') || true
    if [ "${errors:-0}" -gt 0 ]; then
      say "FAIL  $errors errors in the last 100 lines of $LOG_FILE"
      bad=1
    else
      say "pass  no errors in the last 100 lines of $LOG_FILE"
    fi
  fi
  return "$bad"
}

reload() { daemon --reload; }

run_tests() {
  "$BINARY" --test-lifecycle && "$BINARY" --test-signals && "$BINARY" --test-concurrent
}

install_systemd() {
  if [ -z "$DESTDIR" ] && [ "$(id -u)" -ne 0 ]; then fail "install-systemd needs root"; fi
  user=${DAEMON_USER:-goxel}
  group=${DAEMON_GROUP:-$user}
  if [ -z "$DESTDIR" ] && ! id "$user" >/dev/null 2>&1; then
    getent group "$group" >/dev/null || groupadd --system "$group" || fail "cannot make the group $group"
    useradd --system --gid "$group" --home-dir /var/lib/goxel --shell /usr/sbin/nologin "$user" || fail "cannot make the user $user"
    say "made the user $user"
  fi
  units=$DESTDIR/etc/systemd/system
  mkdir -p "$DESTDIR/usr/bin" "$DESTDIR/etc/goxel" "$units" || fail "cannot write below ${DESTDIR:-/}"
  if [ "$BINARY" != "$DESTDIR/usr/bin/goxel-daemon" ]; then
    case $BINARY in
    "$ROOT"/bin/*) fail "make the executable first: npm run build:binary" ;;
    esac
    # A new file in place of the old one: the old may be running.
    cp "$BINARY" "$DESTDIR/usr/bin/goxel-daemon.new" || fail "cannot install the executable"
    chmod 755 "$DESTDIR/usr/bin/goxel-daemon.new"
    mv "$DESTDIR/usr/bin/goxel-daemon.new" "$DESTDIR/usr/bin/goxel-daemon" || fail "cannot install the executable"
  fi
  if [ ! -e "$DESTDIR/etc/goxel/daemon_config.json" ]; then
    (
      umask 027
      sed "s/\"user\": \"goxel\"/\"user\": \"$user\"/; s/group\": \"goxel\"/group\": \"$group\"/" \
        "${CONFIG:-$ROOT/config/daemon_config.json}" >"$DESTDIR/etc/goxel/daemon_config.json"
    ) || fail "cannot install the configuration"
    if [ -z "$DESTDIR" ]; then chown "root:$group" /etc/goxel/daemon_config.json; fi
  fi
  for unit in goxel-daemon.service goxel-daemon.socket; do
    sed "s/^\(Socket\)*User=goxel\$/\1User=$user/; s/^\(Socket\)*Group=goxel\$/\1Group=$group/" \
      "$ROOT/config/$unit" >"$units/$unit" || fail "cannot install the unit"
  done
  say "installed the unit goxel-daemon.service"
  enable_unit
  if [ -z "$DESTDIR" ] && [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl start goxel-daemon || fail "systemctl failed: journalctl -u goxel-daemon"
  else
    say "systemd does not run here: start it with systemctl start goxel-daemon"
  fi
}

# What systemctl enable does, which needs no systemd that runs; auto_start.start_on_boot of the configuration decides.
enable_unit() {
  wants=$DESTDIR/etc/systemd/system/multi-user.target.wants
  rm -f "$wants/goxel-daemon.service"
  if "$BINARY" --dump-config --config "$DESTDIR/etc/goxel/daemon_config.json" 2>/dev/null | grep -q '"start_on_boot": false'; then
    say "it does not start at boot: auto_start.start_on_boot is false"
  else
    mkdir -p "$wants"
    ln -s ../goxel-daemon.service "$wants/goxel-daemon.service" || fail "cannot enable the unit"
    say "it starts at boot"
  fi
}

uninstall_systemd() {
  if [ -z "$DESTDIR" ] && [ "$(id -u)" -ne 0 ]; then fail "uninstall-systemd needs root"; fi
  if [ -z "$DESTDIR" ] && [ -d /run/systemd/system ]; then
    systemctl disable --now goxel-daemon.service goxel-daemon.socket 2>/dev/null || true
  fi
  rm -f "$DESTDIR/etc/systemd/system/multi-user.target.wants/goxel-daemon.service"
  rmdir "$DESTDIR/etc/systemd/system/multi-user.target.wants" 2>/dev/null || true
  rm -f "$DESTDIR/etc/systemd/system/goxel-daemon.service" "$DESTDIR/etc/systemd/system/goxel-daemon.socket" || fail "cannot remove the unit"
  for link in run/goxel-daemon.sock run/goxel-daemon.pid var/log/goxel-daemon.log; do
    if [ -L "$DESTDIR/$link" ]; then rm -f "$DESTDIR/$link"; fi
  done
  if [ -z "$DESTDIR" ] && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
  say "removed the unit; /etc/goxel, /var/lib/goxel and the user goxel are left"
}

COMMAND=
need() { if [ $# -lt 2 ]; then fail "option $1 needs a value"; fi; }
while [ $# -gt 0 ]; do
  case $1 in
  -h | --help)
    usage
    exit 0
    ;;
  -v | --version)
    need_binary
    "$BINARY" --version | sed -n 1p
    exit 0
    ;;
  -V | --verbose) VERBOSE=yes ;;
  -b | --binary) need "$@"; BINARY=$2; shift ;;
  -c | --config) need "$@"; CONFIG=$2; shift ;;
  -s | --socket) need "$@"; SOCKET=$2; GIVEN_SOCKET=yes; shift ;;
  -p | --pid-file) need "$@"; PID_FILE=$2; GIVEN_PID=yes; shift ;;
  -l | --log-file) need "$@"; LOG_FILE=$2; GIVEN_LOG=yes; shift ;;
  -u | --user) need "$@"; DAEMON_USER=$2; shift ;;
  -g | --group) need "$@"; DAEMON_GROUP=$2; shift ;;
  -w | --working-dir) need "$@"; WORKING_DIR=$2; shift ;;
  -*) fail "unknown option $1; see $PROGRAM --help" ;;
  *)
    if [ -n "$COMMAND" ]; then fail "one command at a time: $COMMAND, $1"; fi
    COMMAND=$1
    ;;
  esac
  shift
done

case $COMMAND in
start | stop | restart | status | health | reload | test | install-systemd) need_binary ;;
esac
case $COMMAND in
start) start ;;
stop) stop ;;
restart) stop && start ;;
status) status ;;
health) health ;;
reload) reload ;;
test) run_tests ;;
install-systemd) install_systemd ;;
uninstall-systemd) uninstall_systemd ;;
'')
  usage >&2
  exit 1
  ;;
*) fail "unknown command $COMMAND; see $PROGRAM --help" ;;
esac
