/** Renders the contract as an HTML page. */
package io.flashsale.apidocs;
