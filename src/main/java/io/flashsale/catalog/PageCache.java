package io.flashsale.catalog;

import io.flashsale.domain.Page;
import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.Reply;
import io.flashsale.redis.Script;
import io.flashsale.redis.ServerIdentity;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Caches pages of the product list in Redis. A page holds product ids only, so that an edit of a product need not
 * invalidate it.
 *
 * <p>Belongs to the event loop of its Redis connection.
 */
final class PageCache {
    private static final Logger LOG = LoggerFactory.getLogger(PageCache.class);
    private static final int MAX_PAGES = 1_000;
    private static final double JITTER = 0.2;

    private final RedisGateway redis;
    private final Catalog.Settings settings;
    private final List<String> keys;
    private final Script fill = Script.load("fill-page-2");
    private final Script invalidateAll = Script.load("void-pages-2");

    /**
     * Holds the result of a lookup.
     *
     * @param ids the page; null if it is not cached
     * @param ticket permits caching the page that is then read from MongoDB; null if Redis does not answer
     */
    record Lookup(Page<String> ids, Ticket ticket) {}

    /**
     * Identifies the state of the list at the time of a lookup.
     *
     * @param generation the generation of the list
     * @param identity the identity of the server, since a server that lost data may have lost a change of the list
     */
    record Ticket(String generation, String identity) {}

    PageCache(RedisGateway redis, Catalog.Settings settings) {
        this.redis = redis;
        this.settings = settings;
        this.keys = List.of(Keys.listPages(settings.catalogue()), Keys.listGeneration(settings.catalogue()));
    }

    /** Looks a page up; never fails. */
    Future<Lookup> read(String name) {
        Future<ServerIdentity> identity = redis.identity();
        Future<Reply> page = redis.send("HGET", keys.get(0), name);
        Future<Reply> generation = redis.send("GET", keys.get(1));
        return Future.all(identity, page, generation)
                .map(read -> {
                    String current = generation.result().asString();
                    Ticket ticket = new Ticket(
                            current == null ? "" : current, identity.result().token());
                    return new Lookup(decode(page.result().asString(), ticket.identity()), ticket);
                })
                .otherwise(new Lookup(null, null));
    }

    /** Caches a page, unless the list has changed since the ticket was issued. */
    Future<Void> write(String name, Page<String> ids, Ticket ticket) {
        if (ticket == null) {
            return Future.succeededFuture();
        }
        double jitter = 1 - JITTER * ThreadLocalRandom.current().nextDouble();
        long ttlMillis = (long) (settings.listTtl().toMillis() * jitter);
        String page = new JsonObject()
                .put("identity", ticket.identity())
                .put("ids", new JsonArray(ids.items()))
                .put("next", ids.next())
                .encode();
        return redis.run(
                        fill,
                        keys,
                        List.of(ticket.generation(), name, page, String.valueOf(ttlMillis), String.valueOf(MAX_PAGES)))
                .mapEmpty();
    }

    /**
     * Invalidates all pages, including those that are being read from MongoDB now.
     *
     * @return fails if Redis does not answer
     */
    Future<Void> invalidateAll() {
        return redis.run(invalidateAll, keys, List.of(UUID.randomUUID().toString()))
                .mapEmpty();
    }

    private static Page<String> decode(String text, String identity) {
        if (text == null) {
            return null;
        }
        try {
            JsonObject page = new JsonObject(text);
            if (!identity.equals(page.getString("identity"))) {
                return null;
            }
            List<String> ids =
                    page.getJsonArray("ids").stream().map(String.class::cast).toList();
            return new Page<>(ids, page.getString("next"));
        } catch (RuntimeException e) {
            LOG.atDebug().log("cached page unreadable");
            return null;
        }
    }
}
