package anneal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.cli.Main;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** docs/api.md says which packages are for use by others; these tests keep it true. */
class PublicApiTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(anneal[\\w.]*)` \\| (.*) \\|$");
    private static final Pattern NAME = Pattern.compile("`([A-Z]\\w*)`");
    private static final List<String> OTHERS = List.of("java.", "com.fasterxml.jackson.databind.JsonNode");

    private static JavaClasses production;
    private static String forUse;
    private static String internal;

    @BeforeAll
    static void read() throws IOException, URISyntaxException {
        var root = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        production = new ClassFileImporter().importPath(root);
        var page = Files.readString(Path.of("docs/api.md")).replace("\r\n", "\n").split("\n## ");
        forUse = page[1];
        internal = page[2];
    }

    private static Set<String> packages(String section) {
        return ROW.matcher(section).results().map(r -> r.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyPackageIsForUseOrInternal() {
        var named = packages(forUse);
        named.addAll(packages(internal));
        var there = production.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(there, named);
    }

    @Test
    void whatThePageRecommendsIsThereAndPublic() {
        var missing = ROW.matcher(forUse).results().flatMap(row -> NAME.matcher(row.group(2)).results()
                .map(n -> row.group(1) + "." + n.group(1))).filter(n -> !isPublic(n)).toList();
        assertEquals(List.of(), missing);
    }

    private static boolean isPublic(String name) {
        return production.contain(name) && isPublic(production.get(name));
    }

    private static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(PublicApiTest::isPublic).orElse(true);
    }

    @Test
    void whatIsForUseMentionsNothingInternal() {
        var packages = packages(forUse);
        var leaks = production.stream().filter(c -> packages.contains(c.getPackageName()) && isPublic(c))
                .flatMap(c -> c.getMembers().stream()).filter(m -> m.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(m -> mentioned(m).anyMatch(t -> !isFree(t, packages))).map(JavaMember::getFullName).toList();
        assertEquals(List.of(), leaks);
    }

    private static Stream<JavaClass> mentioned(JavaMember member) {
        return member instanceof JavaCodeUnit method
                ? Stream.concat(Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream())
                : member.getAllInvolvedRawTypes().stream();
    }

    private static boolean isFree(JavaClass type, Set<String> packages) {
        var base = type.getBaseComponentType();
        return base.isPrimitive() || OTHERS.stream().anyMatch(base.getFullName()::startsWith)
                || packages.contains(base.getPackageName()) && isPublic(base);
    }
}
