package anneal.cli;

import anneal.kernel.Backend.OutOfDeviceMemory;
import anneal.kernel.cuda.driver.DriverException;
import anneal.train.TrainingDiverged;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Arrays;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * How a failure is told: one line {@code anneal: MESSAGE} on standard error and exit code 1, or for a wrong call that
 * line, a second one with a hint, and exit code 2. The stack trace comes only with {@value #STACKTRACE}.
 */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {

    static final String STACKTRACE = "--stacktrace";

    private final boolean stacktrace;

    /** Looks for {@value #STACKTRACE} itself, because a call that cannot be parsed sets no fields. */
    Failures(String[] args) {
        this.stacktrace = Arrays.asList(args).contains(STACKTRACE);
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        var command = e.getCommandLine();
        var err = command.getErr();
        print(err, e, e.getMessage());
        if (command.getCommandSpec().parent() == null && e.getCause() == null && args.length == 0) {
            command.usage(err);
        } else {
            err.println("try '" + command.getCommandSpec().qualifiedName() + " --help'");
        }
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        return report(e, command.getErr());
    }

    /** Tells of a failure that did not come through picocli; the exit code is 1. */
    int report(Throwable e) {
        return report(e, new PrintWriter(System.err, true));
    }

    private int report(Throwable e, PrintWriter err) {
        print(err, e, message(e));
        err.flush();
        return CommandLine.ExitCode.SOFTWARE;
    }

    private void print(PrintWriter err, Throwable e, String message) {
        System.out.flush();
        err.println("anneal: " + message.strip().replaceAll("\\s*\\R\\s*", " "));
        if (stacktrace) {
            e.printStackTrace(err);
        }
    }

    /** The one line for an exception. The JDK's file exceptions carry only the path: what happened to it is added. */
    static String message(Throwable e) {
        return switch (e) {
            case NoSuchFileException f -> "no such file or folder: " + f.getFile();
            case AccessDeniedException f -> "permission denied: " + f.getFile();
            case FileAlreadyExistsException f -> "already exists: " + f.getFile();
            case NotDirectoryException f -> "not a folder: " + f.getFile();
            case DirectoryNotEmptyException f -> "folder is not empty: " + f.getFile();
            case FileSystemException f -> Objects.requireNonNullElse(f.getReason(), "cannot use") + ": " + f.getFile();
            case UncheckedIOException u -> message(u.getCause());
            case FileNotFoundException f -> orName(f);
            case TrainingDiverged d -> d.getMessage();
            case DriverException d -> d.getMessage();
            case OutOfDeviceMemory o -> "out of memory: " + o.getMessage();
            case OutOfMemoryError o -> "out of memory: " + orName(o);
            case IOException i -> orName(i);
            case IllegalArgumentException i when i.getMessage() != null -> i.getMessage();
            case IllegalStateException i when i.getMessage() != null -> i.getMessage();
            case UnsupportedOperationException u when u.getMessage() != null -> u.getMessage();
            default -> "internal error: " + e.getClass().getSimpleName()
                    + (e.getMessage() == null ? "" : ": " + e.getMessage()) + " (" + STACKTRACE + " shows where)";
        };
    }

    private static String orName(Throwable e) {
        return e.getMessage() == null || e.getMessage().isBlank() ? e.getClass().getSimpleName() : e.getMessage();
    }
}
