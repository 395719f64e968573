/** The door: who is calling, how often they may, and whether they are who they say. */
package io.flashsale.gate;
