package anneal.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** One call of the command line, as a user sees it. */
record Call(int exit, String out, String err) {

    static Call of(Object... words) {
        var args = List.of(words).stream().map(Object::toString).toArray(String[]::new);
        var out = new StringWriter();
        var err = new StringWriter();
        int exit = Main.commandLine(new Failures(args)).setOut(new PrintWriter(out)).setErr(new PrintWriter(err))
                .execute(args);
        return new Call(exit, out.toString(), err.toString());
    }
}
