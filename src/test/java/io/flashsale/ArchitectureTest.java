package io.flashsale;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Which package may depend on which, and what no code may do. */
class ArchitectureTest {
    private static final String BASE = "io.flashsale";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(BASE);

    private static final int MAX_CLASSES = 22;

    /** Every package may depend on it. */
    private static final String ASYNC = "async";

    /** The top-level packages, and those on which each may depend beside {@link #ASYNC}. */
    private static final Map<String, List<String>> MAY_DEPEND_ON = new TreeMap<>(Map.ofEntries(
            Map.entry(ASYNC, List.of()),
            Map.entry("net", List.of()),
            Map.entry("domain", List.of()),
            Map.entry("openapi", List.of("domain")),
            Map.entry("apidocs", List.of("openapi")),
            Map.entry("redis", List.of("domain")),
            Map.entry("persistence", List.of("domain")),
            Map.entry("mail", List.of("domain")),
            Map.entry("ratelimit", List.of("net", "redis", "domain")),
            Map.entry("auth", List.of("ratelimit", "mail", "redis", "persistence", "domain")),
            Map.entry("catalog", List.of("redis", "persistence", "domain")),
            Map.entry("orders", List.of("redis", "persistence", "domain")),
            Map.entry("purchase", List.of("orders", "redis", "persistence", "domain")),
            Map.entry("reconcile", List.of("redis", "persistence", "domain", "purchase", "orders")),
            Map.entry("live", List.of("redis", "domain")),
            Map.entry(
                    "http",
                    List.of(
                            "openapi",
                            "apidocs",
                            "live",
                            "auth",
                            "ratelimit",
                            "mail",
                            "catalog",
                            "purchase",
                            "orders",
                            "reconcile",
                            "persistence",
                            "redis",
                            "net",
                            "domain")),
            Map.entry("embedded", List.of()),
            Map.entry(
                    "server",
                    List.of(
                            "config",
                            "http",
                            "openapi",
                            "live",
                            "auth",
                            "ratelimit",
                            "mail",
                            "catalog",
                            "purchase",
                            "orders",
                            "reconcile",
                            "persistence",
                            "redis",
                            "net",
                            "domain")),
            Map.entry("cli", List.of("server", "config", "embedded", "auth", "persistence", "reconcile")),
            Map.entry(
                    "config",
                    List.of(
                            "live",
                            "auth",
                            "ratelimit",
                            "mail",
                            "http",
                            "catalog",
                            "purchase",
                            "orders",
                            "persistence",
                            "reconcile",
                            "redis",
                            "net",
                            "domain"))));

