package io.flashsale.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.TestNode;
import io.flashsale.purchase.Ledger;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Without this the checker proves nothing: each guard is taken away, and what it guards has to be found broken. */
class ControlsIT {
    private static final int BUYERS = 8;

    private static Vertx vertx;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        TestNode.await(vertx.close());
    }

    @ParameterizedTest
    @EnumSource
    void aMissingGuardIsFound(Control control) {
        // given
        Ledger.Scripts good = Ledger.Scripts.load();

        // when
        List<String> guarded = play(control, good, true);
        List<String> unguarded = play(control, control.broken(good), false);

        // then
        assertEquals(List.of(), guarded, "with the guard");
        assertTrue(
                unguarded.stream().anyMatch(violation -> violation.startsWith(control.rule())),
                () -> "without the guard this was found: " + unguarded);
    }

    private static List<String> play(Control control, Ledger.Scripts scripts, boolean guarded) {
        try (SmallWorld world = new SmallWorld(vertx, control.node().with(scripts), BUYERS)) {
            control.prepare(world, guarded);
            return world.play(
                    control.name().hashCode(),
                    control.forgetful(),
                    guarded ? Optional.empty() : Optional.of(control.rule()),
                    () -> control.goWrong(world));
        }
    }
}
