package io.meridian.connect.mirror;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.mirror.MirrorSourceConnector;

/**
 * MirrorMaker 2's source connector for flows with a filter: it keeps its position when records are filtered out.
 *
 * <p>Kafka Connect moves a source position only with records that it writes, and in exactly-once mode keeps every
 * dropped record in memory until the next one that it writes. A flow whose filter stops most records would fall
 * behind on paper, re-read the same records after each restart, and run out of memory. This connector's tasks
 * therefore write a small mark with the position they have read up to, see {@link ProgressMirrorSourceTask}.
 */
public class ProgressMirrorSourceConnector extends MirrorSourceConnector {

    /** Topic of the marks on the target cluster. */
    public static final String TOPIC = "progress.topic";

    /** How long a position may wait for a record that passes before it is marked, in milliseconds. */
    public static final String INTERVAL = "progress.interval.ms";

    static final ConfigDef PROGRESS_CONFIG = new ConfigDef()
        .define(TOPIC, ConfigDef.Type.STRING, ConfigDef.NO_DEFAULT_VALUE, new ConfigDef.NonEmptyString(),
            ConfigDef.Importance.HIGH, "Compacted topic on the target cluster that takes the marks.")
        .define(INTERVAL, ConfigDef.Type.LONG, 1000L, ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.LOW, "How long a position may wait for a record that passes before it "
                + "is marked, in milliseconds.");

    @Override
    public Class<? extends Task> taskClass() {
        return ProgressMirrorSourceTask.class;
    }

    @Override
    public ConfigDef config() {
        ConfigDef all = new ConfigDef(super.config());
        PROGRESS_CONFIG.configKeys().values().forEach(all::define);
        return all;
    }
}
