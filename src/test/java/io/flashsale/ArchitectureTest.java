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
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Who may know whom. */
class ArchitectureTest {
    private static final String BASE = "io.flashsale";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(BASE);

    /** What everybody may know. */
    private static final String ASYNC = "async";

    /** Each room and the rooms it may know, but for {@link #ASYNC}; the root may know all. */
    private static final Map<String, List<String>> MAY_KNOW = new TreeMap<>(Map.ofEntries(
            Map.entry(ASYNC, List.of()),
            Map.entry("domain", List.of()),
            Map.entry("openapi", List.of("domain")),
            Map.entry("apidocs", List.of("openapi")),
            Map.entry("redis", List.of("domain")),
            Map.entry("persistence", List.of("domain")),
            Map.entry("mail", List.of("domain")),
            Map.entry("ratelimit", List.of("redis", "domain")),
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
                            "domain")),
            Map.entry("embedded", List.of()),
            Map.entry("server", List.of("config", "http")),
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
                            "domain"))));

    @TestFactory
    Stream<DynamicTest> aRoomKnowsOnlyTheRoomsItMay() {
        return MAY_KNOW.entrySet().stream()
                .map(room -> DynamicTest.dynamicTest(room.getKey(), () -> {
                    String[] allowed = Stream.concat(Stream.of(room.getKey(), ASYNC), room.getValue().stream())
                            .map(name -> BASE + "." + name + "..")
                            .toArray(String[]::new);
                    DescribedPredicate<JavaClass> others = resideInAPackage(BASE + "..")
                            .and(DescribedPredicate.not(
                                    com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage(allowed)));
                    noClasses()
                            .that()
                            .resideInAPackage(BASE + "." + room.getKey() + "..")
                            .should()
                            .dependOnClassesThat(others)
                            .check(CLASSES);
                }));
    }

    @Test
    void everyRoomIsNamedHere() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of("src/main/java/io/flashsale"))) {
            List<String> rooms = folders.filter(Files::isDirectory)
                    .filter(folder -> Files.exists(folder.resolve("package-info.java")))
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
            assertEquals(List.copyOf(MAY_KNOW.keySet()), rooms);
        }
    }

    @Test
    void everyFolderSaysWhatItIsFor() throws IOException {
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
        slices().matching(BASE + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void theDomainKnowsOnlyTheJdk() {
        classes()
                .that()
                .resideInAPackage(BASE + ".domain")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "javax.crypto..", BASE + ".domain")
                .check(CLASSES);
    }

    @Test
    void theWebIsForTheDoors() {
        only("io.vertx.ext.web..", "http", "auth", "live").check(CLASSES);
    }

    @Test
    void theRedisClientIsForItsRoomAndTheRoot() {
        only("io.vertx.redis..", "redis", "server", "").check(CLASSES);
    }

    @Test
    void theMongoClientIsForItsRoomAndTheRoot() {
        only("io.vertx.ext.mongo..", "persistence", "").check(CLASSES);
        only("com.mongodb..", "persistence", "server", "").check(CLASSES);
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
    void onlyTheRootNamesAVerticle() {
        // The configuration holds their settings, which are nested in them.
        noClasses()
                .that()
                .resideOutsideOfPackages(BASE, BASE + ".config")
                .and(DescribedPredicate.not(simpleNameEndingWith("Verticle")))
                .and(DescribedPredicate.not(nameMatching(".*Verticle\\$.*")))
                .should()
                .accessClassesThat(simpleNameEndingWith("Verticle"))
                .check(CLASSES);
    }

    @Test
    void nobodyBlocks() {
        blocking().check(CLASSES);
    }

    @Test
    void nobodyReadsTheClockButThroughAnInjectedOne() {
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

    /** Does what nobody should. */
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
                .resideOutsideOfPackages(BASE + ".embedded")
                .and()
                .doNotHaveFullyQualifiedName(BASE + ".Main")
                .and()
                // The thread of the shutdown hook, which the JVM waits for.
                .doNotHaveFullyQualifiedName(BASE + ".Shutdown")
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
                .resideOutsideOfPackages(BASE + ".embedded")
                .and()
                .doNotHaveFullyQualifiedName(BASE + ".Main")
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

    private static ArchRule only(String library, String... rooms) {
        String[] packages = Stream.of(rooms)
                .map(room -> room.isEmpty() ? BASE : BASE + "." + room + "..")
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideOutsideOfPackages(packages)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
    }
}
