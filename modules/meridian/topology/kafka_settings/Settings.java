import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.runtime.distributed.Crypto;
import org.apache.kafka.connect.runtime.distributed.DistributedConfig;
import org.apache.kafka.storage.internals.log.LogConfig;

/**
 * Prints Kafka's own tables of settings as JSON: {@code {"topic": {name: [type, bounds]}, …}}. With the jars of the
 * version that is shipped, see {@code __init__.py} beside it.
 */
public final class Settings {

    public static void main(String[] arguments) throws Exception {
        Map<String, ConfigDef> tables = new TreeMap<>();
        tables.put("topic", (ConfigDef) definition(LogConfig.class));
        tables.put("broker", (ConfigDef) Class.forName("kafka.server.KafkaConfig").getMethod("configDef").invoke(null));
        tables.put("producer", ProducerConfig.configDef());
        tables.put("consumer", ConsumerConfig.configDef());
        tables.put("admin", AdminClientConfig.configDef());
        tables.put("worker", (ConfigDef) definition(DistributedConfig.class));
        StringBuilder out = new StringBuilder("{\n");
        for (Map.Entry<String, ConfigDef> table : tables.entrySet()) {
            out.append(out.length() > 2 ? ",\n" : "").append("\"").append(table.getKey()).append("\": {\n");
            boolean first = true;
            for (ConfigDef.ConfigKey key : new TreeMap<>(table.getValue().configKeys()).values()) {
                out.append(first ? "" : ",\n").append("  ").append(text(key.name)).append(": [")
                    .append(text(key.type.toString())).append(", ")
                    .append(text(key.validator == null ? "" : said(key.validator))).append("]");
                first = false;
            }
            out.append("\n}");
        }
        System.out.println(out.append("\n}"));
    }

    private static Object definition(Class<?> of) throws Exception {
        for (String name : new String[] {"configDef", "configDefCopy"}) {
            try {
                return of.getMethod(name).invoke(null);
            } catch (NoSuchMethodException absent) {
                continue;
            }
        }
        for (String name : new String[] {"CONFIG", "SERVER_CONFIG_DEF", "CONFIG_DEF"}) {
            try {
                java.lang.reflect.Field field = of.getDeclaredField(name);
                field.setAccessible(true);
                return field.get(null);
            } catch (NoSuchFieldException absent) {
                continue;
            }
        }
        java.lang.reflect.Method worker = of.getDeclaredMethod("config", Crypto.class);
        worker.setAccessible(true);
        return worker.invoke(null, Crypto.SYSTEM);
    }

    /** A validator that says nothing of itself prints as an object of its class. */
    private static String said(ConfigDef.Validator validator) {
        String said = validator.toString();
        return said.contains("@") || said.contains("$") ? "" : said;
    }

    private static String text(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
