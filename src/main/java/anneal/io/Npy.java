package anneal.io;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * NumPy's .npy format: a magic, a version, a Python dictionary of type, order and shape, then the elements.
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">numpy.lib.format</a>
 */
final class Npy {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int ALIGNMENT = 64;
    private static final int LONGEST = 1 << 16;
    private static final Pattern DESCR = Pattern.compile("['\"]descr['\"]\\s*:\\s*['\"]([^'\"]*)['\"]");
    private static final Pattern ORDER = Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([0-9L,\\s]*)\\)");

    /** What the elements after the header are. */
    record Header(FileType type, long[] shape) {
        long byteSize() {
            return Math.multiplyExact(TensorData.elementsOf(shape), type.bytes());
        }
    }

    private Npy() {
    }

    /** Writes a version 1.0 header, which every reader knows. */
    static void writeHeader(OutputStream out, Header header) throws IOException {
        var shape = Arrays.stream(header.shape).mapToObj(String::valueOf).collect(Collectors.joining(", "));
        shape += header.shape.length == 1 ? "," : "";
        var text = "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }".formatted(descr(header.type), shape);
        int fixed = MAGIC.length + 4;
        int total = Math.ceilDiv(fixed + text.length() + 1, ALIGNMENT) * ALIGNMENT;
        var buffer = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
        buffer.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (total - fixed));
        buffer.put(text.getBytes(StandardCharsets.US_ASCII));
        Arrays.fill(buffer.array(), buffer.position(), total - 1, (byte) ' ');
        buffer.array()[total - 1] = '\n';
        out.write(buffer.array());
    }

    /** Reads a header of version 1, 2 or 3; {@code name} begins every complaint. */
    static Header readHeader(String name, InputStream in) throws IOException {
        try {
            var data = new DataInputStream(in);
            if (!Arrays.equals(data.readNBytes(MAGIC.length), MAGIC)) {
                throw new DataException(name + ": is not a .npy array (its magic is missing)");
            }
            int version = data.readUnsignedByte();
            data.readUnsignedByte();
            if (version < 1 || version > 3) {
                throw new DataException(name + ": is a .npy array of version " + version + ", known are 1 to 3");
            }
            int length = version == 1 ? Short.toUnsignedInt(Short.reverseBytes(data.readShort()))
                : Integer.reverseBytes(data.readInt());
            if (length < 0 || length > LONGEST) {
                throw new DataException(name + ": has a header of " + Integer.toUnsignedString(length) + " bytes");
            }
            var text = new byte[length];
            data.readFully(text);
            return parse(name, new String(text, StandardCharsets.UTF_8).strip());
        } catch (EOFException e) {
            throw new DataException(name + ": is truncated: it ends within the .npy header", e);
        }
    }

    private static Header parse(String name, String text) throws DataException {
        var descr = find(name, text, DESCR, "a plain element type");
        var order = find(name, text, ORDER, "fortran_order");
        var shapeText = find(name, text, SHAPE, "a shape");
        var type = type(descr);
        if (type == null) {
            throw new DataException(name + ": has elements of type '" + descr + "', known are "
                + Arrays.stream(FileType.values()).filter(t -> t != FileType.BF16).map(Npy::descr)
                    .collect(Collectors.joining(" ")));
        }
        long[] shape;
        try {
            shape = Arrays.stream(shapeText.split(",")).map(String::strip).filter(s -> !s.isEmpty())
                .mapToLong(s -> Long.parseLong(s.replace("L", ""))).toArray();
            new Header(type, shape).byteSize();
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new DataException(name + ": has the impossible shape (" + shapeText + ")", e);
        }
        if (order.equals("True") && shape.length > 1) {
            throw new DataException(name + ": is in Fortran order; save it with numpy.ascontiguousarray");
        }
        return new Header(type, shape);
    }

    private static String find(String name, String text, Pattern pattern, String what) throws DataException {
        Matcher match = pattern.matcher(text);
        if (!match.find()) {
            throw new DataException(name + ": has a .npy header without " + what + ": "
                + text.substring(0, Math.min(80, text.length())).lines().findFirst().orElse(""));
        }
        return match.group(1);
    }

    /** NumPy has no bfloat16, so such an array cannot be written. */
    private static String descr(FileType type) {
        return switch (type) {
            case F64, F32, F16 -> "<f" + type.bytes();
            case I64, I32, I16 -> "<i" + type.bytes();
            case I8 -> "|i1";
            case U8 -> "|u1";
            case BOOL -> "|b1";
            case BF16 -> throw new IllegalArgumentException("NumPy has no bfloat16; cast to F32 first");
        };
    }

    private static FileType type(String descr) {
        for (var type : FileType.values()) {
            if (type != FileType.BF16 && (descr.equals(descr(type))
                || type.bytes() == 1 && descr.length() == 3 && descr.substring(1).equals(descr(type).substring(1)))) {
                return type;
            }
        }
        return null;
    }
}
