/** What a node needs to start on the stores: their addresses judged, and waiting for those that do not answer yet. */
package io.flashsale.server;
