package anneal.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code anneal study}: measured claims about models. */
@Command(
        name = "study",
        header = "Measure what a method does, and write it down as a page with a table and plots.",
        synopsisSubcommandLabel = "STUDY",
        commandListHeading = "%nStudies:%n",
        footerHeading = "%nExamples:%n",
        footer = "  anneal study guidance --out docs/benchmarks/guidance.md",
        subcommands = {GuidanceStudyCommand.class, RestorationStudyCommand.class,
            GenerationStudyCommand.class})
final class StudyCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which study? guidance, restoration or generation");
    }
}
