package io.meridian.connect.condition;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/** Turns the filter language's JSON into conditions; anything that it does not know is an error. */
final class ConditionParser {

    private static final ObjectMapper MAPPER = new ObjectMapper()
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private final FieldPaths paths;

    ConditionParser(FieldPaths paths) {
        this.paths = paths;
    }

    Condition parse(String json) {
        try {
            return condition(MAPPER.readTree(json), "condition");
        } catch (JsonProcessingException error) {
            throw new IllegalArgumentException("condition is not JSON: " + error.getOriginalMessage(), error);
        }
    }

    private Condition condition(JsonNode node, String where) {
        if (!node.isObject() || node.isEmpty()) {
            throw wrong(where, "must be an object with one of all, any, not, header, field");
        }
        if (node.has("header")) {
            return new Condition.Header(name(node, "header", where), test(node, "header", where));
        }
        if (node.has("field")) {
            int slot;
            try {
                slot = paths.slot(name(node, "field", where));
            } catch (IllegalArgumentException error) {
                throw wrong(where, error.getMessage());
            }
            return new Condition.Field(slot, test(node, "field", where));
        }
        if (node.size() != 1) {
            throw wrong(where, "must have exactly one of all, any, not, header, field");
        }
        String key = node.fieldNames().next();
        JsonNode operand = node.get(key);
        String inside = where + "." + key;
        return switch (key) {
            case "all" -> new Condition.All(branches(operand, inside));
            case "any" -> new Condition.Any(branches(operand, inside));
            case "not" -> new Condition.Not(condition(operand, inside));
            default -> throw wrong(where, "has the unknown key '" + key + "': use one of all, any, not, header, field");
        };
    }

    private List<Condition> branches(JsonNode node, String where) {
        if (!node.isArray() || node.isEmpty()) {
            throw wrong(where, "must be a list with at least one condition");
        }
        List<Condition> branches = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            branches.add(condition(node.get(i), where + "[" + i + "]"));
        }
        // The outcome does not depend on the order, the cost does: a header may spare parsing the value.
        branches.sort(Comparator.comparing(Condition::readsValue));
        return List.copyOf(branches);
    }

    private static String name(JsonNode node, String key, String where) {
        JsonNode name = node.get(key);
        if (!name.isTextual() || name.textValue().isEmpty()) {
            throw wrong(where + "." + key, "must be a non-empty string");
        }
        return name.textValue();
    }

    private static Test test(JsonNode node, String subject, String where) {
        String operator = null;
        for (Iterator<String> keys = node.fieldNames(); keys.hasNext(); ) {
            String key = keys.next();
            if (key.equals(subject)) {
                continue;
            }
            if (operator != null) {
                throw wrong(where, "has two operators, '" + operator + "' and '" + key + "'; combine them with all");
            }
            operator = key;
        }
        if (operator == null) {
            throw wrong(where, "has no operator: one of equals, in, less, greater, exists, matches");
        }
        JsonNode operand = node.get(operator);
        String inside = where + "." + operator;
        return switch (operator) {
            case "equals" -> new Test.Equals(scalar(operand, inside));
            case "in" -> new Test.In(scalars(operand, inside));
            case "less" -> new Test.Ordered(ordered(operand, inside), -1);
            case "greater" -> new Test.Ordered(ordered(operand, inside), 1);
            case "exists" -> {
                if (!operand.isBoolean()) {
                    throw wrong(inside, "must be true or false");
                }
                yield new Test.Exists(operand.booleanValue());
            }
            case "matches" -> new Test.Matches(pattern(operand, inside));
            default -> throw wrong(where, "unknown operator '" + operator
                + "': use one of equals, in, less, greater, exists, matches");
        };
    }

    private static Object scalar(JsonNode operand, String where) {
        if (operand.isTextual()) {
            return operand.textValue();
        }
        if (operand.isBoolean()) {
            return operand.booleanValue();
        }
        if (operand.isNumber()) {
            return operand.canConvertToLong() && operand.isIntegralNumber()
                ? (Object) operand.longValue()
                : (Object) operand.decimalValue();
        }
        throw wrong(where, "must be a string, a number or a boolean");
    }

    private static Object ordered(JsonNode operand, String where) {
        if (operand.isBoolean()) {
            throw wrong(where, "must be a number or a string");
        }
        return scalar(operand, where);
    }

    private static List<Object> scalars(JsonNode operand, String where) {
        if (!operand.isArray() || operand.isEmpty()) {
            throw wrong(where, "must be a list with at least one value");
        }
        List<Object> scalars = new ArrayList<>();
        for (int i = 0; i < operand.size(); i++) {
            scalars.add(scalar(operand.get(i), where + "[" + i + "]"));
        }
        return List.copyOf(scalars);
    }

    private static Pattern pattern(JsonNode operand, String where) {
        if (!operand.isTextual()) {
            throw wrong(where, "must be a regular expression");
        }
        try {
            return Pattern.compile(operand.textValue());
        } catch (PatternSyntaxException error) {
            throw wrong(where, "is not a regular expression: " + error.getDescription());
        }
    }

    private static IllegalArgumentException wrong(String where, String what) {
        return new IllegalArgumentException(where + " " + what);
    }
}
