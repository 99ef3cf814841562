package dev.signalbox.catalogue;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Expressions;
import io.smallrye.config.Priorities;
import jakarta.annotation.Priority;
import org.jspecify.annotations.Nullable;

/**
 * Lets a credential refer to an environment variable that is not set: {@code api-keys: ["${OPENAI_API_KEY}"]} then keeps its
 * reference as written, and the catalogue drops the entry with a warning. Anywhere else such a reference stops the start.
 */
@Priority(Priorities.LIBRARY + 350)
public final class CredentialReferences implements ConfigSourceInterceptor {

    private static final long serialVersionUID = 1;

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        if (!name.startsWith("signalbox.")) {
            return context.proceed(name);
        }
        ConfigValue value = context.proceed(name);
        if (value == null || !value.hasProblems()) {
            return value;
        }
        ConfigValue written = Expressions.withoutExpansion(() -> context.proceed(name));
        if (name.startsWith("signalbox.providers.") && name.contains(".api-keys")) {
            return written;
        }
        throw new InvalidConfig(
                name, "refers to a variable that is not set: " + (written == null ? "" : written.getRawValue()));
    }
}
