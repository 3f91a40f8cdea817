package io.meridian.connect.transforms;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.junit.jupiter.api.Test;

class ImpossibleRecordsTest {

    @Test
    void connectFindsItAsAService() {
        assertTrue(ServiceLoader.load(Transformation.class).stream()
            .anyMatch(each -> each.type() == ImpossibleRecords.class));
    }

    @Test
    void whatCanBeMirroredIsLeftAsItIs() {
        try (ImpossibleRecords rule = rule("dlq")) {
            for (Long timestamp : new Long[] {null, -1L, 0L, 1L, Long.MAX_VALUE}) {
                SourceRecord record = record(timestamp, new byte[10]);
                assertSame(record, rule.apply(record));
            }
            SourceRecord tombstone = record(5L, null);
            assertSame(tombstone, rule.apply(tombstone));
        }
    }

    @Test
    void aTimestampBefore1970GoesToTheDeadLetterTopicWithItsPlaceAndReason() {
        try (ImpossibleRecords rule = rule("dlq")) {
            SourceRecord dead = rule.apply(record(-86_400_000L, bytes("value")));
            assertEquals("east.orders.dlq", dead.topic());
            assertNull(dead.timestamp());
            assertNull(dead.kafkaPartition());
            assertArrayEquals(bytes("key"), (byte[]) dead.key());
            assertArrayEquals(bytes("value"), (byte[]) dead.value());
            assertEquals("orders", said(dead, "topic"));
            assertEquals("3", said(dead, "partition"));
            assertEquals("42", said(dead, "offset"));
            assertEquals("-86400000", said(dead, "timestamp"));
            assertEquals("timestamp -86400000 is before 1970", said(dead, "reason"));
            assertArrayEquals(bytes("own"), (byte[]) dead.headers().lastWithName("trace").value());
            // The position is that of the record, so that it is not read again.
            assertEquals(Map.of("offset", 42L), dead.sourceOffset());
        }
    }

    @Test
    void aRecordThatTheProducerWouldRefuseLosesItsValueAndSaysSo() {
        try (ImpossibleRecords rule = rule("dlq")) {
            SourceRecord dead = rule.apply(record(5L, new byte[5000]));
            assertNull(dead.value());
            assertArrayEquals(bytes("key"), (byte[]) dead.key());
            assertTrue(said(dead, "reason").contains("more than max.request.size 4096"), said(dead, "reason"));
        }
    }

    @Test
    void aKeyOrHeadersThatAreTooLargeAreLeftOutAsWell() {
        try (ImpossibleRecords rule = rule("dlq")) {
            SourceRecord large = record(5L, new byte[1]);
            large.headers().add("big", new byte[5000], Schema.BYTES_SCHEMA);
            SourceRecord dead = rule.apply(large);
            assertNull(dead.headers().lastWithName("big"));
            assertEquals("42", said(dead, "offset"));
        }
    }

    @Test
    void theOtherRulesDropOrFailAndNameThePlace() {
        try (ImpossibleRecords rule = rule("drop")) {
            assertNull(rule.apply(record(-2L, null)));
        }
        try (ImpossibleRecords rule = rule("fail")) {
            String message = assertThrows(DataException.class, () -> rule.apply(record(-2L, null))).getMessage();
            assertTrue(message.contains("topic orders partition 3 offset 42"), message);
            assertTrue(message.contains("timestamp -2 is before 1970"), message);
        }
    }

    @Test
    void anUnknownRuleIsRefused() {
        assertThrows(ConfigException.class, () -> rule("ignore"));
    }

    private static ImpossibleRecords rule(String name) {
        ImpossibleRecords rule = new ImpossibleRecords();
        rule.configure(Map.of("rule", name, "max.bytes", "4096"));
        return rule;
    }

    private static SourceRecord record(Long timestamp, byte[] value) {
        SourceRecord record = new SourceRecord(
            Map.of("cluster", "east", "topic", "orders", "partition", 3), Map.of("offset", 42L), "east.orders", 3,
            Schema.OPTIONAL_BYTES_SCHEMA, bytes("key"), Schema.BYTES_SCHEMA, value, timestamp);
        record.headers().add("trace", bytes("own"), Schema.BYTES_SCHEMA);
        return record;
    }

    private static String said(SourceRecord record, String name) {
        return new String((byte[]) record.headers().lastWithName("meridian." + name).value(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
