/** Composes mails to users and sends them. */
package io.flashsale.mail;
