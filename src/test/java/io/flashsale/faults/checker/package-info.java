/** Records a history of every call, and checks it and both stores for broken guarantees. */
package io.flashsale.faults.checker;
