package io.flashsale.orders;

/** Lists the reasons for releasing the units of an order. {@code release-7.lua} takes these names. */
public enum ReleaseReason {
    /** A placed order was cancelled. Its answer stays bound to the key. */
    CANCELLED,
    /** The order was never placed. The key becomes free. */
    NEVER_WAS,
    /** MongoDB has persisted another reservation of the same request. */
    REPLACED,
    /** The order was dead-lettered and then discarded. The key becomes free. */
    DISCARDED
}
