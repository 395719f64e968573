/** Starts the nodes, the stores and the proxies between them that a sale runs on. */
package io.flashsale.faults.cluster;
