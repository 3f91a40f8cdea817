package io.meridian.connect.condition;

import java.math.BigDecimal;

/** Equality and order of JSON scalars and header texts. Numbers compare by value: {@code 15}, {@code 15.0}. */
final class Scalars {

    /** Characters of a header that is read as a number; BigDecimal takes the square of their count. */
    private static final int LONGEST_NUMBER = 10_000;

    private Scalars() {
    }

    static boolean equal(Object actual, Object operand) {
        if (operand instanceof Boolean flag) {
            return actual instanceof HeaderText header ? header.text().equals(flag.toString()) : flag.equals(actual);
        }
        Integer order = compare(actual, operand);
        return order != null && order == 0;
    }

    /** Returns the order of two scalars, or {@code null} when they cannot be compared. */
    static Integer compare(Object actual, Object operand) {
        if (operand instanceof Number wanted) {
            Number seen = number(actual);
            return seen == null ? null : compareNumbers(seen, wanted);
        }
        if (operand instanceof String wanted) {
            String seen = actual instanceof HeaderText header ? header.text() : actual instanceof String s ? s : null;
            return seen == null ? null : seen.compareTo(wanted);
        }
        return null;
    }

    /** Returns a scalar's text for {@code matches}: only strings and headers have one. */
    static String text(Object actual) {
        if (actual instanceof HeaderText header) {
            return header.text();
        }
        return actual instanceof String text ? text : null;
    }

    private static Number number(Object actual) {
        if (actual instanceof Number number) {
            return number;
        }
        if (actual instanceof HeaderText header) {
            String text = header.text().strip();
            if (text.length() > LONGEST_NUMBER || !text.chars().allMatch(letter -> letter < 128)) {
                return null;
            }
            try {
                return new BigDecimal(text);
            } catch (NumberFormatException notANumber) {
                return null;
            }
        }
        return null;
    }

    private static int compareNumbers(Number left, Number right) {
        if (left instanceof Long a && right instanceof Long b) {
            return a.compareTo(b);
        }
        return decimal(left).compareTo(decimal(right));
    }

    private static BigDecimal decimal(Number number) {
        return number instanceof BigDecimal exact ? exact : BigDecimal.valueOf(number.longValue());
    }
}
