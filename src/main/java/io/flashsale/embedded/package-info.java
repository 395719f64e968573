/**
 * The stores that come along when none are configured: a Redis as a supervised child process and a MongoDB-wire server in
 * this process, both on the loopback interface, both on files that survive a kill.
 *
 * <p>Everything here blocks and is called before the event loops run, or from threads of its own.
 */
package io.flashsale.embedded;