    @TestFactory
    Stream<DynamicTest> aPackageDependsOnlyOnThoseItMay() {
        return MAY_DEPEND_ON.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
                    String[] allowed = Stream.concat(Stream.of(entry.getKey(), ASYNC), entry.getValue().stream())
                            .map(name -> BASE + "." + name + "..")
                            .toArray(String[]::new);
                    DescribedPredicate<JavaClass> others = resideInAPackage(BASE + "..")
                            .and(DescribedPredicate.not(
                                    com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage(allowed)));
                    noClasses()
                            .that()
                            .resideInAPackage(BASE + "." + entry.getKey() + "..")
                            .should()
                            .dependOnClassesThat(others)
                            .check(CLASSES);
                }));
    }

    @Test
    void everyTopLevelPackageIsListedHere() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of("src/main/java/io/flashsale"))) {
            List<String> packages = folders.filter(Files::isDirectory)
                    .filter(folder -> Files.exists(folder.resolve("package-info.java")))
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
            assertEquals(List.copyOf(MAY_DEPEND_ON.keySet()), packages);
        }
    }

    @Test
    void everyPackageHasADescription() throws IOException {
        try (Stream<Path> folders = Files.walk(Path.of("src/main/java/io/flashsale"))) {
            assertEquals(
                    List.of(),
                    folders.filter(Files::isDirectory)
                            .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
                            .toList());
        }
    }

    @Test
    void thereAreNoCycles() {
        slices().matching(BASE + ".(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void theRootHoldsMainAlone() {
        assertEquals(
                List.of(BASE + ".Main"),
                CLASSES.stream()
                        .filter(type -> type.getPackageName().equals(BASE) && type.isTopLevelClass())
                        .filter(type -> !type.getSimpleName().equals("package-info"))
                        .map(JavaClass::getName)
                        .toList());
    }

    /** A package with more classes than one screen lists has more than one purpose. */
    @Test
    void noPackageIsCrowded() {
        Map<String, Long> sizes = CLASSES.stream()
                .filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, TreeMap::new, Collectors.counting()));
        sizes.values().removeIf(size -> size <= MAX_CLASSES);
        assertEquals(Map.of(), sizes);
    }

    @Test
    void theDomainDependsOnlyOnTheJdk() {
        classes()
                .that()
                .resideInAPackage(BASE + ".domain")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "javax.crypto..", BASE + ".domain")
                .check(CLASSES);
    }

    @Test
    void vertxWebIsForRequestHandlers() {
        only("io.vertx.ext.web..", "http", "auth", "live").check(CLASSES);
    }

    @Test
    void theRedisClientIsForItsPackageAndTheComposition() {
        only("io.vertx.redis..", "redis", "server").check(CLASSES);
    }

    @Test
    void theMongoClientIsForItsPackageAndTheComposition() {
        only("io.vertx.ext.mongo..", "persistence").check(CLASSES);
        only("com.mongodb..", "persistence", "server").check(CLASSES);
    }

    @Test
    void passwordsAreHashedInOneClass() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(BASE + ".auth.PasswordHasher")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.mindrot..")
                .check(CLASSES);
    }

    @Test
    void onlyTheCompositionNamesAVerticle() {
        // The configuration holds their settings, which are nested in them.
        noClasses()
                .that()
                .resideOutsideOfPackages(BASE + ".server", BASE + ".config")
                .and(DescribedPredicate.not(simpleNameEndingWith("Verticle")))
                .and(DescribedPredicate.not(nameMatching(".*Verticle\\$.*")))
                .should()
                .accessClassesThat(simpleNameEndingWith("Verticle"))
                .check(CLASSES);
    }

    @Test
    void noCodeBlocks() {
        blocking().check(CLASSES);
    }

    @Test
    void theClockIsInjected() {
        clocks().check(CLASSES);
    }

    @Test
    void theSaleBoundsWaitsByTimersOfItsOwnLoop() {
        timeouts(BASE + ".purchase", BASE + ".reconcile").check(CLASSES);
    }

    @Test
    void theRulesCanFail() {
        JavaClasses broken = new ClassFileImporter().importClasses(Careless.class);
        assertTrue(timeouts(BASE).evaluate(broken).hasViolation());
        assertTrue(blocking().evaluate(broken).hasViolation());
        assertTrue(clocks().evaluate(broken).hasViolation());
        assertTrue(only("java.time..", "http").evaluate(broken).hasViolation());
    }

    /** Breaks the rules. */
    static final class Careless {
        java.time.Instant wait(java.util.concurrent.Future<?> future) throws Exception {
            future.get();
            return java.time.Instant.now();
        }

        io.vertx.core.Future<Void> bound(io.vertx.core.Future<Void> answer) {
            return answer.timeout(1, java.util.concurrent.TimeUnit.SECONDS);
        }
    }

    /**
     * {@code Future.timeout} fires on the loop of the future's context, or on a foreign thread where it has none: what follows
     * would touch the single-threaded state of the sale from outside of its loop.
     */
    private static ArchRule timeouts(String... packages) {
        return noClasses()
                .that()
                .resideInAnyPackage(packages)
                .should()
                .callMethod(io.vertx.core.Future.class, "timeout", long.class, java.util.concurrent.TimeUnit.class);
    }

    private static ArchRule blocking() {
        return noClasses()
                .that()
                // The main thread, and the one of the shutdown hook, for which the JVM waits.
                .resideOutsideOfPackages(BASE + ".embedded", BASE + ".cli")
                .should()
                .callMethodWhere(new DescribedPredicate<>("it blocks") {
                    @Override
                    public boolean test(com.tngtech.archunit.core.domain.JavaMethodCall call) {
                        String owner = call.getTargetOwner().getName();
                        String name = call.getName();
                        return (owner.equals("java.lang.Thread") && (name.equals("sleep") || name.equals("join")))
                                || (owner.startsWith("java.util.concurrent.")
                                        && List.of("get", "join", "await", "acquire", "take")
                                                .contains(name)
                                        && !owner.contains(".atomic.")
                                        && !owner.contains("Map"))
                                || (owner.startsWith("io.vertx.core.Future") && name.equals("await"));
                    }
                });
    }

    private static ArchRule clocks() {
        return noClasses()
                .that()
                .resideOutsideOfPackages(BASE + ".embedded", BASE + ".cli")
                .should()
                .accessTargetWhere(new DescribedPredicate<JavaAccess<?>>("it reads the clock") {
                    @Override
                    public boolean test(JavaAccess<?> access) {
                        String owner = access.getTargetOwner().getName();
                        String name = access.getName();
                        boolean system = owner.equals("java.lang.System")
                                && (name.equals("currentTimeMillis") || name.equals("nanoTime"));
                        boolean now = owner.startsWith("java.time.")
                                && name.equals("now")
                                && access.getTarget().getFullName().endsWith("now()");
                        return system || now || (owner.equals("java.time.Clock") && name.startsWith("system"));
                    }
                });
    }

    private static ArchRule only(String library, String... owners) {
        String[] packages =
                Stream.of(owners).map(owner -> BASE + "." + owner + "..").toArray(String[]::new);
        return noClasses()
                .that()
                .resideOutsideOfPackages(packages)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
    }
}
