/** Authenticates and authorizes callers: accounts, passwords, one-time codes and sessions. */
package io.flashsale.auth;
