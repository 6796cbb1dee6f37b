package anneal.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * Reads Python's pickles as far as checkpoints need it: dicts, lists, tuples, numbers, strings, booleans, None, and
 * what torch.save makes of tensors. Every other opcode or global is refused by its name, and nothing of a pickle is
 * ever run.
 *
 * <p>The result is made of SequencedMap, List (tuples too), Long, BigInteger, Double, String, Boolean, null, and
 * {@link TorchTensor}.
 *
 * @see <a href="https://github.com/python/cpython/blob/main/Lib/pickletools.py">the opcodes</a>
 */
final class Unpickler {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble BIG_DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final Object MARK = new Object();
    private static final int NEWEST_PROTOCOL = 5;

    private final MemorySegment data;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();
    private long at;

    /** A storage that a pickle names but does not hold. */
    private record Storage(FileType type, String name, long length) {
    }

    /** @param at where the pickle begins */
    Unpickler(MemorySegment data, long at) {
        this.data = data;
        this.at = at;
    }

    /** Where the pickle ended, after {@link #read}. */
    long position() {
        return at;
    }

    /** @throws DataException in one line without a file's name, if there is anything wrong or not allowed */
    Object read() throws DataException {
        try {
            int opcode = unsigned();
            while (opcode != '.') {
                execute(opcode);
                opcode = unsigned();
            }
            var result = pop();
            return stack.isEmpty() ? result : refuse("ends with %d values too many", stack.size());
        } catch (IllegalArgumentException | ClassCastException | ArithmeticException | NullPointerException
                | IndexOutOfBoundsException | NoSuchElementException e) {
            throw new DataException("the pickle is damaged: " + DataException.firstLine(e), e);
        }
    }

    private void execute(int opcode) throws DataException {
        switch (opcode) {
            case 0x80 -> protocol();
            case 0x95 -> take(8);
            case '(' -> stack.add(MARK);
            case '}' -> stack.add(new LinkedHashMap<>());
            case 'd' -> stack.add(putAll(new LinkedHashMap<>(), popToMark()));
            case ']', ')' -> stack.add(new ArrayList<>());
            case 'l', 't' -> stack.add(popToMark());
            case 0x85 -> stack.add(popMany(1));
            case 0x86 -> stack.add(popMany(2));
            case 0x87 -> stack.add(popMany(3));
            case 'a' -> append(popMany(1));
            case 'e' -> append(popToMark());
            case 's' -> setItems(popMany(2));
            case 'u' -> setItems(popToMark());
            case 'N' -> stack.add(null);
            case 0x88 -> stack.add(true);
            case 0x89 -> stack.add(false);
            case 'K' -> stack.add((long) unsigned());
            case 'M' -> stack.add(data.get(SHORT, take(2)) & 0xffffL);
            case 'J' -> stack.add((long) data.get(INT, take(4)));
            case 0x8a -> stack.add(integer(unsigned()));
            case 0x8b -> stack.add(integer(length()));
            case 'I' -> stack.add(decimal(line()));
            case 'G' -> stack.add(data.get(BIG_DOUBLE, take(8)));
            case 'X' -> stack.add(text(length()));
            case 0x8c -> stack.add(text(unsigned()));
            case 0x8d -> stack.add(text(data.get(LONG, take(8))));
            case 'T' -> stack.add(text(length()));
            case 'U' -> stack.add(text(unsigned()));
            case 'q' -> memo.put(unsigned(), peek());
            case 'r' -> memo.put(data.get(INT, take(4)), peek());
            case 0x94 -> memo.put(memo.size(), peek());
            case 'h' -> stack.add(remembered(unsigned()));
            case 'j' -> stack.add(remembered(data.get(INT, take(4))));
            case 'c' -> stack.add(global(line(), line()));
            case 0x93 -> {
                var names = popMany(2);
                stack.add(global((String) names.get(0), (String) names.get(1)));
            }
            case 'Q' -> stack.add(storage((List<?>) pop()));
            case 'R' -> {
                var call = popMany(2);
                stack.add(reduce(call.get(0), (List<?>) call.get(1)));
            }
            case 'b' -> build(pop());
            default -> refuse("opcode 0x%02x, which checkpoints of tensors do not need, is refused", opcode);
        }
    }

    private void protocol() throws DataException {
        int protocol = unsigned();
        if (protocol > NEWEST_PROTOCOL) {
            refuse("protocol %d; up to %d are known", protocol, NEWEST_PROTOCOL);
        }
    }

    // ---- bytes ----

    /** Steps over {@code n} bytes and returns where they begin. */
    private long take(long n) throws DataException {
        if (n < 0 || n > data.byteSize() - at) {
            refuse("is cut short: %d bytes are asked for, %d are left", n, data.byteSize() - at);
        }
        at += n;
        return at - n;
    }

    private int unsigned() throws DataException {
        return data.get(ValueLayout.JAVA_BYTE, take(1)) & 0xff;
    }

    private long length() throws DataException {
        return data.get(INT, take(4)) & 0xffffffffL;
    }

    private byte[] bytes(long n) throws DataException {
        return data.asSlice(take(n), n).toArray(ValueLayout.JAVA_BYTE);
    }

