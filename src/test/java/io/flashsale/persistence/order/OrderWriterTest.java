package io.flashsale.persistence.order;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoSocketReadException;
import com.mongodb.MongoWriteException;
import com.mongodb.ServerAddress;
import com.mongodb.WriteError;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.bulk.WriteConcernError;
import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import io.flashsale.persistence.MongoGateway;
import io.flashsale.persistence.order.PersistResult.Kind;
import io.flashsale.support.ManualTime;
import io.flashsale.support.TestOrders;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.MongoClientUpdateResult;
import io.vertx.ext.mongo.WriteOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;

/** Tests the result of each order for every kind of reply to a bulk insert. */
class OrderWriterTest {
    private static final int VALIDATION_FAILED = 121;

    private final ManualTime time = new ManualTime();
    private final OrdersInMemory collection = new OrdersInMemory();
    private final MongoGateway mongo =
            new MongoGateway(collection.client(), new MongoGateway.Settings(Duration.ofMinutes(10)));
    private final OrderWriter writer = new OrderWriter(mongo, new OrderStore(mongo, time.clock()), time.clock());

    private final Order ada = TestOrders.reserved("p", "ada", List.of(1, 2), List.of(1, 2));
    private final Order bob = TestOrders.reserved("p", "bob", List.of(3), List.of(1));
    private final Order eve = TestOrders.reserved("p", "eve", List.of(4), List.of());

    private static BulkWriteError error(int index, int code) {
        return new BulkWriteError(code, "because", new BsonDocument(), index);
    }

    private static BulkWriteError duplicate(int index) {
        return error(index, MongoGateway.DUPLICATE_KEY);
    }

    private void failBulkWith(BulkWriteError... errors) {
        collection.answerBulk(bulkFailure(null, errors));
    }

    private static MongoBulkWriteException bulkFailure(WriteConcernError concern, BulkWriteError... errors) {
        return new MongoBulkWriteException(
                BulkWriteResult.unacknowledged(), List.of(errors), concern, new ServerAddress(), Set.of());
    }

    private List<PersistResult> place(Order... orders) {
        return writer.place(List.of(orders)).result();
    }

    private static List<Kind> kinds(List<PersistResult> replies) {
        return replies.stream().map(PersistResult::kind).toList();
    }

    private void store(Order order) {
        collection.store(OrderDocuments.toDocument(order));
    }

    /** Returns the order as MongoDB stores it, truncated to milliseconds. */
    private static Order asStored(Order order) {
        return OrderDocuments.toOrder(OrderDocuments.toDocument(order));
    }

    @Test
    void aBatchIsOneUnorderedInsertWithMajorityWriteConcern() {
        // when
        List<PersistResult> replies = place(ada, bob);

        // then
        assertEquals(1, collection.options().size());
        assertFalse(collection.options().get(0).isOrdered());
        assertEquals(WriteOption.MAJORITY, collection.options().get(0).getWriteOption());
        assertEquals(List.of(ada.id(), bob.id()), ids(collection.inserts()));
        assertEquals("placed", collection.inserts().get(0).getString("status"));
        assertEquals(List.of(Kind.PLACED, Kind.PLACED), kinds(replies));
        assertEquals(
                ada.withStatus(OrderStatus.PLACED, time.clock().instant()),
                replies.get(0).order());
    }

    private static List<String> ids(List<JsonObject> documents) {
        return documents.stream().map(document -> document.getString("_id")).toList();
    }

    @Test
    void anErrorAffectsOnlyTheOrderAtItsIndex() {
        // given
        failBulkWith(error(1, VALIDATION_FAILED));

        // when
        List<PersistResult> replies = place(ada, bob, eve);

        // then
        assertEquals(List.of(Kind.PLACED, Kind.REFUSED, Kind.PLACED), kinds(replies));
        assertEquals("error 121: because", replies.get(1).reason());
        assertEquals(ada.id(), replies.get(0).order().id());
        assertEquals(eve.id(), replies.get(2).order().id());
        assertEquals(List.of(), collection.queries(), "only duplicates are read back");
    }

    @Test
    void withoutAMajorityOnlyOrdersReadBackAreConfirmed() {
        // given
        store(TestOrders.placed(bob));
        collection.answerBulk(bulkFailure(
                new WriteConcernError(64, "WriteConcernFailed", "waiting timed out", new BsonDocument()),
                duplicate(1)));

        // when
        List<PersistResult> replies = place(ada, bob, eve);

        // then
        assertEquals(List.of(Kind.UNKNOWN, Kind.ALREADY_PLACED, Kind.UNKNOWN), kinds(replies));
    }

    @Test
    void aLostConnectionLeavesAllUnknown() {
        // given
        collection.answerBulk(new MongoSocketReadException("reset", new ServerAddress()));

        // when
        List<PersistResult> replies = place(ada, bob);

        // then
        assertEquals(List.of(Kind.UNKNOWN, Kind.UNKNOWN), kinds(replies));
    }

    @Test
    void aClientThatThrowsLeavesAllUnknown() {
        // given
        collection.close();

        // when
        List<PersistResult> replies = place(ada, bob);

        // then
        assertEquals(List.of(Kind.UNKNOWN, Kind.UNKNOWN), kinds(replies));
    }

    @Test
    void theSameRequestKeepsItsOrderRegardlessOfUnits() {
        // given
        Order withOtherUnits = TestOrders.placed(TestOrders.reserved("p", "ada", List.of(8, 9), List.of(1, 2)));
        store(withOtherUnits);
        failBulkWith(duplicate(0));

        // when
        PersistResult reply = place(ada).get(0);

        // then
        assertEquals(Kind.ALREADY_PLACED, reply.kind());
        assertEquals(asStored(withOtherUnits), reply.order());
    }

