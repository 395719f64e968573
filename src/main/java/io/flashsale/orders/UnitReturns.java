package io.flashsale.orders;

import io.flashsale.domain.Order;
import io.vertx.core.Future;
import java.util.List;

/** Gives the units of cancelled orders back, and has it announced what is left. */
public interface UnitReturns {
    /**
     * Gives units of a cancelled order back; they are held until the cancellation is in the audit log.
     *
     * @param units those that nobody else has bought since
     * @return fails where a store does not answer
     */
    Future<Void> giveBackAudited(Order cancelled, List<Integer> units);

    /** Announces soon what is left of a product. */
    void stockChanged(String productId);
}
