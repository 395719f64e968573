/** Tests that no guarantee is broken while processes and networks fail, and that the checker detects a missing guard. */
package io.flashsale.faults;
