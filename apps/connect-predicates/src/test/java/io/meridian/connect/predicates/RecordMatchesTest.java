package io.meridian.connect.predicates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.metrics.Measurable;
import org.apache.kafka.common.metrics.MetricValueProvider;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.predicates.Predicate;
import org.junit.jupiter.api.Test;

class RecordMatchesTest {

    private static final String DELAYED = "{\"field\": \"dep_delay\", \"greater\": 15}";

    @Test
    void connectFindsItAsAService() {
        assertTrue(ServiceLoader.load(Predicate.class).stream().anyMatch(each -> each.type() == RecordMatches.class));
    }

    @Test
    void malformedRecordsPassOrDropAsToldAndAreCounted() {
        Counters pass = new Counters();
        try (RecordMatches<SourceRecord> predicate = predicate("pass", pass)) {
            assertTrue(predicate.test(record("flights", "no json")));
        }
        Counters drop = new Counters();
        try (RecordMatches<SourceRecord> predicate = predicate("drop", drop)) {
            assertFalse(predicate.test(record("flights", "no json")));
            assertTrue(predicate.test(record("flights", "{\"dep_delay\": 16}")));
            assertFalse(predicate.test(record("flights", "{\"dep_delay\": 15}")));
        }
        assertEquals("{evaluated-total=1, malformed-total=1, matched-total=1, rejected-total=0}", pass.toString());
        assertEquals("{evaluated-total=3, malformed-total=1, matched-total=1, rejected-total=2}", drop.toString());
    }

    @Test
    void failNamesTheRecord() {
        Counters counters = new Counters();
        try (RecordMatches<SourceRecord> predicate = predicate("fail", counters)) {
            DataException error =
                assertThrows(DataException.class, () -> predicate.test(record("flights", "no json")));
            assertTrue(error.getMessage().contains("flights"), error.getMessage());
            assertTrue(error.getMessage().contains("{offset=7}"), error.getMessage());
        }
        assertEquals("{evaluated-total=1, malformed-total=1, matched-total=0, rejected-total=0}", counters.toString());
    }

    @Test
    void exemptTopicsPassUnseen() {
        Counters counters = new Counters();
        try (RecordMatches<SourceRecord> predicate = predicate("drop", counters)) {
            assertTrue(predicate.test(record("us-east.heartbeats", "binary")));
            assertFalse(predicate.test(record("us-east.heartbeats.more", "binary")));
        }
        assertEquals("{evaluated-total=1, malformed-total=1, matched-total=0, rejected-total=1}", counters.toString());
    }

    @Test
    void aSuccessorStartsBesideATaskThatHasNotEndedYet() {
        Counters counters = new Counters();
        try (RecordMatches<SourceRecord> old = predicate("drop", counters);
            RecordMatches<SourceRecord> successor = predicate("drop", counters)) {
            assertFalse(successor.test(record("flights", "binary")));
            assertFalse(old.test(record("flights", "binary")));
        }
        assertEquals("{evaluated-total=1, malformed-total=1, matched-total=0, rejected-total=1}", counters.toString());
    }

    @Test
    void aWrongConditionIsRefusedWithItsReason() {
        ConfigException error = assertThrows(ConfigException.class, () -> {
            try (RecordMatches<SourceRecord> predicate = new RecordMatches<>()) {
                predicate.config().parse(Map.of("condition", "{\"field\": \"a\", \"over\": 1}"));
            }
        });
        assertTrue(error.getMessage().contains("unknown operator 'over'"), error.getMessage());
    }

    private static RecordMatches<SourceRecord> predicate(String onMalformed, Counters counters) {
        RecordMatches<SourceRecord> predicate = new RecordMatches<>();
        predicate.configure(Map.of("condition", DELAYED, "on.malformed", onMalformed, "exempt.topics", "(.*\\.)?heartbeats"));
        predicate.withPluginMetrics(counters);
        return predicate;
    }

    private static SourceRecord record(String topic, String value) {
        return new SourceRecord(Map.of("partition", 1), Map.of("offset", 7), topic, 1, Schema.BYTES_SCHEMA, null,
            Schema.BYTES_SCHEMA, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Stands in for the worker, which shows these over JMX. */
    private static final class Counters implements PluginMetrics {

        private final Map<String, Measurable> counters = new TreeMap<>();

        @Override
        public MetricName metricName(String name, String description, LinkedHashMap<String, String> tags) {
            return new MetricName(name, "plugins", description, tags);
        }

        @Override
        public void addMetric(MetricName name, MetricValueProvider<?> provider) {
            if (counters.putIfAbsent(name.name(), (Measurable) provider) != null) {
                throw new IllegalArgumentException("A metric named '" + name + "' already exists");
            }
        }

        @Override
        public String toString() {
            Map<String, Long> values = new TreeMap<>();
            counters.forEach((name, counter) -> values.put(name, (long) counter.measure(null, 0)));
            return values.toString();
        }

        @Override
        public void removeMetric(MetricName name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Sensor addSensor(String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void removeSensor(String name) {
            throw new UnsupportedOperationException();
        }
    }
}
