package dev.signalbox.admin;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.signalbox.chat.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Writes properties of a configuration as YAML: what can be misread stands in quotes. */
final class Yaml {

    private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");
    private static final Pattern PLAIN =
            Pattern.compile("[A-Za-z][A-Za-z0-9_./-]*|-?(0|[1-9][0-9]{0,17})|[1-9][0-9]*(ms|s|m|h|d|K|M|G)");
    private static final Pattern DECIMAL = Pattern.compile("-?(0|[1-9][0-9]{0,6})\\.[0-9]{1,6}");
    private static final Pattern WORD = Pattern.compile("(?i)y|n|yes|no|on|off|null|nan|inf");

    private Yaml() {}

    /** Either a value, or members, or items. */
    private static final class Node {
        private String value = "";
        private final Map<String, Node> members = new TreeMap<>();
        private final TreeMap<Integer, Node> items = new TreeMap<>();

        boolean isLeaf() {
            return members.isEmpty() && items.isEmpty();
        }
    }

    /** @param properties by the full names of the keys, with brackets for items and quotes around names with dots */
    static String of(Map<String, String> properties) {
        var root = new Node();
        properties.forEach((name, value) -> {
            Node at = root;
            for (String part : parts(name)) {
                at = part.startsWith("[")
                        ? at.items.computeIfAbsent(
                                Integer.valueOf(part.substring(1, part.length() - 1)), _ -> new Node())
                        : at.members.computeIfAbsent(part, _ -> new Node());
            }
            at.value = value;
        });
        var yaml = new StringBuilder();
        members(root, 0, yaml);
        return yaml.toString();
    }

    /** The names of the levels; items as {@code [0]}. */
    static List<String> parts(String name) {
        List<String> parts = new ArrayList<>();
        var part = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (quoted || (c != '.' && c != '[')) {
                part.append(c);
            } else {
                if (!part.isEmpty()) {
                    parts.add(part.toString());
                    part.setLength(0);
                }
                if (c == '[') {
                    part.append(c);
                }
            }
        }
        if (!part.isEmpty()) {
            parts.add(part.toString());
        }
        return parts;
    }

    private static void members(Node node, int depth, StringBuilder yaml) {
        node.members.forEach((name, member) -> {
            indent(depth, yaml).append(key(name)).append(':');
            below(member, depth, yaml);
        });
    }

    private static void below(Node node, int depth, StringBuilder yaml) {
        if (node.isLeaf()) {
            yaml.append(' ').append(scalar(node.value)).append('\n');
            return;
        }
        yaml.append('\n');
        if (node.items.isEmpty()) {
            members(node, depth + 1, yaml);
            return;
        }
        for (Node item : node.items.values()) {
            if (item.members.isEmpty()) {
                indent(depth + 1, yaml).append("- ").append(scalar(item.value)).append('\n');
            } else {
                var inner = new StringBuilder();
                members(item, depth + 2, inner);
                // the first member stands behind the dash
                indent(depth + 1, yaml).append("- ").append(inner.substring(2 * (depth + 2)));
            }
        }
    }

    private static StringBuilder indent(int depth, StringBuilder yaml) {
        return yaml.append("  ".repeat(depth));
    }

    private static String key(String name) {
        return PLAIN_KEY.matcher(name).matches() && !isWord(name) && !isTruth(name) ? name : quoted(name);
    }

    private static String scalar(String value) {
        boolean plain = PLAIN.matcher(value).matches() && !isWord(value);
        boolean decimal = DECIMAL.matcher(value).matches()
                && Double.toString(Double.parseDouble(value)).equals(value);
        return plain || decimal ? value : quoted(value);
    }

    private static boolean isTruth(String text) {
        return text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false");
    }

    private static boolean isWord(String text) {
        return WORD.matcher(text).matches() || (isTruth(text) && !text.equals("true") && !text.equals("false"));
    }

    private static String quoted(String text) {
        return Json.text(TextNode.valueOf(text));
    }
}
