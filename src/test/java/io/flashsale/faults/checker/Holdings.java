package io.flashsale.faults.checker;

import io.flashsale.faults.checker.Call.Kind;
import io.flashsale.faults.checker.Call.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Computes the longest period in which each request may have held units: from the begin of the first call that may have
 * reserved them until the stores certainly reflect a confirmed cancellation. A request whose order was not live when
 * both stores agreed held nothing by then; later holds are known exactly.
 */
final class Holdings {
    private static final long ALWAYS = Long.MIN_VALUE;
    private static final long FOR_EVER = Long.MAX_VALUE;

    /** The shortest time-out of any judged node for a response from a store. */
    static final long SHORTEST_TIME_OUT = TimeUnit.MILLISECONDS.toNanos(300);

    private record PossibleHold(String request, String buyer, int quantity, long from, long until) {
        boolean overlaps(Call call) {
            return from <= call.returned() && until >= call.invoked();
        }
    }

    private final Checker.Case judged;
    private final History history;
    private final Map<String, StoreSnapshot.Order> liveAtAgreement;
    private final Map<String, String> orderOf = new HashMap<>();
    private final Map<String, Long> givenBackBy = new HashMap<>();
    private final List<PossibleHold> possibleHolds = new ArrayList<>();

    Holdings(Checker.Case judged) {
        this.judged = judged;
        this.history = judged.history();
        this.liveAtAgreement = history.liveAtAgreement(judged.snapshot().productId());
        for (Call call : judged.calls()) {
            if (call.bought()) {
                orderOf.put(call.request(), call.orderId());
            } else if (call.kind() == Kind.CANCEL && call.outcome() == Outcome.OK) {
                givenBackBy.merge(call.key(), givenBackBy(call), Math::min);
            }
        }
        Map<String, List<Call>> early = new HashMap<>();
        Map<String, List<Call>> late = new HashMap<>();
        judged.calls().stream()
                .filter(call -> call.kind() == Kind.BUY)
                .forEach(call -> (history.isAfterHealing(call) ? late : early)
                        .computeIfAbsent(call.request(), each -> new ArrayList<>())
                        .add(call));
        early.values().forEach(calls -> add(calls, history.agreedAt()));
        late.values().forEach(calls -> add(calls, FOR_EVER));
        addLiveAtAgreement();
    }

    /**
     * Returns by when cancelled units are on sale again: normally with the response. A node whose call to Redis timed
     * out responds nevertheless, and leaves the units to the reconciler.
     */
    private long givenBackBy(Call cancellation) {
        boolean atOnce = cancellation.returned() - cancellation.invoked() < SHORTEST_TIME_OUT;
        return atOnce ? history.followedBy(cancellation.returned()) : history.repairedBy(cancellation.returned());
    }

    /**
     * Adds the units that a request may have held. From the moment when both stores agreed, a live order counts as that
     * order instead.
     *
     * @param end by when it held nothing, unless its order was live then
     */
    private void add(List<Call> calls, long end) {
        Call first = calls.get(0);
        String order = orderOf.get(first.request());
        if (end == FOR_EVER && order != null && liveAtAgreement.containsKey(order)) {
            return;
        }
        long given = order == null ? FOR_EVER : givenBackBy.getOrDefault(order, FOR_EVER);
        long from = FOR_EVER;
        long until = ALWAYS;
        int quantity = 0;
        for (Call call : calls) {
            if (!isRefusedAtOnce(call)) {
                boolean refused = call.outcome() == Outcome.FAIL;
                from = Math.min(from, call.invoked());
                until = Math.max(until, refused ? history.followedBy(call.returned()) : Math.min(given, end));
                quantity = Math.max(quantity, call.quantity());
            }
        }
        calls.stream()
                .filter(call -> !isRefusedAtOnce(call) && mayReserveOnceMore(call, first, given))
                .forEach(this::addForTheCall);
        if (from <= until) {
            possibleHolds.add(new PossibleHold(first.request(), first.buyer(), quantity, from, until));
        }
    }

    /**
     * Whether this call may have reserved again: a Redis that lost the order reserves once more until MongoDB reports
     * it. For a live order that happens only while something is broken, for a cancelled one also later.
     */
    private boolean mayReserveOnceMore(Call call, Call first, long given) {
        if (history.isBeforeFaults(call)) {
            return false;
        }
        return call.invoked() > given || (!call.equals(first) && !history.isAfterHealing(call));
    }

    private void addForTheCall(Call replay) {
        possibleHolds.add(new PossibleHold(
                replay.request(),
                replay.buyer(),
                replay.quantity(),
                replay.invoked(),
                history.followedBy(replay.returned())));
    }

    /** Whether the script refused the call for lack of stock; such a call never holds units. */
    private static boolean isRefusedAtOnce(Call call) {
        return call.code().equals("sold-out") || call.code().equals("insufficient-stock");
    }

    private void addLiveAtAgreement() {
        liveAtAgreement.values().stream()
                .filter(order -> !order.isStockHold())
                .forEach(order -> possibleHolds.add(new PossibleHold(
                        order.id(),
                        order.userId(),
                        order.quantity(),
                        history.agreedAt(),
                        givenBackBy.getOrDefault(order.id(), FOR_EVER))));
    }

    /** Returns the most units that may have been held at some instant within a call. */
    int atMost(Call within) {
        return possibleHolds.stream()
                .filter(hold -> hold.overlaps(within))
                .mapToInt(PossibleHold::quantity)
                .sum();
    }

    /**
     * Returns the same for the buyer of this call under other keys: units under the same key would have been replayed.
     */
    int atMostOfItsBuyer(Call within) {
        return possibleHolds.stream()
                .filter(hold -> hold.overlaps(within))
                .filter(hold ->
                        hold.buyer().equals(within.buyer()) && !hold.request().equals(within.request()))
                .mapToInt(PossibleHold::quantity)
                .sum();
    }

    /**
     * Returns the fewest units that were on sale throughout a call; 0 if unknown, since an edit with an unknown outcome
     * may have taken any number.
     */
    int leastOnSale(Call within) {
        if (history.isAfterHealing(within)) {
            return judged.snapshot().onSale();
        }
        Call last = null;
        int least = judged.firstStock();
        for (Call edit : edits()) {
            if (edit.outcome() == Outcome.OK && history.followedBy(edit.returned()) < within.invoked()) {
                last = edit;
                least = edit.quantity();
            }
        }
        for (Call edit : edits()) {
            boolean begun = edit.invoked() <= within.returned();
            if (begun && edit.outcome() == Outcome.UNKNOWN) {
                return 0;
            }
            if (begun && (last == null || edit.returned() > last.returned())) {
                least = Math.min(least, edit.quantity());
            }
        }
        return least;
    }

    private List<Call> edits() {
        return judged.byReturn().stream()
                .filter(call -> call.kind() == Kind.EDIT)
                .toList();
    }
}
