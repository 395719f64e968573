/** IP addresses and host names. */
package io.flashsale.net;
