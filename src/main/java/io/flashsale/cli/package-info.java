/** The commands of the command line, and what an operator sees of them. */
package io.flashsale.cli;
