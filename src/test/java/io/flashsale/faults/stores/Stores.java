package io.flashsale.faults.stores;

/**
 * Names the stores without any proxy.
 *
 * @param redisPort of the master
 * @param mongoUri of the server
 * @param database of the shop
 */
public record Stores(int redisPort, String mongoUri, String database) {}
