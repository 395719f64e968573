/** Implements the commands of the command line and their output. */
package io.flashsale.cli;
