package anneal.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an enum's constants as people write them: {@code learned-range} for {@code LEARNED_RANGE}. */
record Choice<E extends Enum<E>>(Class<E> type) implements ITypeConverter<E> {

    @Override
    public E convert(String text) {
        var wanted = written(text);
        return Arrays.stream(type.getEnumConstants()).filter(e -> written(e.name()).equals(wanted)).findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is not one of " + names()));
    }

    private String names() {
        return Arrays.stream(type.getEnumConstants()).map(e -> written(e.name())).collect(Collectors.joining(", "));
    }

    private static String written(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
