package io.meridian.connect.condition;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.header.Header;

/**
 * One record as conditions see it: its value is parsed when the first field is asked for, and only then, once.
 *
 * <p>A view is reused for record after record and is not thread-safe.
 */
final class RecordView {

    private enum State { UNREAD, OBJECT, MALFORMED }

    private final JsonFields fields;
    private final Object[] slots;
    private ConnectRecord<?> record;
    private State state;

    RecordView(FieldPaths paths) {
        this.fields = new JsonFields(paths);
        this.slots = new Object[paths.size()];
    }

    RecordView of(ConnectRecord<?> next) {
        record = next;
        state = State.UNREAD;
        return this;
    }

    HeaderText header(String name) {
        Header header = record.headers().lastWithName(name);
        if (header == null || header.value() == null) {
            return null;
        }
        byte[] bytes = bytes(header.value());
        return new HeaderText(bytes == null ? header.value().toString() : new String(bytes, StandardCharsets.UTF_8));
    }

    boolean valueIsObject() {
        if (state == State.UNREAD) {
            byte[] json = record.value() instanceof String text
                ? text.getBytes(StandardCharsets.UTF_8)
                : bytes(record.value());
            state = json != null && fields.read(json, slots) ? State.OBJECT : State.MALFORMED;
        }
        return state == State.OBJECT;
    }

    Object field(int slot) {
        return slots[slot];
    }

    private static byte[] bytes(Object value) {
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return bytes;
        }
        return null;
    }
}
