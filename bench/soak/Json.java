import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON, read into maps, lists, strings, numbers ({@link BigDecimal}), booleans and null. */
final class Json {

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException when it is not JSON */
    static Object read(String text) {
        Json reader = new Json(text);
        Object value = reader.value();
        if (reader.peek() != 0) {
            throw reader.broken();
        }
        return value;
    }

    /** What stands at a path of names and positions; null when nothing does. */
    static Object at(Object value, Object... path) {
        Object here = value;
        for (Object step : path) {
            if (step instanceof Integer index) {
                here = here instanceof List<?> list && index < list.size() ? list.get(index) : null;
            } else {
                here = here instanceof Map<?, ?> map ? map.get(step) : null;
            }
        }
        return here;
    }

    /** The same as a list; empty when there is none. */
    static List<?> list(Object value, Object... path) {
        return at(value, path) instanceof List<?> list ? list : List.of();
    }

    /** The same as a string; empty when there is none. */
    static String text(Object value, Object... path) {
        return at(value, path) instanceof String string ? string : "";
    }

    /** The same as a whole number; -1 when there is none. */
    static long number(Object value, Object... path) {
        return at(value, path) instanceof BigDecimal number ? number.longValue() : -1;
    }

    static String quoted(String text) {
        var out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c < 0x20) {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"').toString();
    }

    private Object value() {
        switch (peek()) {
            case '{' -> {
                return object();
            }
            case '[' -> {
                return array();
            }
            case '"' -> {
                return string();
            }
            default -> {
                int from = at;
                while (at < text.length() && "+-.eE0123456789truefalsn".indexOf(text.charAt(at)) >= 0) {
                    at++;
                }
                return switch (text.substring(from, at)) {
                    case "true" -> true;
                    case "false" -> false;
                    case "null" -> null;
                    case "" -> throw broken();
                    case String number -> new BigDecimal(number);
                };
            }
        }
    }

    private Map<String, Object> object() {
        Map<String, Object> object = new LinkedHashMap<>();
        at++;
        while (peek() != '}') {
            String name = string();
            expect(':');
            object.put(name, value());
            if (peek() != '}') {
                expect(',');
            }
        }
        at++;
        return object;
    }

    private List<Object> array() {
        List<Object> array = new ArrayList<>();
        at++;
        while (peek() != ']') {
            array.add(value());
            if (peek() != ']') {
                expect(',');
            }
        }
        at++;
        return array;
    }

    private String string() {
        expect('"');
        var out = new StringBuilder();
        for (char c = next(); c != '"'; c = next()) {
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escaped = next();
            switch (escaped) {
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case 'r' -> out.append('\r');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'u' -> {
                    out.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
                    at += 4;
                }
                default -> out.append(escaped);
            }
        }
        return out.toString();
    }

    /** The next character that is no space; 0 at the end. */
    private char peek() {
        while (at < text.length() && text.charAt(at) <= ' ') {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }

    private char next() {
        if (at >= text.length()) {
            throw broken();
        }
        return text.charAt(at++);
    }

    private void expect(char c) {
        if (peek() != c) {
            throw broken();
        }
        at++;
    }

    private IllegalArgumentException broken() {
        return new IllegalArgumentException("not JSON at " + at + ": " + text.substring(0, Math.min(200, text.length())));
    }
}
