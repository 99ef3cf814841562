package dev.signalbox.docs;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.ParameterizedTypeTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import io.smallrye.config.common.utils.StringUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The tables of docs/reference/configuration.md, made of the sources of all {@code @ConfigMapping} interfaces: the key of
 * its method's name, the default of its annotation, the meaning of its Javadoc.
 */
final class ConfigurationReference {

    /** What some interface says at one place, such as {@code signalbox.providers.NAME}. */
    private record Section(String path, String about, List<Key> keys) {}

    private record Key(String name, String type, String value, String meaning) {}

    private final Map<String, Section> sections = new TreeMap<>();

    private ConfigurationReference() {}

    /** The tables, ordered by key. */
    static String of(Path sources) throws IOException {
        var reference = new ConfigurationReference();
        for (Path file : mappings(sources)) {
            reference.read(file);
        }
        return reference.sections.values().stream()
                .map(ConfigurationReference::markdown)
                .collect(Collectors.joining("\n"));
    }

    private static List<Path> mappings(Path sources) throws IOException {
        List<Path> mappings = new ArrayList<>();
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
                if (Files.readString(file).contains("@ConfigMapping(")) {
                    mappings.add(file);
                }
            }
        }
        return mappings;
    }

    private void read(Path file) throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            var task = (JavacTask) compiler.getTask(null, files, null, null, null, files.getJavaFileObjects(file));
            DocTrees docs = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                for (Tree type : unit.getTypeDecls()) {
                    if (type instanceof ClassTree mapping) {
                        new Mapping(unit, docs, mapping).read();
                    }
                }
            }
        }
    }

    /** One {@code @ConfigMapping} interface with the groups and enums inside it. */
    private final class Mapping {
        private final CompilationUnitTree unit;
        private final DocTrees docs;
        private final ClassTree root;
        private final Map<String, ClassTree> inside = new HashMap<>();

        Mapping(CompilationUnitTree unit, DocTrees docs, ClassTree root) {
            this.unit = unit;
            this.docs = docs;
            this.root = root;
            for (Tree member : root.getMembers()) {
                if (member instanceof ClassTree type) {
                    inside.put(type.getSimpleName().toString(), type);
                }
            }
        }

        void read() {
            String prefix = argument(root.getModifiers(), "ConfigMapping");
            if (prefix != null) {
                group(prefix, root, "");
            }
        }

        private void group(String path, ClassTree type, String context) {
            List<Key> keys = new ArrayList<>();
            List<MethodTree> groups = new ArrayList<>();
            for (Tree member : members(type)) {
                if (member instanceof MethodTree method) {
                    if (isGroup(method.getReturnType())) {
                        groups.add(method);
                    } else {
                        keys.add(key(method));
                    }
                }
            }
            String about = context.isEmpty() ? meaning(type) : context;
            if (!keys.isEmpty()) {
                keys.sort((a, b) -> a.name().compareTo(b.name()));
                sections.put(path + ' ' + root.getSimpleName(), new Section(path, about, keys));
            }
            // an interface that has nothing but one group speaks for it
            String forThem = keys.isEmpty() && groups.size() == 1 ? about : "";
            for (MethodTree method : groups) {
                Tree returned = method.getReturnType();
                group(path + '.' + name(method) + place(returned), grouped(returned), forThem);
            }
        }

        /** Its own, and those of the interfaces of this file that it extends. */
        private List<Tree> members(ClassTree type) {
            List<Tree> members = new ArrayList<>(type.getMembers());
            for (Tree extended : type.getImplementsClause()) {
                ClassTree other = inside.get(extended.toString());
                if (other != null) {
                    members.addAll(members(other));
                }
            }
            return members;
        }

        private Key key(MethodTree method) {
            Tree type = method.getReturnType();
            boolean converted = annotation(method.getModifiers(), "WithConverter") != null;
            String given = argument(method.getModifiers(), "WithDefault");
            String meaning = meaning(method);
            boolean optional = type.toString().startsWith("Optional")
                    || type.toString().startsWith("Map<")
                    || meaning.contains("the default");
            return new Key(
                    name(method) + place(type),
                    converted ? "text" : typed(type),
                    given != null ? '`' + given + '`' : optional ? "" : "required",
                    meaning);
        }

        private boolean isGroup(Tree type) {
            ClassTree group = inside.get(simple(innermost(type)));
            return group != null && group.getKind() == Tree.Kind.INTERFACE;
        }

        private ClassTree grouped(Tree type) {
            return Objects.requireNonNull(inside.get(simple(innermost(type))));
        }

        private String typed(Tree type) {
            if (type instanceof ParameterizedTypeTree generic) {
                String inner = typed(generic.getTypeArguments().getLast());
                return switch (simple(generic.getType())) {
                    case "List", "Set" -> "list of " + inner;
                    default -> inner;
                };
            }
            String name = simple(type);
            ClassTree own = inside.get(name);
            if (own != null) {
                return own.getMembers().stream()
                        .filter(VariableTree.class::isInstance)
                        .map(constant -> '`' + constant(((VariableTree) constant)) + '`')
                        .collect(Collectors.joining(", "));
            }
            return switch (name) {
                case "String" -> "text";
                case "boolean", "Boolean" -> "`true`, `false`";
                case "int", "long", "Integer", "Long", "OptionalInt", "OptionalLong" -> "whole number";
                case "double", "Double", "BigDecimal", "OptionalDouble" -> "number";
                case "MemorySize" -> "size";
                default -> name.toLowerCase(Locale.ROOT);
            };
        }

        private String meaning(Tree tree) {
            String comment = docs.getDocComment(TreePath.getPath(unit, tree));
            if (comment == null) {
                throw new IllegalStateException(
                        unit.getSourceFile().getName() + ": without Javadoc it cannot be documented: " + tree);
            }
            return comment.replaceAll("\\{@(?:code|link|value) ([^}]*)}", "`$1`")
                    .replaceAll("\\s+", " ")
                    .replace("|", "\\|")
                    .strip();
        }
    }

    private static String name(MethodTree method) {
        String given = argument(method.getModifiers(), "WithName");
        return given != null ? given : StringUtil.skewer(method.getName().toString());
    }

    private static String constant(VariableTree constant) {
        return constant.getName().toString().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What stands behind a key that leads to several values. */
    private static String place(Tree type) {
        String outer = type instanceof ParameterizedTypeTree generic ? simple(generic.getType()) : "";
        boolean deep = type instanceof ParameterizedTypeTree generic
                && generic.getTypeArguments().getLast() instanceof ParameterizedTypeTree;
        return switch (outer) {
            case "Map" -> ".NAME";
            case "List", "Set" -> deep ? "" : "[]";
            default -> "";
        };
    }

    private static Tree innermost(Tree type) {
        return type instanceof ParameterizedTypeTree generic
                ? innermost(generic.getTypeArguments().getLast())
                : type;
    }

    private static String simple(Tree type) {
        String name = type.toString();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static @Nullable AnnotationTree annotation(ModifiersTree modifiers, String name) {
        return modifiers.getAnnotations().stream()
                .filter(a -> simple(a.getAnnotationType()).equals(name))
                .findFirst()
                .orElse(null);
    }

    /** The text that an annotation is given first. */
    private static @Nullable String argument(ModifiersTree modifiers, String name) {
        AnnotationTree annotation = annotation(modifiers, name);
        if (annotation == null) {
            return null;
        }
        Tree argument = annotation.getArguments().getFirst();
        Tree text = argument instanceof AssignmentTree named ? named.getExpression() : argument;
        return String.valueOf(((LiteralTree) text).getValue());
    }

    private static String markdown(Section section) {
        var text = new StringBuilder("## `" + section.path() + "`\n\n" + section.about() + "\n\n");
        text.append("| key | value | default | meaning |\n|---|---|---|---|\n");
        for (Key key : section.keys()) {
            text.append("| `%s` | %s | %s | %s |\n".formatted(key.name(), key.type(), key.value(), key.meaning()));
        }
        return text.toString();
    }
}
