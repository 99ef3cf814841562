package dev.signalbox.provider.ollama;

import java.net.URI;

/**
 * The variable {@code OLLAMA_HOST}, read as Ollama's own clients do: {@code host}, {@code host:port}, {@code :port}, or with
 * a scheme; the port is 11434, or the scheme's own where there is one. A server that listens at all addresses is asked at
 * this machine's own.
 *
 * @see <a href="https://github.com/ollama/ollama/blob/main/envconfig/config.go">envconfig.Host</a>
 */
final class OllamaHost {

    private static final int PORT = 11434;

    private OllamaHost() {}

    /**
     * The address that a value stands for.
     *
     * @throws IllegalArgumentException when it stands for none
     */
    static String url(String value) {
        String text = value.strip();
        if (text.equals("ollama.com")) {
            return "https://ollama.com";
        }
        int mark = text.indexOf("://");
        String scheme = mark < 0 ? "http" : text.substring(0, mark);
        String rest = mark < 0 ? text : text.substring(mark + 3);
        int slash = rest.indexOf('/');
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        String path = slash < 0 ? "" : rest.substring(slash);
        if (authority.chars().filter(c -> c == ':').count() > 1 && !authority.startsWith("[")) {
            authority = "[" + authority + "]";
        } else if (authority.startsWith(":")) {
            authority = "127.0.0.1" + authority;
        }
        URI uri = URI.create(scheme + "://" + (authority.isEmpty() ? "127.0.0.1" : authority) + path);
        String host = uri.getHost();
        if (host == null) {
            throw new IllegalArgumentException("there is no host in it");
        }
        int port = uri.getPort() >= 0 || mark >= 0 ? uri.getPort() : PORT;
        String reachable = switch (host) {
            case "0.0.0.0" -> "127.0.0.1";
            case "[::]" -> "[::1]";
            default -> host;
        };
        String user = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo() + "@";
        return scheme + "://" + user + reachable + (port < 0 ? "" : ":" + port) + path;
    }
}
