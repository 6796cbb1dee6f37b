package anneal.gpucheck;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Command lines of this very Java with this very class path. */
final class Java {
    private Java() {
    }

    static List<String> command(Class<?> main, Map<String, String> properties, List<String> arguments) {
        return command(main.getName(), properties, arguments);
    }

    static List<String> command(String main, Map<String, String> properties, List<String> arguments) {
        var words = new ArrayList<String>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of("--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
                "-Xlog:disable", "-Xlog:all=error:stderr"));
        properties.forEach((name, value) -> words.add("-D" + name + "=" + value));
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        words.addAll(arguments);
        return words;
    }
}
