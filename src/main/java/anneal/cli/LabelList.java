package anneal.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Reads lists of classes as people write them: {@code 0-9}, {@code 3,5,7-8}, {@code Bag,Sandal}, {@code all}. */
final class LabelList {

    private static final int NAMES_SHOWN = 12;

    private final int classes;
    private final List<String> names;

    /**
     * @param classes how many classes there are, at least 1
     * @param names   of the classes, by label; empty if they have none
     */
    LabelList(int classes, List<String> names) {
        this.classes = classes;
        this.names = List.copyOf(names);
    }

    /**
     * The labels of a list, in its order, repeated if it repeats them. Names count regardless of case, and before
     * numbers.
     *
     * @throws IllegalArgumentException in one line, if a part is no class
     */
    int[] parse(String list) {
        var labels = new ArrayList<Integer>();
        for (var part : list.split(",", -1)) {
            add(part.strip(), labels);
        }
        return labels.stream().mapToInt(Integer::intValue).toArray();
    }

    private void add(String part, List<Integer> labels) {
        int named = named(part);
        if (named >= 0) {
            labels.add(named);
        } else if (part.equalsIgnoreCase("all")) {
            IntStream.range(0, classes).forEach(labels::add);
        } else if (part.matches("\\d{1,9}")) {
            labels.add(inRange(part, part));
        } else if (part.matches("\\d{1,9}\\s*-\\s*\\d{1,9}")) {
            var ends = part.split("\\s*-\\s*");
            int first = inRange(ends[0], part);
            int last = inRange(ends[1], part);
            if (first > last) {
                throw new IllegalArgumentException("label range '" + part + "' runs backwards");
            }
            IntStream.rangeClosed(first, last).forEach(labels::add);
        } else {
            throw new IllegalArgumentException("'" + part + "' is no class; " + known());
        }
    }

    private int named(String part) {
        return IntStream.range(0, names.size()).filter(i -> names.get(i).equalsIgnoreCase(part)).findFirst().orElse(-1);
    }

    private int inRange(String digits, String part) {
        int label = Integer.parseInt(digits);
        if (label >= classes) {
            throw new IllegalArgumentException("label " + label + (part.equals(digits) ? "" : " of '" + part + "'")
                    + " is out of range; " + known());
        }
        return label;
    }

    private String known() {
        var range = classes == 1 ? "the only label is 0" : "labels are 0 to " + (classes - 1) + ", as in 0-"
                + (classes - 1) + " or 0,1";
        boolean shown = !names.isEmpty() && names.size() <= NAMES_SHOWN;
        return shown ? range + ", or names: " + String.join(", ", names) : range;
    }
}
