/** Parses and compares IP addresses, address ranges and host names. */
package io.flashsale.net;
