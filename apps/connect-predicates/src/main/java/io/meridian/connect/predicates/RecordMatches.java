package io.meridian.connect.predicates;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.meridian.connect.condition.Evaluator;
import io.meridian.connect.condition.Outcome;
import io.meridian.connect.metrics.Counters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.metrics.Monitorable;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/**
 * Holds for the records that a condition lets pass. Use it with Kafka's {@code Filter}, negated:
 *
 * <pre>
 * transforms=filter
 * transforms.filter.type=org.apache.kafka.connect.transforms.Filter
 * transforms.filter.predicate=passes
 * transforms.filter.negate=true
 * predicates=passes
 * predicates.passes.type=io.meridian.connect.predicates.RecordMatches
 * predicates.passes.condition={"field": "dep_delay", "greater": 15}
 * predicates.passes.on.malformed=drop
 * </pre>
 *
 * <p>A record is <em>malformed</em> when the condition's outcome depends on a field and the record's value is not
 * exactly one JSON object. Counters are in JMX under {@code kafka.connect:type=plugins} with the tags
 * {@code connector}, {@code task} and {@code predicate}.
 */
public class RecordMatches<R extends ConnectRecord<R>> implements Predicate<R>, Monitorable {

    static final String CONDITION = "condition";
    static final String ON_MALFORMED = "on.malformed";
    static final String EXEMPT_TOPICS = "exempt.topics";

    private static final ConfigDef CONFIG = new ConfigDef()
        .define(CONDITION, ConfigDef.Type.STRING, ConfigDef.NO_DEFAULT_VALUE, RecordMatches::checkCondition,
            ConfigDef.Importance.HIGH, "What a record must fulfil, as JSON in the filter language.")
        .define(ON_MALFORMED, ConfigDef.Type.STRING, "fail", ConfigDef.ValidString.in("pass", "drop", "fail"),
            ConfigDef.Importance.HIGH, "What becomes of a malformed record: it holds (pass), does not (drop), or the "
                + "task fails and names it (fail).")
        .define(EXEMPT_TOPICS, ConfigDef.Type.LIST, List.of(), (name, value) -> patterns((List<?>) value),
            ConfigDef.Importance.LOW, "Regular expressions; for records of a topic whose whole name matches one the "
                + "predicate always holds, unevaluated and uncounted. Topic names are the target's.");

    private enum OnMalformed { PASS, DROP, FAIL }

    private final LongAdder evaluated = new LongAdder();
    private final LongAdder matched = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder malformed = new LongAdder();
    private final Map<String, Boolean> exemptByTopic = new HashMap<>();

    private Evaluator evaluator;
    private OnMalformed onMalformed;
    private List<Pattern> exempt;

    @Override
    public ConfigDef config() {
        return CONFIG;
    }

    @Override
    public void configure(Map<String, ?> settings) {
        Map<String, Object> parsed = CONFIG.parse(settings);
        evaluator = Evaluator.parse((String) parsed.get(CONDITION));
        onMalformed = OnMalformed.valueOf(((String) parsed.get(ON_MALFORMED)).toUpperCase(Locale.ROOT));
        exempt = patterns((List<?>) parsed.get(EXEMPT_TOPICS));
    }

    @Override
    public boolean test(R record) {
        if (!exempt.isEmpty() && exemptByTopic.computeIfAbsent(record.topic(), this::isExempt)) {
            return true;
        }
        evaluated.increment();
        Outcome outcome = evaluator.evaluate(record);
        boolean holds = outcome == Outcome.UNKNOWN ? malformed(record) : outcome == Outcome.TRUE;
        (holds ? matched : rejected).increment();
        return holds;
    }

    private boolean malformed(R record) {
        malformed.increment();
        if (onMalformed == OnMalformed.FAIL) {
            throw new DataException("record of topic " + record.topic() + " partition " + record.kafkaPartition()
                + " is malformed: its value is not a JSON object, and on.malformed is fail; source position: "
                + position(record));
        }
        return onMalformed == OnMalformed.PASS;
    }

    private static Object position(ConnectRecord<?> record) {
        return record instanceof SourceRecord source
            ? source.sourcePartition() + " " + source.sourceOffset()
            : "unknown";
    }

    private boolean isExempt(String topic) {
        return exempt.stream().anyMatch(pattern -> pattern.matcher(topic).matches());
    }

    @Override
    public void withPluginMetrics(PluginMetrics metrics) {
        Counters.add(metrics, "evaluated-total", "Records that the condition was asked of.", evaluated);
        Counters.add(metrics, "matched-total", "Records that passed.", matched);
        Counters.add(metrics, "rejected-total", "Records that did not pass.", rejected);
        Counters.add(metrics, "malformed-total", "Records whose outcome hung on an unreadable value; they are counted "
            + "as matched or rejected too, unless they failed the task.", malformed);
    }

    @Override
    public String version() {
        return AppInfoParser.getVersion();
    }

    @Override
    public void close() {
    }

    private static void checkCondition(String name, Object value) {
        try {
            Evaluator.parse((String) value);
        } catch (IllegalArgumentException error) {
            throw new ConfigException(name, value, error.getMessage());
        }
    }

    private static List<Pattern> patterns(List<?> expressions) {
        List<Pattern> patterns = new ArrayList<>();
        for (Object expression : expressions) {
            try {
                patterns.add(Pattern.compile((String) expression));
            } catch (PatternSyntaxException error) {
                throw new ConfigException(EXEMPT_TOPICS, expression, error.getDescription());
            }
        }
        return patterns;
    }
}
