package io.meridian.connect.metrics;

import java.util.LinkedHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.metrics.Measurable;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counters of a plugin in JMX. */
public final class Counters {

    private static final Logger LOG = LoggerFactory.getLogger(Counters.class);

    private Counters() {
    }

    /** Adds a counter to the plugin's metrics, unless an earlier instance of the task still has it. */
    public static void add(PluginMetrics metrics, String name, String description, LongAdder counter) {
        try {
            metrics.addMetric(metrics.metricName(name, description, new LinkedHashMap<>()),
                (Measurable) (config, now) -> counter.sum());
        } catch (IllegalArgumentException taken) {
            // A worker that gave up waiting for a task's end starts its successor beside it, and the old task's
            // metrics stay until it ends. A counter missing until the next start is better than a failed task.
            LOG.warn("Metric {} still belongs to an earlier instance of this task; it is not counted here", name);
        }
    }
}
