package anneal.diffusion.cold;

import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A degradation of someone's own, by the name of its class: a public one that implements {@link Degradation} and has a
 * public constructor that takes the {@link Device} (tables made there live in the current scope) or nothing.
 *
 * @param name of the class
 */
public record UserDegradation(String name, Degradation degradation) implements Degradation {
    /** @throws IllegalArgumentException if it has no steps */
    public UserDegradation {
        if (degradation.steps() < 1) {
            throw new IllegalArgumentException("%s has %d steps; at least 1 is needed"
                    .formatted(name, degradation.steps()));
        }
    }

    /**
     * Finds the class and makes one.
     *
     * @param path folders of classes, or jars, to look in after the class path
     * @throws IllegalArgumentException in one line, if there is no such class or it is not as said above
     */
    public static UserDegradation load(String className, List<Path> path, Device device) {
        var type = find(className, path);
        if (!Degradation.class.isAssignableFrom(type)) {
            throw new IllegalArgumentException(className + " is no degradation: it does not implement "
                    + Degradation.class.getName());
        }
        try {
            return new UserDegradation(className, (Degradation) make(type, device));
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(className + " could not be made: " + line(e.getCause()), e);
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new IllegalArgumentException(className + " must be a public class that is not abstract, with a "
                    + "public constructor that takes a Device or nothing", e);
        }
    }

    private static Object make(Class<?> type, Device device) throws ReflectiveOperationException {
        Constructor<?> constructor;
        try {
            constructor = type.getConstructor(Device.class);
        } catch (NoSuchMethodException none) {
            return type.getConstructor().newInstance();
        }
        return constructor.newInstance(device);
    }

    private static Class<?> find(String className, List<Path> path) {
        var urls = path.stream().map(UserDegradation::url).toArray(URL[]::new);
        // Not closed: classes that this one mentions are looked for when they are needed.
        var loader = urls.length == 0 ? UserDegradation.class.getClassLoader()
                : new URLClassLoader(urls, UserDegradation.class.getClassLoader());
        try {
            return Class.forName(className, true, loader);
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException("there is no class " + className + " on the class path"
                    + (path.isEmpty() ? "" : " or in " + path), e);
        } catch (LinkageError e) {
            throw new IllegalArgumentException("class " + className + " cannot be loaded: " + line(e), e);
        }
    }

    private static URL url(Path place) {
        if (!Files.exists(place)) {
            throw new IllegalArgumentException("there is no folder or jar " + place + " to look for classes in");
        }
        try {
            return place.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(place + " is no place for classes", e);
        }
    }

    private static String line(Throwable e) {
        return e.getClass().getSimpleName() + ": "
                + Objects.requireNonNullElse(e.getMessage(), "no message").lines().findFirst().orElse("");
    }

    @Override
    public int steps() {
        return degradation.steps();
    }

    @Override
    public Tensor degrade(Tensor x, Tensor level) {
        LevelTable.require(name, x, level, 0, 0);
        var y = degradation.degrade(x, level);
        if (!y.shape().equals(x.shape())) {
            throw new IllegalArgumentException("%s made %s of images %s; their shape must stay"
                    .formatted(name, y.shape(), x.shape()));
        }
        return y;
    }
}
