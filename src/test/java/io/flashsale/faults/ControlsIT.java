package io.flashsale.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.faults.cluster.SingleNodeCluster;
import io.flashsale.purchase.SaleScripts;
import io.flashsale.server.TestNode;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Proves that the checker works: it removes each guard, and the resulting violation must be found. */
@Tag("soak")
class ControlsIT {
    private static final int BUYERS = 8;

    /** Attempts per control: on a busy machine a run may not hit the race. */
    private static final int TRIES = 3;

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
        SaleScripts.Scripts good = SaleScripts.Scripts.load();

        // when
        List<String> guarded = play(control, good, true);
        List<String> unguarded = List.of();
        for (int i = 0; i < TRIES && !isFound(control, unguarded); i++) {
            unguarded = play(control, control.withoutGuard(good), false);
        }

        // then
        assertEquals(List.of(), guarded, "with the guard");
        assertTrue(isFound(control, unguarded), "without the guard this was found: " + unguarded);
    }

    private static boolean isFound(Control control, List<String> violations) {
        return violations.stream().anyMatch(violation -> violation.startsWith(control.rule() + ": "));
    }

    private static List<String> play(Control control, SaleScripts.Scripts scripts, boolean guarded) {
        TestNode.Builder node = control.node(guarded).with(scripts);
        if (guarded) {
            // One of the guards is the reconciler's; a control may have slowed it down for the run without the guard.
            node.with("FLASHSALE_RECONCILE_INTERVAL", "100ms");
        }
        try (SingleNodeCluster cluster = new SingleNodeCluster(vertx, node, BUYERS)) {
            control.prepare(cluster, guarded);
            return cluster.play(
                    control.name().hashCode(),
                    new SingleNodeCluster.Terms(control.losesData(), control.isolated(), control.rateLimit()),
                    guarded ? Optional.empty() : Optional.of(control.rule()),
                    () -> control.disrupt(cluster));
        }
    }
}
