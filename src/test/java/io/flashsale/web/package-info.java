/** Tests the pages in a real Chromium. */
package io.flashsale.web;
