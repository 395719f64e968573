package io.flashsale.orders;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Evicts its oldest entry when it grows beyond a maximum size.
 *
 * @param <K> type of keys
 * @param <V> type of values
 */
public final class BoundedMap<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;

    private final int maxSize;

    public BoundedMap(int maxSize) {
        this.maxSize = maxSize;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > maxSize;
    }
}
