/** File and environment, turned into records that refuse to exist invalid; every mistake is told at once. */
package io.flashsale.config;
