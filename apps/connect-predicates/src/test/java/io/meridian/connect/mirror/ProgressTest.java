package io.meridian.connect.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private final Progress progress = new Progress("marks", 1000);

    @Test
    void connectFindsTheConnectorAsAService() {
        assertTrue(ServiceLoader.load(SourceConnector.class).stream()
            .anyMatch(each -> each.type() == ProgressMirrorSourceConnector.class));
    }

    @Test
    void theLastPositionOfEachPartitionIsMarkedOnceAfterTheInterval() {
        progress.polled(List.of(record(0, 5), record(0, 6), record(1, 9)), 0);
        assertEquals(List.of(), progress.marksDue(999));
        assertEquals(List.of("flights-0 = 6", "flights-1 = 9"), told(progress.marksDue(1000)));
        assertEquals(List.of(), progress.marksDue(5000));
    }

    @Test
    void recordsThatKeepComingDoNotPutTheMarkOff() {
        progress.polled(List.of(record(0, 1)), 0);
        progress.polled(List.of(record(0, 2)), 900);
        assertEquals(List.of("flights-0 = 2"), told(progress.marksDue(1000)));
    }

    @Test
    void aPositionWhoseRecordWasWrittenNeedsNoMark() {
        SourceRecord last = record(0, 2);
        progress.polled(List.of(record(0, 1), last), 0);
        progress.written(last);
        assertEquals(List.of(), progress.marksDue(2000));
    }

    @Test
    void aWrittenRecordBeforeTheLastOneDoesNotCoverIt() {
        SourceRecord passed = record(0, 1);
        progress.polled(List.of(passed, record(0, 2)), 0);
        progress.written(passed);
        assertEquals(List.of("flights-0 = 2"), told(progress.marksDue(1000)));
    }

    @Test
    void aMarkCarriesTheSourcePositionOfItsRecord() {
        SourceRecord record = record(3, 8);
        progress.polled(List.of(record), 0);
        SourceRecord mark = progress.marksDue(1000).get(0);
        assertTrue(progress.isMark(mark));
        assertEquals(record.sourcePartition(), mark.sourcePartition());
        assertEquals(record.sourceOffset(), mark.sourceOffset());
    }

    private static List<String> told(List<SourceRecord> marks) {
        return marks.stream().map(mark -> text(mark.key()) + " = " + text(mark.value())).toList();
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, StandardCharsets.UTF_8);
    }

    private static SourceRecord record(int partition, long offset) {
        return new SourceRecord(Map.of("cluster", "us-east", "topic", "flights", "partition", partition),
            Map.of("offset", offset), "us-east.flights", partition, Schema.BYTES_SCHEMA, null, Schema.BYTES_SCHEMA,
            new byte[0]);
    }
}
