package io.meridian.connect.condition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluatorTest {

    private static final String FLIGHT = """
        {"carrier": "UA", "dep_delay": 16, "air_time": 227.5, "cancelled": false, "gate": null,
         "tags": ["a"], "arr": {"delay": -3, "airport": {"code": "IAH"}}, "id": 9007199254740993}""";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"field": "carrier", "equals": "UA"}              | TRUE
        {"field": "carrier", "equals": "B6"}              | FALSE
        {"field": "dep_delay", "greater": 15}             | TRUE
        {"field": "dep_delay", "greater": 16}             | FALSE
        {"field": "dep_delay", "less": 16.5}              | TRUE
        {"field": "dep_delay", "equals": 16.0}            | TRUE
        {"field": "dep_delay", "equals": "16"}            | FALSE
        {"field": "air_time", "in": [1, 227.50]}          | TRUE
        {"field": "id", "equals": 9007199254740993}       | TRUE
        {"field": "id", "equals": 9007199254740992}       | FALSE
        {"field": "cancelled", "equals": false}           | TRUE
        {"field": "cancelled", "equals": 0}               | FALSE
        {"field": "arr.delay", "less": 0}                 | TRUE
        {"field": "arr.airport.code", "matches": "I.."}   | TRUE
        {"field": "arr.airport.code", "matches": "I"}     | FALSE
        {"field": "dep_delay", "matches": "16"}           | FALSE
        {"field": "carrier", "less": "V"}                 | TRUE
        {"field": "carrier", "greater": 1}                | FALSE
        {"field": "nothing", "greater": 1}                | FALSE
        {"field": "nothing", "exists": false}             | TRUE
        {"field": "gate", "exists": true}                 | FALSE
        {"field": "tags", "exists": true}                 | TRUE
        {"field": "tags", "equals": "a"}                  | FALSE
        {"field": "carrier.name", "exists": false}        | TRUE
        {"not": {"field": "nothing", "equals": 1}}        | TRUE
        """)
    void fieldsOfAJsonValue(String condition, Outcome expected) {
        assertEquals(expected, evaluate(condition, FLIGHT));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"header": "canary", "equals": "pass"}            | TRUE
        {"header": "canary", "in": ["stop", "pass"]}      | TRUE
        {"header": "canary", "matches": "pa.."}           | TRUE
        {"header": "size", "greater": 9.5}                | TRUE
        {"header": "size", "equals": 10.0}                | TRUE
        {"header": "size", "equals": "10"}                | TRUE
        {"header": "canary", "greater": 1}                | FALSE
        {"header": "flag", "equals": true}                | TRUE
        {"header": "twice", "equals": "second"}           | TRUE
        {"header": "twice", "equals": "first"}            | FALSE
        {"header": "other", "exists": true}               | FALSE
        {"header": "empty", "exists": true}               | FALSE
        """)
    void headers(String condition, Outcome expected) {
        ConnectHeaders headers = new ConnectHeaders();
        Map.of("canary", "pass", "size", "10", "flag", "true").forEach((name, text) -> headers.addBytes(name, bytes(text)));
        headers.addBytes("twice", bytes("first")).addBytes("twice", bytes("second")).add("empty", null, null);
        SourceRecord record = record("not json");
        headers.forEach(header -> record.headers().add(header));
        assertEquals(expected, Evaluator.parse(condition).evaluate(record));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "1", "\"text\"", "{", "{\"a\":1", "{\"a\":1}}", "{\"a\":1} x", "{a:1}", "{\"a\":NaN}"})
    void whatIsNotOneJsonObjectIsUnknown(String value) {
        assertEquals(Outcome.UNKNOWN, evaluate("{\"field\": \"a\", \"equals\": 1}", value));
    }

    @Test
    void aMissingValueIsUnknown() {
        SourceRecord tombstone = new SourceRecord(Map.of(), Map.of(), "t", 0, null, null, null, null);
        assertEquals(Outcome.UNKNOWN, Evaluator.parse("{\"field\": \"a\", \"exists\": false}").evaluate(tombstone));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"any": [{"field": "a", "equals": 1}, {"header": "h", "exists": false}]}                          | TRUE
        {"any": [{"field": "a", "equals": 1}, {"header": "h", "exists": true}]}                           | UNKNOWN
        {"all": [{"field": "a", "equals": 1}, {"header": "h", "exists": true}]}                           | FALSE
        {"all": [{"field": "a", "equals": 1}, {"header": "h", "exists": false}]}                          | UNKNOWN
        {"not": {"field": "a", "equals": 1}}                                                              | UNKNOWN
        {"not": {"any": [{"not": {"header": "h", "exists": true}}, {"field": "a", "equals": 1}]}}         | FALSE
        """)
    void aMalformedValueCountsOnlyWhereTheOutcomeHangsOnIt(String condition, Outcome expected) {
        assertEquals(expected, evaluate(condition, "not json"));
    }

    @Test
    void ofANameTwiceInAnObjectTheLastCounts() {
        String twice = "{\"a\": {\"b\": 1, \"c\": 1}, \"a\": {\"b\": 2}}";
        assertEquals(Outcome.TRUE, evaluate("{\"field\": \"a.b\", \"equals\": 2}", twice));
        assertEquals(Outcome.TRUE, evaluate("{\"field\": \"a.c\", \"exists\": false}", twice));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"v": 1e99999999999}    | UNKNOWN
        {"v": -1e-99999999999}  | UNKNOWN
        {"v": 1e2147483647}     | TRUE
        {"v": 1e400}            | TRUE
        {"v": -1e400}           | FALSE
        {"w": 1e99999999999}    | FALSE
        {"v": 16, "w": 1e9999999999999999999} | TRUE
        """)
    void noNumberEndsATask(String value, Outcome expected) {
        assertEquals(expected, evaluate("{\"field\": \"v\", \"greater\": 15}", value));
    }

    @Test
    void numbersNamesTextsAndNestingHaveAnySize() {
        String greater = "{\"field\": \"v\", \"greater\": 15}";
        assertEquals(Outcome.TRUE, evaluate(greater, "{\"v\": " + "9".repeat(1001) + "}"));
        assertEquals(Outcome.TRUE, evaluate(greater, "{\"v\": 16, \"w\": " + "9".repeat(2_000_000) + "}"));
        assertEquals(Outcome.TRUE, evaluate(greater, "{\"v\": 16, \"" + "n".repeat(60_000) + "\": 1}"));
        assertEquals(Outcome.TRUE, evaluate(greater, "{\"v\": 16, \"w\": \"" + "x".repeat(30_000_000) + "\"}"));
        assertEquals(Outcome.TRUE,
            evaluate(greater, "{\"v\": 16, \"w\": " + "[".repeat(50_000) + "]".repeat(50_000) + "}"));
        // Told by on.malformed, and at once.
        assertEquals(Outcome.UNKNOWN, evaluate(greater, "{\"v\": " + "9".repeat(2_000_000) + "}"));
        assertEquals(Outcome.UNKNOWN, evaluate(greater, "[".repeat(1_000_000)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
        (x|y)*z     ; true
        (x+x+)+y    ; false
        (?:[xy]*)*z ; true
        """)
    void regularExpressionsTakeTimeInProportionToTheText(String expression, boolean expected) {
        String text = "xy".repeat(20_000) + "z";
        assertEquals(Outcome.of(expected),
            evaluate("{\"field\": \"s\", \"matches\": \"" + expression + "\"}", "{\"s\": \"" + text + "\"}"));
    }

    @Test
    void aHeaderIsANumberInAsciiDigitsAndOfASizeThatCanBeRead() {
        String greater = "{\"header\": \"h\", \"greater\": 15}";
        assertEquals(Outcome.TRUE, header(greater, " 16 "));
        assertEquals(Outcome.FALSE, header(greater, "\u0669\u0669"));
        assertEquals(Outcome.FALSE, header(greater, "1e99999999999"));
        assertEquals(Outcome.FALSE, header(greater, "9".repeat(1_000_000)));
    }

    private static Outcome header(String condition, String text) {
        SourceRecord record = record("{}");
        record.headers().add("h", bytes(text), Schema.BYTES_SCHEMA);
        return Evaluator.parse(condition).evaluate(record);
    }

    @Test
    void nothingOfOneRecordIsLeftForTheNext() {
        Evaluator evaluator = Evaluator.parse("{\"field\": \"a\", \"exists\": true}");
        assertEquals(Outcome.TRUE, evaluator.evaluate(record("{\"a\": 1}")));
        assertEquals(Outcome.FALSE, evaluator.evaluate(record("{}")));
        assertEquals(Outcome.UNKNOWN, evaluator.evaluate(record("{\"a\": ")));
        assertEquals(Outcome.TRUE, evaluator.evaluate(record("{\"a\": 1}")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"field": "a", "greter": 1}                        | unknown operator 'greter'
        {"field": "a"}                                     | has no operator
        {"field": "a", "less": 1, "greater": 0}            | has two operators
        {"field": "a..b", "equals": 1}                     | has an empty name
        {"field": "a", "exists": 1}                        | condition.exists must be true or false
        {"field": "a", "in": []}                           | condition.in must be a list
        {"field": "a", "equals": null}                     | condition.equals must be a string
        {"any": [{"field": "a", "matches": "("}]}          | condition.any[0].matches is not a regular expression
        {"any": []}                                        | condition.any must be a list
        {"or": []}                                         | unknown key 'or'
        {}                                                 | must be an object
        {"field": "a"                                      | is not JSON
        """)
    void aWrongConditionSaysWhatAndWhere(String condition, String expected) {
        String message = assertThrows(IllegalArgumentException.class, () -> Evaluator.parse(condition)).getMessage();
        assertTrue(message.contains(expected), message);
    }

    private static Outcome evaluate(String condition, String value) {
        return Evaluator.parse(condition).evaluate(record(value));
    }

    private static SourceRecord record(String value) {
        return new SourceRecord(Map.of(), Map.of(), "t", 0, Schema.BYTES_SCHEMA, bytes("k"), Schema.BYTES_SCHEMA, bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
