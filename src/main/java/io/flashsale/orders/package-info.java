/** The life of an order once it is reserved: persisted, cancelled, or dead-lettered. */
package io.flashsale.orders;
