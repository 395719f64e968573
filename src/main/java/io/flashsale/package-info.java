/** The entry point. */
package io.flashsale;
