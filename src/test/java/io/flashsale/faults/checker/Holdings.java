package io.flashsale.faults.checker;

import io.flashsale.faults.checker.Call.Kind;
import io.flashsale.faults.checker.Call.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * From when until when each request may have held units, at the longest: from the begin of the first call that may have
 * reserved them until the stores have surely followed a confirmed cancellation. What was found not to be live when
 * everything was whole again held nothing any more by then; what has begun since is known exactly.
 */
final class Holdings {
    private static final long ALWAYS = Long.MIN_VALUE;
    private static final long FOR_EVER = Long.MAX_VALUE;

    /** No node that is judged gives up on an answer of a store sooner. */
    static final long SHORTEST_TIME_OUT = TimeUnit.MILLISECONDS.toNanos(300);

    private record Stake(String request, String buyer, int quantity, long from, long until) {
        boolean overlaps(Call call) {
            return from <= call.returned() && until >= call.invoked();
        }
    }

    private final Checker.Case judged;
    private final History history;
    private final Map<String, StoreSnapshot.Order> liveWhenWhole;
    private final Map<String, String> orderOf = new HashMap<>();
    private final Map<String, Long> givenBackBy = new HashMap<>();
    private final List<Stake> stakes = new ArrayList<>();

    Holdings(Checker.Case judged) {
        this.judged = judged;
        this.history = judged.history();
        this.liveWhenWhole = history.liveWhenWhole(judged.snapshot().productId());
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
        early.values().forEach(calls -> add(calls, history.wholeAt()));
        late.values().forEach(calls -> add(calls, FOR_EVER));
        addLiveWhenWhole();
    }

    /**
     * What a cancellation gave back is on sale with its answer; but a node that gave up on Redis meanwhile answers all the
     * same, and leaves the units to the reconciler.
     */
    private long givenBackBy(Call cancellation) {
        boolean atOnce = cancellation.returned() - cancellation.invoked() < SHORTEST_TIME_OUT;
        return atOnce ? history.followedBy(cancellation.returned()) : history.repairedBy(cancellation.returned());
    }

    /**
     * Adds what a request may have held; what was live when everything was whole counts from then on as that order.
     *
     * @param end by which it held nothing, unless it was live then
     */
    private void add(List<Call> calls, long end) {
        Call first = calls.get(0);
        String order = orderOf.get(first.request());
        if (end == FOR_EVER && order != null && liveWhenWhole.containsKey(order)) {
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
            stakes.add(new Stake(first.request(), first.buyer(), quantity, from, until));
        }
    }

    /**
     * A Redis that does not know of the order reserves once more, until MongoDB says that it has it: of a live order only
     * while something is broken, of a cancelled one also later.
     */
    private boolean mayReserveOnceMore(Call call, Call first, long given) {
        if (history.isBeforeFaults(call)) {
            return false;
        }
        return call.invoked() > given || (!call.equals(first) && !history.isAfterHealing(call));
    }

    private void addForTheCall(Call replay) {
        stakes.add(new Stake(
                replay.request(),
                replay.buyer(),
                replay.quantity(),
                replay.invoked(),
                history.followedBy(replay.returned())));
    }

    /** What the script refuses for want of stock has never held anything. */
    private static boolean isRefusedAtOnce(Call call) {
        return call.code().equals("sold-out") || call.code().equals("insufficient-stock");
    }

    private void addLiveWhenWhole() {
        liveWhenWhole.values().stream()
                .filter(order -> !order.isStockHold())
                .forEach(order -> stakes.add(new Stake(
                        order.id(),
                        order.userId(),
                        order.quantity(),
                        history.wholeAt(),
                        givenBackBy.getOrDefault(order.id(), FOR_EVER))));
    }

    /** Units that may have been held at some instant within a call, at the most. */
    int atMost(Call within) {
        return stakes.stream()
                .filter(stake -> stake.overlaps(within))
                .mapToInt(Stake::quantity)
                .sum();
    }

    /** The same of its buyer, under other keys: what this one holds would have been the answer. */
    int atMostOfItsBuyer(Call within) {
        return stakes.stream()
                .filter(stake -> stake.overlaps(within))
                .filter(stake ->
                        stake.buyer().equals(within.buyer()) && !stake.request().equals(within.request()))
                .mapToInt(Stake::quantity)
                .sum();
    }

    /**
     * Units that were on sale all through a call, at the least; or 0 where that is not known: an edit whose outcome is
     * unknown may have taken any number.
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
