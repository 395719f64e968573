/** Defines products, orders, their states, ids and values. Depends only on the JDK. */
package io.flashsale.domain;
