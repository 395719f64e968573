/** Who calls, and what they may do: accounts, passwords, one-time codes and sessions. */
package io.flashsale.auth;
