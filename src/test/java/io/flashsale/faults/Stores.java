package io.flashsale.faults;

/**
 * Where the truth is.
 *
 * @param redisPort of the master, without a proxy
 * @param mongoUri without a proxy
 * @param database of the shop
 */
record Stores(int redisPort, String mongoUri, String database) {}
