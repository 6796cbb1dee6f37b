package anneal;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.cli.Main;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.ClassesShouldConjunction;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rooms of DESIGN section 2: imports point down the list only. A room with nothing in it yet breaks no rule. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {

    /** The list, from the top. Rooms that share a floor may use one another unless a rule below says otherwise. */
    private static final List<List<String>> FLOORS = List.of(
            List.of("cli"),
            List.of("parity"),
            List.of("study"),
            List.of("train"),
            List.of("sample"),
            List.of("diffusion", "model"),
            List.of("nn"),
            List.of("data", "metric", "io"),
            List.of("tensor"),
            List.of("kernel"));

    private JavaClasses production;

    @BeforeAll
    void readClasses() throws URISyntaxException {
        var root = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        production = new ClassFileImporter().importPath(root);
        assertTrue(production.contain(Main.class), "ArchUnit read no classes; does it know this Java's class files?");
    }

    static Stream<Integer> floorsWithSomethingAbove() {
        return IntStream.range(1, FLOORS.size()).boxed();
    }

    @ParameterizedTest(name = "floor {0} imports nothing from above")
    @MethodSource("floorsWithSomethingAbove")
    void importsPointDown(int floor) {
        var above = packages(FLOORS.subList(0, floor).stream().flatMap(List::stream).toList());
        check(noClasses().that().resideInAnyPackage(packages(FLOORS.get(floor)))
                .should().dependOnClassesThat().resideInAnyPackage(above)
                .because("imports point down the list of DESIGN section 2 only"));
    }

    @Test
    void everyClassLivesInARoomOfTheList() {
        check(classes().should().resideInAnyPackage(packages(FLOORS.stream().flatMap(List::stream).toList()))
                .because("a new room has to be given its floor here"));
    }

    @Test
    void diffusionKnowsNothingOfNetworks() {
        check(apart("diffusion", "model", "nn").because("a sampler is a plain function of a denoiser and a schedule"));
    }

    @Test
    void modelsKnowNothingOfDiffusion() {
        check(apart("model", "diffusion").because("a model is a plain function of tensors"));
    }

    @Test
    void dataMetricAndFilesHaveNoCycles() {
        check(slices().matching("anneal.(data|metric|io)..").should().beFreeOfCycles());
    }

    @Test
    void theKernelContractKnowsNoDevice() {
        check(noClasses().that().resideInAPackage("anneal.kernel")
                .should().dependOnClassesThat().resideInAnyPackage("anneal.kernel.*..")
                .because("devices implement the contract, not the other way round"));
    }

    @Test
    void devicesDoNotUseOneAnother() {
        check(apart("kernel.reference", "kernel.cpu", "kernel.cuda").because("the others are checked against it"));
        check(apart("kernel.cpu", "kernel.reference", "kernel.cuda").because("a device stands alone"));
        check(apart("kernel.cuda", "kernel.reference", "kernel.cpu").because("a device never falls back to another"));
    }

    @Test
    void theVectorApiStaysInOneRoom() {
        check(noClasses().that().resideOutsideOfPackage("anneal.kernel.cpu.panama..")
                .should().dependOnClassesThat().resideInAPackage("jdk.incubator.vector..")
                .because("it incubates, and a JVM started without it must still load everything else"));
    }

    private static ClassesShouldConjunction apart(String room, String... others) {
        return noClasses().that().resideInAnyPackage(packages(List.of(room)))
                .should().dependOnClassesThat().resideInAnyPackage(packages(List.of(others)));
    }

    private static String[] packages(List<String> rooms) {
        var patterns = new ArrayList<String>();
        for (var room : rooms) {
            patterns.add("anneal." + room + "..");
        }
        return patterns.toArray(String[]::new);
    }

    private void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(production);
    }
}
