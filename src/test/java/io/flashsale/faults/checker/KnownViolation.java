package io.flashsale.faults.checker;

/**
 * Broken promises that are known, reported and not mended yet. They are told apart from every other violation, so that a
 * run does not fail by luck; each holds only under the conditions that are written here.
 */
public enum KnownViolation {
    /**
     * After Redis lost data, its script takes a slot that MongoDB gave to an order which Redis forgot. The buyer is told that
     * the limit is reached although it is over one and the orders use up only a part of it.
     */
    FORGOTTEN_ORDER_COUNTS_AS_USED_LIMIT,
    /**
     * After Redis lost data, a node that cannot reach MongoDB either reserves again for a key that already has its order. The
     * buyer is told 202 with other units after a 201, and gets the first order again once MongoDB answers.
     */
    UNCONFIRMED_ANSWER_AFTER_A_CONFIRMED_ONE,
    /**
     * After Redis lost data, a node that cannot reach MongoDB either believes Redis' refusal of a key that has its order.
     * The contract excepts the loss of MongoDB; the buyer gets the order again once MongoDB answers.
     */
    REFUSAL_BELIEVED_WITHOUT_MONGODB
}
