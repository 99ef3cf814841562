package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far a stream has come that was passed on.
 *
 * @param response as it began
 * @param done its whole items
 * @param open the item that is not whole, as it began; null when there is none
 * @param told names of events that were told of the open item, but for those that hold its words
 * @param sequence the number of the last event; below 0 when events have none
 */
record PassedSoFar(
        ObjectNode response,
        List<ObjectNode> done,
        @Nullable ObjectNode open,
        Set<String> told,
        int sequence) {}
