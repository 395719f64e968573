package io.flashsale.async;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageCodec;

/**
 * Passes a message from one verticle to another by reference. Works only within one process, because nodes share
 * nothing except the stores.
 *
 * @param <T> an immutable type; the codec matches exactly this class
 */
public final class LocalCodec<T> implements MessageCodec<T, T> {
    private final Class<T> type;

    private LocalCodec(Class<T> type) {
        this.type = type;
    }

    /** Registers the codec for messages of this type; must be called once per bus and type. */
    public static <T> void register(EventBus bus, Class<T> type) {
        bus.registerDefaultCodec(type, new LocalCodec<>(type));
    }

    /** Registers a codec for each record of a sealed interface, because a codec matches exactly one class. */
    public static void registerSealed(EventBus bus, Class<?> family) {
        for (Class<?> type : family.getPermittedSubclasses()) {
            register(bus, type);
        }
    }

    @Override
    public T transform(T message) {
        return message;
    }

    @Override
    public String name() {
        return type.getName();
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }

    @Override
    public void encodeToWire(Buffer buffer, T message) {
        throw new UnsupportedOperationException(type + " does not leave its process");
    }

    @Override
    public T decodeFromWire(int position, Buffer buffer) {
        throw new UnsupportedOperationException(type + " does not leave its process");
    }
}
