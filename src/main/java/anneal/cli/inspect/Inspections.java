package anneal.cli.inspect;

import anneal.data.IdxSummary;
import anneal.io.DataException;
import anneal.io.TorchCheckpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Recognises a file by its first bytes, never by its name. */
public final class Inspections {

    private static final int PREFIX = 16;
    private static final long PNG = 0x89504e470d0a1a0aL;
    private static final int ZIP = 0x504b0304;
    private static final int EMPTY_ZIP = 0x504b0506;
    /** The second protocol of pickles, and in it a number of ten bytes: a checkpoint's magic number. */
    private static final int LEGACY_CHECKPOINT = 0x80028a0a;
    private static final int NPY = 0x934e554d;
    private static final String KNOWN = "inspect knows run directories, weights (.safetensors, .pt), arrays (.npz,"
            + " .npy), PNG pictures and IDX data sets";

    private Inspections() {
    }

    /**
     * Looks into a file or a run directory.
     *
     * @throws DataException in one line, if it is missing, of no known kind, or damaged
     */
    public static Inspection of(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw DataException.in(path, "no such file or folder");
        }
        if (Files.isDirectory(path)) {
            return RunInspection.of(path);
        }
        var start = prefix(path);
        if (start.getLong(0) == PNG) {
            return PictureInspection.of(path);
        }
        return switch (start.getInt(0)) {
            case ZIP, EMPTY_ZIP -> TorchCheckpoint.recognisesZip(path) ? CheckpointInspection.of(path)
                    : ArraysInspection.ofArchive(path);
            case LEGACY_CHECKPOINT -> CheckpointInspection.of(path);
            case NPY -> ArraysInspection.ofSingle(path);
            default -> other(path, start);
        };
    }

    private static Inspection other(Path path, ByteBuffer start) throws IOException {
        if (start.get(8) == '{' && start.order(ByteOrder.LITTLE_ENDIAN).getLong(0) > 0) {
            return WeightsInspection.of(path);
        }
        if (IdxSummary.recognises(path)) {
            return IdxInspection.of(path);
        }
        throw DataException.in(path, "is of no kind that can be inspected; " + KNOWN);
    }

    /** The first bytes, followed by zeros where the file is shorter. */
    private static ByteBuffer prefix(Path path) throws IOException {
        try (var in = Files.newInputStream(path)) {
            return ByteBuffer.allocate(PREFIX).put(in.readNBytes(PREFIX)).position(0);
        } catch (IOException e) {
            throw DataException.from(path, e);
        }
    }
}
