/** Starts, kills and halts the stores as child processes, and reads them without the program's own clients. */
package io.flashsale.faults.stores;
