package io.meridian.connect.condition;

import org.apache.kafka.connect.connector.ConnectRecord;

/** A condition ready to be asked of one record after the other. Not thread-safe; Connect makes one per task. */
public final class Evaluator {

    private final Condition condition;
    private final RecordView view;

    Evaluator(Condition condition, FieldPaths paths) {
        this.condition = condition;
        this.view = new RecordView(paths);
    }

    /**
     * Parses a condition.
     *
     * @param json the condition in the filter language, see the README of connect-predicates
     * @throws IllegalArgumentException naming what is wrong, and where in the condition
     */
    public static Evaluator parse(String json) {
        FieldPaths paths = new FieldPaths();
        return new Evaluator(new ConditionParser(paths).parse(json), paths);
    }

    public Outcome evaluate(ConnectRecord<?> record) {
        return condition.evaluate(view.of(record));
    }
}
