package io.flashsale.faults.stores;

/**
 * Where the truth is.
 *
 * @param redisPort of the master, without a proxy
 * @param mongoUri without a proxy
 * @param database of the shop
 */
public record Stores(int redisPort, String mongoUri, String database) {}
