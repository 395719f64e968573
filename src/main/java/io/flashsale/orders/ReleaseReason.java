package io.flashsale.orders;

/** Why units of an order come back; the scripts know these names. */
public enum ReleaseReason {
    /** The order was, and its answer stays bound to the key. */
    CANCELLED,
    /** The order never came to be: the key is free again. */
    NEVER_WAS,
    /** MongoDB holds another reservation of the same request. */
    REPLACED,
    /** It was put aside, out of the outbox, and will not be: the key is free again. */
    DISCARDED
}
