package dev.signalbox.limits.money;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What follows when it is not known what something costs. */
@ConfigMapping(prefix = "signalbox")
public interface MoneyConfig {

    /**
     * Models of unknown price: {@code warn} says so once, counts them in {@code signalbox_pricing_unknown_total} and lets them
     * pass, with no budget able to hold them; {@code deny} asks none of them.
     */
    @WithDefault("warn")
    PricingUnknown pricingUnknown();

    /** What becomes of a candidate without a price. */
    enum PricingUnknown {
        /** It is asked, and told about. */
        WARN,
        /** It is not asked. */
        DENY
    }
}
