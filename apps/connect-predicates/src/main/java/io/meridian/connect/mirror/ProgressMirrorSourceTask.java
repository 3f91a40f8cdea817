package io.meridian.connect.mirror;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.mirror.MirrorSourceTask;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Replicates as MirrorMaker 2 does and appends marks to what it polls: a record of the progress topic that carries
 * the source position of the last record read. A mark follows all records before it through the same transaction,
 * so the committed position never runs ahead of what was written. When the source falls silent the last mark is
 * still written, and the position stands at the end.
 */
public class ProgressMirrorSourceTask extends MirrorSourceTask {

    private Progress progress;

    @Override
    public void start(Map<String, String> settings) {
        Map<String, Object> parsed = ProgressMirrorSourceConnector.PROGRESS_CONFIG.parse(settings);
        progress = new Progress((String) parsed.get(ProgressMirrorSourceConnector.TOPIC),
            (Long) parsed.get(ProgressMirrorSourceConnector.INTERVAL));
        super.start(settings);
    }

    @Override
    public List<SourceRecord> poll() {
        List<SourceRecord> batch = super.poll();
        long now = System.currentTimeMillis();
        if (batch != null) {
            progress.polled(batch, now);
        }
        List<SourceRecord> marks = progress.marksDue(now);
        if (marks.isEmpty()) {
            return batch;
        }
        if (batch == null) {
            return marks;
        }
        batch.addAll(marks);
        return batch;
    }

    @Override
    public void commitRecord(SourceRecord record, RecordMetadata metadata) {
        // A mark's offset lies in the progress topic: as an offset sync it would send consumer groups astray.
        if (progress.isMark(record)) {
            return;
        }
        if (metadata != null) {
            progress.written(record);
            // In a dead letter topic, by ImpossibleRecords: its offset is none of the mirrored topic's.
            if (!metadata.topic().equals(record.topic())) {
                return;
            }
        }
        super.commitRecord(record, metadata);
    }
}
