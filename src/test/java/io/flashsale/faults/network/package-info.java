/** Simulates a TCP network that fails, and acts on certain bytes as they pass. */
package io.flashsale.faults.network;
