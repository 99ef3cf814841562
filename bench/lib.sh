# shellcheck shell=bash disable=SC2034,SC2206
# What bench/run and bench/profile share: finding Java, starting the processes, and stopping them. Sourced, not run.

BENCH=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(dirname "$BENCH")
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/signalbox-bench
TMP=$(mktemp -d "${TMPDIR:-/tmp}/signalbox-bench.XXXXXX")

# Every process that was started ends with the script, whatever ends the script.
stop_all() {
  trap - EXIT INT TERM
  local started i
  mapfile -t started < <(jobs -p)
  kill "${started[@]}" 2>/dev/null || true
  for ((i = 0; i < 20; i++)); do
    [[ -n $(jobs -pr) ]] || break
    sleep 0.1
  done
  kill -9 "${started[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$TMP"
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

JAR=$ROOT/target/quarkus-app/quarkus-run.jar
NATIVE=$(find "$ROOT/target" -maxdepth 1 -name '*-runner' -perm -u+x 2>/dev/null | head -1) || true
JAVA_FLAGS="-Xmx288m -XX:+UseSerialGC -XX:+UseCompactObjectHeaders --sun-misc-unsafe-memory-access=allow"
NATIVE_FLAGS=
RIG_FLAGS="-Xms256m -Xmx1g -XX:+UseSerialGC"
FIRST_PORT=18800
REDIS_PORT=6379
PIN_GATEWAY=
PIN_RIG=

declare -A PORT PID

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

find_java() {
  local home
  for home in "${JAVA_HOME:-}" "$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")" \
      /usr/lib/jvm/*25* "$HOME"/.sdkman/candidates/java/25*; do
    if [[ -x $home/bin/javac ]] && "$home/bin/java" -version 2>&1 | grep -q 'version "\(2[5-9]\|[3-9][0-9]\)'; then
      JAVA=$home/bin
      return
    fi
  done
  die "A JDK 25 or newer is needed: set JAVA_HOME."
}

prepare() {
  find_java
  ulimit -n "$(ulimit -Hn)"
  (( $(ulimit -n) > 12000 )) || say "Note: at most $(ulimit -n) open files; 5,000 streams need 12,000."
  local n=0 name
  for name in upstream nginx portkey jvm-bare jvm-full jvm-limited jvm-cluster \
      native-bare native-full native-limited native-cluster; do
    PORT[$name]=$((FIRST_PORT + n++))
    ! (exec 3<>"/dev/tcp/127.0.0.1/${PORT[$name]}") 2>/dev/null || die "Port ${PORT[$name]} is taken; see --port."
  done
  # Of every request: what each gateway wants, the same for all.
  HEADERS=("Authorization: Bearer sk-bench" "x-portkey-provider: openai"
    "x-portkey-custom-host: http://127.0.0.1:${PORT[upstream]}/v1")
  mkdir "$TMP/classes"
  "$JAVA/javac" -d "$TMP/classes" "$BENCH"/*.java
}

install_portkey() {
  command -v npm >/dev/null || return 1
  mkdir -p "$CACHE/peers"
  cmp -s "$BENCH/peers/package.json" "$CACHE/peers/package.json" && [[ -d $CACHE/peers/node_modules ]] && return
  cp "$BENCH/peers/package.json" "$CACHE/peers/"
  say "Installing Portkey into $CACHE/peers ..."
  npm install --prefix "$CACHE/peers" --omit=dev --ignore-scripts --no-package-lock --no-audit --no-fund \
    --loglevel=error >&2 || { rm "$CACHE/peers/package.json"; return 1; }
}

# Sets COMMAND to what starts a gateway.
command_of() {
  local subject=$1 up=${PORT[upstream]} port=${PORT[$1]}
  COMMAND=(env)
  [[ -z $PIN_GATEWAY ]] || COMMAND=(taskset -c "$PIN_GATEWAY" env)
  local config=${subject#*-}
  local settings=(-Dquarkus.http.port="$port" -Dquarkus.http.host=127.0.0.1
    -Dquarkus.config.locations="$BENCH/conf/common.properties,$BENCH/conf/$config.properties"
    -Dbench.upstream="$up" -Dbench.journal="$TMP/journal-$subject" -Dbench.redis="$REDIS_PORT")
  case $subject in
    nginx)
      sed "s|@USER@|$(id -un)|; s|@FILES@|$(ulimit -n)|; s|@TMP@|$TMP|; s|@UPSTREAM@|$up|; s|@PORT@|$port|" \
        "$BENCH/peers/nginx.conf" >"$TMP/nginx.conf"
      COMMAND+=("$(PATH=$PATH:/usr/sbin command -v nginx)" -e "$TMP/nginx.log" -c "$TMP/nginx.conf") ;;
    portkey)
      COMMAND+=(NODE_ENV=production node -r "$BENCH/peers/loopback.cjs"
        "$CACHE/peers/node_modules/@portkey-ai/gateway/build/start-server.js" --port="$port" --headless) ;;
    jvm-*) COMMAND+=("$JAVA/java" $JAVA_FLAGS "${settings[@]}" -jar "$JAR") ;;
    native-*) COMMAND+=("$NATIVE" $NATIVE_FLAGS "${settings[@]}") ;;
  esac
}

start_upstream() {
  local command=("$JAVA/java" $RIG_FLAGS -cp "$TMP/classes" Upstream "${PORT[upstream]}")
  [[ -z $PIN_RIG ]] || command=(taskset -c "$PIN_RIG" "${command[@]}")
  "${command[@]}" &
  PID[upstream]=$!
  await upstream
}

start_gateway() {
  command_of "$1"
  "${COMMAND[@]}" >>"$TMP/$1.log" 2>&1 &
  PID[$1]=$!
  await "$1"
}

# Waits until a chat is answered.
await() {
  local i
  for ((i = 0; i < 600; i++)); do
    ! ask "$1" || return 0
    kill -0 "${PID[$1]}" 2>/dev/null || break
    sleep 0.1
  done
  tail -20 "$TMP/$1.log" >&2 2>/dev/null || true
  die "$1 does not answer."
}

ask() {
  curl -sf -o /dev/null "${HEADERS[@]/#/-H}" -H 'Content-Type: application/json' \
    -d '{"model":"bench","messages":[{"role":"user","content":"hello"}]}' \
    "http://127.0.0.1:${PORT[$1]}/v1/chat/completions"
}

# CHUNKS PAUSE: how the upstream's streams flow from now on.
pace() { curl -sf -o /dev/null -X POST "http://127.0.0.1:${PORT[upstream]}/pace/$1/$2"; }

start_load() {
  local command=("$JAVA/java" $RIG_FLAGS -cp "$TMP/classes" Load)
  [[ -z $PIN_RIG ]] || command=(taskset -c "$PIN_RIG" "${command[@]}")
  coproc LOAD { exec "${command[@]}"; }
}

# Gives Load one order and sets RESULT to its line of JSON.
order() {
  local IFS=$'\t'
  printf '%s\n' "$*" >&"${LOAD[1]}"
  read -r RESULT <&"${LOAD[0]}" || die "Load ended."
}
