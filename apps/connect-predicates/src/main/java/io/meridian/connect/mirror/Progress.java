package io.meridian.connect.mirror;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * How far each source partition has been read, and which of that has not been written and needs a mark.
 *
 * <p>A position needs no mark when its record passed the filter: then the record itself carries it.
 */
final class Progress {

    private static final class Position {
        SourceRecord last;
        boolean pending;
        long pendingSinceMillis;
    }

    private final String topic;
    private final long intervalMillis;
    private final Map<Map<String, ?>, Position> positions = new LinkedHashMap<>();
    private final Map<SourceRecord, Position> byLastRecord = new IdentityHashMap<>();

    Progress(String topic, long intervalMillis) {
        this.topic = topic;
        this.intervalMillis = intervalMillis;
    }

    /** Notes a batch as polled. Records of one partition stand together in it, in the order of their offsets. */
    void polled(List<SourceRecord> batch, long nowMillis) {
        SourceRecord previous = null;
        for (SourceRecord record : batch) {
            if (previous != null && !(record.kafkaPartition().equals(previous.kafkaPartition())
                && record.topic().equals(previous.topic()))) {
                note(previous, nowMillis);
            }
            previous = record;
        }
        if (previous != null) {
            note(previous, nowMillis);
        }
    }

    private void note(SourceRecord record, long nowMillis) {
        Position position = positions.computeIfAbsent(record.sourcePartition(), ignored -> new Position());
        byLastRecord.remove(position.last);
        byLastRecord.put(record, position);
        position.last = record;
        if (!position.pending) {
            position.pending = true;
            position.pendingSinceMillis = nowMillis;
        }
    }

    /** Notes a record as written to the target: if it was its partition's last, the position stands by itself. */
    void written(SourceRecord record) {
        Position position = byLastRecord.get(record);
        if (position != null) {
            position.pending = false;
        }
    }

    /** Returns the marks that are due: one for each partition whose position has waited for an interval or more. */
    List<SourceRecord> marksDue(long nowMillis) {
        List<SourceRecord> marks = new ArrayList<>();
        for (Position position : positions.values()) {
            if (position.pending && nowMillis - position.pendingSinceMillis >= intervalMillis) {
                marks.add(mark(position.last));
                position.pending = false;
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
