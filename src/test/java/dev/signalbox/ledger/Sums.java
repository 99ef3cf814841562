package dev.signalbox.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.ledger.RequestLog.Dimension;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The sums that a gateway without a store computes, for comparison. */
public final class Sums {

    private Sums() {}

    public static List<ObjectNode> of(List<ObjectNode> rows, List<Dimension> by) {
        UsageSums sums = new UsageSums(by);
        rows.forEach(sums::add);
        return sums.rows();
    }

    public static List<Dimension> dimensions(String names) {
        return Stream.of(names.split(","))
                .filter(name -> !name.isEmpty())
                .<Dimension>map(name -> name.startsWith("tag:")
                        ? new Dimension.Tag(name.substring(4))
                        : Dimension.Field.valueOf(name.toUpperCase(Locale.ROOT)))
                .toList();
    }
}
