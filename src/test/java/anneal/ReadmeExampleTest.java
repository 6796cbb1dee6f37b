package anneal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.ByteImage;
import anneal.io.ImageFiles;
import anneal.sample.SmallModels;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example as a reader would use it: copied out, compiled, and run in a JVM of its own. */
class ReadmeExampleTest {
    private static final int PATIENCE_SECONDS = 60;
    /** Grey levels: what rounding in another order may do to a picture. */
    private static final int ROUNDING = 4;

    @TempDir
    private static Path folder;
    private static String readme;
    private static String program;
    private static Path model;

    /** What became of a process. */
    private record Outcome(int status, List<String> out, List<String> errors, Path picture) {
        /** What the JVM itself did not say: it warns of incubators and of native access in words of its own. */
        List<String> complaints() {
            return errors.stream().filter(l -> !l.isBlank() && !l.startsWith("WARNING:")).toList();
        }
    }

    @BeforeAll
    static void compileTheExample() throws IOException {
        readme = Files.readString(Path.of("README.md")).replace("\r\n", "\n");
        var code = find("```java\n(.*?)```");
        program = find("class (\\w+) \\{");
        var source = Files.writeString(folder.resolve(program + ".java"), code);
        var compiler = ToolProvider.getSystemJavaCompiler();
        var messages = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            var options = List.of("-proc:none", "-Xlint:all", "-Werror", "-d", folder.toString(), "-cp", classPath());
            var task = compiler.getTask(messages, files, null, options, null, files.getJavaFileObjects(source));
            assertTrue(task.call(), () -> "the README's example does not compile:\n" + messages);
        }
        model = SmallModels.unet(folder.resolve("small.safetensors"), 5);
    }

    private static String find(String pattern) {
        var match = Pattern.compile(pattern, Pattern.DOTALL).matcher(readme);
        assertTrue(match.find(), () -> "README.md has nothing like " + pattern);
        return match.group(1);
    }

    /** The library and what it depends on, without the tests. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(p -> !p.contains("junit") && !isTests(Path.of(p)))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static boolean isTests(Path entry) {
        return Files.exists(entry.resolve("anneal/ReadmeExampleTest.class"));
    }

    private static Outcome run(String name, List<String> flags) throws IOException, InterruptedException {
        var picture = folder.resolve(name + ".png");
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-XX:+UseSerialGC", "-Djava.awt.headless=true", "-cp",
                folder + File.pathSeparator + classPath(), program, model.toString(), picture.toString()));
        var out = folder.resolve(name + ".out");
        var errors = folder.resolve(name + ".err");
        var process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(errors.toFile()).start();
        try {
            assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "the example does not end");
        } finally {
            process.destroyForcibly();
        }
        return new Outcome(process.exitValue(), Files.readAllLines(out), Files.readAllLines(errors), picture);
    }

    @Test
    void runsWithItsFlagsAndWithoutThem() throws IOException, InterruptedException {
        var flags = List.of(find("\n    (--add-modules [^\n]*)\n").split(" "));
        var fast = run("fast", flags);
        assertEquals(0, fast.status, () -> String.join("\n", fast.errors));
        assertEquals(List.of("WARNING: Using incubator modules: jdk.incubator.vector"), fast.errors);

        var slow = run("slow", List.of());
        assertEquals(0, slow.status, () -> String.join("\n", slow.errors));
        assertEquals(1, slow.complaints().size(), () -> String.join("\n", slow.errors));
        assertTrue(slow.complaints().getFirst().startsWith("anneal: "), slow.complaints().getFirst());
        assertTrue(slow.complaints().getFirst().endsWith(String.join(" ", flags)), slow.complaints().getFirst());

        for (var outcome : List.of(fast, slow)) {
            assertEquals(20, outcome.out.size());
            assertEquals("batch from image 0: step 20 of 20", outcome.out.getLast());
        }
        compare(ImageFiles.read(fast.picture), ImageFiles.read(slow.picture));
    }

    private static void compare(ByteImage a, ByteImage b) {
        assertEquals(List.of(a.height(), a.width(), a.channels()), List.of(b.height(), b.width(), b.channels()));
        assertTrue(a.height() > 4 * SmallModels.SIZE, "four rows of two classes, got " + a.height() + " pixels");
        int worst = 0;
        for (int i = 0; i < a.pixels().length; i++) {
            worst = Math.max(worst, Math.abs((a.pixels()[i] & 0xff) - (b.pixels()[i] & 0xff)));
        }
        assertTrue(worst <= ROUNDING, "with and without vectors the pictures differ by " + worst + " levels");
        assertTrue(levels(a) > 20, "the picture has " + levels(a) + " levels of grey");
    }

    private static long levels(ByteImage image) {
        return IntStream.range(0, image.pixels().length).map(i -> image.pixels()[i]).distinct().count();
    }

    @Test
    void coordinatesAreThoseOfThisProject() throws IOException {
        var pom = Files.readString(Path.of("pom.xml"));
        for (var element : List.of("groupId", "artifactId", "version")) {
            var inReadme = find("```xml\n.*?(<" + element + ">[^<]*</" + element + ">).*?```");
            assertTrue(pom.substring(0, pom.indexOf("<name>")).contains(inReadme), inReadme);
        }
    }

    @Test
    void flagsAreThoseOfTheLauncher() throws IOException {
        assertTrue(Files.readString(Path.of("tools/anneal")).contains(find("\n    (--add-modules [^\n]*)\n")));
    }
}
