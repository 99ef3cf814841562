# Sourced by ./run, ./test and .ci/run: sets JAVA_HOME to a JDK that can build and run Signalbox, or says what to install.

signalbox_java=25

# The feature version of the JDK at $1, or 0 when there is none.
jdk_version() {
    local version=
    if [ -x "$1/bin/javac" ] && [ -r "$1/release" ]; then
        version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
    fi
    echo "${version:-0}"
}

find_jdk() {
    local home on_path=
    if command -v java >/dev/null 2>&1; then
        on_path=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
    fi
    for home in "${JAVA_HOME:-}" "$on_path" \
        /usr/lib/jvm/* /opt/* /opt/java/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
        if [ -n "$home" ] && [ "$(jdk_version "$home")" -ge "$signalbox_java" ]; then
            export JAVA_HOME="$home"
            # Maven's own libraries still use sun.misc.Unsafe, and the JDK would say so on every start.
            export MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"
            return 0
        fi
    done
    return 1
}

need_jdk() {
    if ! find_jdk; then
        cat >&2 <<END
Signalbox needs a JDK $signalbox_java or newer and found none (JAVA_HOME, the PATH and the usual folders were searched).
Install one, for instance Eclipse Temurin $signalbox_java from https://adoptium.net, and set JAVA_HOME to its folder.
END
        exit 1
    fi
}
