package io.meridian.connect.condition;

import java.util.List;

/** A parsed condition. Immutable; safe to share between threads. */
interface Condition {

    Outcome evaluate(RecordView record);

    /** Whether evaluating it may have to parse the record's value; cheap branches are asked first. */
    boolean readsValue();

    record All(List<Condition> branches) implements Condition {
        @Override
        public Outcome evaluate(RecordView record) {
            Outcome outcome = Outcome.TRUE;
            for (Condition branch : branches) {
                Outcome one = branch.evaluate(record);
                if (one == Outcome.FALSE) {
                    return Outcome.FALSE;
                }
                if (one == Outcome.UNKNOWN) {
                    outcome = Outcome.UNKNOWN;
                }
            }
            return outcome;
        }

        @Override
        public boolean readsValue() {
            return branches.stream().anyMatch(Condition::readsValue);
        }
    }

    record Any(List<Condition> branches) implements Condition {
        @Override
        public Outcome evaluate(RecordView record) {
            Outcome outcome = Outcome.FALSE;
            for (Condition branch : branches) {
                Outcome one = branch.evaluate(record);
                if (one == Outcome.TRUE) {
                    return Outcome.TRUE;
                }
                if (one == Outcome.UNKNOWN) {
                    outcome = Outcome.UNKNOWN;
                }
            }
            return outcome;
        }

        @Override
        public boolean readsValue() {
            return branches.stream().anyMatch(Condition::readsValue);
        }
    }

    record Not(Condition condition) implements Condition {
        @Override
        public Outcome evaluate(RecordView record) {
            return condition.evaluate(record).negated();
        }

        @Override
        public boolean readsValue() {
            return condition.readsValue();
        }
    }

    /** A test of the last header of a name, as Kafka's own {@code lastHeader} picks it. */
    record Header(String name, Test test) implements Condition {
        @Override
        public Outcome evaluate(RecordView record) {
            return Outcome.of(test.holds(record.header(name)));
        }

        @Override
        public boolean readsValue() {
            return false;
        }
    }

    /** A test of one field of the JSON value; {@code slot} is its place among the fields that are read. */
    record Field(int slot, Test test) implements Condition {
        @Override
        public Outcome evaluate(RecordView record) {
            return record.valueIsObject() ? Outcome.of(test.holds(record.field(slot))) : Outcome.UNKNOWN;
        }

        @Override
        public boolean readsValue() {
            return true;
        }
    }
}
