/** What {@code anneal inspect} tells about a file: for people as lines, for programs as JSON. */
package anneal.cli.inspect;
