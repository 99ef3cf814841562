package dev.signalbox.provider.openai;

import dev.signalbox.catalogue.Kind;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.dialect.openai.OpenAiDialect;
import dev.signalbox.provider.RestClients;
import dev.signalbox.upstream.Provider;
import dev.signalbox.upstream.WireModel;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Connects to OpenAI and to everything that is compatible with it. */
@Singleton
public class OpenAiProvider implements Provider {

    private final OpenAiDialect dialect = new OpenAiDialect();
    private final Map<String, Compatible> compatibles = new LinkedHashMap<>();
    private final WireModel.Tools tools;

    /**
     * A vendor or server that speaks like OpenAI.
     *
     * @param usageInStream whether it understands being asked for usage in a stream
     */
    private record Compatible(Kind kind, boolean usageInStream) {}

    /** Reads the data about the kinds. */
    public OpenAiProvider(WireModel.Tools tools) {
        this.tools = tools;
        Properties data = new Properties();
        try (@Nullable InputStream in = OpenAiProvider.class.getResourceAsStream("kinds.properties")) {
            if (in == null) {
                throw new IllegalStateException("kinds.properties is missing");
            }
            data.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (String name : data.getProperty("kinds").split(" ")) {
            String url = data.getProperty(name + ".base-url");
            String variables = data.getProperty(name + ".key-variables", "");
            Kind kind = new Kind(
                    name,
                    url,
                    variables.isEmpty() ? List.of() : Arrays.asList(variables.split(" ")),
                    Boolean.parseBoolean(data.getProperty(name + ".needs-key", "false")),
                    data.getProperty(name + ".example"));
            compatibles.put(
                    name,
                    new Compatible(kind, Boolean.parseBoolean(data.getProperty(name + ".usage-in-stream", "true"))));
        }
    }

    @Override
    public List<Kind> kinds() {
        return compatibles.values().stream().map(Compatible::kind).toList();
    }

    @Override
    public Connection connect(ProviderEntry entry) {
        OpenAiApi api = RestClients.connect(OpenAiApi.class, URI.create(entry.baseUrl()), entry);
        Compatible compatible = compatibles.get(entry.kind());
        boolean usageInStream = entry.usageInStream() != null
                ? entry.usageInStream()
                : compatible == null || compatible.usageInStream();
        return deployment -> new OpenAiChatModel(dialect, api, entry, deployment, usageInStream, tools);
    }
}
