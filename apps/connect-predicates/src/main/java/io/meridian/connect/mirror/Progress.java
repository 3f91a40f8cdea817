package io.meridian.connect.mirror;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceRecord;

/** How far each source partition has been read, and which of that still has to be marked. */
final class Progress {

    private static final class Position {
        SourceRecord last;
        boolean marked = true;
        long markedAtMillis;
    }

    private final String topic;
    private final long intervalMillis;
    private final Map<Map<String, ?>, Position> positions = new LinkedHashMap<>();

    Progress(String topic, long intervalMillis) {
        this.topic = topic;
        this.intervalMillis = intervalMillis;
    }

    /** Notes a batch as polled. Records of one partition stand together in it, in the order of their offsets. */
    void polled(List<SourceRecord> batch) {
        SourceRecord previous = null;
        for (SourceRecord record : batch) {
            if (previous != null && !(record.kafkaPartition().equals(previous.kafkaPartition())
                && record.topic().equals(previous.topic()))) {
                note(previous);
            }
            previous = record;
        }
        if (previous != null) {
            note(previous);
        }
    }

    private void note(SourceRecord record) {
        Position position = positions.computeIfAbsent(record.sourcePartition(), ignored -> new Position());
        position.last = record;
        position.marked = false;
    }

    /** Returns the marks that are due: one for each partition read since its last mark, an interval ago or more. */
    List<SourceRecord> marksDue(long nowMillis) {
        List<SourceRecord> marks = new ArrayList<>();
        for (Position position : positions.values()) {
            if (!position.marked && nowMillis - position.markedAtMillis >= intervalMillis) {
                marks.add(mark(position.last));
                position.marked = true;
                position.markedAtMillis = nowMillis;
            }
        }
        return marks;
    }

    boolean isMark(SourceRecord record) {
        return topic.equals(record.topic());
    }

    private SourceRecord mark(SourceRecord last) {
        String key = last.sourcePartition().get("topic") + "-" + last.sourcePartition().get("partition");
        String value = String.valueOf(last.sourceOffset().get("offset"));
        return new SourceRecord(last.sourcePartition(), last.sourceOffset(), topic, 0,
            Schema.BYTES_SCHEMA, key.getBytes(StandardCharsets.UTF_8),
            Schema.BYTES_SCHEMA, value.getBytes(StandardCharsets.UTF_8),
            last.timestamp());
    }
}
