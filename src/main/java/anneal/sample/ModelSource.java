package anneal.sample;

import anneal.io.DataException;
import anneal.model.ModelFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Weights that were found, not yet read.
 *
 * @param name     for people, and in complaints: the file, or the name of a model in the jar
 * @param file     of weights; null if they are in the jar
 * @param resource in the jar; null if they are in a file
 */
public record ModelSource(String name, Path file, URL resource) {
    static ModelSource inFile(Path file) {
        return new ModelSource(file.toString(), file, null);
    }

    static ModelSource inJar(String name, URL resource) {
        return new ModelSource(name, null, resource);
    }

    /**
     * Opens the weights.
     *
     * @throws DataException in one line, if they are damaged or not a model's
     */
    public ModelFile open() throws IOException {
        if (file != null) {
            return ModelFile.open(file);
        }
        try (var in = stream()) {
            return ModelFile.open(Path.of(name), in);
        }
    }

    /** SHA-256 of all the bytes, in hexadecimal: the same weights have the same. */
    public String digest() throws IOException {
        try (var in = new DigestInputStream(stream(), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private InputStream stream() throws IOException {
        return file != null ? Files.newInputStream(file) : resource.openStream();
    }

    @Override
    public String toString() {
        return name;
    }
}
