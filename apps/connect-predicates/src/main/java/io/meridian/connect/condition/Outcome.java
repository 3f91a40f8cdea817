package io.meridian.connect.condition;

/**
 * What a condition says of one record, in Kleene's three-valued logic.
 *
 * <p>{@link #UNKNOWN} means that the answer depends on a field of a value that cannot be read. It spreads only as
 * far as it matters: {@code any} with one true branch is true, {@code all} with one false branch is false. The
 * order of branches therefore never changes an outcome.
 */
public enum Outcome {
    TRUE,
    FALSE,
    UNKNOWN;

    static Outcome of(boolean holds) {
        return holds ? TRUE : FALSE;
    }

    Outcome negated() {
        return switch (this) {
            case TRUE -> FALSE;
            case FALSE -> TRUE;
            case UNKNOWN -> UNKNOWN;
        };
    }
}
