/** Injects faults into a cluster, in a schedule that a seed determines. */
package io.flashsale.faults.injection;
