/** The root: arguments, wiring, deployment. Only here is a verticle named. */
package io.flashsale;
