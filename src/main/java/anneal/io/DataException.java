package anneal.io;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file is not what it should be. The message is one line: which file, what was found, what would be right. */
public class DataException extends IOException {

    private static final long serialVersionUID = 1L;

    public DataException(String message) {
        super(message);
    }

    public DataException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A violation in {@code file}; the line starts with the file's name. */
    public static DataException in(Path file, String message, Object... args) {
        return new DataException(file + ": " + (args.length == 0 ? message : message.formatted(args)));
    }

    /**
     * The one-line form of what the operating system said about {@code file}; java.nio's own message for a missing
     * file is just its name. An exception that is already one line is returned as it is.
     */
    public static DataException from(Path file, IOException cause) {
        return switch (cause) {
            case DataException already -> already;
            case NoSuchFileException _, FileNotFoundException _ -> new DataException(file + ": no such file", cause);
            case AccessDeniedException _ -> new DataException(file + ": permission denied", cause);
            case FileSystemException e when e.getReason() != null ->
                new DataException(file + ": " + e.getReason(), cause);
            default -> new DataException(file + ": " + firstLine(cause), cause);
        };
    }

    static String firstLine(Exception cause) {
        var message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message.lines().findFirst().orElse("");
    }
}
