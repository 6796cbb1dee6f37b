package anneal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HelpTest {

    static Stream<String> commands() {
        return Main.commandLine(new Failures(new String[0])).getSubcommands().keySet().stream();
    }

    @Test
    void theRootListsEveryCommand() {
        var help = Call.of("--help");
        assertEquals(0, help.exit());
        commands().forEach(name -> assertTrue(help.out().contains("\n  " + name + " "), help.out()));
        assertEquals(0, Call.of("--version").exit());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandExplainsItself(String name) {
        var help = Call.of(name, "--help");
        assertEquals(0, help.exit());
        assertEquals("", help.err());
        var text = help.out();
        assertTrue(text.contains("\nUsage: anneal " + name), text);
        assertTrue(text.contains("\n  anneal " + name), "an example is missing:\n" + text);
        assertTrue(text.contains("--stacktrace"), text);
        assertFalse(text.contains("${"), "a variable was not filled in:\n" + text);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyOptionIsDescribed(String name) {
        var spec = Main.commandLine(new Failures(new String[0])).getSubcommands().get(name).getCommandSpec();
        spec.options().forEach(o -> assertTrue(o.description().length > 0, o.longestName() + " of " + name));
    }

    @Test
    void anOptionThatIsGivenTwiceIsRefusedInGroupsToo() {
        for (var option : new String[] {"--batch", "--out", "--heads", "--log-every", "--seed"}) {
            var call = Call.of("train", "--out", "x", "--steps", 1, option, 4, option, 5);
            assertEquals(2, call.exit(), option);
            assertTrue(call.err().contains("'" + option) && call.err().contains("specified only once"), call.err());
        }
    }

    @Test
    void devicesAreListedWithWhatIsMissing() {
        var text = Call.of("devices");
        assertEquals(0, text.exit());
        var lines = "(?s)cpu +float32.*\nreference +float64.*\ncuda +.*\nsim +(float32|is|was).*";
        assertTrue(text.out().matches(lines), text.out());
        var json = Call.of("devices", "--json").out();
        assertTrue(json.contains("\"available\" : true") && json.contains("\"available\" : false"), json);
    }
}
