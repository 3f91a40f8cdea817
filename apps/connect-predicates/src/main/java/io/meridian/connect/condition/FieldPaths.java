package io.meridian.connect.condition;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The fields that a condition reads, as a tree that the JSON parser walks along: {@code a.b} is b inside a. */
final class FieldPaths {

    /** A name on the way to a field; {@code slot} is −1 where no field ends. */
    static final class Branch {
        final Map<String, Branch> children = new HashMap<>();
        int slot = -1;
    }

    final Branch root = new Branch();
    private final List<String> paths = new ArrayList<>();

    /** Returns the slot of a path, the same for the same path. */
    int slot(String path) {
        Branch branch = root;
        for (String name : path.split("\\.", -1)) {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("field path '" + path + "' has an empty name in it");
            }
            branch = branch.children.computeIfAbsent(name, ignored -> new Branch());
        }
        if (branch.slot < 0) {
            branch.slot = paths.size();
            paths.add(path);
        }
        return branch.slot;
    }

    int size() {
        return paths.size();
    }
}
