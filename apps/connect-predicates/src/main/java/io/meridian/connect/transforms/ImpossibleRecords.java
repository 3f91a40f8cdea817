package io.meridian.connect.transforms;

import io.meridian.connect.metrics.Counters;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.metrics.Monitorable;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes records aside that a broker took and Connect or its producer would not, each of which would end the task:
 * a timestamp before 1970 ({@code ConnectUtils.checkAndConvertTimestamp}), or more bytes than
 * {@code max.request.size}. It is the last transformation: what a filter drops is nobody's business.
 *
 * <p>In the dead letter topic a record has its key, its headers and its value, but for one that is too large, and
 * headers that say where it was and why it is there. Counters are in JMX under
 * {@code kafka.connect:type=plugins} with the tags {@code connector}, {@code task} and {@code transformation}.
 */
public class ImpossibleRecords implements Transformation<SourceRecord>, Monitorable {

    private static final Logger LOG = LoggerFactory.getLogger(ImpossibleRecords.class);

    static final String RULE = "rule";
    static final String MAX_BYTES = "max.bytes";
    static final String SUFFIX = ".dlq";
    static final String HEADER = "meridian.";

    /** What a batch and a record have around key, value and headers, at most (KIP-98's format, v2). */
    private static final int OVERHEAD = 61 + 5 + 10 + 5 + 5 + 5 + 5;
    private static final int HEADER_OVERHEAD = 10;
    /** Records that are named in the log one by one; the others are counted there as well. */
    private static final int TOLD = 100;

    private static final ConfigDef CONFIG = new ConfigDef()
        .define(RULE, ConfigDef.Type.STRING, "dlq", ConfigDef.ValidString.in("fail", "dlq", "drop"),
            ConfigDef.Importance.HIGH, "dlq: such a record goes to the topic of its name with .dlq behind it; "
                + "drop: it is counted; fail: the task fails and names it.")
        .define(MAX_BYTES, ConfigDef.Type.INT, Integer.MAX_VALUE, ConfigDef.Range.atLeast(1024),
            ConfigDef.Importance.MEDIUM, "Bytes that a record may have: the producer's max.request.size.");

    private enum Rule { FAIL, DLQ, DROP }

    private final LongAdder dead = new LongAdder();
    private final LongAdder dropped = new LongAdder();

    private Rule rule;
    private int maxBytes;

    @Override
    public ConfigDef config() {
        return CONFIG;
    }

    @Override
    public void configure(Map<String, ?> settings) {
        Map<String, Object> parsed = CONFIG.parse(settings);
        rule = Rule.valueOf(((String) parsed.get(RULE)).toUpperCase(Locale.ROOT));
        maxBytes = (Integer) parsed.get(MAX_BYTES);
    }

    @Override
    public SourceRecord apply(SourceRecord record) {
        Long timestamp = record.timestamp();
        if (timestamp != null && timestamp < -1) {
            return impossible(record, "timestamp " + timestamp + " is before 1970", false);
        }
        long bytes = size(record);
        if (bytes > maxBytes) {
            return impossible(record, "it has " + bytes + " bytes, more than max.request.size " + maxBytes, true);
        }
        return record;
    }

    private SourceRecord impossible(SourceRecord record, String reason, boolean tooLarge) {
        Map<String, ?> from = record.sourcePartition() == null ? Map.of() : record.sourcePartition();
        Map<String, ?> at = record.sourceOffset() == null ? Map.of() : record.sourceOffset();
        String place = "topic " + from.get("topic") + " partition " + from.get("partition") + " offset " + at.get("offset");
        if (rule == Rule.FAIL) {
            throw new DataException("record of " + place + " cannot be mirrored: " + reason
                + ", and on_impossible is fail");
        }
        LongAdder counter = rule == Rule.DLQ ? dead : dropped;
        counter.increment();
        if (counter.sum() <= TOLD) {
            LOG.warn("Record of {} cannot be mirrored and {}: {}", place,
                rule == Rule.DLQ ? "goes to " + record.topic() + SUFFIX : "is dropped", reason);
        }
        if (rule == Rule.DROP) {
            return null;
        }
        Headers headers = record.headers().duplicate();
        said(headers, "topic", from.get("topic"));
        said(headers, "partition", from.get("partition"));
        said(headers, "offset", at.get("offset"));
        said(headers, "timestamp", record.timestamp());
        said(headers, "reason", reason);
        boolean bare = tooLarge && size(record.key()) + size(headers) > maxBytes / 2;
        // Without a timestamp the producer's clock says when it was put aside.
        return record.newRecord(record.topic() + SUFFIX, null, record.keySchema(), bare ? null : record.key(),
            record.valueSchema(), tooLarge ? null : record.value(), null, bare ? only(headers) : headers);
    }

    /** Ours of some headers: where it was, and why. */
    private static Headers only(Headers headers) {
        Headers ours = headers.duplicate();
        for (Header header : headers) {
            if (!header.key().startsWith(HEADER)) {
                ours.remove(header.key());
            }
        }
        return ours;
    }

    private static void said(Headers headers, String name, Object value) {
        headers.remove(HEADER + name);
        headers.add(HEADER + name, String.valueOf(value).getBytes(StandardCharsets.UTF_8), Schema.BYTES_SCHEMA);
    }

    private static long size(SourceRecord record) {
        return OVERHEAD + size(record.key()) + size(record.value()) + size(record.headers());
    }

    private static long size(Headers headers) {
        long bytes = 0;
        for (Header header : headers) {
            bytes += HEADER_OVERHEAD + 3L * header.key().length() + size(header.value());
        }
        return bytes;
    }

    private static long size(Object value) {
        return value instanceof byte[] bytes ? bytes.length : 0;
    }

    @Override
    public void withPluginMetrics(PluginMetrics metrics) {
        Counters.add(metrics, "dead-total", "Records that went to a dead letter topic.", dead);
        Counters.add(metrics, "dropped-total", "Records that were dropped since they cannot be mirrored.", dropped);
    }

    @Override
    public String version() {
        return AppInfoParser.getVersion();
    }

    @Override
    public void close() {
    }
}