    private String text(long n) throws DataException {
        return new String(bytes(n), StandardCharsets.UTF_8);
    }

    private String line() throws DataException {
        long start = at;
        while (unsigned() != '\n') {
            // to the end of the line
        }
        return new String(data.asSlice(start, at - 1 - start).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    /** A little-endian two's complement number of {@code n} bytes. */
    private Object integer(long n) throws DataException {
        var little = bytes(n);
        if (little.length == 0) {
            return 0L;
        }
        for (int i = 0; i < little.length / 2; i++) {
            byte b = little[i];
            little[i] = little[little.length - 1 - i];
            little[little.length - 1 - i] = b;
        }
        var value = new BigInteger(little);
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    /** The oldest protocol's numbers, in which 00 and 01 are booleans. */
    private static Object decimal(String digits) {
        return switch (digits) {
            case "00" -> false;
            case "01" -> true;
            default -> Long.parseLong(digits.strip());
        };
    }

    // ---- stack ----

    private Object pop() throws DataException {
        var top = peek();
        stack.removeLast();
        return top;
    }

    private Object peek() throws DataException {
        if (stack.isEmpty() || stack.getLast() == MARK) {
            refuse("takes a value where there is none");
        }
        return stack.getLast();
    }

    private List<Object> popMany(int n) throws DataException {
        var values = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            values.add(pop());
        }
        Collections.reverse(values);
        return values;
    }

    private List<Object> popToMark() throws DataException {
        int mark = stack.lastIndexOf(MARK);
        if (mark < 0) {
            refuse("takes values to a mark where there is none");
        }
        var above = stack.subList(mark + 1, stack.size());
        var values = new ArrayList<>(above);
        above.clear();
        stack.removeLast();
        return values;
    }

    private Object remembered(int key) throws DataException {
        return memo.containsKey(key) ? memo.get(key) : refuse("uses a value that it never stored");
    }

    @SuppressWarnings("unchecked")
    private void append(List<Object> values) throws DataException {
        ((List<Object>) peek()).addAll(values);
    }

    @SuppressWarnings("unchecked")
    private void setItems(List<Object> pairs) throws DataException {
        putAll((Map<Object, Object>) peek(), pairs);
    }

    private static Map<Object, Object> putAll(Map<Object, Object> map, List<Object> pairs) throws DataException {
        if (pairs.size() % 2 != 0) {
            refuse("has a key without a value");
        }
        for (int i = 0; i < pairs.size(); i += 2) {
            var key = pairs.get(i);
            if (!(key instanceof String || key instanceof Long || key instanceof Boolean || key == null)) {
                refuse("has a key that is neither a string nor a number");
            }
            map.put(key, pairs.get(i + 1));
        }
        return map;
    }

    // ---- what torch.save writes ----

    private static Object global(String module, String name) throws DataException {
        var known = PickleGlobal.of(module, name);
        return known.isPresent() ? known.get() : refuse("'%s.%s' is refused: a checkpoint may hold tensors, dicts,"
                + " lists, numbers and strings only", module, name);
    }

    /** ('storage', type, name, place, elements), and in old files a view of another, which none has used for years. */
    private static Storage storage(List<?> id) throws DataException {
        if (id.size() < 5 || !"storage".equals(id.get(0)) || id.size() > 5 && id.get(5) != null) {
            refuse("names something from outside that is not a storage");
        }
        var type = ((PickleGlobal) id.get(1)).storage();
        if (type == null) {
            refuse("names a storage of an unknown type");
        }
        return new Storage(type, (String) id.get(2), (Long) id.get(4));
    }

    private static Object reduce(Object callable, List<?> arguments) throws DataException {
        if (!(callable instanceof PickleGlobal global)) {
            return refuse("calls something that is not a function");
        }
        return switch (global) {
            case ORDERED_DICT -> orderedDict(arguments);
            case SIZE -> arguments.getFirst();
            case REBUILD_TENSOR, REBUILD_TENSOR_V2 -> {
                var s = (Storage) arguments.get(0);
                yield new TorchTensor(s.type, s.name, s.length, (Long) arguments.get(1), longs(arguments.get(2)),
                        longs(arguments.get(3)));
            }
            case REBUILD_PARAMETER -> (TorchTensor) arguments.getFirst();
            default -> refuse("calls a storage");
        };
    }

    private static Object orderedDict(List<?> arguments) throws DataException {
        var pairs = new ArrayList<>();
        if (!arguments.isEmpty()) {
            for (var pair : (List<?>) arguments.getFirst()) {
                pairs.addAll((List<?>) pair);
            }
        }
        return putAll(new LinkedHashMap<>(), pairs);
    }

    private static long[] longs(Object numbers) {
        return ((List<?>) numbers).stream().mapToLong(n -> (Long) n).toArray();
    }

    /** Attributes of an OrderedDict, such as a state dict's versions, are passed over. */
    private void build(Object state) throws DataException {
        if (!(peek() instanceof Map) || !(state instanceof Map)) {
            refuse("sets attributes of something that is not a dict");
        }
    }

    private static Object refuse(String problem, Object... args) throws DataException {
        throw new DataException("the pickle " + problem.formatted(args));
    }
}
