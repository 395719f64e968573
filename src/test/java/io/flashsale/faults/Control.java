package io.flashsale.faults;

import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import io.flashsale.faults.cluster.SingleNodeCluster;
import io.flashsale.faults.network.Trigger;
import io.flashsale.faults.stores.Processes;
import io.flashsale.faults.workload.ProductOnSale;
import io.flashsale.persistence.order.PersistOrder;
import io.flashsale.persistence.order.PersistResult;
import io.flashsale.purchase.SaleScripts;
import io.flashsale.redis.Script;
import io.flashsale.server.TestNode;
import java.time.Instant;
import java.util.Map;

/**
 * Lists the sale's guards, and the rule that is violated without each. Every control runs twice: with the guard the run
 * must be clean, without it the violation must be found.
 */
enum Control {
    /** Simulates a purchase script in two steps: every second buyer reads the state that the previous buyer read. */
    THE_SCRIPT_IS_ATOMIC("sold twice") {
        @Override
        void prepare(SingleNodeCluster cluster, boolean guarded) {
            cluster.sell(20, 0);
            cluster.dropIndex(UNIT_INDEX);
        }

        @Override
        SaleScripts.Scripts withoutGuard(SaleScripts.Scripts good) {
            return withPurchase(
                    good,
                    "tonumber(sale[4]), tonumber(sale[5])",
                    "tonumber(sale[4]), tonumber(sale[5]) - tonumber(sale[5]) % 2");
        }
    },
    UNITS_ARE_UNIQUE("sold twice") {
        @Override
        boolean losesData() {
            return true;
        }

        @Override
        void prepare(SingleNodeCluster cluster, boolean guarded) {
            cluster.sell(20, 0);
            if (!guarded) {
                cluster.dropIndex(UNIT_INDEX);
            }
        }

        @Override
        void disrupt(SingleNodeCluster cluster) {
            cluster.awaitSold(8);
            for (ProductOnSale product : cluster.products()) {
                cluster.redis().send("HSET", "product:sale:{" + product.id() + "}", "issued", "0");
                cluster.redis()
                        .send("DEL", "product:holder:{" + product.id() + "}", "product:free:{" + product.id() + "}");
                cluster.redis().send("SET", "product:stock:{" + product.id() + "}", String.valueOf(product.stock()));
            }
            Processes.pause(1_500);
        }
    },
    BUYERS_SLOTS_ARE_UNIQUE("limit") {
        @Override
        boolean losesData() {
            return true;
        }

        @Override
        void prepare(SingleNodeCluster cluster, boolean guarded) {
            cluster.sell(60, 1);
            if (!guarded) {
                cluster.dropIndex(BUYER_INDEX);
            }
        }

        @Override
        void disrupt(SingleNodeCluster cluster) {
            cluster.awaitSold(6);
            cluster.deleteKeys("product:user:");
            Processes.pause(1_000);
        }
    },
    THE_ORDERS_ID_IS_A_HASH("one key, one order") {
        @Override
        boolean losesData() {
            return true;
        }

        @Override
        void prepare(SingleNodeCluster cluster, boolean guarded) {
            cluster.sell(200, 0);
        }

        @Override
        SaleScripts.Scripts withoutGuard(SaleScripts.Scripts good) {
            String source = good.purchase().source();
            return with(
                    good,
                    source.replace("ARGV[2]", "id")
                            .replace(
                                    "local sale = redis.call(",
                                    "local id = ARGV[2] .. redis.call('TIME')[2]\nlocal sale = redis.call("));
        }

        @Override
        void disrupt(SingleNodeCluster cluster) {
            cluster.awaitSold(20);
            cluster.deleteKeys("idempotency:");
            Processes.pause(1_000);
        }
    },
    REPLAY_COMES_BEFORE_STOCK("replay") {
        @Override
        void prepare(SingleNodeCluster cluster, boolean guarded) {
            cluster.sell(8, 0);
        }

        @Override
        SaleScripts.Scripts withoutGuard(SaleScripts.Scripts good) {
            return withPurchase(
                    good, "if answer then", "if answer and tonumber(redis.call('GET', KEYS[2])) >= quantity then");
        }
    },
    THE_OUTBOX_COMES_BEFORE_THE_WRITE("reserved, then lost") {
        @Override
        void prepare(SingleNodeCluster cluster, boolean guarded) {
            cluster.sell(40, 0);
        }

        @Override
        SaleScripts.Scripts withoutGuard(SaleScripts.Scripts good) {
            return withPurchase(good, "redis.call('HSET', KEYS[5], ARGV[2], order)", "");
        }

        @Override
        void disrupt(SingleNodeCluster cluster) {
            cluster.replaceNodeWhileMongoIsDown(700);
            Processes.pause(500);
        }
    },
    THE_WRITE_COMES_BEFORE_THE_ANSWER("lost") {
        @Override
        void prepare(SingleNodeCluster cluster, boolean guarded) {
            cluster.sell(12, 0);
            if (!guarded) {
                cluster.node().eventBus().<Object>addInboundInterceptor(delivery -> {
                    if (delivery.message().body() instanceof PersistOrder request) {
                        Order placed = request.order().withStatus(OrderStatus.PLACED, Instant.EPOCH);
                        delivery.message().reply(new PersistResult(PersistResult.Kind.PLACED, placed, Map.of(), null));
                    }
                    delivery.next();
                });
            }
        }

        @Override
        void disrupt(SingleNodeCluster cluster) {
            cluster.stopMongoFor(1_500);
            Processes.pause(1_000);
        }
    },
    RETURNS_CHECK_THE_HOLDER("sold twice") {
        @Override
        void prepare(SingleNodeCluster cluster, boolean guarded) {
            cluster.sell(6, 0);
            cluster.dropIndex(UNIT_INDEX);
        }

        @Override
        SaleScripts.Scripts withoutGuard(SaleScripts.Scripts good) {
            String source = good.release().source();
            String withoutGuard =
                    source.replace("if redis.call('HGET', KEYS[4], unit) == ARGV[2] then", "if true then");
            return new SaleScripts.Scripts(
                    good.purchase(),
                    good.settle(),
                    Script.of("release-7", changed(source, withoutGuard)),
                    good.remember(),
                    good.adopt(),
                    good.freeUnit(),
                    good.configure());
        }
    },
    DATA_IS_CERTIFIED("sold twice") {
        @Override
        boolean losesData() {
            return true;
        }

        @Override
        void prepare(SingleNodeCluster cluster, boolean guarded) {
            cluster.sell(30, 0);
            cluster.dropIndex(UNIT_INDEX);
            cluster.dropIndex(BUYER_INDEX);
            cluster.backUp();
        }

        @Override
        TestNode.Builder node(boolean guarded) {
            // Otherwise the reconciler would recover the sale, whatever the script checks.
            return super.node(guarded).with("FLASHSALE_RECONCILE_INTERVAL", "1h");
        }

        @Override
        SaleScripts.Scripts withoutGuard(SaleScripts.Scripts good) {
            return withPurchase(good, "if sale[1] ~= ARGV[1] or sale[2] then", "if sale[2] then");
        }

        @Override
        void disrupt(SingleNodeCluster cluster) {
            cluster.awaitSold(15);
            cluster.restore();
            cluster.awaitSold(12);
            Processes.pause(500);
        }
    },
    /** A scan finds an unaccounted unit, and a buyer takes it before the repair frees it. */
    REPAIRS_CHECK_THE_HOLDER("sold twice") {
        @Override
        void prepare(SingleNodeCluster cluster, boolean guarded) {
            cluster.sell(20, 0);
            cluster.dropIndex(UNIT_INDEX);
        }

        @Override
        TestNode.Builder node(boolean guarded) {
            return super.node(guarded).with("FLASHSALE_RECONCILE_PASSES_PER_LOOK", "1");
        }

        @Override
        SaleScripts.Scripts withoutGuard(SaleScripts.Scripts good) {
            String source = good.freeUnit().source();
            String withoutGuard =
                    source.replace("if (redis.call('HGET', KEYS[4], ARGV[2]) or '') ~= ARGV[3] then", "if false then");
            return new SaleScripts.Scripts(
                    good.purchase(),
                    good.settle(),
                    good.release(),
                    good.remember(),
                    good.adopt(),
                    Script.of("free-unit-4", changed(source, withoutGuard)),
                    good.configure());
        }

        @Override
        void disrupt(SingleNodeCluster cluster) {
            PhantomHolder phantom =
                    new PhantomHolder(cluster.redis(), cluster.products().get(0));
            for (int i = 0; i < 3; i++) {
                phantom.appear();
                // A repair begins by reading from MongoDB the order that Redis names.
                Trigger trigger = new Trigger(new Trigger.Mark(true, PhantomHolder.ORDER_ID, false), bytes -> {
                    phantom.vanish();
                    phantom.awaitBuyer();
                    Trigger.deliver(bytes);
                });
                cluster.network().on(trigger);
                if (!trigger.awaitFired(10_000) || !trigger.awaitDone(10_000)) {
                    throw new AssertionError("no repair was attempted");
                }
                Processes.pause(300);
            }
        }
    },
    /** Simulates a sale that stays sold out although units are returned. */
    SOLD_OUT_IS_LOOKED_UP("sold out") {
        @Override
        boolean isolated() {
            return true;
        }

        @Override
        void prepare(SingleNodeCluster cluster, boolean guarded) {
            cluster.sell(10, 0);
        }

        @Override
        SaleScripts.Scripts withoutGuard(SaleScripts.Scripts good) {
            return withPurchase(
                    good,
                    "if stock <= 0 then",
                    "if stock <= 0 or redis.call('HEXISTS', KEYS[1], 'over') == 1 then\n"
                            + "  redis.call('HSET', KEYS[1], 'over', '1')");
        }
    },
    NOBODY_IS_LET_IN_TOO_OFTEN("admission") {
        @Override
        int rateLimit() {
            return 60;
        }

        @Override
        void prepare(SingleNodeCluster cluster, boolean guarded) {
            cluster.sell(30, 1);
        }

        @Override
        TestNode.Builder node(boolean guarded) {
            return guarded ? super.node(guarded).with("FLASHSALE_LIMITS_PURCHASE_USER", "60/1s") : super.node(guarded);
        }
    };

