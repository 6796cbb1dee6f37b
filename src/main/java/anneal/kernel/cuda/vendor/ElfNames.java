package anneal.kernel.cuda.vendor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Which libraries a shared library of 64-bit Linux asks the loader for, and with which versions of their symbols; and
 * the same library asking for another. Names are offsets into one table of strings, and a symbol's version is compared
 * by a hash beside its name (System V ABI, "Dynamic Section"; Linux Standard Base, "Symbol Versioning"), so a name of
 * the same length can be put in the old one's place.
 */
final class ElfNames {
    private static final int PROGRAM_HEADERS = 32;
    private static final int PROGRAM_HEADER_BYTES = 54;
    private static final int LOAD = 1;
    private static final int DYNAMIC = 2;
    private static final int NEEDED = 1;
    private static final int STRING_TABLE = 5;
    private static final int VERSIONS_NEEDED = 0x6ffffffe;
    private static final int VERSIONS_NEEDED_COUNT = 0x6fffffff;
    private static final int HIGH_NIBBLE = 0xf0000000;

    private final ByteBuffer bytes;
    private final List<long[]> loads = new ArrayList<>();
    private final List<Long> needed = new ArrayList<>();
    private long strings;
    private long versions;
    private long versionCount;

    /** @throws IllegalArgumentException if these are not the bytes of such a library */
    private ElfNames(byte[] library) {
        bytes = ByteBuffer.wrap(library).order(ByteOrder.LITTLE_ENDIAN);
        if (library.length < 64 || bytes.getInt(0) != 0x464c457f || bytes.get(4) != 2 || bytes.get(5) != 1) {
            throw new IllegalArgumentException("not a 64-bit little-endian ELF file");
        }
        int headers = Math.toIntExact(bytes.getLong(PROGRAM_HEADERS));
        int size = bytes.getShort(PROGRAM_HEADER_BYTES);
        int count = bytes.getShort(PROGRAM_HEADER_BYTES + 2);
        long dynamic = -1;
        for (int i = 0; i < count; i++) {
            int at = headers + i * size;
            long offset = bytes.getLong(at + 8);
            if (bytes.getInt(at) == LOAD) {
                loads.add(new long[] {bytes.getLong(at + 16), bytes.getLong(at + 32), offset});
            } else if (bytes.getInt(at) == DYNAMIC) {
                dynamic = offset;
            }
        }
        if (dynamic < 0) {
            throw new IllegalArgumentException("not a dynamic library");
        }
        for (int at = Math.toIntExact(dynamic); bytes.getLong(at) != 0; at += 16) {
            long value = bytes.getLong(at + 8);
            switch ((int) bytes.getLong(at)) {
                case NEEDED -> needed.add(value);
                case STRING_TABLE -> strings = fileOffset(value);
                case VERSIONS_NEEDED -> versions = fileOffset(value);
                case VERSIONS_NEEDED_COUNT -> versionCount = value;
                default -> { }
            }
        }
    }

    private long fileOffset(long address) {
        for (var load : loads) {
            if (address >= load[0] && address < load[0] + load[1]) {
                return address - load[0] + load[2];
            }
        }
        throw new IllegalArgumentException("an address outside the file");
    }

    private String string(long offset) {
        int from = Math.toIntExact(strings + offset);
        int end = from;
        while (bytes.get(end) != 0) {
            end++;
        }
        return new String(bytes.array(), from, end - from, StandardCharsets.US_ASCII);
    }

    /** The libraries that the loader has to find first. */
    static List<String> needed(byte[] library) {
        var elf = new ElfNames(library);
        return elf.needed.stream().map(elf::string).toList();
    }

    /** The symbol versions that are asked for, each as {@code file:version:hash}, the hash in hexadecimal. */
    static List<String> versions(byte[] library) {
        var elf = new ElfNames(library);
        var all = new ArrayList<String>();
        elf.eachVersion(at -> all.add(elf.string(elf.file) + ":" + elf.string(elf.bytes.getInt((int) at + 8)) + ":"
                + Integer.toHexString(elf.bytes.getInt((int) at))));
        return all;
    }

    /** Offset of the name of the library that the version is of, while {@link #eachVersion} runs. */
    private long file;

    /** Calls with the file offset of every Vernaux: hash, flags, other, name, next. */
    private void eachVersion(LongConsumer each) {
        long at = versions;
        for (long i = 0; i < versionCount; i++) {
            int count = bytes.getShort((int) at + 2);
            file = bytes.getInt((int) at + 4);
            long version = at + bytes.getInt((int) at + 8);
            for (int v = 0; v < count; v++) {
                each.accept(version);
                version += bytes.getInt((int) version + 12);
            }
            at += bytes.getInt((int) at + 12);
        }
    }

    /**
     * A copy that asks for {@code to} wherever the library asks for {@code from}, as a file and as a version.
     *
     * @throws IllegalArgumentException if it does not ask for {@code from}, or the names differ in length
     */
    static byte[] renamed(byte[] library, String from, String to) {
        if (from.length() != to.length()) {
            throw new IllegalArgumentException(from + " and " + to + " differ in length");
        }
        var elf = new ElfNames(library.clone());
        var places = new ArrayList<Long>();
        elf.needed.stream().filter(n -> elf.string(n).equals(from)).forEach(places::add);
        if (places.isEmpty()) {
            throw new IllegalArgumentException("it does not need " + from);
        }
        elf.eachVersion(at -> {
            if (elf.string(elf.file).equals(from)) {
                places.add(elf.file);
            }
            long name = elf.bytes.getInt((int) at + 8);
            if (elf.string(name).equals(from)) {
                places.add(name);
                elf.bytes.putInt((int) at, hash(to));
            }
        });
        var name = to.getBytes(StandardCharsets.US_ASCII);
        places.forEach(p -> elf.bytes.put(Math.toIntExact(elf.strings + p), name));
        return elf.bytes.array();
    }

    /** System V ABI, "Hash Table". */
    static int hash(String name) {
        int h = 0;
        for (byte c : name.getBytes(StandardCharsets.US_ASCII)) {
            h = (h << 4) + c;
            int high = h & HIGH_NIBBLE;
            h = (h ^ high >>> 24) & ~high;
        }
        return h;
    }
}
