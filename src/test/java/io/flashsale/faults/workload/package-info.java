/** Runs buyers, an admin and subscribers against a cluster at random, and records what they observe. */
package io.flashsale.faults.workload;
