package anneal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** One call of the command line, as a user sees it. */
record Call(int exit, String out, String err) {

    /** What a call says that exits with 1 and complains in one line. */
    static String refusal(Object... words) {
        var call = of(words);
        assertEquals(1, call.exit, call.out);
        assertEquals(1, call.err.lines().count(), call.err);
        return call.err;
    }

    static Call of(Object... words) {
        var args = List.of(words).stream().map(Object::toString).toArray(String[]::new);
        var out = new StringWriter();
        var err = new StringWriter();
        int exit = Main.commandLine(new Failures(args)).setOut(new PrintWriter(out)).setErr(new PrintWriter(err))
                .execute(args);
        return new Call(exit, out.toString(), err.toString());
    }
}
