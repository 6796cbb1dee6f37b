package anneal.parity;

import anneal.tensor.Tensor;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * The operations of kind {@code op} by name. Each takes its inputs in the fixture's layout and gives its result in it:
 * what changes the layout on the way is part of the differentiated function, so gradients need no further thought.
 */
final class OpTable {
    private static final Map<String, Operation> OPERATIONS = all();

    private OpTable() {
    }

    /** An operation as a function of its inputs. */
    @FunctionalInterface
    interface Operation {
        Tensor apply(Inputs in);
    }

    /** Named tensors and attributes of one operation. */
    record Inputs(SequencedMap<String, Tensor> tensors, JsonNode attrs) {
        /** The tensor of that name; null if the case has none. */
        Tensor optional(String name) {
            return tensors.get(name);
        }

        Tensor get(String name) {
            var t = tensors.get(name);
            if (t == null) {
                throw new IllegalArgumentException("the operation needs an input '" + name + "'");
            }
            return t;
        }

        Tensor x() {
            return get("x");
        }

        List<Tensor> inOrder() {
            return List.copyOf(tensors.values());
        }

        boolean flag(String name) {
            return attrs.path(name).asBoolean(false);
        }

        int number(String name, int otherwise) {
            return attrs.path(name).asInt(otherwise);
        }

        double real(String name, double otherwise) {
            return attrs.path(name).asDouble(otherwise);
        }

        String text(String name, String otherwise) {
            return attrs.path(name).asText(otherwise);
        }

        /** A list of whole numbers, or one number; null if the attribute is absent or null. */
        int[] numbers(String name) {
            var node = attrs.path(name);
            if (node.isMissingNode() || node.isNull()) {
                return null;
            }
            return node.isArray() ? StreamSupport.stream(node.spliterator(), false).mapToInt(JsonNode::asInt).toArray()
                    : new int[] {node.asInt()};
        }

        /** A whole number that may be written as a list of equal ones, as the original's strides may be. */
        int square(String name, int otherwise) {
            var values = numbers(name);
            if (values == null) {
                return otherwise;
            }
            if (IntStream.of(values).distinct().count() != 1) {
                throw new UnsupportedOperationException("'" + name + "' differs between the dimensions");
            }
            return values[0];
        }

        /** Refuses an attribute that is there and is not its default. */
        void requireDefault(String name, String value) {
            var node = attrs.path(name);
            if (!node.isMissingNode() && !node.isNull() && !node.asText().equals(value)) {
                throw new UnsupportedOperationException("'" + name + "' " + node.asText() + " is not supported");
            }
        }
    }

    /** The operation of that name, or null. */
    static Operation find(String name) {
        return OPERATIONS.get(name);
    }

    private static Map<String, Operation> all() {
        var table = new HashMap<String, Operation>();
        PointwiseOps.addTo(table);
        ShapeOps.addTo(table);
        ImageOps.addTo(table);
        MatrixOps.addTo(table);
        return Map.copyOf(table);
    }
}
