package io.meridian.connect.condition;

import com.google.re2j.Pattern;
import java.util.List;

/**
 * One comparison. {@code actual} is what the record holds: {@code null} when it is absent or JSON null, else a
 * {@link String}, {@link Boolean}, {@link Long}, {@link java.math.BigDecimal}, {@link HeaderText}, or
 * {@link #COMPOUND} for an object or array. A comparison of unlike types does not hold.
 */
interface Test {

    /** Stands for a JSON object or array, which exists but equals, precedes and matches nothing. */
    Object COMPOUND = new Object();

    boolean holds(Object actual);

    record Equals(Object operand) implements Test {
        @Override
        public boolean holds(Object actual) {
            return Scalars.equal(actual, operand);
        }
    }

    record In(List<Object> operands) implements Test {
        @Override
        public boolean holds(Object actual) {
            for (Object operand : operands) {
                if (Scalars.equal(actual, operand)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** {@code less} (sign −1) and {@code greater} (sign +1); numbers with numbers, strings with strings. */
    record Ordered(Object operand, int sign) implements Test {
        @Override
        public boolean holds(Object actual) {
            Integer order = Scalars.compare(actual, operand);
            return order != null && Integer.signum(order) == sign;
        }
    }

    record Exists(boolean wanted) implements Test {
        @Override
        public boolean holds(Object actual) {
            return (actual != null) == wanted;
        }
    }

    /** The whole text must match. RE2 takes time in proportion to the text, whatever the expression and the text. */
    record Matches(Pattern pattern) implements Test {
        @Override
        public boolean holds(Object actual) {
            String text = Scalars.text(actual);
            return text != null && pattern.matcher(text).matches();
        }
    }
}
