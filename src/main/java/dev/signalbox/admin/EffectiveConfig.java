package dev.signalbox.admin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Configuration that can be shown: secrets are references to variables, virtual keys digests, and all else is as it is
 * configured.
 */
final class EffectiveConfig {

    private static final String ADMIN_KEY = "signalbox.auth.admin-key";
    private static final Pattern VIRTUAL_KEY = Pattern.compile("signalbox\\.auth\\.keys\\.(\"[^\"]*\"|[^.]+)\\.key");
    private static final Pattern OF_A_LIST = Pattern.compile("(.*)\\[\\d+]");

    /** Whose values are secrets. */
    private static final List<Pattern> SECRETS = List.of(
            Pattern.compile(
                    "signalbox\\.providers\\.(\"[^\"]*\"|[^.]+)\\.(api-keys(\\[\\d+])?|credentials|headers\\..+)"),
            Pattern.compile("signalbox\\.auth\\.admin-key"),
            Pattern.compile("signalbox\\.alert-webhook"),
            Pattern.compile("signalbox\\..*[.-](key|password|secret|token)"));

    private final Map<String, String> properties = new TreeMap<>();
    private final Map<String, String> variables = new TreeMap<>();

    /** @param configured by the full names of the keys */
    EffectiveConfig(Map<String, String> configured) {
        Set<String> lists = new HashSet<>();
        configured.keySet().forEach(name -> {
            var item = OF_A_LIST.matcher(name);
            if (item.matches()) {
                lists.add(item.group(1));
            }
        });
        Set<String> taken = new HashSet<>();
        new TreeMap<>(configured).forEach((name, value) -> {
            if (value.isEmpty() || lists.contains(name)) {
                return;
            }
            if (VIRTUAL_KEY.matcher(name).matches()) {
                properties.put(name + "-sha256", sha256(value));
            } else if (isSecret(name, value)) {
                String variable = name.equals(ADMIN_KEY) ? "SIGNALBOX_ADMIN_KEY" : variable(name, taken);
                variables.put(variable, value);
                properties.put(name, "${" + variable + "}");
            } else {
                properties.put(name, literal(value));
            }
        });
    }

    private static boolean isSecret(String name, String value) {
        boolean withUser = value.contains("://") && value.indexOf('@') > 0;
        return withUser
                || SECRETS.stream().anyMatch(secret -> secret.matcher(name).matches());
    }

    private static String sha256(String secret) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /** A name that nothing else in the environment has; it differs from what the key itself would be there. */
    private static String variable(String name, Set<String> taken) {
        String plain = "SIGNALBOX_SECRET_"
                + name.substring("signalbox.".length())
                        .toUpperCase(Locale.ROOT)
                        .replaceAll("[^A-Z0-9]+", "_")
                        .replaceAll("_$", "");
        String variable = plain;
        for (int i = 2; !taken.add(variable); i++) {
            variable = plain + "__" + i;
        }
        return variable;
    }

    /** Nothing in it is to be expanded again. */
    private static String literal(String value) {
        return value.contains("${") || value.contains("$$") ? value.replace("$", "\\$") : value;
    }

    /** The secrets by the variables that stand for them: for tests alone to look at. */
    Map<String, String> variables() {
        return new HashMap<>(variables);
    }

    /** As a file that a gateway can be started with. */
    String yaml() {
        StringBuilder yaml = new StringBuilder("# The effective configuration of this gateway.\n");
        if (!variables.isEmpty()) {
            yaml.append("# Secrets are not in it: set ")
                    .append(String.join(", ", variables.keySet()))
                    .append(".\n");
        }
        return yaml.append(Yaml.of(properties)).toString();
    }
}