    private static final String UNIT_INDEX = "no_unit_twice";
    private static final String BUYER_INDEX = "no_buyer_over_the_limit";

    private final String rule;

    Control(String rule) {
        this.rule = rule;
    }

    /** Returns the rule whose violation must be found. */
    String rule() {
        return rule;
    }

    TestNode.Builder node(boolean guarded) {
        return TestNode.builder()
                .with("FLASHSALE_PURCHASE_CONFIRM_TIMEOUT", "300ms")
                .with("FLASHSALE_PERSISTENCE_STALL", "500ms")
                .with("FLASHSALE_REDIS_COMMAND_TIMEOUT", "1s")
                .with("FLASHSALE_MONGODB_COMMAND_TIMEOUT", "1s");
    }

    /** Whether Redis loses data, which excuses reservations that MongoDB never confirmed. */
    boolean losesData() {
        return false;
    }

    /** Whether nothing but the guard is missing: then the checker makes no allowances. */
    boolean isolated() {
        return false;
    }

    /** Rate limit per user and second that the checker expects; 0 for none. */
    int rateLimit() {
        return 0;
    }

    abstract void prepare(SingleNodeCluster cluster, boolean guarded);

    /** Returns the scripts without the guard, if it is part of a script. */
    SaleScripts.Scripts withoutGuard(SaleScripts.Scripts good) {
        return good;
    }

    /** Disrupts the cluster while buyers buy. */
    void disrupt(SingleNodeCluster cluster) {
        Processes.pause(1_500);
    }

    private static SaleScripts.Scripts withPurchase(SaleScripts.Scripts good, String guard, String instead) {
        return with(good, good.purchase().source().replace(guard, instead));
    }

    private static SaleScripts.Scripts with(SaleScripts.Scripts good, String purchase) {
        return new SaleScripts.Scripts(
                Script.of("purchase-7", changed(good.purchase().source(), purchase)),
                good.settle(),
                good.release(),
                good.remember(),
                good.adopt(),
                good.freeUnit(),
                good.configure());
    }

    private static String changed(String before, String after) {
        if (before.equals(after)) {
            throw new AssertionError("the guard was not found in the script");
        }
        return after;
    }
}
