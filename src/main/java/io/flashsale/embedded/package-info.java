/**
 * Runs the embedded stores if none are configured: Redis as a supervised child process, and a MongoDB-wire server in
 * this process. Both listen on the loopback interface and keep their data in files that survive a kill.
 *
 * <p>All methods block. They are called before the event loops start, or from separate threads.
 */
package io.flashsale.embedded;
