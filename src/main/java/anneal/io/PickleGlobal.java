package anneal.io;

import java.util.Arrays;
import java.util.Optional;

/** The only names that a pickle may import: none of them runs anything here. */
enum PickleGlobal {
    ORDERED_DICT("collections", "OrderedDict", null),
    SIZE("torch", "Size", null),
    REBUILD_TENSOR("torch._utils", "_rebuild_tensor", null),
    REBUILD_TENSOR_V2("torch._utils", "_rebuild_tensor_v2", null),
    REBUILD_PARAMETER("torch._utils", "_rebuild_parameter", null),
    DOUBLE("torch", "DoubleStorage", FileType.F64),
    FLOAT("torch", "FloatStorage", FileType.F32),
    HALF("torch", "HalfStorage", FileType.F16),
    BFLOAT16("torch", "BFloat16Storage", FileType.BF16),
    LONG("torch", "LongStorage", FileType.I64),
    INT("torch", "IntStorage", FileType.I32),
    SHORT("torch", "ShortStorage", FileType.I16),
    CHAR("torch", "CharStorage", FileType.I8),
    BYTE("torch", "ByteStorage", FileType.U8),
    BOOL("torch", "BoolStorage", FileType.BOOL);

    private final String module;
    private final String name;
    private final FileType storage;

    PickleGlobal(String module, String name, FileType storage) {
        this.module = module;
        this.name = name;
        this.storage = storage;
    }

    static Optional<PickleGlobal> of(String module, String name) {
        return Arrays.stream(values()).filter(g -> g.module.equals(module) && g.name.equals(name)).findFirst();
    }

    /** The elements' type if this names a storage, else null. */
    FileType storage() {
        return storage;
    }
}
