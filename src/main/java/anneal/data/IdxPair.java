package anneal.data;

import anneal.io.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The two files of an IDX data set, found by the names that people give them. */
record IdxPair(Path images, Path labels) {

    /** As train-images-idx3-ubyte.gz, t10k-images.idx3-ubyte, emnist-letters-train-images-idx3-ubyte. */
    private static final Pattern IMAGES = Pattern.compile("(.*)images([-.])idx3([-.])ubyte(\\.gz)?");

    /** The pair of a folder, or of an images file; empty if nothing there is called like one. */
    static Optional<IdxPair> find(Path place) throws IOException {
        if (!Files.isDirectory(place)) {
            return isImages(place) ? Optional.of(new IdxPair(place, labelsOf(place))) : Optional.empty();
        }
        try (var files = Files.list(place)) {
            var best = files.filter(IdxPair::isImages)
                .min(Comparator.comparingInt(IdxPair::rank).thenComparing(Path::getFileName));
            return best.isPresent() ? Optional.of(new IdxPair(best.get(), labelsOf(best.get()))) : Optional.empty();
        }
    }

    static boolean isImages(Path file) {
        return IMAGES.matcher(file.getFileName().toString()).matches();
    }

    private static int rank(Path images) {
        var name = images.getFileName().toString();
        return name.startsWith("train") ? 0 : name.contains("train") ? 1 : name.contains("t10k") ? 2 : 3;
    }

    /** Of the same set, compressed or not, with either separator. */
    private static Path labelsOf(Path images) throws IOException {
        var match = IMAGES.matcher(images.getFileName().toString());
        match.matches();
        var candidates = candidates(match.group(1), match.group(2), match.group(3));
        for (var name : candidates) {
            if (Files.exists(images.resolveSibling(name))) {
                return images.resolveSibling(name);
            }
        }
        throw DataException.in(images, "has no labels beside it, expected %s[.gz]", candidates.getFirst());
    }

    private static List<String> candidates(String prefix, String first, String second) {
        var names = new ArrayList<String>();
        for (var separators : new String[][] {{first, second}, {"-", "-"}, {".", "-"}}) {
            var name = prefix + "labels" + separators[0] + "idx1" + separators[1] + "ubyte";
            names.add(name);
            names.add(name + ".gz");
        }
        return names;
    }
}
