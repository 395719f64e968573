/** Products, orders and their states, ids and the values that they are made of; knows only the JDK. */
package io.flashsale.domain;
