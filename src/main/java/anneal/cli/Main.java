package anneal.cli;

import anneal.diffusion.LossType;
import anneal.diffusion.MeanType;
import anneal.diffusion.VarianceType;
import anneal.model.Pooling;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root command, {@code anneal}. It does nothing by itself: the work is in its subcommands. */
@Command(
        name = "anneal",
        header = "Train, sample and study diffusion models, in Java.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footer = "%nanneal COMMAND --help tells about one command.",
        versionProvider = VersionProvider.class,
        subcommands = {
            DemoCommand.class,
            TrainCommand.class,
            TrainClassifierCommand.class,
            SampleCommand.class,
            RestoreCommand.class,
            EvaluateCommand.class,
            ExportCommand.class,
            StudyCommand.class,
            InspectCommand.class,
            DevicesCommand.class,
            BenchCommand.class,
            ParityCommand.class,
        })
public final class Main implements Runnable {

    /** The launcher says here by which name it was called. */
    private static final String PROGRAM = "anneal.program";

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, scope = ScopeType.INHERIT,
            description = "Show this help and exit.")
    private boolean help;

    @Option(names = "--version", versionHelp = true,
            description = "Show the version, the commit and the Java in use, and exit.")
    private boolean version;

    @Option(names = Failures.STACKTRACE, scope = ScopeType.INHERIT,
            description = "On failure, print the stack trace too.")
    private boolean stacktrace;

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT); // figures look the same everywhere, and scripts read them
        StandardError.restore();
        System.exit(run(args));
    }

    /**
     * Runs one command in this process.
     *
     * @param args the words after {@code anneal}
     * @return 0 on success, 1 when the command failed, 2 when it was called wrongly
     */
    public static int run(String... args) {
        var failures = new Failures(args);
        try {
            return commandLine(failures).execute(args);
        } catch (Error e) {
            // picocli's handlers see exceptions only; running out of memory is an Error and deserves its one line too.
            return failures.report(e);
        } finally {
            System.out.flush();
            System.err.flush();
        }
    }

    /** How this program was called, for commands that people can copy. */
    static String program() {
        return System.getProperty(PROGRAM, "anneal");
    }

    static CommandLine commandLine(Failures failures) {
        var main = new CommandLine(new Main());
        main.getSubcommands().values().forEach(Main::arrangeHelp);
        register(main, MeanType.class);
        register(main, VarianceType.class);
        register(main, LossType.class);
        register(main, Pooling.class);
        return main
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setUsageHelpLongOptionsMaxWidth(28)
                .setAbbreviatedOptionsAllowed(false)
                .setExecutionStrategy(Main::execute)
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures);
    }

    private static int execute(ParseResult parsed) {
        for (var command = parsed; command != null; command = command.subcommand()) {
            refuseRepeated(command);
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    /** picocli takes the second occurrence of a grouped option for a second group, and forgets the first one. */
    private static void refuseRepeated(ParseResult command) {
        for (var group : command.commandSpec().argGroups()) {
            var occurrences = command.findMatches(group).stream().flatMap(c -> c.matches().stream()).toList();
            if (occurrences.size() > 1) {
                var second = occurrences.get(1);
                var again = group.options().stream().filter(o -> !second.matchedValues(o).isEmpty()).findFirst();
                throw new CommandLine.ParameterException(command.commandSpec().commandLine(), "option '"
                        + again.orElseThrow().longestName() + "' should be specified only once");
            }
        }
    }

    private static void arrangeHelp(CommandLine command) {
        command.getCommandSpec().usageMessage()
                .synopsisHeading("%nUsage: ")
                .parameterListHeading("%nArguments:%n")
                .optionListHeading("%nOptions:%n")
                .sortOptions(false);
        command.getSubcommands().values().forEach(Main::arrangeHelp);
    }

    private static <E extends Enum<E>> void register(CommandLine main, Class<E> type) {
        main.registerConverter(type, new Choice<>(type));
    }

    /** {@code anneal} alone: a call without a command is a usage error, answered with the list of commands. */
    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "which command?");
    }
}
