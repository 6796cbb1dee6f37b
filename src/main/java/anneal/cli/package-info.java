/** The command line: each command parses its options, calls the library and prints. No mathematics lives here. */
package anneal.cli;
