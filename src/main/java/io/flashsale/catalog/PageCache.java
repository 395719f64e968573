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
 * Pages of the product list in Redis. A page names its products only: an edit of one need not void it.
 *
 * <p>Belongs to the event loop of its link.
 */
final class PageCache {
    private static final Logger LOG = LoggerFactory.getLogger(PageCache.class);
    private static final int MAX_PAGES = 1_000;
    private static final double JITTER = 0.2;

    private final RedisGateway redis;
    private final Catalog.Settings settings;
    private final List<String> keys;
    private final Script fill = Script.load("fill-page-2");
    private final Script voidAll = Script.load("void-pages-2");

    /**
     * What the cache knows of a page.
     *
     * @param ids null where it does not know the page
     * @param ticket allows to keep the page that is now read from MongoDB; null while Redis is away
     */
    record Lookup(Page<String> ids, Ticket ticket) {}

    /**
     * When the list was looked up.
     *
     * @param generation of the list then
     * @param identity of the server, since one that lost data may have lost a change of the list
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

    /** Keeps a page, unless the list was changed since the ticket was given. */
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
     * Forgets every page, those too that are being read right now.
     *
     * @return fails where Redis does not answer
     */
    Future<Void> voidAll() {
        return redis.run(voidAll, keys, List.of(UUID.randomUUID().toString())).mapEmpty();
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
            LOG.atDebug().log("unreadable page in the cache");
            return null;
        }
    }
}
