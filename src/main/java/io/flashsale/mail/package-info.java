/** Mails to users, and the ways to send them. */
package io.flashsale.mail;
