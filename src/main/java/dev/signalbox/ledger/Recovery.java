package dev.signalbox.ledger;

import dev.signalbox.ledger.Segments.Place;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Finds in the segments of earlier processes which of their intents never got a row, and cuts off what is no whole record. */
final class Recovery {

    private static final Logger LOG = Logger.getLogger(Journal.class);

    private final Segments segments;
    private final Map<String, Place> orphans = new LinkedHashMap<>();

    private Recovery(Segments segments) {
        this.segments = segments;
    }

    /**
     * Fills the segments with what is in that directory.
     *
     * @return where intents without a row lie, by the request's id, oldest first
     */
    static Map<String, Place> of(Path directory, Segments segments, Checkpoint checkpoint) throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(directory)) {
            files = listed.filter(file -> Segment.number(file) >= 0).toList();
        }
        List<Segment> earlier = new ArrayList<>(files.size());
        for (Path file : files) {
            earlier.add(Segment.existing(file));
        }
        segments.found(earlier, checkpoint.lastSegment());
        Position known = checkpoint.get(Checkpoint.RECOVERY);
        var recovery = new Recovery(segments);
        for (Segment segment :
                segments.allFrom(known == null ? 0 : Math.min(known.segment(), segments.lastWritten()))) {
            recovery.pair(segment);
        }
        if (!recovery.orphans.isEmpty()) {
            LOG.warnf(
                    "%d requests were open when the last process that wrote to %s ended; they become rows with the error %s",
                    recovery.orphans.size(), directory, RowJson.ABORTED);
        }
        return recovery.orphans;
    }

    /** Pairs the intents and rows of a segment. */
    private void pair(Segment segment) throws IOException {
        int[] whole = {Segment.HEADER, Segment.HEADER, 0};
        try (FileChannel file = FileChannel.open(segment.file)) {
            Frame.read(file, Segment.HEADER, segment.end(), (type, json, offset, next) -> {
                whole[2] += offset - whole[1];
                whole[0] = next;
                whole[1] = next;
                String id = Row.id(json);
                if (type == Frame.ROW) {
                    segment.rows++;
                    isPaired(orphans.remove(id));
                } else {
                    isPaired(orphans.put(id, new Place(segment, offset, next)));
                    segment.open++;
                }
                return true;
            });
        }
        if (whole[2] > 0) {
            LOG.errorf("%s is damaged: %d bytes between whole records were passed over", segment.file, whole[2]);
        }
        segments.counted(segment.firstRow + segment.rows);
        if (whole[0] == Segment.HEADER) {
            segments.remove(segment);
            segment.delete();
        } else if (whole[0] < segment.end()) {
            segment.cut(whole[0]);
        }
    }

    private static void isPaired(@Nullable Place intent) {
        if (intent != null) {
            intent.segment().open--;
        }
    }
}