    @Test
    void aCancelledOrderStillAnswersItsRequest() {
        // given
        store(TestOrders.cancelled(ada));
        failBulkWith(duplicate(0));

        // when
        PersistResult reply = place(ada).get(0);

        // then
        assertEquals(Kind.ALREADY_PLACED, reply.kind());
        assertEquals(OrderStatus.CANCELLED, reply.order().status());
    }

    @Test
    void anotherQuantityUnderTheSameKeyIsAnotherRequest() {
        // given
        store(TestOrders.placed(TestOrders.reserved("p", "ada", List.of(1), List.of(1))));
        failBulkWith(duplicate(0));

        // when
        List<PersistResult> replies = place(ada);

        // then
        assertEquals(List.of(Kind.KEY_REUSED), kinds(replies));
    }

    @Test
    void aConflictingSlotIsReportedBeforeAUnit() {
        // given
        Order slot = TestOrders.placed(TestOrders.reserved("p", "ada", "other", List.of(7), List.of(2)));
        store(TestOrders.placed(TestOrders.reserved("p", "bob", "other", List.of(1), List.of())));
        store(slot);
        failBulkWith(duplicate(0));

        // when
        PersistResult reply = place(ada).get(0);

        // then
        assertEquals(Kind.BUYER_HOLDS, reply.kind());
        assertEquals(asStored(slot), reply.order());
    }

    @Test
    void theSameIdIsReportedBeforeASlot() {
        // given
        store(TestOrders.placed(TestOrders.reserved("p", "ada", "other", List.of(7), List.of(2))));
        store(TestOrders.placed(ada));
        failBulkWith(duplicate(0));

        // when
        List<PersistResult> replies = place(ada);

        // then
        assertEquals(List.of(Kind.ALREADY_PLACED), kinds(replies));
    }

    @Test
    void everyTakenUnitIsReportedWithItsHolder() {
        // given
        Order holder = TestOrders.placed(TestOrders.reserved("p", "bob", "other", List.of(2), List.of(1)));
        store(holder);
        failBulkWith(duplicate(0));

        // when
        PersistResult reply = place(ada).get(0);

        // then
        assertEquals(Kind.UNITS_TAKEN, reply.kind());
        assertEquals(Map.of(2, asStored(holder)), reply.unitHolders());
        assertNull(reply.order());
    }

    @Test
    void aDuplicateKeyWithoutAHolderIsARejection() {
        // given
        failBulkWith(duplicate(0));

        // when
        PersistResult reply = place(ada).get(0);

        // then
        assertEquals(Kind.REFUSED, reply.kind());
        assertTrue(reply.reason().startsWith("error 11000"), reply.reason());
    }

    @Test
    void anOrderThatCannotBeReadBackIsUnknownAndTheOthersAreNot() {
        // given
        collection.makeUnreadable(ada.id());
        failBulkWith(duplicate(0));

        // when
        List<PersistResult> replies = place(ada, bob);

        // then
        assertEquals(List.of(Kind.UNKNOWN, Kind.PLACED), kinds(replies));
    }

    @Test
    void anOrderWhoseSlotOrUnitCannotBeReadIsUnknown() {
        // given
        failBulkWith(duplicate(0));
        List<Kind> kinds = new ArrayList<>();

        // when
        for (String key : List.of("p#ada#2", "p#2")) {
            collection.makeUnreadable(key);
            kinds.addAll(kinds(place(ada)));
        }

        // then
        assertEquals(List.of(Kind.UNKNOWN, Kind.UNKNOWN), kinds);
    }

    @Test
    void aFailedRequestMayBePlacedLater() {
        // given
        store(TestOrders.failed(ada));
        failBulkWith(duplicate(0));

        // when
        PersistResult reply = place(ada).get(0);

        // then
        assertEquals(Kind.PLACED, reply.kind());
        assertEquals(List.of("placed"), statuses(collection.replacements()));
        JsonObject query = collection.queries().get(collection.queries().size() - 1);
        assertEquals(new JsonObject().put("_id", ada.id()).put("status", "failed"), query);
    }

    private static List<String> statuses(List<JsonObject> documents) {
        return documents.stream().map(document -> document.getString("status")).toList();
    }

    @Test
    void theResultIsUnknownIfAnotherReplacedTheFailedRecordFirst() {
        // given
        store(TestOrders.failed(ada));
        failBulkWith(duplicate(0));
        collection.answerReplace(Future.succeededFuture(new MongoClientUpdateResult(0, null, 0)));

        // when
        List<PersistResult> replies = place(ada);

        // then
        assertEquals(List.of(Kind.UNKNOWN), kinds(replies));
    }

    @Test
    void aFailedRecordThatCannotBeReplacedReportsTheConflict() {
        // given
        Order conflicting = TestOrders.placed(TestOrders.reserved("p", "bob", List.of(1), List.of()));
        store(TestOrders.failed(ada));
        store(conflicting);
        failBulkWith(duplicate(0));
        collection.answerReplace(Future.failedFuture(new MongoWriteException(
                new WriteError(MongoGateway.DUPLICATE_KEY, "dup", new BsonDocument()),
                new ServerAddress(),
                List.of())));

        // when
        PersistResult reply = place(ada).get(0);

        // then
        assertEquals(Kind.UNITS_TAKEN, reply.kind());
        assertEquals(Set.of(1), reply.unitHolders().keySet());
    }
}
