/** The contract as a page of HTML. */
package io.flashsale.apidocs;
