package io.meridian.connect.condition;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.Arrays;

/**
 * Picks a few fields out of a JSON object in one streaming pass; nothing else is materialised.
 *
 * <p>The whole text is read, so that what is malformed does not depend on where the wanted fields stand. Of a name
 * that occurs twice in an object the last counts.
 */
final class JsonFields {

    /** Digits of a number that is compared; reading more of them would take longer than it may. */
    private static final int LONGEST_NUMBER = 100_000;

    // What is merely skipped may have any size. Nesting costs memory for each level, so that has a bound.
    private static final JsonFactory FACTORY = JsonFactory.builder()
        .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
        .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
        .streamReadConstraints(StreamReadConstraints.builder()
            .maxNestingDepth(100_000)
            .maxNumberLength(Integer.MAX_VALUE)
            .maxNameLength(Integer.MAX_VALUE)
            .maxStringLength(Integer.MAX_VALUE)
            .build())
        .build();

    private final FieldPaths paths;

    JsonFields(FieldPaths paths) {
        this.paths = paths;
    }

    /**
     * Reads the fields into their slots, {@code null} where absent or JSON null.
     *
     * @return false when the bytes are not exactly one JSON object, or one of the fields is a number without bounds
     */
    boolean read(byte[] json, Object[] slots) {
        Arrays.fill(slots, null);
        try (JsonParser parser = FACTORY.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            readObject(parser, paths.root, slots);
            return parser.nextToken() == null;
        } catch (IOException | ArithmeticException | NumberFormatException malformed) {
            // The latter two: an exponent that no number of Java has.
            return false;
        }
    }

    private void readObject(JsonParser parser, FieldPaths.Branch branch, Object[] slots) throws IOException {
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            FieldPaths.Branch child = branch.children.get(name);
            JsonToken token = parser.nextToken();
            if (child == null) {
                parser.skipChildren();
                continue;
            }
            clear(child, slots);
            if (child.slot >= 0) {
                slots[child.slot] = scalar(parser, token);
            }
            if (token == JsonToken.START_OBJECT && !child.children.isEmpty()) {
                readObject(parser, child, slots);
            } else {
                parser.skipChildren();
            }
        }
        if (parser.currentToken() != JsonToken.END_OBJECT) {
            throw new IOException("object is not closed");
        }
    }

    /** A name seen again replaces all of what it held before, fields below it included. */
    private void clear(FieldPaths.Branch branch, Object[] slots) {
        if (branch.slot >= 0) {
            slots[branch.slot] = null;
        }
        branch.children.values().forEach(child -> clear(child, slots));
    }

    private static Object scalar(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case VALUE_STRING -> parser.getText();
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            case VALUE_NULL -> null;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser, token);
            default -> Test.COMPOUND;
        };
    }

    private static Number number(JsonParser parser, JsonToken token) throws IOException {
        if (parser.getTextLength() > LONGEST_NUMBER) {
            throw new IOException("number has more than " + LONGEST_NUMBER + " digits");
        }
        if (token == JsonToken.VALUE_NUMBER_FLOAT) {
            return parser.getDecimalValue();
        }
        return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
            ? (Number) parser.getDecimalValue()
            : (Number) parser.getLongValue();
    }
}
