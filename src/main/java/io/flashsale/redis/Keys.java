package io.flashsale.redis;

import io.flashsale.domain.IdempotencyKey;
import java.util.List;

/**
 * Names every key and channel in Redis.
 *
 * <p>The braces around a product's id are literal: the hash tag of Redis Cluster. All keys of one product share a slot,
 * so that one script can access them.
 */
public final class Keys {
    /** The channel of the stock events. */
    public static final String STOCK_CHANNEL = "pubsub:channel:stock";

    /** String: written to check whether Redis accepts writes. */
    public static final String HEALTH_PROBE = "health:probe";

    private Keys() {}

    /** Counter: units left. */
    public static String stock(String productId) {
        return "product:stock:{" + productId + "}";
    }

    /** Hash: the sale's settings, its epoch, and the identity of the server that certified it. */
    public static String sale(String productId) {
        return "product:sale:{" + productId + "}";
    }

    /** Set: the unit numbers that were given back. */
    public static String free(String productId) {
        return "product:free:{" + productId + "}";
    }

    /** Hash: maps a unit number to the id of the order that holds it. */
    public static String holder(String productId) {
        return "product:holder:{" + productId + "}";
    }

    /** Hash, the outbox: maps an order id to the order, until MongoDB has stored it. */
    public static String orders(String productId) {
        return "product:orders:{" + productId + "}";
    }

    /** Hash: maps the buyer's slot numbers to the orders that occupy them. */
    public static String user(String userId, String productId) {
        return "product:user:" + userId + ":product:{" + productId + "}";
    }

    /** String: the answer bound to an idempotency key. */
    public static String idempotency(String userId, String productId, IdempotencyKey key) {
        return idempotency(userId, productId, key.hash());
    }

    /** String: the answer bound to an idempotency key, by the hash of that key. */
    public static String idempotency(String userId, String productId, String keyHash) {
        return "idempotency:" + userId + ":" + keyHash + ":{" + productId + "}";
    }

    /** String: best-effort lock, so that two nodes do not recover the same sale at once. */
    public static String recoveryLock(String productId) {
        return "product:recovery:{" + productId + "}";
    }

    /**
     * Hash: the reconciler's lease, with its holder and expiry, and the fencing token of the pass.
     *
     * @param catalogue names the list of products, since a Redis may serve several databases
     */
    public static String reconcilerPass(String catalogue) {
        return "reconciler:pass:" + catalogue;
    }

    /** Hash: the user and the state of a session. */
    public static String session(String sessionIdHash) {
        return "session:" + sessionIdHash;
    }

    /** Hash: the digest of the one-time code sent to an e-mail address, and the attempts left. */
    public static String otp(String email) {
        return "otp:" + email;
    }

    /** Hash: the digest of a password reset code, and the attempts left. */
    public static String passwordOtp(String email) {
        return "otp:password:" + email;
    }

    /** String: marks an address from which the user entered a correct code before. */
    public static String knownAddress(String userId, String address) {
        return "gate:known:" + userId + ":" + address;
    }

    /** Counter (by address) or sorted set (by user): the calls within the window. */
    public static String rateLimit(String action, String who) {
        return "rate_limit:" + action + ":" + who;
    }

    /** String: a product as last read from MongoDB, the cache entry. */
    public static String productCache(String productId) {
        return "product:cache:" + productId;
    }

    /**
     * Hash: the cached pages of the product list, by limit and cursor.
     *
     * @param catalogue names the list, since a Redis may serve several databases
     */
    public static String listPages(String catalogue) {
        return "product:list:cache:{" + catalogue + "}";
    }

    /** String: the generation of the list, which changes whenever a product enters or leaves it. */
    public static String listGeneration(String catalogue) {
        return "product:list:generation:{" + catalogue + "}";
    }

    /** Returns the keys of the scripts for a purchase and for the return of units, in their order. */
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
