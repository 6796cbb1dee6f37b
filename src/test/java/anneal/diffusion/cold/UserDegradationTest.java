package anneal.diffusion.cold;

import static anneal.diffusion.cold.Lab.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.tensor.Device;
import anneal.tensor.Devices;
import anneal.tensor.Tensor;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The class of docs/how-to/add-a-degradation.md as a reader would use it, and what is said of those that do not do. */
class UserDegradationTest {
    @TempDir
    private static Path folder;

    @BeforeAll
    static void compileThePage() throws IOException {
        var page = Files.readString(Path.of("docs/how-to/add-a-degradation.md")).replace("\r\n", "\n");
        var match = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(page);
        assertTrue(match.find(), "the page has no class");
        assertTrue(match.group(1).lines().count() <= 20, "the page promises a class of 20 lines");
        var source = Files.writeString(folder.resolve("Flatten.java"), match.group(1));
        var messages = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            var options = List.of("-proc:none", "-Xlint:all", "-Werror", "-d", folder.toString(), "-cp",
                    System.getProperty("java.class.path"));
            var task = compiler.getTask(messages, files, null, options, null, files.getJavaFileObjects(source));
            assertTrue(task.call(), () -> "the page's class does not compile:\n" + messages);
        }
    }

    @Test
    void thePagesClassDegradesAndRestores() {
        for (var name : List.of("reference", "cpu")) {
            try (var device = Devices.open(name)) {
                var d = UserDegradation.load("mine.Flatten", List.of(folder), device);
                assertEquals(20, d.steps());
                var x = Lab.images(device, 1, 2, 8, 8, 3);
                assertArrayEquals(x.toDoubles(), d.degrade(x, Levels.same(device, d, 0, 2)).toDoubles());
                var flat = d.degrade(x, Levels.same(device, d, 20, 2));
                Lab.close(x.mean(true, 1, 2).add(device.zeros(x.shape())), flat, 1e-6, "flat");
                var half = d.degrade(x, Levels.same(device, d, 10, 2));
                Lab.close(x, new ColdLoop(d, (xs, time) -> x, ColdSampler.improved()).run(half, 10), 1e-5, "restored");
            }
        }
    }

    /** Has no constructor as wanted. */
    public record Closed(String why) implements Degradation {
        @Override
        public int steps() {
            return 1;
        }

        @Override
        public Tensor degrade(Tensor x, Tensor level) {
            return x;
        }
    }

    /** Fails as soon as it is made. */
    public static final class Broken implements Degradation {
        public Broken(Device device) {
            throw new IllegalStateException("no masks for " + device.name());
        }

        @Override
        public int steps() {
            return 1;
        }

        @Override
        public Tensor degrade(Tensor x, Tensor level) {
            return x;
        }
    }

    /** Loses channels. */
    public static final class Greying implements Degradation {
        @Override
        public int steps() {
            return 3;
        }

        @Override
        public Tensor degrade(Tensor x, Tensor level) {
            return x.slice(3, 0, 1);
        }
    }

    @Test
    void whatCannotBeLoadedIsToldInOneLine() {
        try (var device = Devices.open("cpu")) {
            assertRefused("there is no class mine.Missing on the class path or in [" + folder + "]",
                    () -> UserDegradation.load("mine.Missing", List.of(folder), device));
            assertRefused("there is no class mine.Flatten on the class path",
                    () -> UserDegradation.load("mine.Flatten", List.of(), device));
            assertRefused("there is no folder or jar nowhere",
                    () -> UserDegradation.load("mine.Flatten", List.of(Path.of("nowhere")), device));
            assertRefused("java.lang.String is no degradation: it does not implement anneal.diffusion.cold.Degradation",
                    () -> UserDegradation.load("java.lang.String", List.of(), device));
            assertRefused("must be a public class that is not abstract",
                    () -> UserDegradation.load(Closed.class.getName(), List.of(), device));
            assertRefused("could not be made: IllegalStateException: no masks for cpu",
                    () -> UserDegradation.load(Broken.class.getName(), List.of(), device));
            assertRefused("must be a public class",
                    () -> UserDegradation.load(Degradation.class.getName(), List.of(), device));
            var greying = UserDegradation.load(Greying.class.getName(), List.of(), device);
            var x = Lab.images(device, 1, 2, 8, 8, 3);
            assertRefused("made [2, 8, 8, 1] of images [2, 8, 8, 3]; their shape must stay",
                    () -> greying.degrade(x, Levels.same(device, greying, 1, 2)));
        }
    }
}
