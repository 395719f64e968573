package io.flashsale.redis;

import io.flashsale.domain.IdempotencyKey;
import java.util.List;

/**
 * The name of every key and channel in Redis.
 *
 * <p>The braces around a product's id are literal: the hash tag of Redis Cluster. All keys of one product share a slot,
 * so that one script may touch them.
 */
public final class Keys {
    /** The channel of the stock events. */
    public static final String STOCK_CHANNEL = "pubsub:channel:stock";

    /** String: written to find out whether Redis takes writes. */
    public static final String HEALTH_PROBE = "health:probe";

    private Keys() {}

    /** Counter: units left. */
    public static String stock(String productId) {
        return "product:stock:{" + productId + "}";
    }

    /** Hash: the sale's settings, its epoch, and by whose identity it is certified. */
    public static String sale(String productId) {
        return "product:sale:{" + productId + "}";
    }

    /** Set: the unit numbers that were given back. */
    public static String free(String productId) {
        return "product:free:{" + productId + "}";
    }

    /** Hash: unit number to the id of the order that holds it. */
    public static String holder(String productId) {
        return "product:holder:{" + productId + "}";
    }

    /** Hash, the outbox: order id to the order, until MongoDB holds it. */
    public static String orders(String productId) {
        return "product:orders:{" + productId + "}";
    }

    /** Hash: the buyer's slot numbers to the orders that take them. */
    public static String user(String userId, String productId) {
        return "product:user:" + userId + ":product:{" + productId + "}";
    }

    /** String: the answer that a key is bound to. */
    public static String idempotency(String userId, String productId, IdempotencyKey key) {
        return idempotency(userId, productId, key.hash());
    }

    /** String: the answer that a key is bound to, by the key's hash. */
    public static String idempotency(String userId, String productId, String keyHash) {
        return "idempotency:" + userId + ":" + keyHash + ":{" + productId + "}";
    }

    /** String: courtesy lock, so that two nodes do not recover the same sale at once. */
    public static String recoveryLock(String productId) {
        return "product:recovery:{" + productId + "}";
    }

    /**
     * Hash: which node makes a pass of the reconciler, until when, and the number of the pass.
     *
     * @param catalogue names the list of products, since a Redis may serve several databases
     */
    public static String reconcilerPass(String catalogue) {
        return "reconciler:pass:" + catalogue;
    }

    /** Hash: who holds this session. */
    public static String session(String sessionIdHash) {
        return "session:" + sessionIdHash;
    }

    /** Hash: digest of the code sent to this address, and the tries left. */
    public static String otp(String email) {
        return "otp:" + email;
    }

    /** Hash: the same for a code that sets a new password. */
    public static String passwordOtp(String email) {
        return "otp:password:" + email;
    }

    /** String: an address from which this user's code was entered before. */
    public static String knownAddress(String userId, String address) {
        return "gate:known:" + userId + ":" + address;
    }

    /** Counter (by address) or sorted set (by user): calls within the window. */
    public static String rateLimit(String action, String who) {
        return "rate_limit:" + action + ":" + who;
    }

    /** String: a product as last read from MongoDB. */
    public static String productCache(String productId) {
        return "product:cache:" + productId;
    }

    /**
     * Hash: pages of the product list, by what was asked for.
     *
     * @param catalogue names the list, since a Redis may serve several databases
     */
    public static String listPages(String catalogue) {
        return "product:list:cache:{" + catalogue + "}";
    }

    /** String: changes whenever a product enters or leaves the list. */
    public static String listGeneration(String catalogue) {
        return "product:list:generation:{" + catalogue + "}";
    }

    /** The keys that the purchase script and the return of units take, in their order. */
    public static List<String> ofPurchase(String userId, String productId, String keyHash) {
        return List.of(
                sale(productId),
                stock(productId),
                free(productId),
                holder(productId),
                orders(productId),
                user(userId, productId),
                idempotency(userId, productId, keyHash));
    }
}
