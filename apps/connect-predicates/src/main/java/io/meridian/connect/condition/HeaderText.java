package io.meridian.connect.condition;

/**
 * A header's bytes as text. Headers carry no type, so the operand decides: compared with a number the text is
 * read as a decimal number, with a boolean as {@code true} or {@code false}, with a string as it is.
 */
record HeaderText(String text) {
}
